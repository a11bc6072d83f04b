"""The words of a question and of a sentence side by side: equal or not, where a phrase ends, what may be a noun."""

import re

from scripts.generate.grammar import AUXILIARY
from scripts.generate.openings import GAPS

TOKEN = re.compile(r"[\w&|][\w./*:@+&|'=-]*[\w*/]|\w|[,;:()–—→-]")
PUNCTUATION = set(",;:()–—→-")
PREPOSITIONS = set(
    """about after against among around as at before behind below between by during for from in inside into like near
    of off on onto out outside over per since through to toward towards under until up upon via with within
    without""".split()
)
CLAUSES = set("and or but nor because so than that when where whenever whether which while who if unless once".split())
# A question may leave these out.
ADVERBS = set(
    "also always either itself normally only soon still then therefore themselves together too usually".split()
)
DETERMINERS = set("a an the its their one two three four five every each all any some no several another".split())


def tokens(text: str) -> list[str]:
    """Words and marks of a text in order, without the adverbs that a question may leave out."""
    return [token for token in TOKEN.findall(text.strip().rstrip(".!?")) if token.lower() not in ADVERBS]


def same(first: list[str], second: list[str]) -> bool:
    """Whether two lists of words are equal. Names keep their capitals; only the first word may differ in it."""
    return [word.lower() for word in first[:1]] + first[1:] == [word.lower() for word in second[:1]] + second[1:]


def noun(words: list[str]) -> bool:
    """Whether what follows may be the noun that is asked for."""
    word = words[0].lower() if words else ","
    known = PUNCTUATION | PREPOSITIONS | CLAUSES | {*AUXILIARY, "no", "nothing", "not", "how", "what", "long"}
    return word not in known and not word.endswith("ly") and not re.match(GAPS["how often"], " ".join(words))


def ends(words: list[str], count: int) -> bool:
    """Whether a phrase may end after the first `count` of `words`."""
    if not count or words[count - 1].lower() in PREPOSITIONS | CLAUSES | DETERMINERS:
        return False
    return count == len(words) or words[count].lower() in PUNCTUATION | (PREPOSITIONS | CLAUSES) - {"of", "that", "or"}
