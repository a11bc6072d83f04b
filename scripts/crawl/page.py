"""What a page of a documentation site says, as Markdown: markdown_crawler's page function, made right.

markdown_crawler.crawl() fetches, parses, picks the content, converts and writes one page. As it stands it deletes
the newlines of code, admonition labels and the hosts of links. So the page comes to it already fetched, and the
names that it looks up in its own module at call time (requests, BeautifulSoup, get_target_content, md) are replaced by
ours.
"""

import re
import tempfile
import types
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

import bs4
import markdown_crawler
import requests

from scripts.crawl import document, markdown, recognise
from scripts.crawl.address import absolute, plain_path
from scripts.crawl.faults import Gone, LeftOut, Moved, PageError
from scripts.crawl.selecting import Marks, attached, select
from scripts.crawl.tidy import tidy

# The title or heading of a page that a server gives with status 200 for an address that it does not know.
NOT_FOUND = re.compile(r"^\W*(404\b.*|(error:? )?(page|file|document) (was )?not found\b.*|not found)$", re.I)
# Indexes and search forms of Sphinx, which are no text: templates genindex.html, domainindex.html, search.html.
NO_TEXT = "table.genindextable, table.modindextable, #search-results, .genindex-jumpbox"
DEEPEST = 250  # elements inside one another: libxml2 drops what is deeper than 256


class Page(NamedTuple):
    """A page as read. address: its public one. links: all whole addresses on it. where: what recognise.py found."""

    address: str
    markdown: str
    links: list[str]
    where: str
    canonical: str | None
    source: str | None


def same_path(one: str, other: str) -> bool:
    """Whether two addresses have the same path, with or without index.html and a slash at its end."""
    first, second = (plain_path(urlsplit(url).path).rstrip("/") for url in (one, other))
    return first == second


def check(soup: bs4.BeautifulSoup, links: list[str]) -> None:
    """Raise Gone or LeftOut for a page that is there and has nothing to read."""
    title = " ".join(soup.title.get_text().split()) if soup.title else ""
    heading = soup.find("h1")
    said = [re.split(r"\s+[|–—:·-]+\s+", title)[0], " ".join(heading.get_text(" ").split()) if heading else ""]
    if any(NOT_FOUND.match(text) for text in said) and len(soup.get_text(" ").split()) < 400:
        raise Gone("says that there is no such page")
    if re.search(r"noindex|none", document.meta(soup, "robots"), re.I):
        raise LeftOut("asks not to be listed (noindex)", links)


def base_of(soup, url: str, public: str | None) -> str:
    """Where the relative links of the page begin, which `url` served. public: its public address, where it has one."""
    base = url
    if public:
        here = urlsplit(url)  # /a and /a/ differ in where a relative link leads; the page was read from `url`
        base = urlsplit(public)._replace(path=here.path, query=here.query).geturl()
    tag = soup.find("base")
    return absolute(base, tag.get("href") if tag else "") or base


def text_in(soup, url: str, links: list, selector: str) -> recognise.Found:
    """The elements with the text of the page. Raises what read() raises."""
    if document.depth(soup) > DEEPEST:
        raise PageError(f"has more than {DEEPEST} elements inside one another")
    refresh = document.refresh_of(soup)
    if refresh and len(soup.get_text(" ").split()) < 60:
        raise Moved(absolute(url, refresh))
    check(soup, links)
    marks = Marks(soup)
    found = recognise.find(soup, marks, selector)
    if any(attached(form, element) for form in select(soup, NO_TEXT, marks) for element in found.elements):
        raise LeftOut("is an index or a search form", links)
    return found


def read(html: str, url: str, selector: str = "") -> Page:
    """The page `html` that `url` served.

    selector: CSS of the elements with the text; "" finds them. A canonical link that differs from `url` in its host
    alone is the public address, which links then start from. Raises Moved for a stub that sends its readers to another
    page, Gone for one that says it is none, LeftOut for one without text to read, and PageError for the rest.
    """
    kept: dict = {"address": url, "links": [], "where": "", "canonical": None, "source": None, "error": None}

    def content(soup, target_content=None):
        canonical = document.link_to(soup, url, rel="canonical")
        public = canonical if canonical and same_path(canonical, url) else None
        base = base_of(soup, url, public)
        kept.update(
            address=public or url, canonical=canonical, links=document.links_of(soup, base),
            source=document.link_to(soup, url, rel="alternate", type="text/markdown"),
        )  # fmt: skip
        try:
            found = text_in(soup, url, kept["links"], selector)
        except PageError as error:  # markdown_crawler must not see it: it knows no other errors than those of requests
            kept["error"] = error
            return None
        kept["where"] = found.where
        for element in found.elements:
            element.extract()
        soup.clear()
        soup.extend(found.elements)
        document.make_absolute(tidy(soup), base)
        return soup

    fetched = types.SimpleNamespace(text=html, headers={"Content-Type": "text/html"})
    markdown_crawler.requests = types.SimpleNamespace(get=lambda *_, **__: fetched, exceptions=requests.exceptions)
    markdown_crawler.BeautifulSoup = document.parse
    markdown_crawler.get_target_content = content
    markdown_crawler.md = markdown.to_markdown
    with tempfile.TemporaryDirectory() as scratch:
        file = Path(scratch, "page.md")
        markdown_crawler.crawl(url, url, set(), str(file))
        text = file.read_bytes().decode() if file.exists() else ""
    if error := kept.pop("error"):
        raise error
    text = re.sub(r"[\x00-\x08\x0b-\x1f\x7f]", "", text).strip("\n").rstrip()
    if not text:
        raise PageError("has no text" + (f" in {selector} (--content-selector)" if selector else ""))
    return Page(markdown=f"{text}\n", **kept)
