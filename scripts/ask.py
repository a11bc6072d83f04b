"""Ask one question and print the answer: through `make serve` when it serves this model, else in this process."""

import argparse
from pathlib import Path

import common
import retrieval
import student


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", type=Path, required=True, help="GGUF file to ask")
    parser.add_argument("--config", type=Path, required=True, help="ilab config that holds the system prompt")
    parser.add_argument("--port", type=int, required=True, help="where make serve may be running")
    parser.add_argument("--question", required=True)
    parser.add_argument("--rag", type=Path, metavar="INDEX", help="put the nearest passages before the question")
    args = parser.parse_args()
    if not args.question.strip():
        common.fail('no question; run make ask Q="What is a Snapshot in Konflux?"')
    student.check_gguf(args.model)
    system = common.system_prompt(args.config)
    context = retrieval.finder(args.rag, args.config)(args.question) if args.rag else None
    try:
        if url := student.find_server(args.model, args.port):
            print(student.answer_through(url, system, args.question, context))
        else:
            print(student.answer(student.load(args.model), system, args.question, context))
    except (OSError, ValueError) as error:
        common.fail(f"{args.model}: no answer ({error}); if it is damaged, remove it and run make train again")


if __name__ == "__main__":
    main()
