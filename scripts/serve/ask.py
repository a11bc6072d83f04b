"""Ask one question and print the answer: through `make serve` when it serves the same, else in this process."""

import argparse
from pathlib import Path

from scripts import configuration, program
from scripts.retrieve import answers
from scripts.serve import llama, local_server


def closed_book(args: argparse.Namespace, question: str) -> str:
    """The answer of the model alone."""
    llama.check_gguf(args.model)
    system = configuration.system_prompt(args.config, args.model)
    try:
        if url := llama.find_server(args.model, args.port):
            return llama.answer_through(url, system, question)
        model = llama.load(args.model, configuration.context_size(args.config))
        return llama.answer(model, system, question)
    except llama.TooLong as error:
        program.fail(f"{error}; try a shorter question or a larger serve.llama_cpp.max_ctx_size in {args.config}")
    except (OSError, ValueError) as error:
        program.fail(f"{args.model}: no answer ({error}); if the file is damaged, make it again")


def from_pages(args: argparse.Namespace, question: str) -> str:
    """What the pages say, with the sources."""
    pages = local_server.Pages(args.index, args.finder, args.config)
    if args.model.is_file() and (url := llama.find_server(args.model, args.port, pages)):
        try:
            return llama.answer_through(url, "", question)
        except (OSError, ValueError) as error:
            program.fail(f"{url}: no answer ({error})")
    return answers.shown(answers.answerer(*pages)(question))


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", type=Path, required=True, help="GGUF file to ask")
    parser.add_argument("--config", type=Path, required=True, help="ilab config")
    parser.add_argument("--port", type=int, required=True, help="where make serve may be running")
    parser.add_argument("--question", required=True)
    parser.add_argument("--index", type=Path, help="answer from these pages; without it, the model answers by itself")
    parser.add_argument("--finder", type=Path, help="weights of what finds answers in the index")
    args = parser.parse_args()
    # An argument that is no UTF-8 arrives as half characters, which no tokenizer takes.
    question = args.question.encode(errors="replace").decode()
    if not question.strip():
        program.fail('no question; run make ask Q="What is a Snapshot in Konflux?"')
    print(program.printable((from_pages if args.index else closed_book)(args, question)))


if __name__ == "__main__":
    main()
