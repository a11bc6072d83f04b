"""One request to a teacher behind an endpoint, sent as its server takes it, and sent again when the server is busy.

Servers differ: some refuse a system message or a temperature. What a server refuses is left out from then on.
"""

import email.utils
import re
import time
from collections.abc import Callable
from typing import Any

import jinja2
import openai

from scripts import endpoint
from scripts.generate.received import read, whole

TRIES, PAUSE = 4, 2.0  # of a reply that cannot be read; seconds before the next
PATIENCE = 600  # seconds: the longest wait that a server can ask for
# What may be left out or changed: the word in the server's error.
TEMPERATURE, LIMIT, RENAMED, STREAM, SYSTEM = "temperature", "max_tokens", "max_completion_tokens", "stream", "system"


def lesson(error: openai.APIStatusError, sent: dict) -> str | None:
    """What of the request `sent` the server does not take; None when its error is about something else."""
    text = str(error.body or error.message)
    if error.status_code not in (400, 415, 422, 500, 501) or endpoint.CONTEXT.search(text):
        return None
    roles = {it["role"] for it in sent.get("messages", [])}
    found = [
        (RENAMED, LIMIT in sent and RENAMED in text), (LIMIT, {LIMIT, RENAMED} & {*sent} and "max_" in text),
        (TEMPERATURE, TEMPERATURE in sent and TEMPERATURE in text), (STREAM, re.search(r"\bstream", text, re.I)),
        (SYSTEM, "system" in roles and re.search(r"\b(?:system|roles?)\b", text, re.I)),
    ]  # fmt: skip
    return next((name for name, fits in found if fits), None)


def shaped(messages: list[dict], options: dict, settings: dict) -> dict:
    """The body of a request, without what the server was found to refuse."""
    without = settings.get("without", [])
    sent = {"model": settings["model"], **options}
    if RENAMED in without and LIMIT in sent:
        sent[RENAMED] = sent.pop(LIMIT)
    for refused, names in ((LIMIT, (LIMIT, RENAMED)), (TEMPERATURE, (TEMPERATURE,))):
        if refused in without:
            sent = {name: value for name, value in sent.items() if name not in names}
    if STREAM in without:
        # Past the client's own reader of streams: the whole body is read at once, below.
        sent["extra_body"] = {"stream": True}
    if SYSTEM in without:
        messages = [{"role": "user", "content": "\n\n".join(it["content"] for it in messages)}]
    if settings["route"] == "chat":
        sent["messages"] = messages
    else:
        template = jinja2.Environment(undefined=jinja2.StrictUndefined).from_string(settings["markup"])
        sent["prompt"] = template.render(messages=messages, prompt="\n\n".join(it["content"] for it in messages))
    more = dict(settings["request"])
    body = {**sent.pop("extra_body", {}), **more.pop("extra_body", {})}
    return {**sent, **more, **({"extra_body": body} if body else {})}


def send(client: openai.OpenAI, messages: list[dict], options: dict, settings: dict) -> dict:
    """{"reply", "cut", "in", "out"} of one request: the text, whether it was cut off, and the tokens of both sides.

    OpenAIError when the server answers with something else.
    """
    while True:
        sent = shaped(messages, options, settings)
        way: Any = client.chat.completions if settings["route"] == "chat" else client.completions
        try:
            body = way.with_raw_response.create(**sent).text
            said = read(body if isinstance(body, str) else body())
            break
        except openai.APIStatusError as error:
            learned = lesson(error, sent)
            if not learned or learned in settings.get("without", []):
                raise
            settings["without"] = [*settings.get("without", []), learned]
        except (ValueError, TypeError, LookupError, AttributeError) as error:
            raise openai.OpenAIError(f"{type(error).__name__}: {error}") from error
    # A server that does not count is taken to have 4 characters a token.
    usage, size = said["usage"], sum(len(it["content"]) for it in messages) // 4
    used = (usage.get("prompt_tokens") or size, usage.get("completion_tokens") or len(said["text"]) // 4)
    return {"reply": whole(said), "cut": said["cut"], "in": used[0], "out": used[1]}


def pause(error: openai.OpenAIError) -> float | None:
    """Seconds to wait before the request is sent again, beyond what the client does by itself; None to give up.

    The client waits a minute at most when a server asks for more:
    https://github.com/openai/openai-python/blob/v1.75.0/src/openai/_base_client.py
    """
    if not isinstance(error, openai.APIError):
        return PAUSE  # what came could not be read
    asked = error.response.headers.get("retry-after", "") if isinstance(error, openai.RateLimitError) else ""
    if re.fullmatch(r"\d+(\.\d+)?", asked):
        seconds = float(asked)
    else:
        date = email.utils.parsedate_tz(asked)
        seconds = email.utils.mktime_tz(date) - time.time() if date else 0
    return seconds if 0 < seconds <= PATIENCE else None


def patiently(ask: Callable[[], dict]) -> dict:
    """What `ask` gives, asked again when the reply cannot be read or the server wants to be left alone for a while."""
    for number in range(TRIES):
        try:
            return ask()
        except openai.OpenAIError as error:
            seconds = pause(error)
            if seconds is None or number == TRIES - 1:
                raise
            time.sleep(seconds)
    raise AssertionError("the last try returns or raises")
