"""Which questions lead elsewhere: to another page, to another sentence, or to an answer where there is to be none."""

from pathlib import Path

import numpy

from scripts.generate.copies import copied
from scripts.retrieve import encoder, opened, query, search, vectors

# The page of a good question is among the pages of so many passages: of 354 questions of people 6 were not found, of 80
# that were made from other pages 6 were (docs/generate-experiments.md).
PASSAGES = 7
# How much worse than the best source of the other facts the source of a good question may be. Of 480 questions of
# people 4% were worse, of those that were asked about another sentence of the section 82%, of the page 97%.
FAR = 0.1
# Less, where more than this share of a teacher's questions lead elsewhere: 13%, 94% and 99.6% are worse then.
DOUBTED, NEAR = 0.1, 0.02
# From this score of search.scores() on, a unit may answer a question: of people's questions that the pages of three
# sites answer 79% reach it, of those that they do not answer 27% (docs/retrieval.md).
ANSWERED = 0.7


def units_of(index: opened.Index, page: str, source: str) -> list[int]:
    """The numbers of the units of `page` of which `source` is a part, or which are a part of it."""
    its = [number for number, owner in enumerate(index.owners) if Path(index.passages[owner].page).stem == page]
    return [number for number in its if copied(source, index.units[number].text)
            or copied(index.units[number].text, source)]  # fmt: skip


def doubtful(behind: dict[tuple[str, str], float]) -> set[tuple[str, str]]:
    """Those questions (question, source) that are too far `behind`: how much better than its own another source is."""
    far = [it for it, gap in behind.items() if gap > FAR]
    least = NEAR if len(far) > DOUBTED * len(behind) else FAR
    return {it for it, gap in behind.items() if gap > least}


def lost(
    asked: list[tuple[str, str, str]], nowhere: list[str], index: Path, weights: Path
) -> dict[tuple[str, str], str]:
    """{(question, source): why it is dropped} of those of `asked` (question, page, source) that lead elsewhere.

    nowhere: questions that no page is to answer; those that a unit may answer are there under (question, "").
    """
    index_of, tokens = opened.open_index(index), query.tokenizer()
    texts = list(dict.fromkeys([question for question, _, _ in asked] + nowhere))
    if not texts:
        return {}
    made = vectors.asked(encoder.load(weights), tokens, texts)
    scores = {text: search.scores(index_of, text, vector) for text, vector in zip(texts, made, strict=True)}
    # Once for each source: a fact has a dozen questions.
    units = {(page, source): units_of(index_of, page, source) for page, source in {it[1:] for it in asked}}
    stated = sorted({number for its in units.values() for number in its})
    found = {(text, ""): "a page may answer it" for text in nowhere if scores[text].max() >= ANSWERED}
    behind = {}
    for question, page, source in asked:
        its = scores[question]
        nearest = search.passages(index_of, numpy.argsort(-its, kind="stable")[: 20 * PASSAGES], PASSAGES)
        if page not in {Path(passage.page).stem for passage in nearest}:
            found[question, source] = "leads to another page"
        if own := units[page, source]:
            behind[question, source] = float(its[stated].max() - its[own].max())
    return dict.fromkeys(doubtful(behind), "leads to another sentence") | found
