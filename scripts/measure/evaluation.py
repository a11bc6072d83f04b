"""Score the raw answers of models: answers.json -> evaluation.json, with a verdict on each answer, shares, intervals.

Writes {"run": {...}, "models": {name: {"kinds": {...}, "seconds", "answers": [{question..., "answer", "verdict"}]}}}.
"""

import argparse
import json
from pathlib import Path

from scripts import files, program
from scripts.measure import scoring, summary


def scored(question: dict, answer: str, passages: str | None) -> dict:
    """A question with its answer, the verdict, and, for an answer from passages, whether they held the key terms."""
    found = {"found": scoring.holds(question["must"], passages)} if passages and question.get("must") else {}
    return {**question, "answer": answer, "verdict": scoring.verdict(question, answer), **found}


def evaluate(raw: dict) -> dict:
    """The evaluation of what answers.py wrote; KeyError or the like when it is something else."""
    closed_book = {raw["run"]["base"]["name"], raw["run"]["model"]["name"]}
    models = {}
    for name, given in raw["answers"].items():
        passages = {} if name in closed_book else raw["passages"]
        answers = [scored(q, given[q["id"]]["answer"], passages.get(q["id"])) for q in raw["questions"]]
        seconds = round(sum(answer["seconds"] for answer in given.values()), 1)
        models[name] = {"kinds": summary.summary(answers), "seconds": seconds, "answers": answers}
    return {"run": raw["run"], "models": models}


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
    files.replace_text(args.output, json.dumps(evaluation, indent=1))
    print(f"{args.output}: every answer and its verdict; next: make report shows them as a page")


if __name__ == "__main__":
    main()
