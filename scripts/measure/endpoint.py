"""Ask a model behind an address in OpenAI's form, several questions at once."""

import asyncio
import hashlib
import json
import time
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import openai

from scripts import configuration, program
from scripts.generate import endpoint
from scripts.serve import llama

# Seconds for an answer, and how often a busy server or a broken connection is tried again, after up to 8 seconds.
TIMEOUT, RETRIES = 600, 4
HINTS = {401: "check ENDPOINT_API_KEY", 403: "check ENDPOINT_API_KEY", 404: "check ENDPOINT and ENDPOINT_MODEL"}


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


def explained(error: Exception) -> str:
    """What went wrong with a request, as one line without the key."""
    if isinstance(error, openai.APIStatusError):
        said = error.body.get("message") if isinstance(error.body, dict) else None
        why = f"HTTP {error.status_code}: {said or error.message}"
        why += f"; {HINTS[error.status_code]}" if error.status_code in HINTS else ""
    else:
        why = f"{error} {error.__cause__ or ''}".strip()
    key = endpoint.key()
    return " ".join((why.replace(key, "***") if key else why).split())[:300]


async def ask_all(model: dict, requests: list[dict], keep: Callable[[dict, str, float], None], parallel: int) -> None:
    """Ask `requests`, at most `parallel` at a time, and give each answer to `keep` when it comes, with its seconds."""
    here = endpoint.is_this_machine(urlsplit(model["path"]).hostname or "")
    client = openai.AsyncOpenAI(
        base_url=model["path"], api_key=endpoint.key() or "none", max_retries=RETRIES, timeout=TIMEOUT,
        http_client=openai.DefaultAsyncHttpxClient(trust_env=not here),  # no proxy leads to this machine
    )  # fmt: skip
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
                raise OSError(f"no answer to question {request['id']!r} ({explained(error)})") from error
            keep(request, text.strip(), time.monotonic() - started)

    async with client, asyncio.TaskGroup() as group:
        tasks = [group.create_task(ask_one(request)) for request in requests]
        for task in program.progress(tasks, model["name"]):
            await task


def ask(model: dict, requests: list[dict], keep: Callable[[dict, str, float], None], parallel: int) -> None:
    """The same; ends the program at the first request that fails. What was kept until then stays."""
    try:
        asyncio.run(ask_all(model, requests, keep, parallel))
    except* OSError as errors:
        program.fail(f"{model['path']}: {errors.exceptions[0]}; the answers so far are kept, run it again to go on")
