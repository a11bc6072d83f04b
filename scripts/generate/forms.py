"""(tag, text) of what a teacher said: in lines "TAG: text" as it was asked to, or in JSON, in XML tags, in a table.

What has no tag is left out.
"""

import html
import json
import re
from collections.abc import Iterable, Iterator

from scripts.generate.tagged_lines import Entries, lines_of

# Models that think aloud do so before they answer, in such marks; a reply that was cut short has no end of it.
THOUGHT = re.compile(r"<(think|thinking|reasoning|thought)>.*?(</\1>|\Z)", re.S | re.I)
THOUGHT_END = re.compile(r"</(?:think|thinking|reasoning|thought)>", re.I)
QUOTES = {'"': '"', "\u201c": "\u201d", "\u201e": "\u201c", "\u00ab": "\u00bb", "*": "*", "_": "_"}
FAILURES = 200  # places at which no JSON begins, before the rest is left


def thoughtless(reply: str) -> str:
    """A reply without what was thought before it."""
    # Some servers leave out the first mark: https://github.com/vllm-project/vllm/blob/main/docs/features/reasoning_outputs.md
    return THOUGHT_END.split(THOUGHT.sub("", reply))[-1]


def clean(text: str) -> str:
    """A text without blanks, bold marks and quotes around it."""
    text = text.strip()
    while len(text) > 1 and QUOTES.get(text[0]) == text[-1]:
        text = text[1:-1].strip()
    # The other half of the mark stood before the tag.
    for mark in ("**", '"'):
        text = text.removesuffix(mark).rstrip() if text.count(mark) % 2 else text
    return text


def tag_of(name: str, tags: Iterable[str]) -> str | None:
    """The tag that a key or a cell names: "forward_questions", "Key terms" and "fact 3" are FORWARD, KEY TERM, FACT."""
    spaced = re.sub(r"(?<=[a-z])(?=[A-Z])|[\W_\d]+", " ", name[:60]).strip().upper()
    return next((tag for tag in tags if re.fullmatch(rf"{tag}S?(?: QUESTIONS?)?", spaced)), None)


def values(text: str) -> Iterator:
    """The JSON values in a text; of one that was cut off, those inside that are whole."""
    decoder, at, failures = json.JSONDecoder(strict=False), 0, 0
    while failures < FAILURES and (match := re.compile(r"[\[{]").search(text, at)):
        try:
            value, at = decoder.raw_decode(text, match.start())
            yield value
        except (ValueError, RecursionError):
            at, failures = match.start() + 1, failures + 1


def walked(value, tags: list[str], tag: str | None = None) -> Iterator[tuple[str, str]]:
    """Of a JSON value: keys are tags, and what has no such key has the tag of what it is in."""
    if isinstance(value, dict):
        named = next((found for it in value.values() if isinstance(it, str) and (found := tag_of(it, tags))), None)
        known = {key: tag_of(str(key), tags) for key in value}
        for key, inner in value.items():
            if isinstance(inner, dict | list):
                yield from walked(inner, tags, known[key] or tag)
            elif not (isinstance(inner, str) and tag_of(inner, tags)) and (known[key] or not any(known.values())):
                yield from walked(inner, tags, known[key] or named or tag)
    elif isinstance(value, list):
        for inner in value:
            yield from walked(inner, tags, tag)
    elif tag and value is not None and not isinstance(value, bool):
        yield tag, str(value)


def elements(reply: str, tags: list[str]) -> Entries:
    """Of XML elements, <key_term>...</key_term>."""
    names = "|".join(tag.replace(" ", "[ _-]?") for tag in tags)
    pattern = re.compile(rf"<({names})(?:\s[^>]{{0,99}})?>(.{{0,2000}}?)</\1\s*>", re.S | re.I)
    found: Entries = []
    for name, content in pattern.findall(reply):
        within = elements(content, tags)
        text = (
            html.unescape(re.sub(r"</?[A-Za-z][\w-]*>", "", pattern.sub("", content)))
            if within
            else html.unescape(content)
        )
        tag = next(tag for tag in tags if re.fullmatch(tag.replace(" ", "[ _-]?"), name, re.I))
        found += [(tag, text), *within] if text.strip() else within
    return found


def rows(reply: str, tags: list[str]) -> Entries:
    """Of a Markdown table: tags head its columns, or each row has one."""
    lines = [line.strip().strip("|") for line in reply.split("\n") if line.strip().startswith("|")]
    table = [[cell.strip().replace(r"\|", "|") for cell in re.split(r"(?<!\\)\|", line)] for line in lines]
    table = [row for row in table if not all(re.fullmatch(r":?-+:?", cell) for cell in row)]
    heads = [tag_of(cell, tags) for cell in table[0]] if table else []
    if sum(map(bool, heads)) > 1:
        return [(tag, cell) for row in table[1:] for tag, cell in zip(heads, row, strict=False) if tag]
    return [
        (tag, after) for row in table for cell, after in zip(row, row[1:], strict=False) if (tag := tag_of(cell, tags))
    ]


def entries(reply: str, tags: Iterable[str]) -> Entries:
    """(tag, text) of all that a reply says, in its order, in the first form that gives anything."""
    text, names = thoughtless(reply), sorted(tags, key=len, reverse=True)
    for form in (
        lines_of,
        lambda text, names: [it for value in values(text) for it in walked(value, names)],
        elements,
        rows,
    ):
        if found := [(tag, cleaned) for tag, its in form(text, names) if (cleaned := clean(its))]:
            return found
    return []
