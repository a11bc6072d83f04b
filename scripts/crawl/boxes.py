"""Boxes: admonitions become quotes that begin with a label, collapsibles stay open."""

import re
from typing import NamedTuple

from bs4 import BeautifulSoup, NavigableString, Tag

from scripts.crawl.selecting import Marks, removed, select
from scripts.crawl.tabs import bold_line


class Admonition(NamedTuple):
    """How a generator writes a note or a warning: the box, its title, and its text where that is not the whole box."""

    box: str
    title: str
    text: str
    source: str


ADMONITIONS = tuple(
    Admonition(*row)
    for row in (
        (".admonitionblock", ".icon .title, :scope > .title", "td.content, .content", "Asciidoctor 2, AsciiDoc 10"),
        (".theme-admonition, .admonition, .alert--infima", "[class*=admonitionHeading], .admonition-heading,"
         " .admonition-title, .admonitiontitle", "[class*=admonitionContent], .admonition-content",
         "Sphinx 7, MkDocs 1.6, Docusaurus 2 and 3"),
        (".custom-block, .custom-container, .hint-container", ".custom-block-title, .custom-container-title,"
         " .hint-container-title", "", "VitePress 1, VuePress 2"),
        (".markdown-alert", ".markdown-alert-title", "", "GitHub"),
        (".starlight-aside", ".starlight-aside__title", ".starlight-aside__content", "Starlight 0.34"),
        (".blockquote-tag", ".blockquote-tag-title", "", "mdBook 0.5"),
        (".notices, .box.cstyle", ".box-label, .label", ".box-content, .notices-content", "Relearn 7, Learn 2"),
        ("div.callout, div.nextra-callout", ".callout-title-container, .callout-title, .callout-header",
         ".callout-body-container, .callout-content", "Quarto 1, Nextra 2"),
        (".alert, .book-hint, div.hint, blockquote.hint, .gdoc-hint, .notice, [class*=notice--], .docs-callout",
         ".alert-heading, .gdoc-hint__title, .notice-title", ".gdoc-hint__text",
         "Docsy 0.11, Hugo Book 11, GitBook, Geekdoc, minimal mistakes 4: https://mmistakes.github.io/minimal-mistakes/docs/utility-classes/#notices"),
        ("blockquote[class$=-title]", ":scope > p:first-child", "", "just-the-docs 0.10, callout with a title"),
        ("p.note, p.warning, p.tip, p.important, p.caution, blockquote.note, blockquote.warning, blockquote.tip,"
         " blockquote.important, blockquote.caution, blockquote.highlight, blockquote.new", "", "",
         "just-the-docs 0.10: https://just-the-docs.com/docs/ui-components/callouts/"),
        ("div.note, div.tip, div.warning, div.caution, div.important, div.danger", ":scope > h3.title,"
         " :scope > .title, th > .title, :scope > .note-title", "", "DocBook XSL 1.79, rustdoc 1.80"),
        ("dl.note, dl.warning, dl.attention, dl.remark, dl.important, dl.bug, dl.todo, dl.deprecated",
         ":scope > dt", ":scope > dd", "Doxygen 1.9"),
        ("details.note, details.tip, details.info, details.warning, details.danger, details.example, details.abstract,"
         " details.question, details.quote, details.success, details.failure, details.bug", ":scope > summary", "",
         "pymdownx.details 10"),
    )
)  # fmt: skip
KINDS = {kind: kind.capitalize() for kind in (
    "note info tip hint important warning caution danger error attention success question example quote abstract"
    " bug failure todo deprecated remark summary").split()} | {"seealso": "See also"}  # fmt: skip


def kind_of(box: Tag) -> str:
    """The kind that the classes of a box name, as "Warning"; "" if they name none."""
    words = re.split(r"[\s_-]+", " ".join(box.get_attribute_list("class")).lower()) if box.get("class") else []
    kinds = [KINDS[word] for word in words if word in KINDS]
    return next((kind for kind in kinds if kind != "Hint"), kinds[0] if kinds else "")  # Hugo Book: "book-hint warning"


def label_of(kind: str, title: str) -> str:
    """What a box is labelled: its kind, and its title where that says more."""
    title = title.strip().rstrip(":")
    if not title or title.lower().replace(" ", "") == kind.lower().replace(" ", ""):
        return f"{kind or 'Note'}:"
    return f"{title}:" if not kind or kind.lower() in title.lower() else f"{kind}: {title}"


def own_label(box: Tag, kind: str) -> str:
    """Take out the bold word with which an author began a box without a title, where it is the box's kind; "" if none.

    The text begins with "**Warning:**" in a box of class warning: Hugo Book's and minimal mistakes' have no titles.
    """
    bold = box.find(["strong", "b"])
    if bold is None or not kind or not box.get_text().strip().startswith(bold.get_text().strip()):
        return ""
    title = bold.get_text().strip().rstrip(":")
    if title.lower() != kind.lower():
        return ""
    after = bold.next_sibling
    if isinstance(after, Tag) and after.name == "br":
        after.decompose()
    elif isinstance(after, NavigableString):
        after.replace_with(re.sub(r"^\s*:?\s*", "", after))
    bold.decompose()
    return title


def quote_admonitions(soup: BeautifulSoup, present: Marks) -> None:
    """Make, in place, each admonition a <blockquote> that begins with its label in bold."""
    for rule in ADMONITIONS:
        for box in select(soup, rule.box, present):
            if removed(box) or box.get("data-quoted") or not box.get_text(strip=True):
                continue
            if box.name == "details" and "summary" not in rule.title and ".box-label" not in rule.title:
                continue  # a collapsible that looks like a box, as Docusaurus and VitePress have them
            kind, title = kind_of(box), ""
            for found in box.select(rule.title)[:1] if rule.title else []:
                for part in found.select(".sr-only, .visually-hidden, .headerlink, svg"):
                    part.decompose()
                title = " ".join(found.get_text(" ").split())
                found.decompose()
            title = title or own_label(box, kind)
            text = (box.select_one(rule.text) if rule.text else None) or box
            if text is not box and len(text.get_text(strip=True)) < len(box.get_text(strip=True)):
                text = box  # some of the text lies outside the part that should have it
            if text.name in ("p", "dl"):
                quote = soup.new_tag("blockquote")
                box.replace_with(quote)
                quote.append(text)
                for part in [text, *text.find_all(["dt", "dd"], recursive=False)] if text.name == "dl" else []:
                    part.name = "div"
                text = quote
            else:
                box.replace_with(text) if text is not box else None
            text.name, text.attrs = "blockquote", {"data-quoted": "yes"}
            text.insert(0, bold_line(soup, label_of(kind, title)))


def open_collapsibles(soup: BeautifulSoup, present: Marks) -> None:
    """Make each summary a paragraph before the text that it opens; a heading in one stays a heading."""
    for summary in select(soup, "summary", present):
        summary.name = "div" if summary.find(re.compile("^h[1-6]$")) else "p"
    for details in select(soup, "details", present):
        details.name = "div"
