"""What names an entry of an API: one line of code."""

import re

from bs4 import BeautifulSoup

from scripts.crawl.selecting import Marks, attached, select

BLANKS = re.compile(r"(?<=\() | (?=[),])")  # that no one writes around brackets
# What names an entry of an API; it becomes code, its text follows.
# Sphinx: https://www.sphinx-doc.org/en/master/usage/domains/index.html (dt.sig since 4.0, dl.class > dt before).
SIGNATURES = (
    "dt.sig, dl.function > dt, dl.class > dt, dl.method > dt, dl.classmethod > dt, dl.staticmethod > dt,"
    " dl.attribute > dt, dl.data > dt, dl.exception > dt, dl.option > dt, dl.describe > dt, dl.property > dt,"
    " dl.envvar > dt, dl.type > dt, dl.macro > dt, dl.member > dt, dl.opcode > dt, dl.decorator > dt"
)
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
