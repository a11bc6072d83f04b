"""Definition lists and entries of an API, which become prose: Markdown has no name for them."""

import re

from bs4 import BeautifulSoup, NavigableString, Tag

from scripts.crawl.selecting import Marks, attached, select

BLANKS = re.compile(r"(?<=\() | (?=[),])")  # that no one writes around brackets
# What names an entry of an API; it becomes code, its text follows.
# Sphinx: https://www.sphinx-doc.org/en/master/usage/domains/index.html (dt.sig since 4.0, dl.class > dt before).
SIGNATURES = (
    "dt.sig, dl.function > dt, dl.class > dt, dl.method > dt, dl.classmethod > dt, dl.staticmethod > dt,"
    " dl.attribute > dt, dl.data > dt, dl.exception > dt, dl.option > dt, dl.describe > dt, dl.property > dt,"
    " dl.envvar > dt, dl.type > dt, dl.macro > dt, dl.member > dt, dl.opcode > dt, dl.decorator > dt"
)
BLOCKS = ["p", "div", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "section", "header", "article", "figure"]


# The same as a table of its parts: Doxygen 1.9, https://github.com/doxygen/doxygen/blob/master/src/htmlgen.cpp
PROTOTYPES = ".memproto table.memname"
# The same as a heading or a box: rustdoc, YARD, TypeDoc, pdoc, JSDoc, RDoc, Javadoc.
HEADINGS = (
    "h2.code-header, h3.code-header, h4.code-header, h5.code-header, h3.signature, .tsd-signature, .pdoc .attr,"
    " #main h4.name, .method-heading, .member-signature, .type-signature"
)


def signatures(soup: BeautifulSoup, present: Marks) -> None:
    """Make, in place, each API signature one line of code, and its list of one entry plain blocks."""
    for mark in select(soup, ".signature-attributes", present):  # JSDoc: "opt" of a name, lowered
        mark.string = f" ({mark.get_text().strip()})"
    for heading in select(soup, HEADINGS, present):
        for part in heading.find_all(["br", "div"]):
            part.insert_before(" ")  # rustdoc: the line of "where"
        text = BLANKS.sub("", " ".join(heading.get_text().split()))
        heading.clear()
        heading.append(soup.new_tag("code", string=text))
        heading.name = "p" if heading.name == "div" else heading.name
    for table in select(soup, PROTOTYPES, present):
        text = " ".join(" ".join(cell.get_text().split()) for cell in table.find_all("td"))
        paragraph = soup.new_tag("p")
        paragraph.append(soup.new_tag("code", string=BLANKS.sub("", " ".join(text.split()))))
        table.replace_with(paragraph)
    for term in select(soup, SIGNATURES, present):
        if not attached(term, soup):
            continue
        for part in term.select("a.headerlink, a:has(> .viewcode-link)"):
            part.decompose()
        for end in term.select("br"):
            end.replace_with(" ")
        text = " ".join(term.get_text().replace("\xa0", " ").split())
        text = BLANKS.sub("", text)
        paragraph = soup.new_tag("p")
        paragraph.append(soup.new_tag("code", string=text))
        entry = term.parent
        term.replace_with(paragraph)
        if entry is not None and entry.name == "dl":
            entry.name = "div"
            for meaning in entry.find_all("dd", recursive=False):
                meaning.name = "div"
            for other in entry.find_all("dt", recursive=False):
                if not other.get_text(strip=True):
                    other.decompose()


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
