"""A page to review the facts of a teacher, on 127.0.0.1: each decision is in review.yaml at once. Ctrl-C ends it."""

import argparse
import contextlib
import copy
from pathlib import Path
from typing import Literal

import pydantic
import uvicorn
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse

from scripts import program
from scripts.generate import decisions, decisions_file
from scripts.review import shown
from scripts.serve import errors, guard, local_server, web

FOLDER = Path(__file__).parent / "page"
FILES = {
    "/": FOLDER / "index.html", "/review.css": FOLDER / "review.css", "/review.js": FOLDER / "review.js",
    "/page.css": web.FILES["/page.css"],
}  # fmt: skip


class Form(pydantic.BaseModel):
    """What is decided about the text of a fact (its statement, where none is named): a decision, or other words."""

    model_config = pydantic.ConfigDict(extra="forbid", strict=True)
    id: str
    text: str | None = None
    decision: Literal["accepted", "rejected", ""] | None = None
    edit: str | None = pydantic.Field(None, max_length=1000)


def texts_of(gathered: dict, name: str) -> tuple[str, set[str]]:
    """The statement of the fact `name`, and its questions and answers."""
    if name == decisions.NOWHERE:
        nowhere = gathered["unanswerable"]
        return "", {*nowhere["held_out"], *(text for pair in nowhere["trained"] for text in pair.values())}
    for fact in gathered["facts"]:
        if fact["id"] == name:
            return fact["fact"], {text for group in shown.groups(fact) for text in group["texts"]}
    raise HTTPException(404, f"no fact {name}; the facts were made anew: start make review again")


def decide(gathered: dict, decided: dict, form: Form) -> dict:
    """The decisions with that of `form`; ValueError where it leaves something that cannot be trained."""
    statement, texts = texts_of(gathered, form.id)
    made = copy.deepcopy(decided)
    entry = made.setdefault(form.id, {})
    rejected, edited = entry.setdefault("rejected", []), entry.setdefault("edited", {})
    new = None if form.edit is None else " ".join(form.edit.split())
    if new == "":
        raise ValueError("no text; to leave it out, reject it")
    if form.text is None:
        if form.decision is not None:
            entry["decision"] = form.decision
        if new or form.decision == "":
            entry["statement"] = "" if new == statement else new or ""
    elif form.text not in texts:
        raise HTTPException(404, "no such text of this fact; start make review again")
    else:
        entry["rejected"] = sorted({*rejected} - {form.text} | ({form.text} if form.decision == "rejected" else set()))
        if new or form.decision == "":
            edited.pop(form.text, None)
        if new and new != form.text:
            edited[form.text] = new
    made = {name: kept for name, it in made.items() if (kept := {key: value for key, value in it.items() if value})}
    for row in decisions.apply(gathered, made)[1]:
        if row["id"] == form.id and row["reason"] != decisions.REJECTED:
            raise ValueError(row["reason"])
    return made


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
