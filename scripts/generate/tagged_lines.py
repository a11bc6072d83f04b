"""(tag, text) of the lines "TAG: text" of a reply.

Models have habits: numbers, bullets and bold around a tag, a heading with a list below. What has no tag is left out.
"""

import re

Entries = list[tuple[str, str]]
# What stands before a tag: bullets, bold, a number. The bounds keep a line of a thousand stars from taking minutes.
MARKS = r"[\W_]{0,20}(?:\d{1,3}[\W_]{1,10})?"
ITEM = re.compile(r"\s*(?:[-*+•]|\(?\d{1,3}[.):])\s+")


def listed(lines: list[str]) -> list[str]:
    """The entries below a tag: the items of a list if it is one, else the whole."""
    rest = [line for line in lines[1:] if line.strip()]
    if lines[0].strip(" *_`") or not rest or not ITEM.match(rest[0]):
        return ["\n".join(lines)]
    found: list[str] = []
    for line in rest:
        item = ITEM.match(line)
        if item:
            found.append(line[item.end() :])
        else:
            found[-1] += f"\n{line}"
    return found


def lines_of(reply: str, tags: list[str]) -> Entries:
    """Of lines that begin with a tag.

    Lines without a tag belong to the one before them, up to a blank line or the end of a fence: chat goes on there.
    """
    names = "|".join(map(re.escape, tags))
    begin = re.compile(rf"^{MARKS}({names})(?:S| QUESTIONS?)?(?:\s*#?\d+)?[\s*_`]{{0,9}}[:\uff1a][*_]*", re.I)
    heading = re.compile(rf"^\s*(?:#+|\*\*)[\s*]*({names})(?:S| QUESTIONS?)?(?:\s*#?\d+)?[\s*]*$", re.I)
    inner = re.compile(rf"[ |;]+(?=\**(?:{names})\**:)")
    found: list[tuple[str, list[str]]] = []
    fenced = goes_on = False
    lines = []
    for line in reply.split("\n"):  # two tags may share a line
        end = match.end() if (match := begin.match(line)) else len(line)
        lines += (line[:end] + inner.sub("\n", line[end:])).split("\n")
    for line in lines:
        if line.strip().startswith("```"):
            fenced, goes_on = not fenced, goes_on and not fenced
        elif match := begin.match(line) or heading.match(line):
            found.append((match[1].upper(), [line[match.end() :]]))
            goes_on = True
        elif not line.strip():
            # A list may stand apart from its heading.
            goes_on = goes_on and (fenced or not found[-1][1][0].strip(" *_`"))
        elif goes_on:
            found[-1][1].append(line)
    whole = ("SOURCE",)  # of several items, and still one
    return [(tag, text) for tag, its in found for text in (["\n".join(its)] if tag in whole else listed(its))]
