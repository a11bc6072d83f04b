"""Print the table of an evaluation; exit 1 when a model recalls less on held-out wordings than the gate asks for."""

import argparse
import json
import sys
from pathlib import Path

import common
import summarize
from rich.console import Console


def asked_for(gate):
    """The least share of right answers, 0 to 1: min_held_out_recall of the YAML file `gate`."""
    settings = common.read_yaml(gate)
    least = settings.get("min_held_out_recall") if isinstance(settings, dict) else None
    if isinstance(least, bool) or not isinstance(least, int | float) or not 0 <= least <= 1:
        common.fail(f"{gate}: min_held_out_recall is {least!r}; set a number from 0 to 1")
    return least


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--evaluation", type=Path, required=True, help="what evaluate.py wrote")
    parser.add_argument("--gate", type=Path, required=True, help="YAML file that holds the least recall")
    parser.add_argument("--model", required=True, help="name of the model that must reach it")
    args = parser.parse_args()
    least = asked_for(args.gate)
    try:
        models = json.loads(args.evaluation.read_text(encoding="utf-8"))["models"]
        Console(width=None if sys.stdout.isatty() else 150).print(summarize.table(models))
        held_out = {name: model["kinds"]["held-out"]["right"] for name, model in models.items()}
    except (OSError, ValueError, KeyError, TypeError) as error:
        common.fail(f"{args.evaluation}: no held-out questions in it ({error!r}); remove it and run make evaluate")
    if args.model not in held_out:
        print(f"{args.model} was not evaluated, nothing to hold against {least:.0%}; next: make report")
    elif held_out[args.model] < least:
        common.fail(f"{args.model}: held-out recall {held_out[args.model]:.1%}, {args.gate} asks for {least:.1%}")
    else:
        print(f"{args.model}: held-out recall {held_out[args.model]:.1%}, {least:.1%} asked for; next: make report")


if __name__ == "__main__":
    main()
