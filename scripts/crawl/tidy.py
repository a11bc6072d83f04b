"""Turn the markup of any generator into the few elements that Markdown has: the order of the rules."""

from bs4 import BeautifulSoup

from scripts.crawl import (
    blocks,
    boxes,
    cards,
    characters,
    code_blocks,
    collapsibles,
    definitions,
    footnotes,
    inline,
    noise,
    signatures,
    steps,
    tables,
    tabs,
)
from scripts.crawl.selecting import Marks


def tidy(soup: BeautifulSoup) -> BeautifulSoup:
    """Rewrite, in place, the content of a page; its links and pictures stay as they are.

    Code first, as no other rule may look into it. Boxes before noise, as some have titles that are hidden from screen
    readers and panels that are hidden until they are chosen.
    """
    present = Marks(soup)
    characters.plain_characters(soup)
    characters.words_of_pictures(soup, present)
    inline.formulas(soup, present)
    code_blocks.plain_blocks(soup, present)
    blocks.small_blocks(soup, present)
    blocks.stable_since(soup, present)
    boxes.quote_admonitions(soup, present)
    tabs.label_tabs(soup, present)
    collapsibles.open_collapsibles(soup, present)
    inline.marks_and_pictures(soup, present)
    footnotes.footnotes(soup, present)
    cards.cards(soup, present)
    noise.remove_noise(soup, present)
    steps.remove_trail(soup, present)
    steps.numbered_steps(soup)
    characters.readings(soup, present)
    characters.joined(soup, present)
    characters.apart(soup, present)
    inline.raise_and_lower(soup, present)
    signatures.signatures(soup, present)
    definitions.definitions(soup, present)
    tables.regular_tables(soup, present)
    return soup
