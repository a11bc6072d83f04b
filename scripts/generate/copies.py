"""Finds the words of a page that a teacher copied. Teachers change blanks, marks and dashes in a copy."""

import re

from scripts.generate.said import one_line

LOOSE = "*`\"'\u2018\u2019\u201c\u201d\u00ab\u00bb"  # marks that models add, drop and change in a copy
DASHES = "\\-\u2010\u2011\u2012\u2013\u2014\u2212"


def copied(source: str, text: str) -> str | None:
    """The words of `text` of which `source` is a copy, apart from blanks, quotes, bold marks, dashes, the last stop."""
    bare = re.sub(r"^(?:[-\u2022]|\d+[.)])\s+", "", re.sub(rf"[{LOOSE}]", "", one_line(source)).strip()).rstrip(".;: ")
    if len(bare) < 3:
        return None
    pieces = (rf"[{DASHES}]" if re.fullmatch(rf"[{DASHES}]", piece) else re.escape(piece)
              for piece in re.findall(r"\w+|[^\w\s]", bare))  # fmt: skip
    gap = rf"[\s{LOOSE}]*"
    found = re.search(rf"(?<!\w)[{LOOSE}]*{gap.join(pieces)}(?!\w)[{LOOSE}]*[.;:]?[{LOOSE}]*", one_line(text))
    return found[0].strip() if found else None
