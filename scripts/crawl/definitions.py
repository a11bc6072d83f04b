"""Definition lists, which become prose: Markdown has no name for them."""

import re

from bs4 import BeautifulSoup, NavigableString, Tag

from scripts.crawl.blocks import BLOCKS
from scripts.crawl.selecting import Marks, select


def definitions(soup: BeautifulSoup, present: Marks) -> None:
    """Make, in place, each definition list paragraphs that begin with the term in bold: "**Term:** Its meaning".

    Markdown's own syntax for them is known to few readers; the others take its second paragraph for code.
    """
    for term in select(soup, "dt > .classifier", present):
        term.replace_with(f" ({term.get_text(strip=True)})")
    for listing in reversed(select(soup, "dl", present)):
        for group in listing.find_all("div", recursive=False):  # <dl><div><dt>: HTML 5.2 groups
            group.unwrap()
        terms: list[Tag] = []
        for child in listing.find_all(["dt", "dd"], recursive=False):
            if child.name == "dt":
                if terms and terms[-1].find_next_sibling(["dt", "dd"]) is not child:
                    terms = []
                terms.append(child)
                continue
            if terms:
                lead = lead_of(soup, terms, bool(child.get_text(strip=True) or child.find("img")))
                first = next((node for node in child.contents if not is_space(node)), None)
                if isinstance(first, Tag) and first.name == "p":
                    trim(first)
                    first.insert(0, " ")
                    first.insert(0, lead)
                elif isinstance(first, Tag) and first.name in ("ul", "ol", "dl", "div", "pre", "table", "blockquote"):
                    paragraph = soup.new_tag("p")
                    paragraph.append(lead)
                    child.insert(0, paragraph)
                else:
                    trim(child)
                    child.insert(0, " ")
                    child.insert(0, lead)
                for used in terms:
                    used.decompose()
                terms = []
            child.name = "div"
        for left in listing.find_all("dt", recursive=False):
            left.name = "p"
        listing.name = "div"


def is_space(node) -> bool:
    return isinstance(node, NavigableString) and not node.strip()


def trim(tag: Tag) -> None:
    """Drop the blanks with which the text of `tag` begins and ends."""
    for place, strip in ((0, str.lstrip), (-1, str.rstrip)):
        while tag.contents and is_space(tag.contents[place]):
            tag.contents[place].extract()
        if tag.contents and isinstance(tag.contents[place], NavigableString):
            tag.contents[place].replace_with(strip(tag.contents[place]))


def lead_of(soup: BeautifulSoup, terms: list[Tag], meant: bool) -> Tag:
    """The terms of one meaning in bold, with a colon where a meaning follows, unless they end in a mark."""
    lead = soup.new_tag("strong")
    for number, term in enumerate(terms):
        if number:
            lead.append(", ")
        for block in term.find_all([*BLOCKS, "strong", "b"]):
            block.unwrap()
        trim(term)
        lead.extend(list(term.contents))
    if meant and not re.search(r"[:?!]\s*$", lead.get_text()):
        last = lead.contents[-1] if lead.contents else None
        if isinstance(last, NavigableString):
            last.replace_with(last.rstrip())
        lead.append(":")
    return lead
