"""What an error of an endpoint means, and what to do, in one line."""

import os
import re

import openai

from scripts.generate.patch import KEY

CONTEXT = re.compile(
    r"context (?:length|window|size)|maximum context|too long|exceeds? .*(?:tokens|context)|n_ctx", re.I
)


def keyless(text: str) -> str:
    """A few words of `text`, in one line and without the key."""
    key, line = os.environ.get(KEY, "").strip(), " ".join(text.split())
    return (line.replace(key, "***") if key else line)[:200]


def detail(error: openai.APIStatusError) -> str:
    """What the server says about its error."""
    body = error.body if isinstance(error.body, dict) else {}
    return keyless(str(body.get("message") or body.get("detail") or error.message))


def why(error: openai.OpenAIError, model: str) -> str:
    """What is wrong, and what to do, in one line."""
    if isinstance(error, openai.APITimeoutError):
        return "the teacher did not answer in time; it may be overloaded: lower generate.facts.requests_at_once"
    if isinstance(error, openai.APIConnectionError):
        return f"no teacher answers ({error.__cause__ or error}); is the server running, and ENDPOINT= its address?"
    if not isinstance(error, openai.APIStatusError):
        return f"the teacher's reply cannot be read ({keyless(str(error))})"
    status, text = error.status_code, detail(error)
    if status in (401, 403):
        what = f"refuses the key in {KEY}" if os.environ.get(KEY, "").strip() else f"wants a key; set {KEY}"
        return f"the endpoint {what} (status {status})"
    if status == 404:
        return f"the endpoint has no model {model}, or no such address ({text}); ENDPOINT= often ends in /v1"
    if status == 429:
        return f"the endpoint takes no more requests ({text}); lower generate.facts.requests_per_minute"
    if status in (400, 413, 422) and CONTEXT.search(text):
        return f"the teacher's context is too small for a part of the pages ({text}); serve it with a larger one"
    if status in (400, 422):
        return f"the endpoint does not take the request ({text}); see generate.facts.request in the config"
    return f"the endpoint fails with status {status} ({text}); what it said so far is kept, run make generate again"
