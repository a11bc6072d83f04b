"""The exercises: passages of invented products, questions, and for each the unit that answers it, or none."""

import re
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from scripts import files, program
from scripts.retrieve import pieces

WORDS = 130  # of a chunk here: most sections are one
# People ask what a thing is before all else, and the authors of the exercises hardly did: sentences that define a term
# give such questions.
DEFINITION = re.compile(
    r"(?:(?P<article>An?|The) (?P<term>[a-z][\w-]*(?: [a-z][\w-]*){0,2})|(?P<name>[A-Z][a-z]\w+)) is (?:an?|the) "
)


class Question(NamedTuple):
    """A question, and which chunk of its product answers it with which unit; None where none does."""

    text: str
    answer: tuple[int, int] | None


class Product(NamedTuple):
    """All that is told and asked about a product."""

    chunks: list[pieces.Chunk]
    questions: list[Question]


def words(text: str) -> str:
    return re.sub(r"\W+", " ", text).strip()


def place(chunks: list[pieces.Chunk], answer: str) -> tuple[int, int] | None:
    """The chunk and the unit that hold the sentence, row or line `answer`, or most of it; None if no unit does."""
    cells = [words(cell) for cell in answer.strip().strip("|").split("|")]
    parts = []
    for number, chunk in enumerate(chunks):
        for at, unit in enumerate(chunk.units):
            have = words(unit.text)
            if all(cell in have for cell in cells):  # a row is a unit with the names of its columns
                return number, at
            if have and have in words(answer):
                parts.append((len(have), number, at))
    return max(parts)[1:] if parts else None


def definitions(products: dict[str, Product]) -> None:
    """Add to each product what its terms are, and what a term of another product is, which nothing there tells."""
    found = [(name, number, at, match) for name, product in products.items()
             for number, chunk in enumerate(product.chunks) for at, unit in enumerate(chunk.units)
             if (match := DEFINITION.match(unit.text))]  # fmt: skip
    others = list(products)
    for count, (name, number, at, match) in enumerate(found):
        term = match["name"] or f"{match['article'].lower()} {match['term']}"
        text = f"What is {term}?" if count % 2 or match["name"] else f"What is {term} in {name}?"
        products[name].questions.append(Question(text, (number, at)))
        other = others[(others.index(name) + len(others) // 2) % len(others)]
        told = "\n".join(chunk.text for chunk in products[other].chunks).lower()
        if (match["name"] or match["term"]).lower() not in told:
            products[other].questions.append(Question(f"What is {term}?", None))


def read(paths: Iterable[Path]) -> list[Product]:
    """The products in `paths`, whose rows are {"product", "title", "text", "qa": [{"q", "a"}], "none": [...]}."""
    found: dict[str, Product] = defaultdict(lambda: Product([], []))
    for path in paths:
        for number, row in enumerate(files.read_json_lines(path, keys=("product", "title", "text")), 1):
            product = found[row["product"]]
            headings = [f"{'#' * level} {text}\n\n" for level, text in enumerate(row["title"].split(" > "), 1)]
            chunks = pieces.chunks("".join(headings) + row["text"] + "\n", WORDS)
            for pair in row["qa"]:
                at = place(chunks, pair["a"])
                if at is None:
                    program.fail(f"{path}:{number}: no sentence, row or line is {pair['a']!r}; copy the answer exactly")
                product.questions.append(Question(pair["q"], (len(product.chunks) + at[0], at[1])))
            product.questions.extend(Question(text, None) for text in row["none"])
            product.chunks.extend(chunks)
    definitions(found)
    return list(found.values())
