"""Whether a sentence says after its verb what a question word asks for: for "when" a time, for "what" a noun."""

import re

from scripts.generate.openings import GAPS
from scripts.generate.phrases import PREPOSITIONS, PUNCTUATION, ends, noun, same

# They take more than an object: "What does it make?" asks for half of "it makes a build safe".
TWO_OBJECTS = set("allow bind bring call compare end give keep leave let make put show take tell treat turn".split())
# Where to: "Where does Konflux push images?" - "to a registry".
MOVES = set("push go send write copy move upload".split())


def asks_for_object(asked: list[str], verb: str, rest: list[str]) -> bool:
    """Whether `asked`, what a question with "what" says after its verb, leaves out an object of `rest`."""
    if not asked:
        return noun(rest) and verb not in TWO_OBJECTS and (verb, rest[0]) != ("have", "its")
    count = len(asked)
    if asked[-1].lower() in PREPOSITIONS - {"of"} and same(asked, rest[:count]):
        return noun(rest[count:])
    if asked[0].lower() not in PREPOSITIONS - {"of"} or not noun(rest):
        return False
    # The gap is between the verb and a phrase that the question has too.
    return any(
        same(asked, rest[start : start + count]) and ends(rest[start:], count) and not PUNCTUATION & set(rest[:start])
        for start in range(1, len(rest) - count + 1)
    )


def asks_for(kind: str, asked: list[str], verb: str, rest: list[str]) -> bool:
    """Whether `rest`, what the answer says after its verb, is `asked` and then what the question word asks for."""
    if kind == "what":
        return asks_for_object(asked, verb, rest)
    count = len(asked)
    if kind not in GAPS or not same(asked, rest[:count]) or asked and not ends([*asked, ","], count):
        return False
    gap = " ".join(rest[count:]).lstrip(" ,:")
    if kind == "how" and verb in TWO_OBJECTS:
        return False
    return bool(re.match(GAPS[kind], gap)) or kind == "where" and verb in MOVES and gap.startswith("to ")


def asks_after_auxiliary(kind: str, auxiliary: str, verb: str, body: list[str], rest: list[str]) -> bool:
    """The same for a verb such as "is" or "can", which the question repeats: `body` follows the subject in it."""
    if verb in ("is", "are") and auxiliary == verb and kind == "what" and not body:
        return rest[0] in ("a", "an", "the", "one") or rest[0][0].isupper()
    # The sentence's own verb is the next word: "cannot read", "is stored", "is not stored".
    negated = verb == "cannot"
    rest = ["not", *rest] if negated else rest
    size = 2 if rest[0] == "not" else 1
    if auxiliary != verb.removesuffix("not") or body[:size] != rest[:size] or len(rest) < size:
        return False
    if verb in ("is", "are") and kind == "what" and body[-1] not in PREPOSITIONS or negated and kind != "what":
        return False
    return asks_for(kind, body[size:], rest[size - 1], rest[size:])
