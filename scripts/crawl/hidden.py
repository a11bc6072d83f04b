"""What a page holds and does not show: taken out, unless a reader can open it."""

import re

from bs4 import Tag

from scripts.crawl.selecting import Marks, inside, removed, select

# Never shown, or no text.
NEVER = ("button, input, select, textarea, noscript, template, dialog, iframe, object, canvas, audio, svg, link, meta,"
         " [hidden]:not([hidden=until-found]), [aria-hidden=true], .d-none, .no-print.controls,"
         " .print-only, .only-print, .visible-print-block, .hideme, .collapse-toggle, [role=menu], [role=dialog],"
         " [role=alertdialog], [role=tooltip], [role=search]")  # fmt: skip
# Hidden at first: the text that a click opens, or messages, menus and forms that a script shows.
STYLED = (
    "[style*='display:none'], [style*='display: none'], [style*='visibility:hidden'], [style*='visibility: hidden']"
)
OPENED = re.compile(r"toggle|expand|collaps|accordion|spoiler|tab|panel|answer|detail|solution|fold|more", re.I)
SHORT = 40  # words that a message has at most


def can_be_opened(tag: Tag) -> bool:
    """Whether a reader gets to see an element that is hidden at first: by its name, or as it is long and no menu."""
    before = tag.find_previous_sibling()
    names = [
        name for near in (tag, before) if near is not None for name in [*near.get("class", []), near.get("id", "")]
    ]
    if OPENED.search(" ".join(map(str, names))):
        return True
    words, links = len(tag.get_text(" ").split()), sum(len(link.get_text(" ").split()) for link in tag.find_all("a"))
    return words > SHORT and links < words / 2


def remove_hidden(soup: Tag, present: Marks) -> None:
    """Take out, in place, what readers of the page do not see."""
    for tag in select(soup, NEVER, present):
        if not removed(tag) and (not inside(tag, ("pre",)) or tag.name in ("button", "svg")):
            tag.decompose()
    for tag in select(soup, STYLED, present):
        if not removed(tag) and not inside(tag, ("pre",)) and not can_be_opened(tag):
            tag.decompose()
