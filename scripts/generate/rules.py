"""Which facts, questions and answers of a teacher behind an endpoint are kept: rules that need no model.

They ask less than curate.py, as people ask in words of their own, and nothing here needs an English opening.
"""

import re

from scripts.generate import curate
from scripts.generate.said import one_line
from scripts.generate.support import missing_name, stems
from scripts.measure import scoring

PRONOUN = re.compile(r"\b(it|its|they|them|their)\b", re.I)
IDENTIFIER = re.compile(r"\d|[_/@*=]|^--|\w\.\w|[a-z][A-Z]")


def quoted(source: str, text: str) -> bool:
    """Whether `source` is a copy of something in `text`, apart from blanks and the mark of a list item."""
    source = one_line(source).lstrip("-*• ").strip()
    return len(source) > 2 and source in one_line(text)


def has(term: str, text: str) -> bool:
    """Whether `term` is in `text` as the key term of an answer."""
    return scoring.holds([[term]], text)


def leans(question: str) -> bool:
    """Whether a question speaks about a text, or has a pronoun for its subject: "What does it need?"."""
    pronoun = PRONOUN.search(question)
    return bool(curate.DEICTIC.search(question)) or pronoun is not None and not stems(question[: pronoun.start()])


def invents(text: str, known: str) -> bool:
    """Whether `text` has a number, an identifier or a file name that is not in `known`.

    Other names are let pass: people write "PR" for what the page calls a pull request.
    """
    name = missing_name(" ".join(word for word in text.split() if IDENTIFIER.search(word)), known)
    return name is not None


def wrong_question(question: str, its: list[str], part: dict, product: str) -> str | None:
    """Why a question is dropped, or None. its: the terms that answer it."""
    count = len(question.split())
    if not 2 <= count <= curate.MAX_QUESTION_WORDS:
        return "over-long" if count > 2 else "not a question"
    if leans(question):
        return "does not stand alone"
    if all(has(term, question) for term in its):
        return "holds its answer"
    if invents(question, f"{part['text']} {part['title']} {product}"):
        return "question not supported"
    if not ({*stems(question)} - {*stems(product)}) & {*stems(f"{part['text']} {part['title']}")}:
        return "shares no word with its part"
    return None


def right_answers(answers: list[str], its: list[str], part: dict, product: str) -> list[str]:
    """Those of `answers` that hold all terms, and no name or number that the part does not have."""
    known = f"{part['text']} {part['title']} {product}"
    return [
        answer for answer in dict.fromkeys(answers)
        if len(answer.split()) <= curate.MAX_ANSWER_WORDS and all(has(term, answer) for term in its)
        and not curate.DEICTIC.search(answer) and not invents(answer, known)
    ]  # fmt: skip


def wrong_fact(entry: dict, part: dict, answers: list[str], product: str) -> str | None:
    """Why a fact is dropped before its questions are looked at, or None. answers: the right ones."""
    if not quoted(entry["source"], part["text"]):
        return "source not in the page"
    if invents(entry["fact"], f"{part['text']} {part['title']} {product}"):
        return "fact not supported"
    if not all(has(term, entry["source"]) for term in entry["terms"]):
        return "key term not in the source"
    return "fewer than two right answers" if len(answers) < 2 else None
