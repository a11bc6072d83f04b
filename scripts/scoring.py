"""When an answer is right, wrong or declined. The one place that says so."""

import re

# What counts as declining; the training data teaches the first wording.
DECLINES = (
    "documentation does not say",
    "docs do not say",
    "documentation does not mention",
    "documentation does not describe",
    "not in the documentation",
    "i do not know",
    "i don't know",
)


def words(text):
    """`text` in lower case as words separated and surrounded by single blanks; punctuation separates words."""
    return " " + " ".join(re.findall(r"[^\W_]+", text.lower())) + " "


def declines(answer):
    """Whether the answer says that it cannot be answered."""
    return any(words(phrase) in words(answer) for phrase in DECLINES)


def holds(must, answer):
    """Whether `answer` has, as words, at least one alternative of each group of `must`, e.g. [["1 hour", "1h"]]."""
    return all(any(words(alternative) in words(answer) for alternative in group) for group in must)


def verdict(question, answer):
    """The word "right", "wrong" or "declined" for one question of the form {"kind", "must", ...}.

    An unanswerable question is answered right by declining; any other question is not.
    """
    if question["kind"] == "unanswerable":
        return "right" if declines(answer) else "wrong"
    if declines(answer):
        return "declined"
    return "right" if holds(question["must"], answer) else "wrong"
