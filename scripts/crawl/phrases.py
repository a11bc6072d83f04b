"""What a generator says on a page whatever its markup is: by the words, and how they are taken out."""

import re

from bs4 import Tag

from scripts.crawl.selecting import attached, inside

# Whole elements that say only this, whatever their markup is: links, and any element.
LINKS = re.compile(
    r"(edit|improve|suggest (an )?(edits?|changes?)( to| on| for)?|view|show|open|report (an? )?(issue|bug|problem)s?"
    r"( with| on| about)?|give feedback( on| about)?|contribute to) ?(this|on|the)? ?(page|section|doc|article|topic)?"
    r"( ?(source|on github|on gitlab|on bitbucket|as markdown|github|gitlab|bitbucket|in github))?"
    r"|(↑ ?)?(back to|return to|go to) (the )?top( of( the)? page)?|skip to (the )?(main )?content|\[source\]|source"
    r"|copy (page|link|markdown).{0,20}|(←|«|<) ?(previous|prev)( page)?|(next|previous)( page)? ?(→|»|>)",
    re.I,
)
PHRASES = re.compile(
    r"(is|was) this (page|article|section|doc|topic|information)?\s*(helpful|useful)\W.{0,40}"
    r"|(did|does) this page help( you)?\W.{0,20}|thank(s| you) for your feedback!?.{0,40}"
    r"|(this page was )?last (updated|modified|reviewed|edited|changed)\b( on| at|:| by)?.{0,40}\d{2,4}.{0,40}"
    r"|last updated .{0,20} ago|on this page:?|in this article:?|\d+ min(ute)?s? read|copy to clipboard"
    r"|powered by (mkdocs|sphinx|hugo|jekyll).*",
    re.I,
)
DATES = re.compile(r"(this page was )?last (updated|modified|reviewed|edited|changed)\b", re.I)
# The first of two lines of a link to the page before or after: GitBook.
NEIGHBOUR = re.compile(r"(previous|next)( page)?", re.I)
SAID = (LINKS, PHRASES, DATES, NEIGHBOUR)
INLINE = ("a", "span", "small", "em", "i", "b", "strong", "time", "code")
BLOCKS = (*INLINE, "p", "div", "li", "ul", "ol", "footer", "section", "header", "aside")
PARTS = ["p", "li", "td", "th", "dd", "dt", "h1", "h2", "h3", "h4", "h5", "h6", "pre"]


def remove_phrases(soup: Tag) -> None:
    """Take out elements whose whole text is one of LINKS or PHRASES, unless they are part of a sentence or a cell."""
    texts = [text for text in soup.strings if 3 < len(text) < 120]
    for text in [text for text in texts if any(said.match(text.strip()) for said in SAID)]:
        if not attached(text, soup) or inside(text, ("pre", "td", "th", "dt")):
            continue
        if NEIGHBOUR.fullmatch(text.strip()) and (link := text.find_parent("a")) is not None:
            parts = list(link.stripped_strings)
            if len(parts) == 2 and parts[0] == text.strip():
                link.decompose()
                continue
        said = LINKS if inside(text, ("a",)) else PHRASES
        top: Tag | None = None
        for parent in text.parents:
            if parent is soup or parent.name not in BLOCKS or not said.fullmatch(parent.get_text(" ", strip=True)):
                break
            top = parent
        if top is not None and not (top.name in INLINE and top.find_parent(PARTS)):
            top.decompose()
