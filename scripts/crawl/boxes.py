"""Boxes: admonitions become quotes that begin with a label."""

import re

from bs4 import BeautifulSoup, NavigableString, Tag

from scripts.crawl.admonitions import ADMONITIONS, ICONS, KINDS, WEAK
from scripts.crawl.selecting import Marks, removed, select
from scripts.crawl.tabs import bold_line


def kinds_in(text: str) -> list[str]:
    """The kinds that the words of a class or style name: "bg-warning/10" names "Warning"."""
    return [KINDS[word] for word in re.split(r"[^a-z]+", text.lower()) if word in KINDS]


def kind_of(box: Tag) -> str:
    """The kind that a box names, as "Warning": by its class, an attribute or its icon; "" if by none."""
    kinds = kinds_in(" ".join(box.get_attribute_list("class")) if box.get("class") else "")
    kinds += kinds_in(
        f"{box.get('data-callout-type', '')} {str(box.get('style', '')).rpartition('--callout-color')[2]}"
    )
    return next((kind for kind in kinds if kind not in WEAK), kinds[0] if kinds else "")


def kind_of_icon(box: Tag) -> str:
    """The kind that the picture at the start of a box shows; "" if none. A character that shows it is taken out."""
    first = next(box.stripped_strings, "")
    if not first.isascii() and (kind := ICONS.get(first.rstrip("\ufe0f"))):
        box.find(string=lambda text: text.strip() == first).extract()
        return kind
    for icon in box.find_all(["svg", "i", "img", "span"], limit=2):
        if icon.name == "img" or not icon.get_text(strip=True):
            label = str(icon.get("aria-label", ""))
            words = re.findall(r"[a-z]+(?:-[a-z]+)*", " ".join([label, *icon.get("class", [])]).lower())
            shown = [kind for name, kind in ICONS.items() if any(f"-{word}".endswith(f"-{name}") for word in words)]
            if kinds := [*kinds_in(label), *shown]:
                return kinds[0]
    return ""


def label_of(kind: str, title: str) -> str:
    """What a box is labelled: its kind, and its title where that says more."""
    title = title.strip().rstrip(":")
    if not title or title.lower().replace(" ", "") == kind.lower().replace(" ", ""):
        return f"{kind or 'Note'}:"
    return f"{title}:" if not kind or kind.lower() in title.lower() else f"{kind}: {title}"


def own_label(box: Tag, kind: str) -> str:
    """Take out the bold word with which an author began a box without a title, where it is the box's kind; "" if none.

    The text begins with "**Warning:**" in a box of class warning: Hugo Book's and minimal mistakes' have no titles.
    """
    bold = box.find(["strong", "b"])
    if bold is None or not kind or not box.get_text().strip().startswith(bold.get_text().strip()):
        return ""
    title = bold.get_text().strip().rstrip(":")
    if title.lower() != kind.lower():
        return ""
    after = bold.next_sibling
    if isinstance(after, Tag) and after.name == "br":
        after.decompose()
    elif isinstance(after, NavigableString):
        after.replace_with(re.sub(r"^\s*:?\s*", "", after))
    bold.decompose()
    return title


def quote_admonitions(soup: BeautifulSoup, present: Marks) -> None:
    """Make, in place, each admonition a <blockquote> that begins with its label in bold."""
    for rule in ADMONITIONS:
        for box in select(soup, rule.box, present):
            if removed(box) or box.get("data-quoted") or not box.get_text(strip=True):
                continue
            if box.name == "details" and "summary" not in rule.title and ".box-label" not in rule.title:
                continue  # a collapsible that looks like a box, as Docusaurus and VitePress have them
            kind, title = kind_of(box), ""
            for found in box.select(rule.title)[:1] if rule.title else []:
                for part in found.select(".sr-only, .visually-hidden, .headerlink, .callout-icon, svg"):
                    part.decompose()
                title = " ".join(found.get_text(" ").split())
                found.decompose()
            picture = kind_of_icon(box)
            kind = picture if picture and kind in ("", *WEAK) else kind
            title = title or own_label(box, kind)
            text = (box.select_one(rule.text) if rule.text else None) or box
            if text is not box and len(text.get_text(strip=True)) < len(box.get_text(strip=True)):
                text = box  # some of the text lies outside the part that should have it
            if text.name in ("p", "dl"):
                quote = soup.new_tag("blockquote")
                box.replace_with(quote)
                quote.append(text)
                for part in [text, *text.find_all(["dt", "dd"], recursive=False)] if text.name == "dl" else []:
                    part.name = "div"
                text = quote
            else:
                box.replace_with(text) if text is not box else None
            text.name, text.attrs = "blockquote", {"data-quoted": "yes"}
            text.insert(0, bold_line(soup, label_of(kind, title)))
