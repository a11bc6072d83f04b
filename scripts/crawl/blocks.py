"""Blocks that Markdown has no name for: cards, remarks on code, lines of verse, small titles."""

import re

from bs4 import BeautifulSoup, Tag

from scripts.crawl.selecting import Marks, attached, inside, select

# Titles of a part that are no headings of the page: docutils' rubric, topic and sidebar, Asciidoctor's discrete ones.
SMALL_TITLES = "p.rubric, p.topic-title, p.sidebar-title, .topic > p.title, .sidebarblock > .content > .title"
# The title of a card whose link has none of its text. sphinx-design: https://sphinx-design.readthedocs.io/en/latest/cards.html
STRETCHED = "a.sd-stretched-link, a.stretched-link"
CARD = re.compile(r"\b(sd-card|card|tile|grid-item)\b")
CARD_TITLE = ".sd-card-title, .card-title, .title, [class*=cardTitle], h1, h2, h3, h4, h5, h6, strong"
# Parts of a card in a line of HTML that a reader sees on lines of their own. Starlight: <LinkCard>.
CARD_LINES = ".sl-link-card .description, .card .description, a.card small, .pager-link .desc"
# The version that has an item first, beside its heading: rustdoc 1.63 and 1.80.
SINCE = ".rightside > .since, .out-of-band > .since, .sub-heading > .since"
ICON = re.compile("^[\U0001f4c4\U0001f5c3\U0001f517]\ufe0f?\\s*")  # of a page, a folder and a link: Docusaurus' cards
HEADINGS = ["h1", "h2", "h3", "h4", "h5", "h6"]
BLOCKS = ["p", "div", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "section", "header", "article", "figure"]


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


def is_part(item: Tag) -> bool:
    """Whether a list item is a section with its own heading."""
    first = item.find(True)
    return first is not None and first.name == "section" and first.find(HEADINGS) is not None


def stable_since(soup: BeautifulSoup, present: Marks) -> None:
    """Write, in place, since which version there is an item as a line below its heading."""
    for mark in select(soup, SINCE, present):
        holder = mark.parent or mark
        heading = holder.find_next_sibling(HEADINGS) or holder.find_previous_sibling(HEADINGS)
        if heading is not None and (text := " ".join(mark.get_text().split())):
            since = f"Since {text}" if text[0].isdigit() else text.capitalize()  # "const: unstable" names no version
            heading.insert_after(soup.new_tag("p", string=since))


def small_blocks(soup: BeautifulSoup, present: Marks) -> None:
    """Rewrite, in place, small titles, lines of verse and the remarks on (1), (2) in code."""
    for title in select(
        soup, ".badge-title, .tsd-tag, .stab > .emoji", present
    ):  # Relearn: two halves of a badge; TypeDoc: "Optional"; rustdoc
        title.append(" ")
    for remark in select(
        soup, ".tree-entry > span > .comment, .tree-entry > .comment", present
    ):  # Starlight's file tree
        remark.insert(0, " ")
    for video in select(soup, "video", present):  # what it holds is for browsers that know none
        video.string = "Video"
    for title in select(soup, SMALL_TITLES, present):
        bold = soup.new_tag("strong")
        bold.extend(list(title.contents))
        title.append(bold)
        title.name = "p"
    for listing in select(soup, "ul", present):  # Javadoc: the sections of a page are items of lists
        items = listing.find_all("li", recursive=False)
        if items and all(is_part(item) for item in items):
            listing.name = "div"
            for item in items:
                item.name = "div"
    for verse in select(soup, ".line-block", present):  # docutils: | a line
        if not attached(verse, soup):
            continue
        for inner in verse.select(".line-block"):
            inner.unwrap()
        for line in verse.select(".line"):
            line.append(soup.new_tag("br"))
            line.unwrap()
        verse.name = "p"
    for table in select(soup, ".colist > table", present):  # Asciidoctor: callouts
        remarks = [row.find_all("td", recursive=False)[-1] for row in table.select("tr:has(> td)")]
        table.clear()
        table.name = "ol"
        for remark in remarks:
            remark.name = "li"
            table.append(remark)
