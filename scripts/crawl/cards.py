"""Cards: blocks that are one link. Their title becomes the link."""

import re

from bs4 import BeautifulSoup, Tag

from scripts.crawl.blocks import BLOCKS
from scripts.crawl.selecting import Marks, attached, inside, select

# The title of a card whose link has none of its text. sphinx-design: https://sphinx-design.readthedocs.io/en/latest/cards.html
STRETCHED = "a.sd-stretched-link, a.stretched-link"
CARD = re.compile(r"\b(sd-card|card|tile|grid-item)\b")
CARD_TITLE = ".sd-card-title, .card-title, .title, [class*=cardTitle], h1, h2, h3, h4, h5, h6, strong"
# Parts of a card in a line of HTML that a reader sees on lines of their own. Starlight: <LinkCard>.
CARD_LINES = ".sl-link-card .description, .card .description, a.card small, .pager-link .desc"
ICON = re.compile("^[\U0001f4c4\U0001f5c3\U0001f517]\ufe0f?\\s*")  # of a page, a folder and a link: Docusaurus' cards


def cards(soup: BeautifulSoup, present: Marks) -> None:
    """Make, in place, the title of each card its link, and the rest of the card plain text after it."""
    for link in select(soup, STRETCHED, present):
        card = link.find_parent(class_=CARD)
        title = card.select_one(CARD_TITLE) if card else None
        if title is not None and not title.find("a") and link.get("href"):
            wrap_text(soup, title, str(link["href"]))
            link.decompose()
    for line in select(soup, CARD_LINES, present):
        line.name = "p"
    for link in select(soup, "a[href]", present):
        if (
            not attached(link, soup)
            or not any(isinstance(node, Tag) for node in link.contents)
            or not link.find(BLOCKS)
        ):
            continue
        if inside(link, ("h1", "h2", "h3", "h4", "h5", "h6")):
            continue
        title = link.select_one(CARD_TITLE) or first_part(link)
        if title is None or not title.get_text(strip=True):
            continue
        if title.find(string=ICON) and "cardTitle" in str(title.get("class")):
            first = title.find(string=ICON)
            first.replace_with(ICON.sub("", first))
        wrap_text(soup, title, str(link["href"]))
        if re.match("h[1-6]$|span$", title.name):
            title.name = "p"
        link.name, link.attrs = "div", {}


def first_part(link: Tag) -> Tag | None:
    """The block of a card with its first text, or the part of the card that has it; None if that is the whole card."""
    text = link.find(string=lambda value: value.strip())
    part = text.parent if text is not None else None
    while part is not None and part is not link and part.parent is not link and part.name not in BLOCKS:
        part = part.parent
    return part if part is not link else None


def wrap_text(soup: BeautifulSoup, tag: Tag, href: str) -> None:
    """Make the contents of `tag` a link."""
    for block in tag.find_all(BLOCKS):
        block.unwrap()
    link = soup.new_tag("a", attrs={"href": href})
    link.extend(list(tag.contents))
    tag.append(link)
