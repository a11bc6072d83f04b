"""Make one self-contained page of an evaluation and of the training of the model that it measures."""

import argparse
import math
from pathlib import Path

import jinja2

from scripts import files, program
from scripts.measure import evaluation, gate, questions, scoring, training
from scripts.measure.models import PAGES

QUESTIONS = 20
# Plot area of what thresholds do, in the units of its SVG: left, top, right, bottom. Above it is room for a label.
FRAME = (34, 22, 352, 176)
# Its lines: parts of evaluation.curve().
LINES = {
    "right": "answerable, right", "wrong": "answerable, wrong", "unanswerable_declined": "unanswerable, declined",
}  # fmt: skip
ROWS, TICKS = 8, 8


def side_by_side(models: dict) -> list[dict]:
    """QUESTIONS questions, as many of each kind, spread over the facts whatever was answered, with all answers."""
    asked = next(iter(models.values()))["answers"]
    kinds = {answer["kind"] for answer in asked}
    chosen = questions.sample(asked, math.ceil(QUESTIONS / len(kinds)))[:QUESTIONS]
    answers = {name: {answer["id"]: answer for answer in model["answers"]} for name, model in models.items()}
    return [{**question, "by": {name: answers[name].get(question["id"]) for name in models}} for question in chosen]


def word(kind: str, verdict: str) -> str:
    """The verdict in words: declining is right where there is no answer, and anything else is made up."""
    if scoring.unanswerable({"kind": kind}):
        return {"right": "right: declined", "wrong": "wrong: made up"}[verdict]
    return verdict


def thresholds(curve: list[dict], in_use: float) -> dict | None:
    """Coordinates of what evaluation.curve() gave, in the units of FRAME, and rows of a table; None without a line.

    A line needs two points and questions of its sort. The threshold in use is among the rows if it is a point.
    """
    lines = [key for key in LINES if len(curve) > 1 and curve[0][key] is not None]
    if not lines:
        return None
    left, top, right, bottom = FRAME
    values = [point["threshold"] for point in curve]
    # In tenths, where the ticks are. Scores may all lie on one side of the threshold.
    low, high = math.floor(10 * min(*values, in_use)), math.ceil(10 * max(*values, in_use))

    def x(threshold: float) -> float:
        return round(left + (right - left) * (10 * threshold - low) / (high - low), 1)

    def y(share: float) -> float:
        return round(bottom - (bottom - top) * share, 1)

    chosen = {round((len(curve) - 1) * n / (ROWS - 1)) for n in range(ROWS)}
    chosen |= {n for n, value in enumerate(values) if value == in_use}
    ticks = range(low, high + 1, math.ceil((high - low) / (TICKS - 1)))
    return {
        "lines": {key: " ".join(f"{x(point['threshold'])},{y(point[key])}" for point in curve) for key in lines},
        "labels": LINES, "from": values[0], "to": values[-1], "frame": FRAME, "x": x(in_use),
        "across": [{"x": x(tick / 10), "label": f"{tick / 10:g}"} for tick in ticks],
        "up": [{"y": y(share), "label": f"{share:.0%}"} for share in (0, 0.25, 0.5, 0.75, 1)],
        "rows": [{**curve[n], "in_use": values[n] == in_use} for n in sorted(chosen)],
    }  # fmt: skip


def render(measured: dict) -> str:
    """The page of what evaluation.read() gave. What models and files say brings in no markup or control characters."""
    models, curve = measured["models"], measured.get("curve", [])
    kinds = list(next(iter(models.values()))["kinds"])
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(Path(__file__).parent), autoescape=True, trim_blocks=True, lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
        finalize=lambda value: type(value)(program.printable(value)) if isinstance(value, str) else value,
    )  # fmt: skip
    environment.filters["percent"] = lambda share: "-" if share is None else f"{share:.0%}"
    return environment.get_template("report.html.j2").render(
        models=models, run=measured["run"], changes=measured.get("changes"), explain=questions.KINDS,
        word=word, kinds=kinds, pages=PAGES,
        unanswerable=[kind for kind in kinds if scoring.unanswerable({"kind": kind})], made_up=gate.made_up,
        questions=side_by_side(models), training=training.beside(measured["run"]["model"]),
        thresholds=thresholds(curve, measured["run"]["threshold"]) if curve else None,
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
