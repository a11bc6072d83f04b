"""Ask one model questions that it has not answered yet: a GGUF file, or what is behind an endpoint."""

import time
from collections.abc import Callable
from pathlib import Path

from scripts import program
from scripts.measure import asked, endpoint
from scripts.serve import llama, local_server


def requests_of(model: dict, chosen: list[dict], config: Path) -> list[dict]:
    """What is asked of a model: {"id", "question", "key"}."""
    served = {"model": model["sha256"]} if "asked_of" in model else asked.served_as(model["sha256"], config)
    return [{"id": question["id"], "question": question["question"],
             "key": asked.key(served, model["system"], question["question"])} for question in chosen]  # fmt: skip


def ask_here(model: dict, missing: list[dict], keep: Callable, config: Path, log: Path) -> None:
    """Ask a GGUF file `missing`, through a server on this machine; give each answer to `keep`, with its seconds."""
    with local_server.serving(model["path"], config, log) as url:
        for request in program.progress(missing, model["name"]):
            started = time.monotonic()
            try:
                answer = llama.answer_through(url, model["system"], request["question"])
            except (OSError, ValueError, LookupError) as error:
                why = f"no answer to question {request['id']!r} ({error})"
                program.fail(f"{model['name']}: {why}; see {log}; the answers so far are kept")
            keep(request, answer, time.monotonic() - started)


def ask(model: dict, chosen: list[dict], config: Path, kept: Path, log: Path, parallel: int = 1) -> dict:
    """{id: {"answer", "seconds"}} of a model.

    Only what the file `kept` does not have is asked, and each answer is appended to it at once. parallel: questions at
    a time, where the model is behind an endpoint.
    """
    known, requests = asked.read(kept), requests_of(model, chosen, config)
    # By their key: a question that is there twice is asked once.
    missing = list({it["key"]: it for it in reversed(requests) if it["key"] not in known}.values())[::-1]
    print(f"{model['name']}: {len(requests)} answers, {len(missing)} of them to ask for", flush=True)

    def keep(request: dict, answer: str, seconds: float) -> None:
        row = {"key": request["key"], "question": request["question"], "answer": answer}
        known[row["key"]] = row | {"seconds": round(seconds, 3)}
        asked.keep(kept, known[row["key"]])

    if missing and "asked_of" in model:
        endpoint.ask(model, missing, keep, parallel)
    elif missing:
        ask_here(model, missing, keep, config, log)
    return {request["id"]: {part: known[request["key"]][part] for part in ("answer", "seconds")}
            for request in requests}  # fmt: skip
