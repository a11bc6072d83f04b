"""The raw pairs of a page: what the teacher said, as it said it, and hashes of what it was asked.

They lie in TEACHER/PAGE.jsonl. The first line is the head, {"page", "text", "asks", "prompt", "calls", "seconds"}: the
hash of the page's file, of its asks, and of all else that the teacher was shown. Each other line is a reply, {"title",
"section", "fact", "opening", "said"}: an ask of facts.asks() with the rest of the question in the teacher's words.
"""

import hashlib
import json
import re
from collections.abc import Iterable
from pathlib import Path
from urllib.parse import urlsplit

from scripts import files, program

REPLY = ("title", "section", "fact", "opening", "said")


def digest(values: Iterable) -> str:
    """The SHA-256 of `values`, one after the other as JSON, whatever the order of keys."""
    hasher = hashlib.sha256()
    for value in values:
        hasher.update(json.dumps(value, sort_keys=True).encode() + b"\n")
    return hasher.hexdigest()


def folder(model: str, endpoint: str) -> str:
    """A readable name for the folder of the teacher `model`, a GGUF file or what `endpoint` knows by that name.

    Another endpoint, another model and another content of the file each give another name.
    """
    known = endpoint.rstrip("/") if endpoint else files.sha256(model)
    place = urlsplit(endpoint).netloc if endpoint else ""
    readable = re.sub(r"[^\w.]+", "-", f"{model} {place}", flags=re.ASCII).strip("-.")[-80:]
    return f"{readable}-{hashlib.sha256(f'{model} {known}'.encode()).hexdigest()[:8]}"


def path_of(folder: Path, page: str) -> Path:
    """The file of the raw pairs of `page`."""
    return folder / f"{page}.jsonl"


def head(folder: Path, page: str) -> dict | None:
    """The first line of the raw pairs of `page`; None when the teacher of `folder` was never asked about it."""
    path = path_of(folder, page)
    if not path.exists():
        return None
    with open(path, encoding="utf-8") as file:
        line = file.readline()
    try:
        found = json.loads(line)
        return {key: found[key] for key in ("page", "text", "asks", "prompt", "calls", "seconds")}
    except (ValueError, KeyError, TypeError):
        program.fail(f"{path}:1: not the head of raw pairs; remove the file, and the page is asked about again")


def write(folder: Path, head: dict, replies: Iterable[dict]) -> None:
    """Keep what the teacher of `folder` said about the page of `head`, in the place of what it said before."""
    lines = [head, *({key: reply[key] for key in REPLY} for reply in replies)]
    files.write_json_lines(path_of(folder, head["page"]), lines)


def pairs(folder: Path, page: str) -> list[dict]:
    """The raw pairs of `page` as curate() takes them: {"user", "assistant", "page", "chunk", "context"}."""
    path = path_of(folder, page)
    if not path.exists():
        program.fail(f"{path}: the raw pairs are gone; remove generated/asked.json and run make generate")
    return [pair(page, reply) for reply in files.read_json_lines(path)[1:]]


def pair(page: str, reply: dict) -> dict:
    """One reply of the teacher as a question and its answer, which is the fact itself."""
    question = f"{reply['opening']} {reply['said'].strip()}".strip().split("\n")[0]
    return {"user": re.sub(r"\s+([?,])", r"\1", question), "assistant": reply["fact"], "page": page,
            "chunk": reply["section"], "context": reply["title"]}  # fmt: skip
