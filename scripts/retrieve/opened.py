"""An index that was opened: its passages, the vectors of their units, and where words stand."""

import base64
import json
import re
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

import numpy
import Stemmer

from scripts import program
from scripts.retrieve.pieces import Chunk, Unit

# Words that tell nothing of what is asked, however rare they are on a site.
EMPTY = frozenset(
    "a about am an and any are as at be been but by can could do does did for from had has have how i if in into is it "
    "its me my no not of on or our should so that the their them then there these they this to us was we were what "
    "when where which while who whom whose why will with would you your".split()
)
STEMMER = Stemmer.Stemmer("english")
VECTORS = "vectors", "tokens"
SHORT = 60  # characters of a unit that may hold no more than the words of a question


class Passage(NamedTuple):
    """A chunk of a page, and the address of that page, which may be empty."""

    page: str
    url: str
    chunk: Chunk


class Index(NamedTuple):
    """n passages with m units of t tokens in all.

    vectors: of the units (m, 384). tokens: their vectors in steps of 1/127, (t, 64). starts: the first token of each
    unit (m,). owners: which passage a unit is of (m,).
    words: {stem: (numbers of passages, numbers of units)}. short: {number of a unit of few words: its stems}.
    """

    passages: list[Passage]
    units: list[Unit]
    vectors: numpy.ndarray
    tokens: numpy.ndarray
    starts: numpy.ndarray
    owners: numpy.ndarray
    words: dict[str, tuple[numpy.ndarray, numpy.ndarray]]
    short: dict[int, frozenset[str]]


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
        means, tokens = (b"".join(base64.b64decode(page[key]) for page in pages.values()) for key in VECTORS)
        lengths = numpy.array([length for page in pages.values() for length in page["lengths"]], int)
        owners = numpy.repeat(numpy.arange(len(passages)), [len(it.chunk.units) for it in passages])
        vectors = numpy.frombuffer(means, numpy.float16).reshape(len(owners), -1).astype(numpy.float32)
        narrow = numpy.frombuffer(tokens, numpy.int8).reshape(lengths.sum(), -1)
    except FileNotFoundError:
        program.fail(f"{path}: no index of the documentation; run make rag first")
    except (OSError, ValueError, LookupError, TypeError, AttributeError) as error:
        program.fail(f"{path}: not an index ({error!r}); remove it and run make rag")
    units = [unit for it in passages for unit in it.chunk.units]
    in_passages = places(f"{it.chunk.title}\n{it.chunk.text}" for it in passages)
    in_units = places(f"{unit.lead}\n{unit.text}" for unit in units)
    words = {
        stem: (numpy.array(found), numpy.array(in_units.get(stem, []), int)) for stem, found in in_passages.items()
    }
    short = {number: frozenset(stems(unit.text)) for number, unit in enumerate(units) if len(unit.text) < SHORT}
    return Index(passages, units, vectors, narrow, lengths.cumsum() - lengths, owners, words, short)
