"""The passages of the whole site that come nearest to a question."""

from collections.abc import Callable
from pathlib import Path

from scripts.retrieve import opened, query, search

PASSAGES = 6


def finder(index: Path, weights: Path) -> Callable[[str], str]:
    """A function from a question to the text of the nearest passages, the best first."""
    index_of, encoder, tokens = opened.open_index(index), query.load(weights), query.tokenizer()

    def nearest(question: str) -> str:
        asked = query.asked(encoder, query.row(tokens, question))
        order = (-search.scores(index_of, question, asked)).argsort(kind="stable")
        chunks = (passage.chunk for passage in search.passages(index_of, order, PASSAGES))
        return "\n\n".join(f"{chunk.title}\n{chunk.text}" for chunk in chunks)

    return nearest
