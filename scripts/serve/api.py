"""An API in OpenAI's form for llama.cpp models and for answers from the pages.

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


def application(
    models: dict[str, Llama], port: int, found: Callable | None = None, about: dict[str, dict] | None = None
) -> FastAPI:
    """The API for `models`, by the names under which clients ask for them, on `port` of this machine.

    found: what answers from the pages, of the form of Llama.create_chat_completion. Clients send all kinds of names:
    who asks for no model of this server gets that, or else the first model.
    about: what the list of models tells of each besides its name; the page to ask reads "title" and "system_prompt".
    """
    # Without the pages /docs and /redoc, which load scripts from a foreign host.
    app = FastAPI(openapi_url=None, exception_handlers=dict.fromkeys(errors.HANDLED, errors.refuse))
    guard.protect(app, port)
    web.add_page(app)
    turn, stop = asyncio.Lock(), turns.stoppable(models.values())
    first = next(iter(models))

    def post(path: str, form: type[forms.Chat] | type[forms.Completion], generate: Callable) -> None:
        async def answer(request: Request) -> Any:
            wanted = form.model_validate_json(await request.body())
            calls = [functools.partial(generate, **arguments) for arguments in wanted.calls()]
            if wanted.stream and len(calls) > 1:
                raise ValueError("a stream has one answer: give one prompt, and leave n out")
            return turns.unless_stopped(turns.in_turn(turn, stop, calls, wanted.stream))

        app.add_route(path, answer, methods=["POST"])

    def by_model(method: str, asked_of: str, **arguments) -> Any:
        name = asked_of if asked_of in models else first
        return getattr(models[name], method)(model=name, **arguments)

    def chat(asked_of: str, **arguments) -> Any:
        if found and asked_of not in models:
            return found(**arguments)
        return by_model("create_chat_completion", asked_of, **arguments)

    post("/v1/chat/completions", forms.Chat, chat)
    post("/v1/completions", forms.Completion, functools.partial(by_model, "create_completion"))
    names = [pages.MODEL, *models] if found else [*models]
    shared = {"object": "model", "created": 0, "owned_by": "local"}
    listed = [{"id": name, **shared, **(about or {}).get(name, {})} for name in names]
    app.add_route("/v1/models", lambda request: JSONResponse({"object": "list", "data": listed}), methods=["GET"])
    return app
