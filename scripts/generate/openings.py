"""How a question about a sentence may begin; the teacher goes on from there, which keeps it on the subject.

Greedily and left to itself a 135M teacher asks "What is ...?" about everything; given "How often does MintMaker" it
goes on with "run?". What does not fit is dropped afterwards, so these rules may err.
"""

import re
from functools import lru_cache

from scripts.generate.grammar import (
    AUXILIARY,
    COMMON,
    LONGEST_WORD,
    PEOPLE,
    PLURAL_VERBS,
    base_form,
    head,
    imperative,
    is_word,
    subject,
    third_person,
)

UNITS = r"(?:\d+ |other |few )?(?:minute|hour|day|night|week|month|saturday|sunday|monday|friday|time)s?\b"
# How the part of a sentence begins that is asked for with these words.
GAPS = {
    "when": r"(?:before|after|when|whenever|once|if|as soon as|during|on \w+days?|at (?:midnight|the (?:start|end)))\b",
    "where": r"(?:in|into|on|inside) (?!\w+days?|JSON|YAML)(?:the|an?|its|their|[A-Z]|\S*[._/*-])"
    r"(?!(?:\S+ ){0,2}(?:same|order|way|case|time|end|advance|format|syntax|language)\b)",
    "why": r"(?:because|so that|since)\b",
    "how": r"(?:by|with|through|via|using|without) \S",
    "how often": rf"(?:every {UNITS}|daily|hourly|weekly|nightly|once an?|twice an?|at regular times)",
}  # fmt: skip


@lru_cache(maxsize=2)
def inner_words(page: str) -> frozenset[str]:
    """What follows a word in lower case or a comma in `page`: there a capital is a name's, not that of a beginning."""
    found: set[str] = set()
    for text in page.split("\n"):
        words = text.split(" ")
        for before, word in set(zip(words, words[1:], strict=False)):
            if re.search(r"[a-z,]$", before) and len(word) <= LONGEST_WORD:
                found |= {word[:i] for i in range(1, len(word) + 1) if re.compile(r"\b").match(word, i)}
    return frozenset(found)


def starts_small(name: str, verb: str, page: str) -> bool:
    """Whether the capital of a subject is only that of the sentence's first word, and no name's."""
    first, *others = name.split()
    if first in COMMON or re.search(r"\d|[^\W][A-Z]|[._/*]", first) or re.match(r"(?:as )?[A-Z]", " ".join(others)):
        return first in COMMON
    common = first.endswith(("ing", "ed")) or verb in PLURAL_VERBS or bool(others) and others[0].islower()
    return is_word(first, page) or first not in inner_words(page) and common


def adverbials(rest: str) -> list[str]:
    """The question words whose answer `rest`, what follows the verb, may hold."""
    return [kind.capitalize() for kind, begins in GAPS.items() if re.search(rf"(?:^|[ ,]){begins}", rest)]


def openings(sentence: str, page: str) -> list[str]:
    """The openings to try for one sentence of a `page`, its sections one a line; none when no question is safe."""
    text = sentence[0].lower() + sentence[1:]
    if re.match(r"^(when|if) [^,]+, ", text):
        condition, _, then = text.partition(", ")
        return [f"What should you do {condition}" if imperative(then) else f"What happens {condition}"]
    if purpose := re.match(r"^to ([^,]+), ", text):
        return [f"How do you {purpose[1]}"]
    known = subject(sentence, page)
    if not known:
        purpose = re.search(r" to ([a-z]+) ", text)
        return [f"How do you {purpose[1]}"] if purpose and imperative(sentence) else []
    name, verb = known
    rest = sentence.split(f" {verb} ", 1)[-1].rstrip(".!")
    if starts_small(name, verb, page):
        name = name[0].lower() + name[1:]
    asker, follows = "Who" if PEOPLE.match(head(name)) else "What", rest.split()[0]
    if verb in ("is", "are"):
        found = [f"What {verb} {name}", *([f"{asker} is {follows}"] if verb == "is" and follows.endswith("ed") else [])]
    elif verb in AUXILIARY and verb != "has":
        found = [f"{asker} {verb} {follows}"]
        verb = verb.removesuffix("not")
        found.append(f"What {verb} {name}")
    else:
        do = "does" if verb.endswith("s") else "do"
        asked = f"{do} {name} {base_form(verb)}"
        found = [f"What {do} {name}", f"What {asked}", f"{asker} {third_person(verb)} {follows}"]
        return found + [f"{kind} {asked}" for kind in adverbials(rest)]
    return found + [f"{kind} {verb} {name}" for kind in adverbials(rest)]
