"""The page to ask, at / of the server: plain files, which load nothing from elsewhere."""

from collections.abc import Callable
from pathlib import Path

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import FileResponse

FOLDER = Path(__file__).parent / "page"
FILES = {"/": FOLDER / "index.html", "/page.css": FOLDER / "page.css", "/page.js": FOLDER / "page.js"}
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}


def add_page(app: Starlette, given: dict[str, Path] = FILES) -> None:
    """Have `app` give out a page: its paths, and the file of each."""

    def giving(file: Path) -> Callable:
        async def give(request: Request) -> FileResponse:
            return FileResponse(file, headers=HEADERS)

        return give

    for path, file in given.items():
        app.add_route(path, giving(file), methods=["GET"])
