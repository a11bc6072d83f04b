"""The answers that a model gave, kept for ever: a line each in asked.jsonl beside it, under a hash of the request.

A stopped evaluation, another limit or another way to score asks nothing twice.
"""

import hashlib
import importlib.metadata
import json
import os
from pathlib import Path

from scripts import configuration, files, program
from scripts.serve import llama

# What makes the answer of a request.
PACKAGES = ("instructlab", "llama-cpp-python")


def served_as(sha256: str, config: Path | str) -> dict:
    """What the answers of a model depend on besides the request: its file, how it is served, by which versions."""
    serve = configuration.section(config, "serve")
    return {
        "model": sha256,
        "serve": {name: value for name, value in serve.items() if name != "server"},  # but for its address
        "versions": {name: importlib.metadata.version(name) for name in PACKAGES},
    }


def key(served: dict, system: str, question: str) -> str:
    """The name of an answer: a hash of the request and of what served_as() gave."""
    request = json.dumps([served, llama.request(system, question)], sort_keys=True)
    return hashlib.sha256(request.encode()).hexdigest()


def read(path: Path | str) -> dict[str, dict]:
    """{key: {"key", "question", "answer", "seconds"}} of an asked.jsonl; its end is cut off where a kill tore it."""
    path = Path(path)
    if not path.exists():
        return {}
    with open(path, "r+b") as file:
        whole = file.read().rfind(b"\n") + 1
        file.truncate(whole)
    rows = files.read_json_lines(path, keys=("key",))
    for row in rows:
        if not (isinstance(row.get("answer"), str) and isinstance(row.get("seconds"), int | float)):
            program.fail(f"{path}: no answer and seconds in the line of key {row['key']!r}; remove the line")
    return {row["key"]: row for row in rows}


def keep(path: Path | str, row: dict) -> None:
    """Append one answer to an asked.jsonl, so that it survives a kill and a power cut."""
    with open(path, "a", encoding="utf-8") as file:
        file.write(json.dumps(row) + "\n")
        file.flush()
        os.fsync(file.fileno())
