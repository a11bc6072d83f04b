"""Find the part of a page that holds its text, and say what made the page."""

import re
from typing import NamedTuple

from bs4 import BeautifulSoup, Tag

from scripts.crawl.faults import PageError
from scripts.crawl.generators import DRAWN, GENERATORS, USUAL
from scripts.crawl.selecting import Marks, outermost, select

# What surrounds a text and is none, where no generator is known.
AROUND = "nav, header, footer, aside, form, script, style, noscript, template, svg"
MENU = 300  # characters of links that a menu inside the text has at least


class Found(NamedTuple):
    """The elements with a page's text, and where they were found, as "Sphinx, furo: article[role=main]"."""

    elements: list[Tag]
    where: str


def has_text(elements: list[Tag], least: int = 1) -> bool:
    return sum(len(text.strip()) for tag in elements for text in tag.stripped_strings) >= least


def link_text(tag: Tag) -> int:
    return sum(len(link.get_text(" ", strip=True)) for link in tag.find_all("a"))


def densest(soup: BeautifulSoup) -> Tag | None:
    """The block with most text that is no link, as Readability and trafilatura score it: paragraphs, commas, links.

    https://github.com/mozilla/readability/blob/main/Readability.js (grabArticle)
    """
    scores: dict[int, float] = {}
    tags = {}
    for text in soup.find_all(["p", "pre", "td", "li", "dd", "h2", "h3", "blockquote"]):
        if text.find_parent(["nav", "footer", "aside", "header", "form"]):
            continue
        if text.name == "td" and text.find(["p", "pre", "h1", "h2", "ul", "table"]):
            continue  # of a table that only places its parts, as pages had before CSS
        length = len(text.get_text(" ", strip=True)) - link_text(text)
        if length < 25:
            continue
        for share, parent in zip((1.0, 0.75, 0.5, 0.25), text.parents, strict=False):
            if parent.name in ("html", "[document]"):
                break
            tags[id(parent)] = parent
            scores[id(parent)] = scores.get(id(parent), 0) + share * length
    best = max(scores, key=lambda key: scores[key], default=None)
    return tags[best] if best is not None else None


def narrowed(element: Tag) -> Tag:
    """The innermost block of `element` beside which, inside `element`, nearly all text is links, as menus are."""
    while True:
        whole, links = len(element.get_text(" ", strip=True)), link_text(element)
        for child in element.find_all(["div", "section", "article", "main"], recursive=False):
            rest, menu = whole - len(child.get_text(" ", strip=True)), links - link_text(child)
            if menu > MENU and menu > 0.6 * rest:
                element = child
                break
        else:
            return element


def usual(soup: BeautifulSoup, present: Marks) -> Found | None:
    """The content by its usual element names, then by density."""
    block = densest(soup)
    least = len(block.get_text(" ", strip=True)) // 2 if block is not None else 1
    for selector in USUAL:
        elements = outermost(select(soup, selector, present))
        if len(elements) == 1 and has_text(elements, least):  # .content of a search form has little
            return Found([narrowed(elements[0])], f"unknown generator: {selector}")
    if block is not None:
        if block.name in ("td", "tr", "tbody"):
            block.name = "table" if block.name != "td" else "div"
        return Found([block], f"unknown generator: the densest block, {block.name}")
    body = soup.body or soup
    for tag in select(body, AROUND, present):
        tag.decompose()
    return Found([body], "unknown generator: the whole page") if has_text([body]) else None


def title_outside(soup: BeautifulSoup, elements: list[Tag]) -> Tag | None:
    """The page's h1 where it is not among `elements` and the page's title names it, as a site's name is not."""
    if any(tag.name == "h1" or tag.find("h1") for tag in elements) or not soup.title:
        return None
    title = " ".join(soup.title.get_text().split()).lower()
    for heading in soup.find_all("h1"):
        text = " ".join(heading.get_text(" ").split()).strip("¶#\u200b ").lower()
        if text and re.match(rf"{re.escape(text)}(\W|$)", title) and not heading.find_parent(["nav", "footer"]):
            return heading
    return None


def find(soup: BeautifulSoup, present: Marks, selector: str = "") -> Found:
    """The elements of the page with its text: those that match `selector`, or those of its generator.

    Raises PageError where there is no text, with what to do.
    """
    if selector:
        elements = outermost(soup.select(selector))
        if not elements or not has_text(elements):
            raise PageError(f"has no text in {selector} (--content-selector)")
        return Found(elements, selector)
    found = None
    for generator in GENERATORS:
        if select(soup, generator.evidence, present):
            elements = outermost(select(soup, generator.content, present))
            if elements and has_text(elements):
                found = Found(elements, f"{generator.name}: {generator.content}")
                break
    found = found or usual(soup, present)
    empty = [tag for tag in select(soup, DRAWN, present) if not tag.get_text(strip=True)]
    if empty and (not found or not has_text(found.elements, 200)):
        raise PageError("is drawn by JavaScript alone: its HTML has no text; give the address of a static copy")
    if not found:
        raise PageError("has no text; name the element with the text by --content-selector")
    for element in found.elements:
        if element.name in ("div", "span") and "title" in element.get_attribute_list("class"):
            element.name = "h1"  # Doxygen
    heading = title_outside(soup, found.elements)
    return Found([heading, *found.elements], found.where) if heading is not None else found
