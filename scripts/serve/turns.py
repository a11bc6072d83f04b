"""How the answers of one model are made: in turn, each to its end, unless its client has left or the server stops."""

import asyncio
import contextlib
import json
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence

from llama_cpp import Llama
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from scripts.serve import errors


def stoppable(models: Iterable[Llama]) -> threading.Event:
    """An event that, once set, has all `models` end the answers that they are making."""
    stop = threading.Event()

    def until_stopped(generate: Callable) -> Callable:
        def tokens(*arguments, **options):
            for token in generate(*arguments, **options):
                if stop.is_set():
                    return
                yield token

        return tokens

    for model in models:
        model.generate = until_stopped(model.generate)  # type: ignore[method-assign]
    return stop


def in_turn(turn: asyncio.Lock, stop: threading.Event, calls: Sequence[Callable], stream: bool) -> ASGIApp:
    """A response that waits for its turn, makes the answers of `calls` and sends them."""

    async def respond(scope: Scope, receive: Receive, send: Send) -> None:
        async def watch() -> None:
            while (await receive())["type"] != "http.disconnect":
                pass
            stop.set()

        async with turn:
            if await Request(scope, receive).is_disconnected():
                return await Response(status_code=499)(scope, receive, send)
            stop.clear()
            watcher = asyncio.create_task(watch())
            try:
                response = await (streamed(calls[0]) if stream else whole(calls))
                await response(scope, receive, send)
            finally:
                stop.set()
                watcher.cancel()

    return respond


async def whole(calls: Sequence[Callable]) -> Response:
    """The answers of `calls` as one: the choices of all, and the sum of what they used."""
    answers = [await run_in_threadpool(call) for call in calls]
    choices = [{**choice, "index": index} for index, answer in enumerate(answers) for choice in answer["choices"]]
    usage = {key: sum(answer["usage"][key] for answer in answers) for key in answers[0]["usage"]}
    return JSONResponse({**answers[0], "choices": choices, "usage": usage})


async def streamed(call: Callable) -> Response:
    """The answer of `call`, sent piece by piece.

    Its status is sent when the first piece is there: until then, what is wrong with a prompt is raised as an exception.
    """
    chunks = await run_in_threadpool(call)
    first = await run_in_threadpool(next, chunks)
    return StreamingResponse(events(first, chunks), media_type="text/event-stream")


def events(first: dict, chunks: Iterable[dict]) -> Iterator[str]:
    """A streamed answer as server-sent events. What fails on the way is told in one: the status is sent already."""
    yield f"data: {json.dumps(first)}\n\n"
    try:
        for chunk in chunks:
            yield f"data: {json.dumps(chunk)}\n\n"
        yield "data: [DONE]\n\n"
    except Exception as failure:
        yield f"data: {json.dumps({'error': {'message': str(failure), 'type': 'server_error'}})}\n\n"
        raise


def unless_stopped(app: ASGIApp) -> ASGIApp:
    """`app`, with a 503 for a request that has no answer yet when uvicorn ends its task, because of a Ctrl-C."""

    async def guarded(scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await app(scope, receive, send)
        except asyncio.CancelledError:
            with contextlib.suppress(RuntimeError):  # uvicorn: a part of the answer is out
                await errors.error(503, "the server was stopped")(scope, receive, send)

    return guarded
