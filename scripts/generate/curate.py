"""Which generated pairs are kept: rules that need no model, the same for every teacher, each with a named reason."""

import re
from collections.abc import Iterable

from scripts.generate.gap import is_gap
from scripts.generate.support import covered, known_stems, missing_name, stem, stems, supported, words

MAX_QUESTION_WORDS, MAX_ANSWER_WORDS = 28, 60
# The share of a question's stems that its answer and context must hold: small teachers put in what they know, such as
# "code" and "team".
QUESTION_COVERED = 0.85
NEAR_DUPLICATE = 0.8

DEICTIC = re.compile(
    r"\b(this|these|those|above|below|aforementioned|mentioned|the following|the given|given (?:text|sentence|document)"
    r"|according to|as stated|in the (?:example|image|figure|table|picture)"
    r"|(?:the|that|a|your|next|first|last) (?:text|document|sentence|passage|paragraph|page|section|article|author|"
    r"answer|question|statement|excerpt|context|snippet|chapter|reader|conversation))\b",
    re.I,
)
PRONOUN = re.compile(r"\b(it|its|they|them|their|he|she|his|her|you|your|we|our|us|i|me|my)\b", re.I)


def leans(question: str, answer: str) -> bool:
    """Whether a pair speaks about the text that it is from, or names its subject with a pronoun only."""
    if DEICTIC.search(question) or DEICTIC.search(answer):
        return True
    asked = re.sub(r"^(how do|what should) you ", "", question, flags=re.I)
    pronoun = PRONOUN.search(asked)
    return pronoun is not None and not stems(asked[: pronoun.start()])


def why_dropped(
    question: str, answer: str, source: str, context: str = "", product: str = "Konflux", copied: bool = True
) -> str | None:
    """The reason why a pair is dropped, or None when it is kept.

    source: the chunk that the answer was made from. context: what else a question may draw on, such as headings.
    product: what the site is about, a name that does not narrow a question down. copied: whether the answer is a
    sentence of the source, so that the question must be that with a gap; else it is in the teacher's own words.
    """
    question, answer = question.strip(), answer.strip()
    if not question or not answer:
        return "blank"
    if len(question.split()) > MAX_QUESTION_WORDS or len(answer.split()) > MAX_ANSWER_WORDS:
        return "over-long"
    if not question.endswith("?") or "\n" in question or question.count("?") > 1 or len(question.split()) < 3:
        return "not a question"
    if leans(question, answer):
        return "does not stand alone"
    if not supported(answer, source):
        return "answer not supported"
    asked = stems(question)
    if (
        missing_name(question, f"{source} {context}")
        or covered(asked, known_stems(f"{answer} {context}")) < QUESTION_COVERED
    ):
        return "question not supported"
    # "What does Konflux use?", "What can be reset?": half of the site answers that.
    if len(set(asked) - set(stems(product))) < 2 and not re.match(r"what (is|are) |what does .* do\?", question, re.I):
        return "too vague"
    if copied and not is_gap(question, answer, source):
        return "answer does not fit"
    return None


def similar(first: str, second: str) -> float:
    """Jaccard similarity of two questions by all their words, function words included: "when" is not "where"."""
    one, two = ({stem(word) for word in words(text)} for text in (first, second))
    return len(one & two) / len(one | two)


def curate(pairs: Iterable[dict], product: str, copied: bool = True) -> tuple[list[dict], list[dict]]:
    """Split pairs {"user", "assistant", "chunk", "context", ...} into (kept, rejected); rejected ones have a "reason".

    A question is a duplicate when it was kept before for any answer, and a near-duplicate when one much like it was
    kept for the same answer: other wordings of one fact are wanted, the same wording is not. product, copied: as in
    why_dropped().
    """
    kept, rejected = [], []
    seen: set[str] = set()
    asked_of: dict[str, list[str]] = {}
    for pair in pairs:
        question = " ".join(pair["user"].split())
        reason = why_dropped(question, pair["assistant"], pair["chunk"], pair.get("context", ""), product, copied)
        if not reason:
            key = " ".join(words(question)).lower()
            others = asked_of.setdefault(pair["assistant"], [])
            if key in seen:
                reason = "duplicate"
            elif any(similar(question, other) >= NEAR_DUPLICATE for other in others):
                reason = "near-duplicate"
            else:
                seen.add(key)
                others.append(question)
        if reason:
            rejected.append({**pair, "user": question, "reason": reason})
        else:
            kept.append({**pair, "user": question})
    return kept, rejected
