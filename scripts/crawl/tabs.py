"""Tabs: each panel gets its label before it, and all panels are shown."""

import re
from typing import NamedTuple

from bs4 import BeautifulSoup, Tag

from scripts.crawl.selecting import Marks, outermost, select


class Tabs(NamedTuple):
    """Tabs that carry no ARIA roles: what is around them, their labels and, in the same order, their panels."""

    around: str
    labels: str
    panels: str
    source: str


TABS = tuple(
    Tabs(*row)
    for row in (
        (".tabbed-set", ":scope > .tabbed-labels > label, :scope > label",
         ":scope > .tabbed-content > .tabbed-block, :scope > .tabbed-content:not(:has(> .tabbed-block))",
         "pymdownx.tabbed 10, both styles"),
        (".sd-tab-set", ":scope > .sd-tab-label", ":scope > .sd-tab-content", "sphinx-design 0.6"),
        (".tab-set", ":scope > .tab-label", ":scope > .tab-content", "sphinx-inline-tabs 2023"),
        (".vp-code-group", ":scope > .tabs label", ":scope > .blocks > *", "VitePress 1"),
        (".book-tabs", ":scope > label", ":scope > .book-tabs-content", "Hugo Book 11"),
        (".gdoc-tabs", ":scope > label", ":scope > .gdoc-tabs__content", "Geekdoc 1"),
        (".tab-panel", ":scope > .tab-nav > .tab-nav-button",
         ":scope > .tab-content-container > .tab-content, :scope > .tab-content", "Relearn 7"),
        (".tabs:has(> .content > .tablist)", ":scope > .content > .tablist li", ":scope > .content > .tabpanel",
         "@asciidoctor/tabs 1"),
        (".CodeTabs", ":scope > .CodeTabs-toolbar > button", ":scope > .CodeTabs-inner > pre", "ReadMe"),
        (".hextra-tabs", ".hextra-tabs-toggle", ".hextra-tabs-panel", "Hextra 0.9"),
    )
)  # fmt: skip


def label_tabs(soup: BeautifulSoup, present: Marks) -> None:
    """Put, in place, the label of each tab before its panel, in bold."""
    for rule in TABS:
        for around in select(soup, rule.around, present):
            labels, panels = around.select(rule.labels), around.select(rule.panels)
            if len(labels) == len(panels):
                for label, panel in zip(labels, panels, strict=True):
                    give_label(soup, label, panel)
            for title in around.select(":scope > .tab-nav > .tab-nav-title"):
                if not re.search(r"\w", title.get_text()):
                    title.decompose()  # Relearn fills one without text with U+200B
    for tablist in select(soup, "[role=tablist]", present):
        tabs = tablist.select("[role=tab]")
        others = outermost((tablist.parent or soup).select("[role=tabpanel], .tab-pane"))
        panels = [panel_of(soup, tab) or (others[number] if len(others) == len(tabs) else None)
                  for number, tab in enumerate(tabs)]  # fmt: skip
        filters = len(tabs) > 1 and len({id(panel) for panel in panels}) == 1  # Javadoc: what the one table shows
        for tab, panel in zip(tabs, panels, strict=True):
            if panel is not None and not filters:
                give_label(soup, tab, panel)
        tablist.decompose()


def panel_of(soup: BeautifulSoup, tab: Tag) -> Tag | None:
    """The panel that a tab names, in ARIA's way or Bootstrap's, or that names the tab."""
    for attribute in ("aria-controls", "data-bs-target", "data-target", "href"):
        names = str(tab.get(attribute) or "").lstrip("#")
        if names and (panel := soup.find(id=names)) is not None:
            return panel if isinstance(panel, Tag) else None
    found = soup.find(attrs={"aria-labelledby": tab.get("id")}) if tab.get("id") else None
    return found if isinstance(found, Tag) else None


def give_label(soup: BeautifulSoup, label: Tag, panel: Tag) -> None:
    text = " ".join(label.get_text(" ").split()).rstrip(":")
    for attribute in ("hidden", "aria-hidden", "style"):
        del panel[attribute]
    if panel.name in ("pre", "table", "ul", "ol"):
        panel.insert_before(bold_line(soup, f"{text}:"))
    else:
        panel.insert(0, bold_line(soup, f"{text}:"))
    label.decompose()


def bold_line(soup: BeautifulSoup, text: str) -> Tag:
    """A paragraph of bold text."""
    paragraph = soup.new_tag("p")
    paragraph.append(soup.new_tag("strong", string=text))
    return paragraph
