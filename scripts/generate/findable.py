"""Which questions lead elsewhere: to another page, to another sentence, or to an answer where there is to be none."""

from collections import defaultdict
from pathlib import Path

import numpy

from scripts.generate import rules
from scripts.generate.support import words
from scripts.retrieve import encoder, opened, query, search, vectors

# The page of a good question is among the pages of so many passages: of 354 questions of people 6 were not found, of 80
# that were made from other pages 6 were (docs/generate-experiments.md).
PASSAGES = 7
# How much worse than the best unit of the site the source of a good question may be. Of 480 questions of people 2% were
# worse, of those that were asked about another sentence of the page 81%, about another page 95%.
FAR = 0.3


def units_of(index: opened.Index, page: str, source: str) -> list[int]:
    """The numbers of the units of `page` of which `source` is a part, or which are a part of it."""
    its = [number for number, owner in enumerate(index.owners) if Path(index.passages[owner].page).stem == page]
    return [number for number in its if rules.copied(source, index.units[number].text)
            or rules.copied(index.units[number].text, source)]  # fmt: skip


def lost(asked: list[tuple[str, str, str]], nowhere: list[str], index: Path, weights: Path,
         least: float) -> dict[tuple[str, str], str]:  # fmt: skip
    """{(question, source): why it is dropped} of those of `asked` (question, page, source) that lead elsewhere.

    Of sources with the same question the nearest keeps it. nowhere: questions that no page is to answer; those that a
    unit answers with a score of `least` are there under (question, "").
    """
    index_of, tokens = opened.open_index(index), query.tokenizer()
    texts = list(dict.fromkeys([question for question, _, _ in asked] + nowhere))
    if not texts:
        return {}
    made = vectors.encoded(encoder.load(weights), [vectors.question_row(tokens, text) for text in texts]).numpy()
    scores = {text: search.scores(index_of, text, vector) for text, vector in zip(texts, made, strict=True)}
    sources = {(page, source): units_of(index_of, page, source) for _, page, source in asked}
    found = {(text, ""): "a page may answer it" for text in nowhere if scores[text].max() >= least}
    owners: dict[str, list[tuple[float, str, str]]] = defaultdict(list)
    for question, page, source in asked:
        its = scores[question]
        nearest = search.passages(index_of, numpy.argsort(-its, kind="stable")[: 20 * PASSAGES], PASSAGES)
        own = max((float(its[number]) for number in sources[page, source]), default=None)
        if page not in {Path(passage.page).stem for passage in nearest}:
            found[question, source] = "leads to another page"
        elif own is not None and own < its.max() - FAR:
            found[question, source] = "leads to another sentence"
        owners[" ".join(words(question)).lower()].append((own or 0.0, question, source))
    for its_owners in owners.values():
        for _, question, source in sorted(its_owners, reverse=True)[1:]:
            if source != max(its_owners)[2]:
                found.setdefault((question, source), "asked for another fact")
    return found
