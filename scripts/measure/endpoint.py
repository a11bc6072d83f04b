"""Ask a model behind an address in OpenAI's form, several questions at once."""

import asyncio
import hashlib
import json
import time
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import openai

from scripts import configuration, endpoint, program
from scripts.serve import llama

# Seconds for an answer, and how often a busy server or a broken connection is tried again, after up to 8 seconds.
TIMEOUT, RETRIES = 600, 4
REMEDIES = dict.fromkeys(("late", "busy"), "lower PARALLEL=")


def describe(url: str, name: str, config: Path) -> dict:
    """The model that the server at `url` calls `name`, in the form of scripts.measure.models.describe().

    Nobody tells the hash of its file: "sha256" is that of its address and its name. It is asked with the system prompt
    of the config.
    """
    endpoint.check(url)
    if not name:
        program.fail("ENDPOINT is set, ENDPOINT_MODEL is not; give the name that the server lists at /models")
    url = url.rstrip("/")
    sha256 = hashlib.sha256(json.dumps([url, name]).encode()).hexdigest()
    system = configuration.system_prompt(config)
    return {"name": f"{name} at {urlsplit(url).netloc}", "path": url, "sha256": sha256, "record": {}, "system": system,
            "asked_of": name}  # fmt: skip


def body(model: dict, question: str) -> dict:
    """What is asked locally, too, but for repeat_penalty: OpenAI has none, and servers refuse what they do not know."""
    asked = llama.request(model["system"], question)
    return {name: value for name, value in asked.items() if name != "repeat_penalty"} | {"model": model["asked_of"]}


async def ask_all(model: dict, requests: list[dict], keep: Callable[[dict, str, float], None], parallel: int) -> None:
    """Ask `requests`, at most `parallel` at a time, and give each answer to `keep` when it comes, with its seconds."""
    client = endpoint.async_client(model["path"], max_retries=RETRIES, timeout=TIMEOUT)
    places = asyncio.Semaphore(parallel)

    async def ask_one(request: dict) -> None:
        async with places:
            started = time.monotonic()
            try:
                reply = await client.chat.completions.create(**body(model, request["question"]))
                text = reply.choices[0].message.content
                if text is None:
                    raise ValueError("the reply holds no text")
            except (openai.OpenAIError, ValueError, LookupError, TypeError, AttributeError) as error:
                why = endpoint.why(error, model["asked_of"], REMEDIES)
                raise OSError(f"no answer to question {request['id']!r}: {why}") from error
            keep(request, text.strip(), time.monotonic() - started)

    async with client, asyncio.TaskGroup() as group:
        tasks = [group.create_task(ask_one(request)) for request in requests]
        for task in program.progress(tasks, model["name"]):
            await task


def ask(model: dict, requests: list[dict], keep: Callable[[dict, str, float], None], parallel: int) -> None:
    """The same; ends the program at the first request that fails. What was kept until then stays."""
    failed: list[Exception] = []
    try:
        asyncio.run(ask_all(model, requests, keep, parallel))
    except* OSError as errors:
        failed += errors.exceptions
    # Not above: Python 3.11.2 makes a group, and a traceback, of what except* raises.
    if failed:
        program.fail(f"{model['path']}: {failed[0]}; the answers so far are kept, run it again to go on")
