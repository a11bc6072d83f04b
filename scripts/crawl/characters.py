"""Characters and short marks of a text that a reader sees in another way than the page writes them."""

import re

from bs4 import BeautifulSoup, NavigableString, Tag

from scripts.crawl.selecting import Marks, inside, removed, select

UNSEEN = re.compile(
    "[\u00ad\u200b\u2060\ufeff]"
)  # where a word may break; U+200C and U+200D belong to scripts and emoji


def plain_characters(soup: BeautifulSoup) -> None:
    """Take out, in place, the characters that nobody sees, and make blanks that keep words together blanks."""
    for text in soup.find_all(string=re.compile("[\u00a0\u00ad\u200b\u2060\ufeff]")):
        plain = UNSEEN.sub("", text)
        text.replace_with(NavigableString(plain if inside(text, ("pre",)) else plain.replace("\xa0", " ")))


def readings(soup: BeautifulSoup, present: Marks) -> None:
    """Put, in place, what is written above a word (<ruby>) into brackets after it, where the page has none."""
    for reading in select(soup, "ruby > rt", present):
        if not reading.find_previous_sibling("rp"):
            reading.insert(0, "(")
            reading.append(")")


def words_of_pictures(soup: BeautifulSoup, present: Marks) -> None:
    """Make, in place, each drawing with words in it (SVG) those words."""
    for drawing in select(soup, "svg:has(text), svg:has(foreignObject), svg:has(foreignobject)", present):
        if removed(drawing) or inside(drawing, ("a", "button", "pre", "svg", "h1", "h2", "h3", "summary")):
            continue
        labels = drawing.find_all(["text", "foreignobject", "foreignObject"])
        words = dict.fromkeys(" ".join(label.get_text(" ").split()) for label in labels)
        title = drawing.find("title", recursive=False)
        said = ", ".join(word for word in words if re.search(r"\w", word))
        if said and drawing.get("aria-hidden") != "true":
            name = " ".join(title.get_text().split()) if title else ""
            drawing.replace_with(soup.new_tag("p", string=f"{name}: {said}" if name else said))


def apart(soup: BeautifulSoup, present: Marks) -> None:
    """Put, in place, a blank between code and code, link and link: "`a``b`" is one piece of code in Markdown."""
    for tag in select(soup, "code, kbd, samp, a", present):
        after = tag.next_sibling
        if isinstance(after, Tag) and after.name == tag.name and not inside(tag, ("pre", "code")):
            tag.insert_after(" ")


def joined(soup: BeautifulSoup, present: Marks) -> None:
    """Join, in place, neighbours that are both bold or both in italics: "*a**b*" is neither; a sign alone is plain."""
    for tag in select(soup, "em, strong, i, b", present):
        beside = isinstance(tag.next_sibling, Tag) or isinstance(tag.previous_sibling, Tag)
        if not removed(tag) and beside and not re.search(r"\w", tag.get_text()) and not tag.find(True):
            tag.unwrap()  # Sphinx: the comma in "*array*, *optional*"
            continue
        while isinstance(after := tag.next_sibling, Tag) and not removed(tag) and after.name == tag.name:
            tag.extend(list(after.contents))
            after.decompose()
