"""What a click opens: it stays open, and its title stands before it."""

import re

from bs4 import BeautifulSoup

from scripts.crawl.selecting import Marks, select
from scripts.crawl.tabs import panel_of

# Buttons that open what follows them: Bootstrap 5 and 4 (accordion, collapse), Radix, and ARIA's own pattern.
# https://www.w3.org/WAI/ARIA/apg/patterns/disclosure/
OPENERS = ("button[aria-controls], button[aria-expanded], [data-bs-toggle=collapse], [data-toggle=collapse],"
           " h1 > button, h2 > button, h3 > button, h4 > button, h5 > button, li > button")  # fmt: skip
MENUS = {"menu", "listbox", "dialog", "navigation", "search", "tooltip", "tabpanel"}


def open_by_buttons(soup: BeautifulSoup, present: Marks) -> None:
    """Make, in place, each button that opens a text its title, and the text visible; one in a heading is its text."""
    for button in select(soup, OPENERS, present):
        panel, around = panel_of(soup, button), button.parent
        whole = around is not None and around.get_text(strip=True) == button.get_text(strip=True)
        titled = whole and re.match("h[1-6]$", around.name)  # not a button to copy a link, at its end
        folder = around is not None and around.name == "li" and button.find_next_sibling(["ul", "ol"])
        if not re.search(r"\w", button.get_text()) or button.get("role") in ("tab", "menuitem"):
            continue
        if panel is not None and panel.name != "nav" and panel.get("role") not in MENUS and panel.get_text(strip=True):
            for attribute in ("hidden", "aria-hidden", "style", "class"):
                del panel[attribute]
        elif not titled and not folder:
            continue
        button.name, button.attrs = "span" if titled or folder else "p", {}


def open_collapsibles(soup: BeautifulSoup, present: Marks) -> None:
    """Make each summary a paragraph before the text that it opens; a heading in one stays a heading."""
    open_by_buttons(soup, present)
    for summary in select(soup, "summary", present):
        summary.name = "div" if summary.find(re.compile("^h[1-6]$")) else "p"
    for details in select(soup, "details", present):
        details.name = "div"
