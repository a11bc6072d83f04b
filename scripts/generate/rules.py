"""Which facts, questions and answers of a teacher behind an endpoint are kept: rules that need no model.

They ask less than curate.py, as people ask in words of their own, and nothing here needs an English opening.
"""

import re

from scripts.generate import curate, differs
from scripts.generate.support import EMPTY_WORDS, covered, known_stems, missing_name, stems, words
from scripts.measure import scoring

PRONOUN = re.compile(r"\b(it|its|they|them|their)\b", re.I)
IDENTIFIER = re.compile(r"\d|[_/@*=]|^--|\w\.\w|[a-z][A-Z]")


# "What does that do?", but not "the task that runs".
THAT = re.compile(
    r"\bthat(?= (?:is|was|do|does|did|can|work|mean|come|go|run|start|take|need|happen|look|help)s?\b|\W*$)"
    r"|\b(?:do|use|change|set|find|get|see|fix|does|is|was) that\b",
    re.I,
)
# What could be meant by a question of such words only, "How do I change the default setting?", nobody knows.
VAGUE = frozenset(
    stems(
        """tool service feature thing system product application app software program platform option setting value
        command file page way step default configuration documentation use using used do need change set find get make
        run start stop happen mean help work fix solve enable disable configure install create add remove delete exactly
        possible correct right good best new"""
    )
)
SAYS_NOTHING = frozenset("a an and are as at be by for from has in is it of on or that the this to was with".split())
# The share of a statement's stems that its source and heading hold: none of 175 statements of people held less, and
# that of another sentence of the page holds less in four of five cases (docs/generate-experiments.md).
STATED = 0.4
KNOWN = 0.4  # the share of words that are of the pages, or English function words, in texts of the pages' language


def has(term: str, text: str) -> bool:
    """Whether `term` is in `text` as the key term of an answer."""
    return scoring.holds([[term]], text)


def leans(question: str) -> bool:
    """Whether a question speaks about a text, or has a pronoun for what it is about: "What does it need?"."""
    pronouns = [found.start() for pattern in (PRONOUN, THAT) if (found := pattern.search(question))]
    return bool(curate.DEICTIC.search(question)) or any(not {*stems(question[:at])} - VAGUE for at in pronouns)


def foreign(texts: list[str], vocabulary: set[str]) -> bool:
    """Whether the texts are in another language than the pages, whose words are the `vocabulary`."""
    its = [word.lower() for text in texts for word in words(text)]
    return sum(word in vocabulary or word in EMPTY_WORDS for word in its) < KNOWN * len(its)


def invents(text: str, known: str) -> bool:
    """Whether `text` has a number, an identifier or a file name that is not in `known`.

    Other names are let pass: people write "PR" for what the page calls a pull request.
    """
    name = missing_name(" ".join(word for word in text.split() if IDENTIFIER.search(word)), known)
    return name is not None


def known(part: dict, product: str) -> str:
    """What a question or an answer may draw its names and numbers from."""
    return f"{part['text']} {part['title']} {product}"


def wrong_question(question: str, its: list[str], source: str, part: dict, product: str) -> str | None:
    """Why a question is dropped, or None. its: the terms that answer it. source: the sentence that does."""
    count = len(question.split())
    if not 2 <= count <= curate.MAX_QUESTION_WORDS:
        return "over-long" if count > 2 else "not a question"
    if leans(question) or not {*stems(question)} - VAGUE - {*stems(product)}:
        return "does not stand alone"
    if all(has(term, question) for term in its):
        return "holds its answer"
    if invents(question, known(part, product)) or differs.other_number(question, known(part, product)):
        return "question not supported"
    if differs.asks_contrary(question, source):
        return "asks for the contrary"
    if not ({*stems(question)} - {*stems(product)}) & {*stems(f"{part['text']} {part['title']}")}:
        return "shares no word with its part"
    return None


def right_answers(answers: list[str], its: list[str], source: str, part: dict, product: str) -> list[str]:
    """Those of `answers` that hold all terms, no name or number that the part does not have, and not the contrary."""
    there = known(part, product)
    return [
        answer for answer in dict.fromkeys(answers)
        if len(answer.split()) <= curate.MAX_ANSWER_WORDS and all(has(term, answer) for term in its)
        and not curate.DEICTIC.search(answer) and not invents(answer, there)
        and not differs.other_number(answer, there) and not differs.contrary(answer, source, answers)
    ]  # fmt: skip


def wrong_fact(entry: dict, part: dict, answers: list[str], product: str) -> str | None:
    """Why a fact is dropped before its questions are looked at, or None.

    entry: its "source" is what copied() found. answers: the right ones.
    """
    fact, source, there = entry["fact"], entry["source"], known(part, product)
    if not source:
        return "source not in the page"
    if invents(fact, there) or differs.other_number(fact, there):
        return "fact not supported"
    if covered(stems(fact), known_stems(f"{source} {part['title']} {product}")) < STATED:
        return "fact not in its source"
    if not all(has(term, source) for term in entry["terms"]):
        return "key term not in the source"
    if all({*term.lower().split()} <= SAYS_NOTHING for term in entry["terms"]):
        return "key term says nothing"
    return "fewer than two right answers" if len(answers) < 2 else None
