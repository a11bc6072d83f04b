"""Make one self-contained page of an evaluation and the training before it: models/report.html."""

import argparse
import hashlib
import json
import math
from pathlib import Path

import common
import jinja2
import scoring
import summarize

QUESTIONS = 20
# Parts of the training that the drawn means are over.
PARTS = 10
# Plot area of the loss curve, in the units of its SVG: left, top, right, bottom.
FRAME = (34, 8, 352, 176)
KINDS = {
    "trained": "questions as they stood in the training data",
    "held-out": "the same facts, asked in wordings that were not trained",
    "untrained": "facts of the documentation that nobody taught it: the negative control",
    "unanswerable": "the documentation has no answer; declining is right",
    "general": "common knowledge: has it forgotten the world?",
}


def read_evaluation(path):
    """What evaluate.py wrote, with what the page needs of it checked."""
    try:
        evaluation = json.loads(path.read_text(encoding="utf-8"))
        for model in evaluation["models"].values():
            model["answers"][0]["verdict"], model["kinds"].items(), model["seconds"]
        evaluation["run"]["files"].items(), evaluation["run"]["versions"].items(), list(evaluation["models"])[0]
    except (OSError, ValueError, KeyError, TypeError, AttributeError, IndexError) as error:
        common.fail(f"{path}: not an evaluation ({error!r}); run make evaluate first")
    return evaluation


def read_training(path):
    """(steps, summary) that train.py wrote into the file `path`, or None when there is none."""
    if path is None or not path.exists():
        return None
    try:
        *steps, summary = (json.loads(line) for line in path.read_text(encoding="utf-8").splitlines())
        return [step["loss"] for step in steps], summary
    except (ValueError, KeyError, TypeError) as error:
        common.fail(f"{path}: not a record of a training ({error!r}); remove it or run make train again")


def loss_curve(steps):
    """Coordinates of the loss of each step and of its means over tenths, and the ticks, in the units of FRAME."""
    left, top, right, bottom = FRAME
    highest = max(steps)
    unit = 10 ** math.floor(math.log10(highest or 1))
    unit = next(u for u in (unit, unit / 2, unit / 5) if highest / u >= 3 or u == unit / 5)
    ceiling = unit * math.ceil(highest / unit) or 1

    def x(index):
        return round(left + (right - left) * index / max(len(steps) - 1, 1), 1)

    def y(loss):
        return round(bottom - (bottom - top) * loss / ceiling, 1)

    means = []
    part = math.ceil(len(steps) / PARTS)
    for start in range(0, len(steps), part):
        inside = steps[start : start + part]
        loss = sum(inside) / len(inside)
        label = f"steps {start + 1} to {start + len(inside)}: {loss:.2f}"
        means.append({"x": x(start + (len(inside) - 1) / 2), "y": y(loss), "label": label})
    ticks = [{"y": y(unit * i), "label": f"{unit * i:g}"} for i in range(round(ceiling / unit) + 1)]
    return {
        "points": " ".join(f"{x(i)},{y(loss)}" for i, loss in enumerate(steps)),
        "means": means, "ticks": ticks, "steps": len(steps), "frame": FRAME,
    }  # fmt: skip


def data_counts(path):
    """What is in the training data: name and number of each count, and the sha256 of the file."""
    rows = common.read_rows(path)
    declining = [row for row in rows if scoring.declines(row["assistant"])]
    facts = {row["id"] for row in rows if row.get("id") not in (None, "", "unanswerable", "general")}
    counts = {
        "rows": len(rows), "different questions": len({scoring.words(row["user"]) for row in rows}),
        "facts": len(facts), "pages": len({row["page"] for row in rows if row.get("page")}),
        "rows that decline": len(declining),
        "words an answer, on average": round(sum(len(row["assistant"].split()) for row in rows) / len(rows), 1),
    }  # fmt: skip
    return {
        "path": path, "counts": {name: count for name, count in counts.items() if count},
        "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
    }  # fmt: skip


def side_by_side(models):
    """QUESTIONS questions, as many of each kind, spread over the facts whatever was answered, with all answers."""
    asked = next(iter(models.values()))["answers"]
    kinds = {answer["kind"] for answer in asked}
    chosen = summarize.sample(asked, math.ceil(QUESTIONS / len(kinds)))[:QUESTIONS]
    answers = {name: {answer["id"]: answer for answer in model["answers"]} for name, model in models.items()}
    return [{**question, "by": {name: answers[name].get(question["id"]) for name in models}} for question in chosen]


def word(kind, verdict):
    """The verdict in words: declining is right where there is no answer, and anything else is made up."""
    if kind == "unanswerable":
        return {"right": "right: declined", "wrong": "wrong: made up"}[verdict]
    return verdict


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--evaluation", type=Path, required=True, help="what evaluate.py wrote")
    parser.add_argument("--training", type=Path, help="losses that train.py wrote, if there are any")
    parser.add_argument("--data", type=Path, help="training data of the tuned model")
    parser.add_argument("--output", type=Path, required=True, help="HTML page to write")
    args = parser.parse_args()
    evaluation, training = read_evaluation(args.evaluation), read_training(args.training)
    models = evaluation["models"]
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(Path(__file__).parent), autoescape=True, trim_blocks=True, lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
    )  # fmt: skip
    environment.filters["percent"] = lambda share: f"{share:.0%}"
    page = environment.get_template("report.html.j2").render(
        evaluation=evaluation, models=models, run=evaluation["run"], explain=KINDS, word=word,
        kinds=list(next(iter(models.values()))["kinds"]), questions=side_by_side(models),
        curve=loss_curve(training[0]) if training and training[0] else None,
        trained=training[1] if training else None, data=data_counts(args.data) if args.data else None,
    )  # fmt: skip
    common.replace_text(args.output, page)
    print(f"{args.output}: {len(models)} models, {len(page) / 1000:.0f} kB; open it in a browser")


if __name__ == "__main__":
    main()
