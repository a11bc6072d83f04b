"""Make one self-contained page of an evaluation and of the training of the model that it measures."""

import argparse
import math
from pathlib import Path

import jinja2

from scripts import files, program
from scripts.measure import evaluation, questions, training

QUESTIONS = 20


def side_by_side(models: dict) -> list[dict]:
    """QUESTIONS questions, as many of each kind, spread over the facts whatever was answered, with all answers."""
    asked = next(iter(models.values()))["answers"]
    kinds = {answer["kind"] for answer in asked}
    chosen = questions.sample(asked, math.ceil(QUESTIONS / len(kinds)))[:QUESTIONS]
    answers = {name: {answer["id"]: answer for answer in model["answers"]} for name, model in models.items()}
    return [{**question, "by": {name: answers[name].get(question["id"]) for name in models}} for question in chosen]


def word(kind: str, verdict: str) -> str:
    """The verdict in words: declining is right where there is no answer, and anything else is made up."""
    if kind == "unanswerable":
        return {"right": "right: declined", "wrong": "wrong: made up"}[verdict]
    return verdict


def render(measured: dict) -> str:
    """The page of what evaluation.read() gave. What models and files say brings in no markup or control characters."""
    models = measured["models"]
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(Path(__file__).parent), autoescape=True, trim_blocks=True, lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
        finalize=lambda value: type(value)(program.printable(value)) if isinstance(value, str) else value,
    )  # fmt: skip
    environment.filters["percent"] = lambda share: f"{share:.0%}"
    return environment.get_template("report.html.j2").render(
        models=models, run=measured["run"], explain=questions.KINDS, word=word,
        kinds=list(next(iter(models.values()))["kinds"]), questions=side_by_side(models),
        training=training.beside(measured["run"]["model"]),
    )  # fmt: skip


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--evaluation", type=Path, required=True, help="what scripts.measure.evaluation wrote")
    parser.add_argument("--output", type=Path, required=True, help="HTML page to write")
    args = parser.parse_args()
    page = render(evaluation.read(args.evaluation))
    files.replace_text(args.output, page)
    print(f"{args.output}: {len(page) / 1000:.0f} kB; open it in a browser")


if __name__ == "__main__":
    main()
