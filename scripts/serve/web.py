"""The page to ask, at / of the server: plain files, which load nothing from elsewhere."""

from collections.abc import Callable
from pathlib import Path

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import FileResponse

FOLDER = Path(__file__).parent / "page"
FILES = {"/": "index.html", "/page.css": "page.css", "/page.js": "page.js"}
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}


def add_page(app: Starlette) -> None:
    """Have `app` give out the page."""

    def giving(name: str) -> Callable:
        async def give(request: Request) -> FileResponse:
            return FileResponse(FOLDER / name, headers=HEADERS)

        return give

    for path, name in FILES.items():
        app.add_route(path, giving(name), methods=["GET"])
