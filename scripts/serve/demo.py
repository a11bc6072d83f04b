"""Ask the original tutorial's three questions, the base model and the tuned one side by side."""

import argparse
from pathlib import Path

from rich.console import Console
from rich.table import Table
from rich.text import Text

from scripts import configuration, program
from scripts.serve import llama

QUESTIONS = (
    "What is the Konflux project?",
    "How do I get started with Konflux?",
    # Today's documentation knows no environments: a model that explains them makes them up.
    "What are Konflux environments?",
)


def answers(gguf, config):
    """What the model in file `gguf` says to each of QUESTIONS; ends the program when it cannot be asked."""
    llama.check_gguf(gguf)
    try:
        model = llama.load(gguf, configuration.context_size(config))
        return [llama.answer(model, configuration.system_prompt(config, gguf), question) for question in QUESTIONS]
    except ValueError as error:
        program.fail(f"{gguf}: no answer ({error}); if the file is damaged, make it again")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--base", type=Path, required=True, help="GGUF of the base model")
    parser.add_argument("--tuned", type=Path, required=True, help="GGUF of the tuned model")
    parser.add_argument("--config", type=Path, required=True, help="ilab config")
    args = parser.parse_args()
    table = Table("Question", "Base model", "Tuned model", show_lines=True)
    for row in zip(QUESTIONS, answers(args.base, args.config), answers(args.tuned, args.config), strict=True):
        # As Text: rich would take "[name]" in an answer for markup.
        table.add_row(*(Text(program.printable(cell)) for cell in row))
    Console(width=None if Console().is_terminal else 110).print(table)
    print('next: make chat, make ask Q="What is a Snapshot in Konflux?", make inspect DATA=pre-generated')


if __name__ == "__main__":
    main()
