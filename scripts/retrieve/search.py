"""Find in an index the units that answer a question: those that mean it, in passages that have its words."""

import math
from typing import NamedTuple

import numpy

from scripts.retrieve.opened import Index, Passage, stems
from scripts.retrieve.pieces import Unit
from scripts.retrieve.query import Asked

# What the score of a unit is made of: how alike it and the question are as a whole, and token by token, and which share
# of the question's words stands in its passage, and in itself. Chosen on the held-out questions of
# evaluation/questions.jsonl (docs/retrieval.md).
WHOLE, TOKENS, IN_CHUNK, IN_UNIT = 0.33, 0.67, 0.2, 0.13
# Neighbours that are this little worse belong to the answer, up to so many units in all.
NEAR, MOST = 0.08, 3
FOLLOWING = 8  # units that belong to a sentence which introduces them, such as the items of a list


class Found(NamedTuple):
    """An answer: neighbouring units of a passage, the best of them, and its score."""

    passage: Passage
    units: tuple[Unit, ...]
    best: Unit
    score: float


def shares(index: Index, asked: set[str]) -> tuple[numpy.ndarray, numpy.ndarray]:
    """The share of the stems `asked` that each passage has, and each unit: 0 to 1, a rare word counts more."""
    of_passages, of_units = numpy.zeros(len(index.passages)), numpy.zeros(len(index.owners))
    total, count = 0.0, len(index.passages)
    for stem in asked:
        in_passages, in_units = index.words.get(stem, (numpy.array([], int), numpy.array([], int)))
        weight = math.log(1 + (count - len(in_passages) + 0.5) / (len(in_passages) + 0.5))
        total += weight
        of_passages[in_passages] += weight
        of_units[in_units] += weight
    return of_passages / max(total, 1e-9), of_units / max(total, 1e-9)


def alike(index: Index, asked: Asked) -> numpy.ndarray:
    """How alike the question and each unit are, token by token, as vectors.similar() has it."""
    near = index.tokens.astype(numpy.float32) @ (asked.tokens.T / 127)
    return numpy.maximum.reduceat(near, index.starts, axis=0).mean(1) if len(near) else numpy.zeros(0)


def scores(index: Index, question: str, asked: Asked) -> numpy.ndarray:
    """The score of each unit as the answer to `question`, whose vectors are given."""
    words = stems(question)
    of_passages, of_units = shares(index, words)
    found = WHOLE * index.vectors @ asked.mean + TOKENS * alike(index, asked)
    found += IN_CHUNK * of_passages[index.owners] + IN_UNIT * of_units
    # What only repeats the question, such as the name of a thing in a list of things, answers nothing.
    found[[number for number, its in index.short.items() if its <= words]] -= 1
    return found


def passages(index: Index, order: numpy.ndarray, count: int) -> list[Passage]:
    """The first `count` passages that the units, whose numbers `order` gives, are of."""
    found: dict[int, Passage] = {}
    for unit in order:
        if len(found) == count:
            break
        owner = int(index.owners[unit])
        found[owner] = index.passages[owner]
    return list(found.values())


def around(index: Index, given: numpy.ndarray, best: int) -> range:
    """The numbers of the units that make the answer: the unit `best`, and neighbours in its passage nearly as good."""
    first = last = best
    while last - first + 1 < MOST:
        near = [number for number in (first - 1, last + 1) if 0 <= number < len(given)]
        near = [number for number in near if index.owners[number] == index.owners[best]]
        near = [number for number in near if given[number] >= given[best] - NEAR]
        if not near:
            break
        chosen = max(near, key=lambda number: given[number])
        first, last = min(first, chosen), max(last, chosen)
    opened, following = index.units[last].text, index.units[last + 1 : last + 1 + FOLLOWING]
    while opened.endswith(":") and following and following.pop(0).lead == opened:
        last += 1
    return range(first, last + 1)


def search(index: Index, question: str, asked: Asked, count: int) -> list[Found]:
    """The best `count` answers, which share no unit."""
    given = scores(index, question, asked)
    found: list[Found] = []
    taken: set[int] = set()
    for best in map(int, numpy.argsort(-given, kind="stable")):
        if len(found) == count:
            break
        if best in taken:
            continue
        members = [number for number in around(index, given, best) if number not in taken]
        taken.update(members)
        passage = index.passages[index.owners[best]]
        units, score = tuple(index.units[number] for number in members), round(float(given[best]), 3)
        found.append(Found(passage, units, index.units[best], score))
    return found
