"""One spelling for the many ways to write the same thing: Unicode forms, quotes, dashes, numbers, versions, units."""

import unicodedata

import regex

# Scripts without blanks between words: a word of theirs may stand anywhere in a text.
UNSPACED = r"\p{Han}\p{Hiragana}\p{Katakana}ー\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}"
# A sign of a word in any other script. Korean is apart: it has blanks, but particles are glued to its words.
SPACED = rf"[[\p{{L}}\p{{M}}\p{{N}}]--[{UNSPACED}]]"
LETTER = rf"[{SPACED}--\p{{Hangul}}]"

CHARACTERS = str.maketrans({
    **dict.fromkeys("\u2018\u2019\u201a\u201b\u2032\u02bc\u00b4", "'"),
    **dict.fromkeys("\u201c\u201d\u201e\u201f\u2033\u00ab\u00bb", '"'),
    **dict.fromkeys("\u2122\u2120"),  # NFKC would make the letters TM and SM of them, glued to the name before
    "\u2014": " - ", "\u2015": " - ",
})  # fmt: skip
SUPERSCRIPTS = str.maketrans("\u2070\u00b9\u00b2\u00b3\u2074\u2075\u2076\u2077\u2078\u2079\u207a\u207b", "0123456789+-")
UNITS = "ms|s|secs?|mins?|h|hrs?|d|[kmgtp]i?b|[kmgt]i|k?hz|[mg]hz|px|[cmk]m|kg"


def rule(pattern: str, replacement):
    return regex.compile(pattern, regex.V1), replacement


BEFORE = (  # what NFKC would hide
    # Invisible: soft hyphens, zero-width blanks, marks of direction, variants of emoji.
    rule(r"[\p{Cf}\uFE00-\uFE0F]", ""),
    rule(r"[\u2070\u00b9\u00b2\u00b3\u2074-\u207b]+", lambda match: "^" + match[0].translate(SUPERSCRIPTS)),
    rule(r"(?<=\d)(?=[\u00bc-\u00be\u2150-\u215e])", " "),  # 1½ is 1 1/2, not 11/2
    rule(r"\d", lambda match: str(unicodedata.digit(match[0]))),
    # 1,000 and 1'000 and 1_000, or with a blank that does not break, are 1000; 80, 443 are two numbers.
    rule(
        r"(?<![\d.])[1-9]\d{0,2}([,'\u2019_\u00a0\u202f\u2009])\d{3}(?:\1\d{3})*(?!\d)",
        lambda match: match[0].replace(match[1], ""),
    ),
)
AFTER = (
    rule("\u2044", "/"),  # the bar that NFKC puts into ½
    rule(r"[\p{Pd}\u2212]", "-"),
    rule(r"\\(?=[_*])", ""),  # what Markdown escapes
    # A minus that makes a number negative; in 1-3, UTC-5, 2024-05-01 and --5 it joins. U+2212 marks the former.
    rule(rf"(?<![{LETTER}\-)\]}}])-(?=[$€£¥]?\.?\d)|(?<=\de)-(?=\d)", "\u2212"),
    rule(r"(?<![\w.])v\.?(?=\d+\.\d)", ""),  # v1.5 is 1.5
    rule(rf"(?<![\w.])(\d+(?:\.\d+)?)(?=(?:{UNITS})(?!\w))", r"\1 "),  # 10GB is 10 GB
    rule(r"(?<=\d)\s*(?:%|per ?cent)(?!\w)", " percent"),
    rule(r"[^\S\n]+", " "),
)


def normalise(text: str) -> str:
    """`text` in one spelling: lower case, NFKC, straight quotes, "-" for dashes but U+2212 for signs, 1000 for 1,000.

    What it equates can only mean the same. Other words for a thing, "five" for 5 or "60 minutes" for "1 hour", are
    alternatives, which a question lists.
    """
    for pattern, replacement in BEFORE:
        text = pattern.sub(replacement, text)
    text = unicodedata.normalize("NFKC", text.translate(CHARACTERS))
    # Lower case of the Turkish capital I with a dot is i and a combining dot.
    text = unicodedata.normalize("NFKC", text.casefold()).replace("i\u0307", "i")
    for pattern, replacement in AFTER:
        text = pattern.sub(replacement, text)
    return text
