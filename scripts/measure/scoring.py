"""When an answer is right, wrong or declined. The one place that says so."""

from collections.abc import Mapping, Sequence

import regex

from scripts.measure import terms
from scripts.measure.declining import declines
from scripts.measure.writing import normalise

__all__ = ["declines", "holds", "unanswerable", "verdict", "words"]


def words(text: str) -> str:
    """The words of `text`, in the one spelling of normalise(), with single blanks between them."""
    return " ".join(regex.findall(rf"{terms.WORD}+", normalise(text)))


def holds(must: Sequence[Sequence[str]], answer: str) -> bool:
    """Whether `answer` has at least one alternative of each group of `must`, e.g. [["1 hour", "1h"], ["task"]]."""
    text = normalise(answer)
    found = ((terms.pattern(alternative) for alternative in group) for group in must)
    return all(any(pattern and pattern.search(text) for pattern in group) for group in found)


def unanswerable(question: Mapping) -> bool:
    """Whether nothing answers the question: its kind is "unanswerable", or ends so."""
    return question["kind"].endswith("unanswerable")


def verdict(question: Mapping, answer: str) -> str:
    """The word "right", "wrong" or "declined" for one question of the form {"kind", "must", ...}.

    An unanswerable question is answered right by declining, without making something up; any other question is not.
    """
    if unanswerable(question):
        return "right" if declines(answer) else "wrong"
    if declines(answer):
        return "declined"
    return "right" if holds(question["must"], answer) else "wrong"
