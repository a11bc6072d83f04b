"""Which questions lead to another page than the one that they were made from: they may be about something else."""

from pathlib import Path

from scripts.retrieve import encoder, opened, query, search, vectors

# The page of a good question is among the pages of so many passages: of 354 questions of people 6 were not found, of 80
# that were made from other pages 6 were (docs/generate-experiments.md).
PASSAGES = 7


def lost(pairs: list[tuple[str, str]], index: Path, weights: Path) -> set[tuple[str, str]]:
    """Those of the `pairs` (question, page) whose page is not among those of the passages nearest to the question."""
    if not pairs:
        return set()
    index_of, tokens = opened.open_index(index), query.tokenizer()
    asked = vectors.asked(encoder.load(weights), tokens, [question for question, _ in pairs])
    found = set()
    for (question, page), vector in zip(pairs, asked, strict=True):
        order = (-search.scores(index_of, question, vector)).argsort(kind="stable")
        nearest = search.passages(index_of, order[: 20 * PASSAGES], PASSAGES)
        if page not in {Path(passage.page).stem for passage in nearest}:
            found.add((question, page))
    return found
