"""Takes out of a page's text what a generator put there and its author did not write."""

import re

from bs4 import Tag

from scripts.crawl.hidden import remove_hidden
from scripts.crawl.noise_selectors import FOOTERS, NAMED, NOISE, OWN_SECTIONS
from scripts.crawl.phrases import remove_phrases
from scripts.crawl.selecting import Marks, inside, removed, select

FORM = 60  # words of a form that asks for an opinion or an address; ASP.NET has whole pages in one
OWN_WORD = re.compile(r"(perma|anchor |copy |direct )?link|anchor|edit|\[edit\]", re.I)
OWN_SIGN = re.compile("[#¶§\U0001f517\u2693\U0001f4ce]?")  # that leads to the place where it stands
CONTENTS = re.compile(r"(table of )?contents:?|on this page:?|in this article:?|toc", re.I)


def remove_with_title(toc: Tag) -> None:
    """Take out a list of the page's own sections, and what calls it "Table of contents" before it."""
    title = toc.find_previous_sibling()
    if title is not None and CONTENTS.fullmatch(title.get_text(" ", strip=True)):
        title.decompose()
    toc.decompose()


def own_sections(toc: Tag) -> bool:
    """Whether a list of links leads only to sections of its own page."""
    links = toc.find_all("a", href=True)
    return bool(links) and all(str(link["href"]).startswith("#") for link in links)


def remove_noise(soup: Tag, present: Marks) -> None:
    """Take out, in place, all that NOISE, FOOTERS, OWN_SECTIONS and phrases.py name."""
    for what, selectors, _ in NOISE:
        for tag in select(soup, selectors, present):
            if removed(tag):
                continue
            if not inside(tag, ("pre",)) or tag.name in ("button", "svg"):
                remove_with_title(tag) if what.startswith("tables of contents") else tag.decompose()
    for tag in select(soup, NAMED, present):
        if not removed(tag) and not inside(tag, ("pre",)) and not tag.find(["h1", "h2", "pre"]):  # no layout's name
            tag.decompose()
    for form in select(soup, "form", present):
        if not removed(form) and form.find(["input", "textarea"]) and len(form.get_text(" ").split()) < FORM:
            form.decompose()
    remove_hidden(soup, present)
    for tag in select(soup, FOOTERS, present):
        if not removed(tag) and not inside(tag, ("blockquote",)):
            tag.decompose()
    for tag in select(soup, OWN_SECTIONS, present):
        if not removed(tag) and own_sections(tag):
            remove_with_title(tag)
    for heading in select(soup, "h1, h2, h3, h4, h5, h6, dt, caption, figcaption", present):
        code = "code-header" in heading.get_attribute_list("class")  # rustdoc links "&" and "()" to what they mean
        for link in [] if code else heading.find_all("a"):
            if not re.search(r"\w", link.get_text()) and not link.find("img"):
                link.decompose()  # a sign that leads to the heading itself: ¶, #, §, U+200B
            elif OWN_WORD.fullmatch(link.get_text().strip()) and len(list(heading.stripped_strings)) > 1:
                link.decompose()
            elif heading.name[0] == "h" and (link.get("itemprop") == "url" or str(link.get("href", "#"))[:1] == "#"):
                link.unwrap()  # headings of mdBook and minimal mistakes lead to themselves, Sphinx's to the contents
    for link in select(soup, "a[href^='#']", present):
        if not removed(link) and OWN_SIGN.fullmatch(link.get_text().strip()) and not link.find("img"):
            link.decompose()
    for link in select(soup, "a[role=doc-backlink]", present):
        link.unwrap()  # docutils: [CIT2002] leads back to where it is cited
    remove_phrases(soup)
