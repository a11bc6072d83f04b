"""Measure closed-book what models know: each question alone, greedy, through the server of `make serve`."""

import argparse
import json
import random
import sys
import time
from pathlib import Path

import common
import scoring
import student
from rich.console import Console
from rich.progress import track
from rich.table import Table

KINDS = ("trained", "held-out", "untrained", "unanswerable", "general")
RESAMPLES = 2000


def read_questions(path):
    """The questions of a JSON-lines file, checked: {"id", "kind", "question", "must", "page"}; page is optional."""
    questions = common.read_rows(path, keys=("id", "kind", "question"))
    for number, question in enumerate(questions, 1):
        must = question.get("must")
        if question["kind"] != "unanswerable" and not must:
            common.fail(f'{path}:{number}: no "must"; list groups of alternatives, e.g. [["1 hour", "1h"]]')
        groups = must or []
        if not all(isinstance(group, list) and group and all(isinstance(t, str) for t in group) for group in groups):
            common.fail(f'{path}:{number}: "must" is not a list of groups of alternatives, e.g. [["1 hour", "1h"]]')
    return questions


def interval(hits, confidence=0.95):
    """Percentile bootstrap interval of the mean of `hits`, a list of 0 and 1; the same for the same list."""
    draw = random.Random(0)
    means = sorted(sum(draw.choices(hits, k=len(hits))) / len(hits) for _ in range(RESAMPLES))
    tail = (1 - confidence) / 2
    return means[int(tail * RESAMPLES)], means[int((1 - tail) * RESAMPLES) - 1]


def summary(answers):
    """Per kind of question: n, the shares of right, wrong and declined answers, and the interval of right ones."""
    kinds = {}
    for kind in sorted({a["kind"] for a in answers}, key=lambda k: (KINDS.index(k) if k in KINDS else 9, k)):
        verdicts = [a["verdict"] for a in answers if a["kind"] == kind]
        low, high = interval([int(v == "right") for v in verdicts])
        shares = {v: round(verdicts.count(v) / len(verdicts), 4) for v in ("right", "wrong", "declined")}
        kinds[kind] = {"n": len(verdicts), **shares, "low": round(low, 4), "high": round(high, 4)}
    return kinds


def table(models):
    """The result as a rich table: a row a model, a column a kind."""
    kinds = list(next(iter(models.values()))["kinds"])
    result = Table("model", *(f"{kind}\nright (95%)" for kind in kinds), "unanswerable\nmade up", "wrongly\ndeclined")
    for name, model in models.items():
        cells = [f"{k['right']:.0%} ({k['low']:.0%}-{k['high']:.0%})\nn={k['n']}" for k in model["kinds"].values()]
        made_up = model["kinds"].get("unanswerable", {}).get("wrong")
        known = [k for kind, k in model["kinds"].items() if kind in ("trained", "held-out")]
        asked = sum(k["n"] for k in known)
        declined = sum(k["declined"] * k["n"] for k in known) / asked if asked else None
        result.add_row(name, *cells, *("-" if share is None else f"{share:.0%}" for share in (made_up, declined)))
    return result


def named_model(text):
    name, _, path = text.partition("=")
    if not name or not path:
        raise argparse.ArgumentTypeError(f"{text!r} is not NAME=GGUF")
    return name, Path(path)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--questions", type=Path, required=True, help="questions to ask, JSON lines")
    parser.add_argument("--model", type=named_model, action="append", required=True, help="NAME=GGUF, repeatable")
    parser.add_argument("--config", type=Path, required=True, help="ilab config that holds the system prompt")
    parser.add_argument("--work", type=Path, required=True, help="scratch folder for the servers' logs")
    parser.add_argument("--output", type=Path, required=True, help="JSON file to write")
    parser.add_argument("--min-held-out", type=float, default=0, help="exit 1 when the last model recalls less")
    args = parser.parse_args()
    common.die_with_parent()
    questions, system = read_questions(args.questions), common.system_prompt(args.config)
    for _, gguf in args.model:
        student.check_gguf(gguf)
    args.work.mkdir(parents=True, exist_ok=True)
    print(f"{len(questions)} questions for {len(args.model)} model(s)", flush=True)
    models = {}
    for name, gguf in args.model:
        with student.serving(gguf, args.config, args.work / f"{name}.log") as url:
            started, answers = time.monotonic(), []
            for question in track(questions, description=name, disable=not sys.stdout.isatty()):
                answer = student.answer_through(url, system, question["question"])
                answers.append({**question, "answer": answer, "verdict": scoring.verdict(question, answer)})
            seconds = time.monotonic() - started
        models[name] = {"kinds": summary(answers), "seconds": round(seconds, 1), "answers": answers}
        print(f"{name}: {len(answers)} answers in {seconds:.0f} s", flush=True)
    common.replace_text(args.output, json.dumps({"system": system, "models": models}, indent=1, ensure_ascii=False))
    Console(width=None if sys.stdout.isatty() else 150).print(table(models))
    print(f"{args.output}: every answer and its verdict")
    held_out = models[args.model[-1][0]]["kinds"].get("held-out", {}).get("right")
    if held_out is not None and held_out < args.min_held_out:
        common.fail(
            f"held-out recall of {args.model[-1][0]} is {held_out:.0%}, under the {args.min_held_out:.0%} asked for"
        )


if __name__ == "__main__":
    main()
