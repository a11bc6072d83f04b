"""The options of the programs that serve and ask: the model, the port, the pages."""

import argparse
from pathlib import Path
from typing import NamedTuple


class Pages(NamedTuple):
    """What answers from the pages are made with: the index, the weights of the finder, the ilab config."""

    passages: Path
    finder: Path
    config: Path


def add_options(parser: argparse.ArgumentParser) -> None:
    """The options of what serves and asks: a model, its config, a port, and what answers from the pages."""
    parser.add_argument("--model", type=Path, required=True, help="GGUF file")
    parser.add_argument("--config", type=Path, required=True, help="ilab config")
    parser.add_argument("--port", type=int, required=True, help="of make serve")
    parser.add_argument("--index", type=Path, help="answer from these pages; without it, the model answers by itself")
    parser.add_argument("--finder", type=Path, help="weights of what finds answers in the index")


def pages_of(args: argparse.Namespace) -> Pages | None:
    """What answers from the pages, by the options of add_options(); None where the model answers by itself."""
    return Pages(args.index, args.finder, args.config) if args.index else None
