"""Steps and trails: numbers that stand alone beside a step, and what leads to a page before its title."""

import re

from bs4 import BeautifulSoup, Tag

from scripts.crawl.selecting import Marks, removed, select

HEADING = re.compile("^h[1-6]$")
NUMBER = re.compile(r"\d{1,2}")
BLOCKS = ["p", "div", "section", "ul", "ol", "span"]


def first_text(tag: Tag | None) -> Tag | None:
    """The element with the first text of `tag`; None if there is none."""
    text = tag.find(string=lambda value: value.strip()) if tag is not None else None
    return text.parent if text is not None else None


def numbered_steps(soup: BeautifulSoup, present: Marks) -> None:
    """Put, in place, each number that stands alone in a box before its step into the step's title.

    Mintlify and GitBook: <div>1</div><div><p>Install</p>...</div>. Only numbers that count from 1 are such.
    """
    alone = [tag for tag in select(soup, "div", present) if NUMBER.fullmatch(tag.get_text().strip())]
    alone = [tag for tag in alone if not tag.find_parent(["pre", "table", "li", "dl"])]
    outer = [tag for tag in alone if tag.parent not in alone]
    steps = [(tag, first_text(tag.find_next_sibling(BLOCKS))) for tag in outer]
    if [int(tag.get_text()) for tag, _ in steps] != list(range(1, len(steps) + 1)) or len(steps) < 2:
        return
    for number, title in steps:
        if title is not None:
            title.insert(0, f"{number.get_text().strip()}. ")
            if not title.find_parent(HEADING) and not HEADING.match(title.name):
                title.name = "strong"
                title.wrap(soup.new_tag("p"))
            number.decompose()


def remove_trail(soup: BeautifulSoup, present: Marks) -> None:
    """Take out, in place, the short lines of links before the page's title: the way to it, or its section."""
    title = next(iter(select(soup, "h1, h2, h3", present)), None)
    if title is None or title.name != "h1":
        return
    for part in [title, *title.parents]:
        if part is soup or part is None:
            return
        for before in part.find_previous_siblings(True):
            whole, links = before.get_text(" ", strip=True), before.find_all("a")
            linked = sum(len(link.get_text(" ", strip=True)) for link in links)
            if not removed(before) and len(whole) < 150 and len(links) > 1 and linked * 2 >= len(whole):
                if before.name not in ("p", "pre") and not before.find(["p", "pre", "img"]):
                    before.decompose()
