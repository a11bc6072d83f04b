"""Ask one question and print the answer: through `make serve` when it serves the same, else in this process."""

import argparse

from scripts import configuration, program
from scripts.retrieve import answers
from scripts.serve import llama, local_server, options


def closed_book(args: argparse.Namespace, question: str) -> str:
    """The answer of the model alone."""
    llama.check_gguf(args.model)
    system = configuration.system_prompt(args.config, args.model)
    try:
        if url := local_server.find_server(args.model, args.port):
            return llama.answer_through(url, system, question)
        model = llama.load(args.model, configuration.context_size(args.config))
        return llama.answer(model, system, question)
    except llama.TooLong as error:
        program.fail(f"{error}; try a shorter question or a larger serve.llama_cpp.max_ctx_size in {args.config}")
    except (OSError, ValueError) as error:
        program.fail(f"{args.model}: no answer ({error}); if the file is damaged, make it again")


def from_pages(args: argparse.Namespace, pages: options.Pages, question: str) -> str:
    """What the pages say, with the sources."""
    if args.model.is_file() and (url := local_server.find_server(args.model, args.port, pages)):
        try:
            return llama.answer_through(url, "", question)
        except (OSError, ValueError) as error:
            program.fail(f"{url}: no answer ({error})")
    return answers.shown(answers.answerer(*pages)(question))


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    options.add_options(parser)
    parser.add_argument("--question", required=True)
    args = parser.parse_args()
    # An argument that is no UTF-8 arrives as half characters, which no tokenizer takes.
    question = args.question.encode(errors="replace").decode()
    if not question.strip():
        program.fail('no question; run make ask Q="What is a Snapshot in Konflux?"')
    pages = options.pages_of(args)
    print(program.printable(from_pages(args, pages, question) if pages else closed_book(args, question)))


if __name__ == "__main__":
    main()
