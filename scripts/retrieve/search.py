"""Find in an index the units that answer a question: those that mean it, in passages that have its words."""

import base64
import json
import math
import re
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

import numpy
import Stemmer

from scripts import program
from scripts.retrieve.pieces import Chunk, Unit

# How much the words of a question count beside its meaning, which is a similarity from -1 to 1: those in the chunk, and
# those in the unit. Chosen on the held-out questions of evaluation/questions.jsonl (docs/retrieval.md).
IN_CHUNK, IN_UNIT = 0.3, 0.2
# Words that tell nothing of what is asked, however rare they are on a site.
EMPTY = frozenset(
    "a about am an and any are as at be been but by can could do does did for from had has have how i if in into is it "
    "its me my no not of on or our should so that the their them then there these they this to us was we were what "
    "when where which while who whom whose why will with would you your".split()
)
# Neighbours that are this little worse belong to the answer, up to so many units in all.
NEAR, MOST = 0.1, 3
FOLLOWING = 8  # units that belong to a sentence which introduces them, such as the items of a list
STEMMER = Stemmer.Stemmer("english")


class Passage(NamedTuple):
    """A chunk of a page, and the address of that page, which may be empty."""

    page: str
    url: str
    chunk: Chunk


class Index(NamedTuple):
    """n passages with m units: their unit vectors (m, 384), which passage a unit is of (m,), and where words stand.

    words: {stem: (numbers of passages, numbers of units)}
    """

    passages: list[Passage]
    vectors: numpy.ndarray
    owners: numpy.ndarray
    words: dict[str, tuple[numpy.ndarray, numpy.ndarray]]


class Found(NamedTuple):
    """An answer: neighbouring units of a passage, the best of them, and its score."""

    passage: Passage
    units: tuple[Unit, ...]
    best: Unit
    score: float


def stems(text: str) -> set[str]:
    """The words of a text that tell something, without their endings."""
    return set(STEMMER.stemWords([word for word in re.findall(r"\w+", text.lower()) if word not in EMPTY]))


def places(texts: Iterable[str]) -> dict[str, list[int]]:
    """{stem: the numbers of the texts that have it}"""
    found = defaultdict(list)
    for number, text in enumerate(texts):
        for stem in stems(text):
            found[stem].append(number)
    return found


def open_index(path: Path) -> Index:
    """The index in file `path`, written by index.py; ends the program when it is none."""
    try:
        pages = json.loads(path.read_text(encoding="utf-8"))["pages"]
        passages = [Passage(name, page["url"], Chunk(tuple(headings), tuple(Unit(*unit) for unit in units)))
                    for name, page in pages.items() for headings, units in page["chunks"]]  # fmt: skip
        parts = b"".join(base64.b64decode(page["vectors"]) for page in pages.values())
        owners = numpy.repeat(numpy.arange(len(passages)), [len(it.chunk.units) for it in passages])
        vectors = numpy.frombuffer(parts, numpy.float16).reshape(len(owners), -1).astype(numpy.float32)
    except FileNotFoundError:
        program.fail(f"{path}: no index of the documentation; run make rag first")
    except (OSError, ValueError, LookupError, TypeError, AttributeError) as error:
        program.fail(f"{path}: not an index ({error!r}); remove it and run make rag")
    in_passages = places(f"{it.chunk.title}\n{it.chunk.text}" for it in passages)
    in_units = places(f"{unit.lead}\n{unit.text}" for it in passages for unit in it.chunk.units)
    words = {
        stem: (numpy.array(found), numpy.array(in_units.get(stem, []), int)) for stem, found in in_passages.items()
    }
    return Index(passages, vectors, owners, words)


def shares(index: Index, question: str) -> tuple[numpy.ndarray, numpy.ndarray]:
    """The share of the question's words that each passage has, and each unit: 0 to 1, a rare word counts more."""
    of_passages, of_units = numpy.zeros(len(index.passages)), numpy.zeros(len(index.owners))
    total, count = 0.0, len(index.passages)
    for stem in stems(question):
        in_passages, in_units = index.words.get(stem, (numpy.array([], int), numpy.array([], int)))
        weight = math.log(1 + (count - len(in_passages) + 0.5) / (len(in_passages) + 0.5))
        total += weight
        of_passages[in_passages] += weight
        of_units[in_units] += weight
    return of_passages / max(total, 1e-9), of_units / max(total, 1e-9)


def scores(index: Index, question: str, vector: numpy.ndarray) -> numpy.ndarray:
    """The score of each unit as the answer to `question`, whose vector is given."""
    of_passages, of_units = shares(index, question)
    return index.vectors @ vector + IN_CHUNK * of_passages[index.owners] + IN_UNIT * of_units


def around(index: Index, units: list[Unit], given: numpy.ndarray, best: int) -> range:
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
    opened, most = units[last].text, last + FOLLOWING
    while opened.endswith(":") and last < most and last + 1 < len(units) and units[last + 1].lead == opened:
        last += 1
    return range(first, last + 1)


def search(index: Index, question: str, vector: numpy.ndarray, count: int) -> list[Found]:
    """The best `count` answers, which share no unit."""
    given = scores(index, question, vector)
    units = [unit for passage in index.passages for unit in passage.chunk.units]
    found: list[Found] = []
    taken: set[int] = set()
    for best in map(int, numpy.argsort(-given, kind="stable")):
        if len(found) == count:
            break
        if best in taken:
            continue
        members = [number for number in around(index, units, given, best) if number not in taken]
        taken.update(members)
        passage = index.passages[index.owners[best]]
        found.append(Found(passage, tuple(units[n] for n in members), units[best], round(float(given[best]), 3)))
    return found
