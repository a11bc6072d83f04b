"""Who is asked: the name of the folder that keeps a teacher's answers, and checks of an endpoint and its key."""

import hashlib
import ipaddress
import os
import re
import sys
from urllib.parse import urlsplit

from scripts import files, program
from scripts.generate.patch import KEY


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


def address(endpoint: str) -> str:
    """The address without what people copy too much of: a slash at the end, the path of a request, /v1 twice."""
    plain = re.sub(r"(?:/(?:chat/)?completions|/models)?/*$", "", endpoint.strip())
    return re.sub(r"(/v\d\w*)(?:\1)+$", r"\1", plain.rstrip("/"))


def check(endpoint: str) -> None:
    """End the program when `endpoint` is no address of a server; warn when others can read the key on its way."""
    if "@" in endpoint:
        program.fail(f"ENDPOINT seems to hold a password, which would get into logs; give the key as {KEY}")
    try:
        parts = urlsplit(endpoint)
        valid = parts.scheme in ("http", "https") and parts.hostname and (parts.port is None or parts.port > 0)
    except ValueError:
        valid = False
    if not valid or re.search(r"\s", endpoint):
        program.fail(f"ENDPOINT={endpoint}: no address of a server; it looks like https://host/v1")
    if key() and parts.scheme == "http" and not is_this_machine(parts.hostname or ""):
        print(f"{program.name()}: warning: {KEY} goes to {parts.hostname} over plain http, where others can read it; "
              "use https", file=sys.stderr)  # fmt: skip


def folder(model: str, endpoint: str) -> str:
    """A readable name for the teacher `model`, a GGUF file or what `endpoint` knows by that name.

    Another endpoint, another model and another content of the file each give another name.
    """
    known = endpoint.rstrip("/") if endpoint else files.sha256(model)
    place = urlsplit(endpoint).netloc if endpoint else ""
    readable = re.sub(r"[^\w.]+", "-", f"{model} {place}", flags=re.ASCII).strip("-.")[-80:]
    return f"{readable}-{hashlib.sha256(f'{model} {known}'.encode()).hexdigest()[:8]}"
