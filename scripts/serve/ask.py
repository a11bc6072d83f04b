"""Ask one question and print the answer: through `make serve` when it serves this model, else in this process."""

import argparse
from pathlib import Path

from scripts import configuration, program
from scripts.retrieve import passages
from scripts.serve import llama


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", type=Path, required=True, help="GGUF file to ask")
    parser.add_argument("--config", type=Path, required=True, help="ilab config")
    parser.add_argument("--port", type=int, required=True, help="where make serve may be running")
    parser.add_argument("--question", required=True)
    parser.add_argument("--rag", type=Path, metavar="INDEX", help="put the nearest passages before the question")
    args = parser.parse_args()
    # An argument that is no UTF-8 arrives as half characters, which no tokenizer takes.
    question = args.question.encode(errors="replace").decode()
    if not question.strip():
        program.fail('no question; run make ask Q="What is a Snapshot in Konflux?"')
    llama.check_gguf(args.model)
    system = configuration.system_prompt(args.config, args.model)
    context = passages.finder(args.rag, args.config)(question) if args.rag else None
    try:
        if url := llama.find_server(args.model, args.port):
            reply = llama.answer_through(url, system, question, context)
        else:
            model = llama.load(args.model, configuration.context_size(args.config))
            reply = llama.answer(model, system, question, context)
    except llama.TooLong as error:
        remedy = "a shorter question, fewer passages (rag.retriever.top_k)" if context else "a shorter question"
        program.fail(f"{error}; try {remedy} or a larger serve.llama_cpp.max_ctx_size in {args.config}")
    except (OSError, ValueError) as error:
        program.fail(f"{args.model}: no answer ({error}); if the file is damaged, make it again")
    print(program.printable(reply))


if __name__ == "__main__":
    main()
