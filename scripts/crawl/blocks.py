"""Blocks that Markdown has no name for: remarks on code, lines of verse, small titles."""

from bs4 import BeautifulSoup, Tag

from scripts.crawl.selecting import Marks, attached, select

# Titles of a part that are no headings of the page: docutils' rubric, topic and sidebar, Asciidoctor's discrete ones.
SMALL_TITLES = "p.rubric, p.topic-title, p.sidebar-title, .topic > p.title, .sidebarblock > .content > .title"
# The version that has an item first, beside its heading: rustdoc 1.63 and 1.80.
SINCE = ".rightside > .since, .out-of-band > .since, .sub-heading > .since"
HEADINGS = ["h1", "h2", "h3", "h4", "h5", "h6"]
# What may not stand within a link or a term: cards.py and definitions.py take it out.
BLOCKS = ["p", "div", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "section", "header", "article", "figure"]


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
