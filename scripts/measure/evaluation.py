"""Score the raw answers of models: answers.json -> evaluation.json, with a verdict on each answer, shares, intervals.

Writes {"run": {...}, "models": {name: {"kinds": {...}, "seconds", "answers": [{question..., "answer", "verdict"}]}},
"curve": [...]}, and "changes" since the evaluation that it takes the place of. The curve tells what other thresholds
would do to the answers from the pages.
"""

import argparse
import json
from pathlib import Path

from scripts import files, program
from scripts.measure import changes, scoring, summary
from scripts.measure.models import PAGES


def scored(question: dict, given: dict) -> dict:
    """A question with its answer and the verdict.

    An answer from the pages has the score, the text ("first"), the title and the heading of its best source too, and
    whether one of the sources is right ("found").
    """
    row = {**question, "answer": given["answer"], "verdict": scoring.verdict(question, given["answer"])}
    if "sources" in given:
        texts = [source["text"] for source in given["sources"]]
        best = given["sources"][0] if texts else {"score": 0.0, "text": "", "title": "", "heading": ""}
        row |= {"score": best["score"], "first": best["text"], "title": best["title"], "heading": best["heading"]}
        if question.get("must"):
            row["found"] = any(scoring.holds(question["must"], text) for text in texts)
    return row


def curve(answers: list[dict]) -> list[dict]:
    """What thresholds do to answers from the pages: shares of the answerable and of the unanswerable questions.

    Each is {"threshold", "right", "wrong", "declined", "unanswerable_declined"}; the shares are from 0 to 1, or None
    where there are no such questions.
    """
    none = [answer for answer in answers if scoring.unanswerable(answer)]
    some = [answer for answer in answers if not scoring.unanswerable(answer) and answer["kind"] != "general"]
    right = {answer["id"]: scoring.holds(answer["must"], answer["first"]) for answer in some}

    def share(found: list, of: list) -> float | None:
        return round(len(found) / len(of), 4) if of else None

    points = []
    for threshold in sorted({round(answer["score"], 2) for answer in answers}):
        kept = [answer for answer in some if answer["score"] >= threshold]
        hits = [answer for answer in kept if right[answer["id"]]]
        points.append({
            "threshold": threshold, "right": share(hits, some),
            "wrong": share([answer for answer in kept if not right[answer["id"]]], some),
            "declined": share([answer for answer in some if answer["score"] < threshold], some),
            "unanswerable_declined": share([answer for answer in none if answer["score"] < threshold], none),
        })  # fmt: skip
    return points


def evaluate(raw: dict) -> dict:
    """The evaluation of what answers.py wrote; KeyError or the like when it is something else."""
    models = {}
    for name, given in raw["answers"].items():
        answers = [scored(question, given[question["id"]]) for question in raw["questions"]]
        seconds = round(sum(answer["seconds"] for answer in given.values()), 1)
        models[name] = {"kinds": summary.summary(answers), "seconds": seconds, "answers": answers}
    pages = models.get(PAGES)
    return {"run": raw["run"], "models": models, "curve": curve(pages["answers"]) if pages else []}


def read(path: Path | str) -> dict:
    """What this script wrote into the file `path`, with what its readers need checked; ends the program otherwise."""
    try:
        evaluation = json.loads(Path(path).read_text(encoding="utf-8"))
        run, models = evaluation["run"], evaluation["models"]
        for part in ("model", "base"):
            models[run[part]["name"]], run[part]["sha256"], run[part]["path"]
        for model in models.values():
            model["answers"][0]["verdict"], model["seconds"]
            for numbers in model["kinds"].values():
                [numbers[key] for key in ("n", *summary.VERDICTS, "low", "high")]
    except (OSError, ValueError, KeyError, TypeError, AttributeError, IndexError) as error:
        program.fail(f"{path}: not an evaluation ({error!r}); remove it and run make evaluate")
    return evaluation


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--answers", type=Path, required=True, help="what scripts.measure.answers wrote")
    parser.add_argument("--output", type=Path, required=True, help="JSON file to write")
    args = parser.parse_args()
    try:
        evaluation = evaluate(json.loads(args.answers.read_text(encoding="utf-8")))
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        program.fail(f"{args.answers}: not answers of models ({error!r}); remove it and run make evaluate")
    evaluation |= changes.carried(evaluation, read(args.output) if args.output.is_file() else {})
    files.replace_text(args.output, json.dumps(evaluation, indent=1))
    print(f"{args.output}: every answer and its verdict; next: make report shows them as a page")


if __name__ == "__main__":
    main()
