"""Footnotes, as each generator writes them."""

import re

from bs4 import BeautifulSoup, NavigableString, Tag

from scripts.crawl.selecting import Marks, attached, select

# A mark that leads to a note: (CSS, where it was seen)
MARKS = (
    "sup a.footnote-ref, a.footnote-ref, a.footnote-reference, a[role=doc-noteref], a[data-footnote-ref],"
    " sup.footnote > a, sup.footnote-reference > a, sup[id^=fnref] > a, a.footnote[href^='#'], sup > a[href^='#fn'],"
    " sup.reference > a[href^='#cite_note'], a.footnote_reference, sup > a[href^='#ftn.'], a[id^=fnref][href^='#']"
)
# What leads from a note back to its mark: Python-Markdown, remark, kramdown, markdown-it-footnote, docutils, mdBook.
BACK = ("a.footnote-backref, a.data-footnote-backref, a[data-footnote-backref], a.reversefootnote,"
        " a[role=doc-backlink], a.fn-backref, a[href^='#fnref'], a[href^='#_footnoteref'], a[href^='#fr-'],"
        " a[href^='#reffn'], .mw-cite-backlink, .backrefs, .fn-bracket")  # fmt: skip
NOTES = ("section.footnotes > h2, .footnotes > hr, #footnotes > hr, div.footnote > hr, .footnotes-sep,"
         " section.footnotes > hr, [data-footnotes] > h2")  # fmt: skip


# A work that is cited, and its mark: docutils 0.21, 0.18 and 0.16.
CITATIONS = "div.citation, dl.citation, table.citation"


def citations(soup: BeautifulSoup, present: Marks) -> None:
    """Make, in place, each cited work a paragraph that begins with its mark in brackets."""
    for entry in select(soup, CITATIONS, present):
        for label in entry.select(".label"):
            mark = label.get_text().strip().strip("[]").strip()
            text = label.find_next_sibling() if label.name != "col" else None
            if text is None or not mark:
                continue
            label.decompose()
            (text.find("p") or text).insert(0, f"[{mark}] ")
            text.name = "p" if text.find("p") is None else "div"
        for part in [entry, *entry.find_all(["tbody", "tr"])]:
            part.name = "div"
        for column in entry.find_all(["colgroup", "col"]):
            column.decompose()


def footnotes(soup: BeautifulSoup, present: Marks) -> None:
    """Make, in place, each mark [^1] and each note a paragraph that begins with [^1]:"""
    citations(soup, present)
    for rest in select(soup, NOTES, present):
        rest.decompose()
    notes: dict[int, tuple[Tag, str]] = {}
    for mark in select(soup, MARKS, present):
        target = str(mark.get("href", "")).rpartition("#")[2]
        label = re.sub(r"[^\w-]+", "", mark.get_text()) or str(len(notes) + 1)
        note = soup.find(id=target) if target else None
        if not attached(mark, soup) or not isinstance(note, Tag):
            continue
        if note.name in ("dt", "a", "span") and note.parent is not None and note.name != "dt":
            note = note.find_parent(["li", "p", "div", "dd", "tr", "aside"]) or note
        if note in mark.parents or note.name in ("h1", "h2", "h3", "h4", "h5", "h6", "section"):
            continue
        notes[id(note)] = (note, label)
        raised = mark.find_parent("sup")
        (raised or mark).replace_with(f"[^{label}]")
    for note, label in notes.values():
        define(soup, note, label)


def end_link(note: Tag) -> None:
    """End a note that is an address alone with a full stop: "[^1]: <https://a.b>" defines a link in CommonMark.

    https://spec.commonmark.org/0.31.2/#link-reference-definitions
    """
    text = note.get_text().strip()
    link = note.find("a")
    if re.fullmatch(r"https?://\S+[^\s.]", text) and isinstance(link, Tag) and link.get_text().strip() == text:
        link.insert_after(".")


def define(soup: BeautifulSoup, note: Tag, label: str) -> None:
    """Make an element the definition of footnote `label`."""
    text = note
    if note.name == "dt":  # docutils before 0.18: <dl class="footnote"><dt>1</dt><dd>text</dd>
        text = note.find_next_sibling("dd") or note
        note.decompose() if text is not note else None
    elif note.name in ("tr", "table"):  # docutils before 0.17: a table of mark and text
        row = note if note.name == "tr" else note.find("tr")
        cells = row.find_all("td") if row else []
        text = cells[-1] if cells else note
        if cells and note.name == "table":
            note.replace_with(text)
    for back in [*text.select(BACK), *text.select(".label, .footnote-definition-label, dt.label")]:
        back.decompose()
    number = text.find("sup")
    if isinstance(number, Tag) and number.get_text().strip() == label and text.get_text().strip().startswith(label):
        number.decompose()  # GitBook 3
    first = text.find(string=lambda value: value.strip())
    if isinstance(first, NavigableString):  # "1. The note" of Asciidoctor, whose number was a link
        first.replace_with(re.sub(rf"^\s*(\[?{re.escape(label)}[\].:]+|[.:])\s+|^\s+", "", first, count=1))
    text.name, text.attrs = "div", {}
    holder = text.find("p") or text
    end_link(holder)
    holder.insert(0, f"[^{label}]: ")
    if holder is text and text.parent is not None and text.parent.name in ("ol", "ul"):
        text.name = "p"
    if text.parent is not None and text.parent.name in ("ol", "ul", "dl", "tr"):
        text.parent.name = "div"
