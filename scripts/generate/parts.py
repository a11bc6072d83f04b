"""The parts of pages that a teacher is shown: a heading's text each, a long one in several."""

from pathlib import Path
from typing import NamedTuple

from scripts.generate import pages
from scripts.retrieve import pieces

WORDS = 300  # of a part, about
WORDS_A_FACT = 8  # a part of so many words may state one fact
LEAST = 6  # words of a part that states anything


class Part(NamedTuple):
    """What a teacher is shown. title: the headings above. most: how many facts it is asked for."""

    page: str
    title: str
    text: str

    @property
    def most(self) -> int:
        return max(2, len(self.text.split()) // WORDS_A_FACT)


def of_page(name: str, markdown: str) -> list[Part]:
    """The parts of a page. Each depends on the text below its own heading only, so an edit elsewhere changes none."""
    found = [Part(name, chunk.title or name, chunk.text) for chunk in pieces.chunks(markdown, WORDS)]
    return [part for part in found if len(part.text.split()) >= LEAST]


def read(markdown: Path, names: list[str]) -> list[Part]:
    """The parts of the pages `names` in the folder, or of all pages; ends the program at a bad one."""
    return [part for path, text in pages.texts(markdown, names) for part in of_page(path.stem, text)]
