"""Steps and trails: numbers that stand alone beside a step, and what leads to a page before its title."""

import itertools
import re

from bs4 import BeautifulSoup, NavigableString, Tag

from scripts.crawl.selecting import Marks, removed, select

HEADING = re.compile("^h[1-6]$")
NUMBER = re.compile(r"^\s*\d{1,2}\s*$")
BLOCKS = ["p", "div", "section", "ul", "ol", "span"]


def first_text(tag: Tag | None) -> Tag | None:
    """The element with the first text of `tag`; None if there is none."""
    text = tag.find(string=lambda value: value.strip()) if tag is not None else None
    return text.parent if text is not None else None


def alone(text: NavigableString) -> Tag | None:
    """The largest <div> whose whole text is `text`; None if there is none."""
    found = None
    for parent in text.parents:
        if len(list(itertools.islice(parent.stripped_strings, 2))) > 1:
            break
        if parent.name in ("pre", "td", "th", "li", "dd", "dt", "code") or "cell" in str(parent.get("role")):
            return None
        found = parent if parent.name == "div" else found
    return found


def numbered_steps(soup: BeautifulSoup) -> None:
    """Put, in place, each number that stands alone in a box before its step into the step's title.

    Mintlify and GitBook: <div>1</div><div><p>Install</p>...</div>. Only numbers that count from 1 are such.
    """
    runs: list[list[Tag]] = []
    for text in soup.find_all(string=NUMBER):
        number = alone(text)
        if number is not None and int(text) == 1:
            runs.append([number])
        elif number is not None and runs and int(text) == len(runs[-1]) + 1:
            runs[-1].append(number)
    for number in [number for run in runs if len(run) > 1 for number in run]:
        title = first_text(number.find_next_sibling(BLOCKS))
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
