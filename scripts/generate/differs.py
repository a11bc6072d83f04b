"""Whether a text says another number, another measure or the contrary of its source, though it uses the source's words.

English words only: in other languages digits are compared, and nothing else.
"""

import re

from scripts.generate.support import stems
from scripts.measure.writing import normalise

WORDS = """zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen
    seventeen eighteen nineteen twenty""".split()
NUMBERS = {word: number for number, word in enumerate(WORDS)}
NUMBERS |= {"thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90,
            "hundred": 100, "thousand": 1000}  # fmt: skip
# (name, size): what measures the same thing has sizes in one unit.
SIZES: dict[str, dict[str, float]] = {
    "time": {"ms": 0.001, "s": 1, "sec": 1, "second": 1, "m": 60, "min": 60, "minute": 60, "h": 3600, "hr": 3600,
             "hour": 3600, "d": 86400, "day": 86400, "week": 604800, "month": 2629800, "year": 31557600},
    "bytes": {"byte": 1, "kb": 1e3, "mb": 1e6, "gb": 1e9, "tb": 1e12, "kib": 2**10, "mib": 2**20, "gib": 2**30,
              "tib": 2**40, "ki": 2**10, "mi": 2**20, "gi": 2**30, "ti": 2**40, "k": 1e3, "g": 1e9, "t": 1e12},
    "share": {"percent": 1},
}  # fmt: skip
UNITS = {name: (kind, size) for kind, its in SIZES.items() for name, size in its.items()}
NUMBER = rf"\d+(?:\.\d+)?[\s-]*|(?:{'|'.join(NUMBERS)})[\s-]+"
UNIT = r"([a-z]+?)s?\b"
MEASURE = re.compile(rf"(?<![\w.])({NUMBER}){UNIT}")
# "Every hour" is one hour.
ONE = re.compile(rf"(?<![\w.])((?:an?|every|each|per)[\s-]+){UNIT}")
PLAIN = re.compile(rf"(?<![\w.-])({'|'.join(word for word in NUMBERS if word != 'one')})(?![\w-])")
NOT = re.compile(r"\b(?:not|no|never|none|nothing|nobody|nowhere|neither|nor|without|cannot)\b|n't\b", re.I)
CLAUSE = re.compile(r"[;,:.!?]\s|\s(?:but|so|because|since|although|while|which|whereas|and|if|when)\s", re.I)
ASKING = re.compile(r"^\W*(?:(?:\w+ ){0,2}(?:what|which|who|whom|where|when|why|how)|is|are|does|do|can|will)\b", re.I)
OPPOSITES = [
    pair.split("/")
    for pair in """before/after on/off enable/disable enabled/disabled enables/disables allow/forbid allowed/forbidden
    minimum/maximum least/most more/less more/fewer always/never first/last true/false public/private old/new
    oldest/newest largest/smallest optional/required manual/automatic manually/automatically include/exclude
    includes/excludes success/failure succeeds/fails inside/outside above/below increase/decrease increases/decreases
    add/remove adds/removes start/stop""".split()
]


def measures(text: str, patterns: tuple[re.Pattern, ...] = (MEASURE,)) -> set[tuple[str, float]]:
    """The measures in a text: (kind, size in one unit), so that 24 hours are a day."""
    found = set()
    for number, unit in (it for pattern in patterns for it in pattern.findall(normalise(text))):
        if unit in UNITS:
            kind, size = UNITS[unit]
            word = number.strip(" -\n")
            found.add((kind, round(float(NUMBERS.get(word, word if word[0].isdigit() else 1)) * size, 3)))
    return found


def counts(text: str) -> set[int]:
    """The numbers that a text writes in words, but for "one"."""
    return {NUMBERS[word] for word in PLAIN.findall(normalise(text))}


def other_number(text: str, known: str) -> bool:
    """Whether `text` has a measure, or a number in words, that `known` does not have in any spelling."""
    said, there = measures(text), measures(known, (MEASURE, ONE))
    digits = {int(it) for it in re.findall(r"(?<![\d.])\d{1,6}(?![\d.]*\d)", known)}
    return bool(said - there) or not said and bool(counts(text) - digits - counts(known))


def nearest_clause(text: str, source: str) -> str:
    """The clause of `source` that shares the most words with `text`."""
    wanted = {*stems(text)}
    return max(CLAUSE.split(source), key=lambda clause: len(wanted & {*stems(clause)}))


def contrary(text: str, source: str, others: list[str]) -> bool:
    """Whether an answer is negated and its source is not, or the other way round, or they hold opposite words.

    A source of several clauses is both. others: all answers of the fact; then the one counts that most of them are.
    """
    negated, nearest = bool(NOT.search(text)), bool(NOT.search(nearest_clause(text, source)))
    if negated != nearest:
        usual = 2 * sum(bool(NOT.search(other)) for other in others) > len(others)
        if negated != bool(NOT.search(source)) or negated != usual:
            return True
    said, known = ({*re.findall(r"[a-z]+", it.lower())} for it in (text, source))
    return any(
        one in said - known and other in known - said or other in said - known and one in known - said
        for one, other in OPPOSITES
    )


def asks_contrary(question: str, source: str) -> bool:
    """Whether a question asks what is not so, of a source that denies nothing: "What does it not update?".

    What users tell of themselves may be negated: "I cannot find the file, where is it?".
    """
    if NOT.search(nearest_clause(question, source)):
        return False
    return any(NOT.search(clause) for clause in CLAUSE.split(question) if ASKING.search(clause))
