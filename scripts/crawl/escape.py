"""Text that stays text: what CommonMark would take for markup gets a backslash, and nothing else does."""

import re

from bs4 import NavigableString, PageElement, Tag

INLINE = {"a", "abbr", "b", "bdi", "bdo", "cite", "data", "del", "dfn", "em", "font", "i", "ins", "label", "mark", "q",
          "s", "small", "span", "strong", "sub", "sup", "time", "tt", "u", "var", "wbr"}  # fmt: skip
PUNCTUATION = r"!-/:-@\[-`{-~"
# Characters in a line that CommonMark would take for markup, with the pattern of where it does.
# https://spec.commonmark.org/0.31.2/#inlines; "*" is escaped by markdownify, a single "_" inside a word is none.
IN_LINE = (
    (re.compile(rf"\\(?=[{PUNCTUATION}])"), r"\\\\"),
    (re.compile(r"<(?=[A-Za-z/!?])"), r"\\<"),
    (re.compile(r"&(?=#?\w{1,32};)"), r"\\&"),
    (re.compile(r"`"), r"\\`"),
    (re.compile(r"(?<![^\W_])_+|_+(?![^\W_])"), lambda run: r"\_" * len(run[0])),
    (re.compile(r"~~"), r"\\~\\~"),
    (re.compile(r"\[(?=[^\]]*\]\()"), r"\\["),
)
# The same at the start of a line: headings, quotes, lists, rules, fences, definitions of links.
AT_START = (
    (re.compile(r"^(#{1,6})(?=\s|$)"), r"\\\1"),
    (re.compile(r"^(>|[-+](?=\s|$)|[-=]+\s*$|~~~)"), r"\\\1"),
    (re.compile(r"^(\d{1,9})([.)])(?=\s|$)"), r"\1\\\2"),
    (re.compile(r"^\[(?!\^)(?=[^\]]+\]:)"), r"\\["),
)


def starts_line(node: PageElement) -> bool:
    """Whether a text is the first of its block, or follows a line break; a heading begins with its # signs."""
    while True:
        before = node.previous_sibling
        while isinstance(before, NavigableString) and not before.strip():
            before = before.previous_sibling
        if before is not None:
            return (
                isinstance(before, Tag)
                and before.name not in INLINE
                and before.name not in ("code", "img", "kbd", "samp")
            )
        parent = node.parent
        if parent is not None and re.match("h[1-6]$", parent.name):
            return False
        if parent is None or parent.name not in INLINE or parent.name in ("strong", "b", "em", "i", "a", "del", "s"):
            return parent is not None and parent.name not in INLINE
        node = parent


def in_line(text: str) -> str:
    """A piece of text with its markup escaped, wherever in a line it stands; "*" is left to markdownify."""
    for pattern, replacement in IN_LINE:
        text = pattern.sub(replacement, text)
    return text


def at_start(text: str) -> str:
    """A piece of text at the start of a line, with its markup escaped."""
    head = text.lstrip()
    for pattern, replacement in AT_START:
        head = pattern.sub(replacement, head)
    return text[: len(text) - len(text.lstrip())] + head
