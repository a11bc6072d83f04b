"""Print the table of an evaluation, and exit 1 when the measured model recalls less than the gate asks for.

Recall is the share of right closed-book answers to held-out questions.
"""

import argparse
import sys
from collections.abc import Iterable
from pathlib import Path

from rich.console import Console
from rich.table import Table
from rich.text import Text

from scripts import configuration, program
from scripts.measure import changes, evaluation, scoring

HELD_OUT = "held-out"


def plain(text: str) -> Text:
    """`text` of unknown origin as rich shows it: its brackets are no markup, its control characters steer nothing."""
    return Text(program.printable(text))


def share(verdict: str, kinds: dict, names: Iterable[str]) -> float | None:
    """The share of a verdict among the questions of some of the kinds, 0 to 1; None where none of them was asked."""
    its = [kinds[name] for name in names if name in kinds]
    asked = sum(numbers["n"] for numbers in its)
    return sum(numbers[verdict] * numbers["n"] for numbers in its) / asked if asked else None


def made_up(kinds: dict) -> float | None:
    """The share of made-up answers to questions that have no answer; None where no such question was asked."""
    return share("wrong", kinds, [kind for kind in kinds if scoring.unanswerable({"kind": kind})])


def table(models: dict) -> Table:
    """The result as a rich table: a row a model, a column a kind, and the two kinds of error that matter most."""
    kinds = list(next(iter(models.values()))["kinds"])
    heads = [f"{kind}\nright (95%)" for kind in kinds] + ["unanswerable\nmade up", "wrongly\ndeclined"]
    result = Table("model")
    for head in heads:
        result.add_column(plain(head))
    for name, model in models.items():
        cells = [f"{k['right']:.0%} ({k['low']:.0%}-{k['high']:.0%})\nn={k['n']}" for k in model["kinds"].values()]
        found = made_up(model["kinds"]), share("declined", model["kinds"], ("trained", HELD_OUT))
        errors = ["-" if it is None else f"{it:.0%}" for it in found]
        result.add_row(plain(name), *cells, *errors)
    return result


def asked_for(gate: Path) -> float:
    """The least recall, 0 to 1: min_held_out_recall of the YAML file `gate`."""
    settings = configuration.read_yaml(gate)
    least = settings.get("min_held_out_recall") if isinstance(settings, dict) else None
    if isinstance(least, bool) or not isinstance(least, int | float) or not 0 <= least <= 1:
        program.fail(f"{gate}: min_held_out_recall is {least!r}; set a number from 0 to 1")
    return least


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--evaluation", type=Path, required=True, help="what scripts.measure.evaluation wrote")
    parser.add_argument("--gate", type=Path, required=True, help="YAML file that holds the least recall")
    args = parser.parse_args()
    least, measured = asked_for(args.gate), evaluation.read(args.evaluation)
    Console(width=None if sys.stdout.isatty() else 150).print(table(measured["models"]))
    if "changes" in measured:
        print(program.printable("\n".join(changes.lines(measured["changes"]))))
    name = measured["run"]["model"]["name"]
    kinds = measured["models"][name]["kinds"]
    shown = program.printable(name)
    if name == measured["run"]["base"]["name"]:
        print("the base model is what others are compared with; nothing is held against the gate")
    elif HELD_OUT not in kinds:
        print(f"no {HELD_OUT} questions were asked, so there is nothing to hold against the gate; next: make report")
    elif (recall := kinds[HELD_OUT]["right"]) < least:
        program.fail(f"{shown}: {HELD_OUT} recall {recall:.1%}, {args.gate} asks for {least:.1%}")
    else:
        print(f"{shown}: {HELD_OUT} recall {recall:.1%}, {args.gate} asks for {least:.1%}; next: make report")


if __name__ == "__main__":
    main()
