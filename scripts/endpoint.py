"""A model behind an address in OpenAI's form: checks of the address and the key, the client, what its errors mean."""

import ipaddress
import os
import re
import sys
from collections.abc import Mapping
from urllib.parse import urlsplit

import openai

from scripts import program

KEY = "ENDPOINT_API_KEY"
CONTEXT = re.compile(
    r"context (?:length|window|size)|maximum context|too long|exceeds? .*(?:tokens|context)|n_ctx", re.I
)


def key() -> str | None:
    """The endpoint's key, from the environment; ends the program when no server can have given it."""
    found = os.environ.get(KEY, "").strip()
    if not re.fullmatch(r"[!-~]*", found):
        program.fail(f"{KEY} holds a blank or a mark that no key has; set it again")
    return found or None


def is_this_machine(host: str) -> bool:
    """Whether a host name or address leads to this machine."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def address(url: str) -> str:
    """The address without what people copy too much of: a slash at the end, the path of a request, /v1 twice."""
    plain = re.sub(r"(?:/(?:chat/)?completions|/models)?/*$", "", url.strip())
    return re.sub(r"(/v\d\w*)(?:\1)+$", r"\1", plain.rstrip("/"))


def check(url: str) -> None:
    """End the program when `url` is no address of a server; warn when others can read the key on its way."""
    if "@" in url:
        program.fail(f"ENDPOINT seems to hold a password, which would get into logs; give the key as {KEY}")
    try:
        parts = urlsplit(url)
        valid = parts.scheme in ("http", "https") and parts.hostname and (parts.port is None or parts.port > 0)
    except ValueError:
        valid = False
    if not valid or re.search(r"\s", url):
        program.fail(f"ENDPOINT={url}: no address of a server; it looks like https://host/v1")
    if key() and parts.scheme == "http" and not is_this_machine(parts.hostname or ""):
        print(f"{program.name()}: warning: {KEY} goes to {parts.hostname} over plain http, where others can read it; "
              "use https", file=sys.stderr)  # fmt: skip


def options(url: str, http_client: type) -> dict:
    """What every client of the endpoint at `url` is made with; no proxy of the environment leads to this machine."""
    here = is_this_machine(urlsplit(url).hostname or "")
    return {"base_url": url, "api_key": key() or "none", "http_client": http_client(trust_env=not here)}


def client(url: str, **more) -> openai.OpenAI:
    """The client of the endpoint at `url`, with the key from the environment. more: timeout, max_retries."""
    return openai.OpenAI(**options(url, openai.DefaultHttpxClient), **more)


def async_client(url: str, **more) -> openai.AsyncOpenAI:
    """The same for asyncio."""
    return openai.AsyncOpenAI(**options(url, openai.DefaultAsyncHttpxClient), **more)


def detail(error: BaseException) -> str:
    """What an error says, or the server about it, in a few words of one line, without the key."""
    body = getattr(error, "body", None)
    said = body.get("message") or body.get("detail") if isinstance(body, dict) else None
    text, secret = " ".join(str(said or error).split()), key()
    return (text.replace(secret, "***") if secret else text)[:200]


def why(error: Exception, model: str, remedies: Mapping[str, str]) -> str:
    """What is wrong, and what to do, in one line without the key.

    remedies: what a stage offers where the endpoint is "late" or "busy", does not take the "request", or "fails".
    """

    def then(kind: str) -> str:
        return f"; {remedies[kind]}" if kind in remedies else ""

    if isinstance(error, openai.APITimeoutError):
        return f"the endpoint did not answer in time{then('late')}"
    if isinstance(error, openai.APIConnectionError):
        what = detail(error.__cause__ or error)
        return f"no endpoint answers ({what}); is the server running, and ENDPOINT= its address?"
    if not isinstance(error, openai.APIStatusError):
        return f"the endpoint's reply cannot be read ({detail(error)})"
    status, text = error.status_code, detail(error)
    if status in (401, 403):
        return f"the endpoint {f'refuses the key in {KEY}' if key() else f'wants a key; set {KEY}'} (status {status})"
    if status == 404:
        return f"the endpoint has no model {model}, or no such address ({text}); ENDPOINT= often ends in /v1"
    if status == 429:
        return f"the endpoint takes no more requests ({text}){then('busy')}"
    if status in (400, 413, 422) and CONTEXT.search(text):
        return f"the model's context is too small for the request ({text}); serve it with a larger one"
    if status in (400, 422):
        return f"the endpoint does not take the request ({text}){then('request')}"
    return f"the endpoint fails with status {status} ({text}){then('fails')}"
