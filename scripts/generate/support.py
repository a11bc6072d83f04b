"""Whether a text says no more than its source: all of its names are found there, and nearly all of its word stems."""

import re
from collections.abc import Set
from functools import cache, lru_cache

# Words that carry no fact: function words, and the vocabulary of asking.
EMPTY_WORDS = set(
    """a an the and or but nor not no of in on at to for from with without by into onto over under about as than then so
    if is are was were be been being am do does did done has have had having can could may might must shall should will
    would it its they them their this that these those there here he she his her you your we our us i me my one ones
    what which who whom whose when where why how many much often long far kind kinds type types sort way ways purpose
    name names called happen happens role reason explain describe difference mean means meaning each every any all some
    only also just still already very more most other""".split()
)
TOKEN = re.compile(r"[^\W_][\w./*:@+-]*(?:[^\W_]|\*)|[^\W_]")
# The share of an answer's stems that its source must hold.
ANSWER_COVERED = 0.9


@cache
def stemmer():
    """The stemmer for English words; nltk takes seconds to import, so it is when the first word is stemmed."""
    from nltk.stem.snowball import EnglishStemmer

    return EnglishStemmer()


@lru_cache(maxsize=1 << 16)
def stem(word: str) -> str:
    """The stem of a word: "builds" -> "build"."""
    return stemmer().stem(word)


def words(text: str) -> list[str]:
    """The words and identifiers of a text, without the punctuation around them."""
    return [token.rstrip(".:") for token in TOKEN.findall(text.replace("'s", " ").replace("\u2019s", " "))]


def stems(text: str) -> list[str]:
    """The stems of its content words, in order."""
    return [stem(word) for word in words(text) if word.lower() not in EMPTY_WORDS]


def names(text: str) -> list[str]:
    """What may never be invented: numbers, identifiers, and names (a capital that does not just begin a sentence)."""
    found, start = [], True
    for match in TOKEN.finditer(text):
        word = match[0].rstrip(".:")
        begins = start or text[: match.start()].rstrip().endswith((".", "!", "?", ":"))
        start = False
        inner = word[1:]
        if re.search(r"\d|[_/@*]|\w[.-]\w", word) or re.search(r"[A-Z]", inner) or (word[:1].isupper() and not begins):
            found.append(word)
    return found


def covered(part: list[str], whole: Set[str]) -> float:
    """The share of the stems `part` that are among the stems `whole`; 1 when there are none."""
    return sum(one in whole for one in part) / len(part) if part else 1.0


# A section is the source of many answers, so what is known of it is kept.
@lru_cache(maxsize=64)
def known_stems(source: str) -> frozenset[str]:
    """The stems of `source`, without order."""
    return frozenset(stems(source))


@lru_cache(maxsize=64)
def known_words(source: str) -> frozenset[str]:
    """The words of `source` in lower case, and the parts of those that have - or / in them."""
    known = {word.lower() for word in words(source)}
    return frozenset(known | {part for word in known for part in re.split(r"[-/]", word)})


def missing_name(text: str, source: str) -> str | None:
    """The first number, identifier or name of `text` that `source` does not hold as a whole word, or None."""
    known = known_words(source)
    for name in names(text):
        options = {name.lower(), name.lower().rstrip("s"), name.lower() + "s"}
        if not options & known and not all(part in known for part in re.split(r"[-/]", name.lower())):
            return name
    return None


def supported(answer: str, source: str) -> bool:
    """Whether `source` holds every name and number of `answer`, and nearly all of its other words."""
    return not missing_name(answer, source) and covered(stems(answer), known_stems(source)) >= ANSWER_COVERED
