"""Pages in pieces: chunks by headings, which are retrieved, and their units, which can be an answer.

A unit is a sentence, an item of a list, a row of a table, or a line of code. No text of a page is lost.
"""

import re
from collections.abc import Iterable
from typing import NamedTuple

from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode

PARSER = MarkdownIt("commonmark", {"html": False}).enable("table")
# A sentence ends before a blank and a capital, a digit or an opening mark; abbreviations do not end it.
SENTENCE_END = re.compile(
    r"(?<!e\.g\.)(?<!i\.e\.)(?<!etc\.)(?<!\bvs\.)(?<!\bcf\.)(?<!\bNo\.)(?<=[.!?])\s+(?=[A-Z0-9\"'(`\[*_])"
)
WORDS = 90  # of a chunk, about
ITEM_WORDS = 40  # a longer item of a list is a unit a sentence
CODE_LINES = 4  # a longer block of code is a unit a line


class Unit(NamedTuple):
    """A piece of text that can be an answer, and what introduces it, such as the sentence before a list."""

    text: str
    lead: str = ""


class Chunk(NamedTuple):
    """Neighbouring units under one heading. headings: of the page and of its parts down to this one."""

    headings: tuple[str, ...]
    units: tuple[Unit, ...]

    @property
    def title(self) -> str:
        return " > ".join(self.headings)

    @property
    def text(self) -> str:
        return "\n".join(unit.text for unit in self.units)


def plain(node: SyntaxTreeNode) -> str:
    """The text of a node as a reader sees it, code in backticks."""
    parts = []
    for child in node.walk():
        if child.type == "text":
            parts.append(re.sub(r"<br\s*/?>", " ", child.content))  # how a table cell holds lines
        elif child.type == "code_inline":
            parts.append(f"`{child.content}`")
        elif child.type in ("softbreak", "hardbreak"):
            parts.append(" ")
    return re.sub(r"\s+", " ", re.sub(r"\[\^\w+\]:?", "", "".join(parts))).strip()  # without marks of footnotes


def of_code(content: str, lead: str) -> list[Unit]:
    """A short block of code is one unit; a command that a backslash continues is one line."""
    lines = [line for line in re.sub(r"\\\n\s*", " ", content).rstrip().split("\n") if line.strip()]
    whole = ["\n".join(lines)] if lines else []
    return [Unit(text, lead) for text in (whole if len(lines) <= CODE_LINES else lines)]


def of_table(table: SyntaxTreeNode, lead: str) -> list[Unit]:
    """A unit a row, each cell with the name of its column."""
    header: list[str] = []
    rows = []
    for row in (node for node in table.walk() if node.type == "tr"):
        cells = [plain(cell) for cell in row.children]
        if not header:
            header = cells
        else:
            named = zip(header, cells, strict=False)
            rows.append("; ".join(f"{name}: {cell}" if name else cell for name, cell in named if cell))
    return [Unit(row, lead) for row in rows or ["; ".join(header)]]


def units(nodes: Iterable[SyntaxTreeNode], lead: str = "", mark: str = "") -> list[Unit]:
    """The units of blocks that follow each other. lead: what introduces them. mark: that of the list item they are."""
    found: list[Unit] = []
    last = lead
    for node in nodes:
        if node.type == "paragraph":
            text = plain(node)
            short = mark and len(text.split()) <= ITEM_WORDS
            parts = [text] if short else [part for part in SENTENCE_END.split(text) if part]
            found += [Unit(mark + part if number == 0 else part, lead) for number, part in enumerate(parts)]
            last, mark = (parts or [last])[-1], ""
        elif node.type in ("bullet_list", "ordered_list"):
            first = int(node.attrs.get("start", 1))
            for number, item in enumerate(node.children, first):
                found += units(item.children, last, f"{number}. " if node.type == "ordered_list" else "- ")
        elif node.type == "blockquote":
            found += units(node.children, lead)
        elif node.type in ("fence", "code_block"):
            found += of_code(node.content, last)
        elif node.type == "table":
            found += of_table(node, last)
    return [unit for unit in found if unit.text]


def sections(markdown: str) -> list[tuple[tuple[str, ...], list[Unit]]]:
    """The headings above each part of a page, and its units; a heading with nothing below is a unit itself."""
    headings: list[str] = []
    parts: list[tuple[list[str], list[SyntaxTreeNode]]] = [([], [])]
    for node in SyntaxTreeNode(PARSER.parse(markdown)).children:
        if node.type == "heading":
            level = int(node.tag[1]) - 1
            headings = [*headings[:level], *[""] * (level - len(headings)), plain(node)]
            parts.append((headings, []))
        else:
            parts[-1][1].append(node)
    found = []
    for (above, nodes), (after, _) in zip(parts, [*parts[1:], ([], [])], strict=True):
        members = units(nodes)
        if not members and above and above[-1] and len(after) <= len(above):
            members = [Unit(above[-1])]
        if members:
            found.append((tuple(filter(None, above)), members))
    return found


def chunks(markdown: str, words: int = WORDS) -> list[Chunk]:
    """The chunks of a page, of about `words` words: a longer part is divided evenly between units."""
    found = []
    for headings, members in sections(markdown):
        lengths = [len(unit.text.split()) for unit in members]
        count = max(1, round(sum(lengths) / words))
        shares: list[list[Unit]] = [[] for _ in range(count)]
        before = 0
        for unit, length in zip(members, lengths, strict=True):
            shares[min(count - 1, int((before + length / 2) * count / max(1, sum(lengths))))].append(unit)
            before += length
        found += [Chunk(headings, tuple(share)) for share in shares if share]
    return found
