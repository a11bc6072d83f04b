"""How well a Markdown file keeps what its page shows: measured from the page's HTML, with none of the crawl's own code.

A site is described by CSS alone: where its text is, what around it is navigation, what are its admonitions.
"""

import functools
import re
from typing import NamedTuple

from bs4 import BeautifulSoup
from markdown_it import MarkdownIt

PARSER = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
# What a reader of the rendered page does not read as its text: marks of headings, line numbers, tools.
UNREAD = ("script, style, noscript, a.headerlink, .linenos, .lineno, .viewcode-link, .boring, button, nav, footer,"
          " a.anchor, svg, .source, .out-of-band, .srclink, [hidden], a.md-icon, .toc, .sr-only, a.paraanchor,"
          " template, .nav-panel, .method-click-advice, .hideme, .ttc")  # fmt: skip
BLOCK = ["p", "li", "td", "th", "dt", "dd", "h1", "h2", "h3", "h4", "h5", "h6", "div", "pre", "caption", "blockquote",
         "figcaption",         "section", "table", "summary", "ul", "ol", "br", "tr", "aside"]  # fmt: skip


class Counts(NamedTuple):
    """What was counted of a page, or of a site: the sums of its pages."""

    pages: int = 0
    bad_headings: int = 0
    navigation: int = 0
    code: int = 0
    code_kept: int = 0
    boxes: int = 0
    boxes_kept: int = 0
    sentences: int = 0
    missing: int = 0

    def __add__(self, other):
        return Counts(*(one + two for one, two in zip(self, other, strict=True)))


def words(text: str) -> str:
    """The letters and digits of a text, with one blank between words and around all."""
    return " " + " ".join(re.findall(r"[^\W_]+", text)) + " "


def text_of(markdown: str) -> str:
    """What a reader of the rendered Markdown sees, as words()."""
    soup = BeautifulSoup(PARSER.render(markdown), "lxml")
    return words(soup.get_text(" " if "<td>" in markdown else ""))


def blocks_of(html: BeautifulSoup) -> list[str]:
    """The texts of a page between the borders of its blocks."""
    for block in html.find_all(BLOCK):
        block.insert_before("\x00")
        block.append("\x00")
    return [part for part in re.split("\x00+", html.get_text("")) if part.strip()]


def sentences_of(html: BeautifulSoup) -> list[str]:
    """The sentences of a page's text, as words(), each of at least three words."""
    found = [words(part) for block in blocks_of(html) for part in re.split(r"(?<=[.!?])\s+", block)]
    return [sentence for sentence in found if sentence.count(" ") > 3]


def code_lines(text: str) -> str:
    return "\n".join(line.rstrip() for line in text.strip("\n").split("\n")).strip("\n").rstrip()


def compact(text: str) -> str:
    """Letters and digits alone: where words end differs between a page and its Markdown beside marks and markup."""
    return re.sub(r"[\W_]+", "", text)


class Shown(NamedTuple):
    """What a page shows: its code blocks, the ends of its admonitions, its navigation and its sentences."""

    code: list[str]
    notes: list[str]
    navigation: list[str]
    sentences: list[str]


@functools.cache
def shown(html: str, content: str, around: str, boxes: str) -> Shown:
    """What the page `html` shows; the same for each tool that is measured, so it is read once."""
    soup = BeautifulSoup(html, "lxml")
    for tag in soup.select(UNREAD.replace("nav, footer, ", "")):
        tag.decompose()
    for end in soup.select("pre br"):
        end.replace_with("\n")
    for block in soup.select("pre div"):  # rustdoc: an attribute before "pub struct" has a line of its own
        if block.next_sibling is not None and not f"{block.get_text()}\n{block.next_sibling}".count("\n\n"):
            block.append("\n")
    text = BeautifulSoup("".join(map(str, soup.select(content))), "lxml")
    for tag in text.select("nav, footer"):
        tag.decompose()
    code = [
        code_lines(pre.get_text())
        for pre in text.select("pre")
        if pre.get_text().strip() and not pre.find_parent("table")
    ]
    notes = (
        [compact(box.select("p, td, li, dd, div")[-1].get_text())[-40:] for box in text.select(boxes)] if boxes else []
    )
    ours = compact(text.get_text())
    chrome = [compact(part) for tag in soup.select(around) for part in tag.stripped_strings if len(part) > 12]
    for pre in text.select("pre"):
        pre.decompose()
    links = [part for part in dict.fromkeys(chrome) if part and part not in ours]
    return Shown(code, notes, links, list(map(compact, sentences_of(text))))


def measure(html: str, markdown: str, content: str, around: str, boxes: str) -> Counts:
    """Compare a page with its Markdown. content, around, boxes: CSS of its text, its navigation, its admonitions."""
    page = shown(html, content, around, boxes)
    tokens, rendered = PARSER.parse(markdown), PARSER.render(markdown)
    headings = [tokens[n + 1].content for n, token in enumerate(tokens) if token.type == "heading_open"]
    bad = sum(
        bool(re.search(r"[¶\u200b]|\[\W*\]\(|^\[.*\]\([^)]*#[^)]*\)$|[^C]#\s*$|^\s*$", heading)) for heading in headings
    )
    fences = {code_lines(token.content) for token in tokens if token.type in ("fence", "code_block")}
    said = compact(BeautifulSoup(rendered, "lxml").get_text(""))
    quotes = re.findall(r"<blockquote>\s*<p><strong>[^<]+</strong>.*?</blockquote>", rendered, re.DOTALL)
    labelled = compact(" ".join(BeautifulSoup(quote, "lxml").get_text() for quote in quotes))
    code_kept, boxes_kept = sum(block in fences for block in page.code), sum(note in labelled for note in page.notes)
    missing = sum(sentence not in said for sentence in page.sentences)
    return Counts(1, bad, int(any(link in said for link in page.navigation)), len(page.code), code_kept,
                  len(page.notes), boxes_kept, len(page.sentences), missing)  # fmt: skip


def missing_sentences(html: str, markdown: str, content: str) -> list[str]:
    """The sentences that measure() counts as missing, for a person to read."""
    soup = BeautifulSoup(html, "lxml")
    for tag in soup.select(UNREAD):
        tag.decompose()
    text = BeautifulSoup("".join(map(str, soup.select(content))), "lxml")
    for pre in text.select("pre"):
        pre.decompose()
    said = compact(BeautifulSoup(PARSER.render(markdown), "lxml").get_text(""))
    return [sentence for sentence in sentences_of(text) if compact(sentence) not in said]
