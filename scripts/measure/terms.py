"""Find a key term in an answer: a word, number, name or symbol of its own, and not a part of another."""

from functools import cache

import regex

from scripts.measure.writing import LETTER, UNSPACED, normalise

WORD = r"[\p{L}\p{M}\p{N}]"
TOKEN = regex.compile(
    rf"(?P<digits>\d+)|(?P<unspaced>[{UNSPACED}]+)|(?P<letters>[{WORD}--[\d{UNSPACED}]]+)"
    rf"|(?P<hyphen>(?<={WORD})-(?={WORD}))|(?P<blank>\s+)|(?P<symbols>[^\p{{L}}\p{{M}}\p{{N}}\s]+)",
    regex.V1,
)
WORDS = ("digits", "unspaced", "letters")
# What may stand in an answer between two words of a term, between a number and its unit, and around an operator.
SOFT, LOOSE, FREE = r"(?:[\s\-/,_:&*\"'`()\[\]]|\.(?!\s))+", r"[\s\-_*\"'`]*", r"[\s\"'`]*"
OPERATORS = set("=<>|&+*/^")
# Before a number: no part of another one (2.1.5, .5, 10^6), no sign (-5).
BEFORE_NUMBER = rf"(?<!{LETTER})(?<!\^)(?<!(?:^|[\s\d(\[])\.)(?<!\u2212[$€£¥]?)"
AFTER_NUMBER = rf"(?!{LETTER})(?!\.\d)(?!\^)"
# C is not C++, can is not can't, and what is non-hermetic is not hermetic.
BEFORE_WORD = rf"(?<!{LETTER})(?<!(?<!{LETTER})non[\s-])"
AFTER_WORD = rf"(?!{LETTER})(?![+#]++(?!{LETTER}))(?!'t)"
# a.yaml is neither my-a.yaml nor a.yaml.bak, --delay is not --delay-max; 1.5 is neither 1.5.x nor 1.5-rc1.
BEFORE_NAME, AFTER_NAME = rf"(?<!{LETTER}[.\-])", rf"(?![.\-]{LETTER})"
BEFORE_VERSION, AFTER_VERSION = rf"(?<!{LETTER}\.)", rf"(?!\.{LETTER})(?!-(?:alpha|beta|rc|pre|dev|snapshot))"


def symbols_alone(term: str) -> str:
    """The pattern of a term without letters and digits, such as `||`: between two words or between none.

    So `--` is in "a -- b" and in "a--b", but not in "--delay"; and `|` is not in "a || b".
    """

    def clear(signs: str) -> str:
        allowed = "".join(regex.escape(sign) for sign in "\"'`*_" + signs if sign not in term)
        return rf"[^\p{{L}}\p{{M}}\p{{N}}\s{allowed}]"

    one = regex.escape(term)
    between = rf"(?:(?<!{LETTER}){one}(?!{LETTER})|(?<={LETTER}){one}(?={LETTER}))"
    return f"(?<!{clear('([{「『【。、')}){between}(?!{clear(')]}.,;:!?」』】。、')})"


def tokens(term: str) -> list[tuple[str, str]]:
    """(kind, text) of the parts of a normalised term; quotes are blanks, and so is what punctuates its ends."""
    text = regex.sub(r"[\"`]|(?<!\p{L})'|'(?!\p{L})", " ", term).strip()
    text = text.lstrip("( ").rstrip("().,;:!?/ ")
    return [(str(match.lastgroup), match[0]) for match in TOKEN.finditer(text)]


def body(parts: list[tuple[str, str]]) -> str:
    """The pattern of the parts of a term, in which blanks, hyphens and markup vary."""
    pattern, before = "", ""
    for number, (kind, text) in enumerate(parts):
        after = parts[number + 1][0] if number + 1 < len(parts) else ""
        if kind in ("hyphen", "blank"):
            if before == after == "digits":
                pattern += r"\s*-\s*" if kind == "hyphen" else r"\s+"
            else:
                pattern += SOFT if before == after == "letters" else LOOSE
        elif kind == "symbols" and set(text) <= OPERATORS:
            pattern += FREE + regex.escape(text) + FREE
        else:
            pattern += (LOOSE if before in WORDS and kind in WORDS else "") + regex.escape(text)
        before = kind
    return pattern


def edges(parts: list[tuple[str, str]]) -> tuple[str, str]:
    """What may not stand before and after the term."""
    (first, start), (last, end) = parts[0], parts[-1]
    hangul = r"\p{Hangul}"
    before = {
        "digits": BEFORE_NUMBER,
        "letters": rf"(?<!{hangul})" if regex.match(hangul, start) else BEFORE_WORD,
        "symbols": rf"(?<!{regex.escape(start[0])})" + ("" if start[0] in "([{<@#" else rf"(?<!{LETTER})"),
    }.get(first, "")
    after = {
        "digits": AFTER_NUMBER,
        "letters": AFTER_WORD,
        "symbols": rf"(?!{regex.escape(end[-1])})",
    }.get(last, "")
    if any(kind == "symbols" and set(text) & set("./_:@#-") for kind, text in parts[:-1]):
        named = any(kind == "letters" for kind, _ in parts)
        before += BEFORE_NAME if named else BEFORE_VERSION
        after += AFTER_NAME if named else AFTER_VERSION
    return before, after


@cache
def pattern(term: str) -> regex.Pattern | None:
    """What finds the key term `term` in a normalised answer; None for a blank one, which is nowhere."""
    term = normalise(term).strip()
    if not term:
        return None
    if not regex.search(WORD, term):
        return regex.compile(symbols_alone(term), regex.V1)
    parts = tokens(term)
    before, after = edges(parts)
    return regex.compile(before + body(parts) + after, regex.V1)
