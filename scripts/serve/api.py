"""An API in OpenAI's form for one llama.cpp model and for answers from the pages.

Requests get their answers one after the other, in their order.
"""

import asyncio
import functools
from collections.abc import Callable
from typing import Any

from fastapi import FastAPI
from llama_cpp import Llama
from starlette.requests import Request
from starlette.responses import JSONResponse

from scripts.serve import errors, forms, guard, pages, turns, web


def application(model: Llama, name: str, port: int, found: Callable | None = None) -> FastAPI:
    """The API for `model`, which it calls `name`, on `port` of this machine.

    found: what answers from the pages, of the form of Llama.create_chat_completion. Who chats with no model of this
    server gets that, as clients send all kinds of names.
    """
    # Without the pages /docs and /redoc, which load scripts from a foreign host.
    app = FastAPI(openapi_url=None, exception_handlers=dict.fromkeys(errors.HANDLED, errors.refuse))
    guard.protect(app, port)
    web.add_page(app)
    turn, stop = asyncio.Lock(), turns.stoppable(model)

    def post(path: str, form: type[forms.Chat] | type[forms.Completion], generate: Callable) -> None:
        async def answer(request: Request) -> Any:
            wanted = form.model_validate_json(await request.body())
            calls = [functools.partial(generate, **arguments) for arguments in wanted.calls()]
            if wanted.stream and len(calls) > 1:
                raise ValueError("a stream has one answer: give one prompt, and leave n out")
            return turns.unless_stopped(turns.in_turn(turn, stop, calls, wanted.stream))

        app.add_route(path, answer, methods=["POST"])

    def chat(asked_of: str, **arguments) -> Any:
        create = found if found and asked_of != name else functools.partial(model.create_chat_completion, model=name)
        return create(**arguments)

    post("/v1/chat/completions", forms.Chat, chat)
    post("/v1/completions", forms.Completion, functools.partial(model.create_completion, model=name))
    names = [pages.MODEL, name] if found else [name]
    listed = [{"id": it, "object": "model", "created": 0, "owned_by": "local"} for it in names]
    app.add_route("/v1/models", lambda request: JSONResponse({"object": "list", "data": listed}), methods=["GET"])
    return app
