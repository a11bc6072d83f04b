"""A page to review the facts of a teacher, on 127.0.0.1: each decision is in review.yaml at once. Ctrl-C ends it."""

import argparse
import contextlib
from pathlib import Path

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse

from scripts import program
from scripts.generate import decisions_file
from scripts.review import shown
from scripts.review.deciding import Form, decide
from scripts.serve import errors, guard, local_server, web

FOLDER = Path(__file__).parent / "page"
FILES = {
    "/": FOLDER / "index.html", "/review.css": FOLDER / "review.css", "/review.js": FOLDER / "review.js",
    "/page.css": web.FILES["/page.css"],
}  # fmt: skip


def application(gathered: dict, path: Path, port: int) -> Starlette:
    """The page for the content of gathered.json; decisions are read from the file `path` and written there."""
    app = Starlette(exception_handlers=dict.fromkeys(errors.HANDLED, errors.refuse))
    guard.protect(app, port)
    web.add_page(app, FILES)

    def current() -> dict:
        try:
            return decisions_file.read(path)
        except SystemExit as error:  # a file that was broken by hand meanwhile ends no server
            raise ValueError(error.code) from error

    def reply(content: dict) -> JSONResponse:
        return JSONResponse(content, headers={"Cache-Control": "no-store"})

    async def pages(request: Request) -> JSONResponse:
        return reply({"pages": shown.pages(gathered, current())})

    async def page(request: Request) -> JSONResponse:
        return reply(shown.page(gathered, current(), request.query_params.get("name", "")))

    async def decision(request: Request) -> JSONResponse:
        form = Form.model_validate_json(await request.body())
        decided = decide(gathered, current(), form)
        decisions_file.write(path, decided)
        return reply({"entry": decided.get(form.id, {}), "pages": shown.pages(gathered, decided)})

    app.add_route("/pages", pages, methods=["GET"])
    app.add_route("/page", page, methods=["GET"])
    app.add_route("/decision", decision, methods=["POST"])
    return app


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--gathered", type=Path, required=True, help="facts before anything is decided, gathered.json")
    parser.add_argument("--decisions", type=Path, required=True, help="file for the decisions, review.yaml")
    parser.add_argument("--port", type=int, required=True)
    args = parser.parse_args()
    gathered, decided = shown.read(args.gathered), decisions_file.read(args.decisions)
    local_server.check_port(args.port, "make review")
    program.die_with_parent()
    print(f"{len(gathered['facts'])} facts of {len(shown.pages(gathered, {}))} pages to review at "
          f"http://127.0.0.1:{args.port}/, {decisions_file.count(decided)} decisions in {args.decisions} so far; "
          "Ctrl-C ends it", flush=True)  # fmt: skip
    with contextlib.suppress(KeyboardInterrupt):
        uvicorn.run(application(gathered, args.decisions, args.port), port=args.port, log_level="warning")
    made = decisions_file.count(decisions_file.read(args.decisions))
    print(f"{args.decisions}: {made} decisions, which the next make applies; next: make inspect, make train")


if __name__ == "__main__":
    main()
