"""Which requests a server on this machine answers: those of programs here and of its own web pages.

Any web page can have its reader's browser ask http://127.0.0.1:8000, and a page whose name is made to lead to
127.0.0.1 (DNS rebinding) could read the answers too. A browser tells the page in Origin and the name in Host, and asks
before it sends JSON from a foreign page; it does not ask before it sends plain text.
"""

from starlette.applications import Starlette
from starlette.datastructures import Headers
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.types import ASGIApp, Receive, Scope, Send

from scripts.serve.errors import error

# TrustedHostMiddleware cuts Host at its first colon: "[" is all that is left of any IPv6 address, and of no name.
HOSTS = ("127.0.0.1", "localhost", "[")


def guard(app: ASGIApp, origins: set[str]) -> ASGIApp:
    """`app`, with a 403 for requests of web pages that are not of `origins`, and a 415 for a body that is not JSON."""

    async def guarded(scope: Scope, receive: Receive, send: Send) -> None:
        answer = app
        if scope["type"] == "http":
            headers = Headers(scope=scope)
            page = headers.get("origin")
            kind = headers.get("content-type", "").split(";")[0].strip().lower()
            if page is not None and page not in origins:
                answer = error(403, "web pages of other servers get no answer here")
            elif scope["method"] == "POST" and kind != "application/json":
                answer = error(415, "the body must be JSON, with the header Content-Type: application/json")
        await answer(scope, receive, send)

    return guarded


def protect(app: Starlette, port: int) -> None:
    """Have `app`, served on `port` of this machine, answer no foreign page, no foreign Host and no other content."""
    place = "" if port == 80 else f":{port}"  # as browsers write it
    app.add_middleware(guard, origins={f"http://{host}{place}" for host in ("127.0.0.1", "localhost", "[::1]")})
    app.add_middleware(TrustedHostMiddleware, allowed_hosts=HOSTS, www_redirect=False)
