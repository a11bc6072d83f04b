"""Ask the original tutorial's three questions, the base model and the tuned one side by side."""

import argparse
from pathlib import Path

import common
import student
from rich.console import Console
from rich.table import Table

QUESTIONS = (
    "What is the Konflux project?",
    "How do I get started with Konflux?",
    # Today's documentation knows no environments: a model that explains them makes them up.
    "What are Konflux environments?",
)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--base", type=Path, required=True, help="GGUF of the base model")
    parser.add_argument("--tuned", type=Path, required=True, help="GGUF of the tuned model")
    parser.add_argument("--config", type=Path, required=True, help="ilab config that holds the system prompt")
    args = parser.parse_args()
    system = common.system_prompt(args.config)
    table = Table("Question", "Base model", "Tuned model", show_lines=True)
    models = []
    for gguf in (args.base, args.tuned):
        student.check_gguf(gguf)
        try:
            models.append(student.load(gguf))
        except ValueError as error:
            common.fail(f"{gguf}: {error}; remove it and run make demo again")
    for question in QUESTIONS:
        table.add_row(question, *(student.answer(model, system, question) for model in models))
    Console(width=None if Console().is_terminal else 110).print(table)
    print('next: make chat, make ask Q="What is a Snapshot in Konflux?", make inspect DATA=pre-generated')


if __name__ == "__main__":
    main()
