"""What a generator says on a page whatever its markup is: by the words, and how they are taken out."""

import re

from bs4 import Tag

from scripts.crawl.selecting import attached, inside

PAGE = "(page|section|doc(ument(ation)?)?|article|topic|content|answer|information|guide|chapter)"
HOSTS = "(github|gitlab|bitbucket|codeberg|source)"
ASSISTANTS = ("(chatgpt|claude|perplexity|gemini|copilot|cursor|grok|mistral|vs ?code|t3 chat|scira|google ai|an? llm"
              "|(an? |docs )?ai( assistant)?)( code)?")  # fmt: skip


def saying(*said: str) -> re.Pattern:
    return re.compile("|".join(said), re.I)


# Whole elements that say only this, whatever their markup is: links, and any element.
LINKS = saying(
    rf"(?!(edit|improve|view|show|open( source)?)$)"
    rf"(edit|improve|view|show|open|suggest (an )?(edits?|changes?)( to| on| for)?"
    rf"|report (an? )?(issue|bug|problem)s?( with| on| about)?|give feedback( on| about)?|contribute to)"
    rf" ?(this|on|the)? ?{PAGE}?( ?(on |in |at )?{HOSTS}| ?(as )?markdown)?",
    rf"(open|ask|view|read|chat|discuss|summarize)( this)?( {PAGE})? (in|with|on|about this) {ASSISTANTS}",
    rf"(ask|chat with|connect to|add to) {ASSISTANTS}( about this {PAGE})?|explain with ai",
    rf"(copy|view|download)( this)?( {PAGE}| link)?( as| to| for| in)? ?(raw )?(markdown|page|llms?|clipboard|md)"
    r"( for llms?)?",
    r"copy link.{0,20}|suggest edits?|skip to (the )?(main )?content|\[source\]",
    r"(↑ ?)?(back to|return to|go to) (the )?top( of( the)? page)?",
    r"(←|«|<) ?(previous|prev)( page)?|(next|previous)( page)? ?(→|»|>)",
)
# The same of a link to another website only: a page may have a section "Edit", or an entry of that name.
ELSEWHERE = saying("edit|source|view source|history|raw|view|improve")
ASKED = saying(
    rf"(is|was|did you find|do you find) (this )?{PAGE}?\s*(helpful|useful)\W.{{0,40}}",
    rf"(did|does) this( {PAGE})? (help|answer).{{0,30}}|rate this {PAGE}\W?.{{0,30}}",
    rf"how (could|can) (this {PAGE} be improved|we improve( this {PAGE}|it)?)\W?",
    r"thank(s| you) for your feedback!?.{0,40}|on this page:?|in this article:?",
)
PHRASES = saying(
    ASKED.pattern,
    rf"(copy|view)( this)?( {PAGE})?( as| for) (markdown|llms?)( for llms?)?|copy (page|markdown)|ask ai|copied!?",
    rf"(open|view|ask) in {ASSISTANTS}|copy to clipboard|\d+ min(ute)?s? read",
    rf"(this {PAGE} was )?last (updated|modified|reviewed|edited|changed)\b( on| at|:| by)?.{{0,40}}\d{{2,4}}.{{0,40}}",
    r"(last )?updated .{0,20} ago|(show|hide) code cell (source|content|output|input|outputs)",
    r"for (the complete documentation index|ai agents|llms?)\b.{0,120}llms(-full)?\.txt.{0,120}",
    r"powered by (mkdocs|sphinx|hugo|jekyll|mintlify|gitbook|docusaurus|readme).*",
)
# The same inside a text.
ANYWHERE = saying(
    r"\(?opens in (a )?new (tab|window)\)?", r"\(?external link\)?", r"(direct )?link to (this )?(heading|section)"
)
DATES = re.compile(r"(this page was )?last (updated|modified|reviewed|edited|changed)\b", re.I)
FOR_MACHINES = saying(r"for (the complete documentation index|ai agents|llms?)\b")
# The first of two lines of a link to the page before or after: GitBook.
NEIGHBOUR = re.compile(r"(previous|next)( page)?", re.I)
SAID = (LINKS, ELSEWHERE, PHRASES, DATES, FOR_MACHINES, NEIGHBOUR)
INLINE = ("a", "span", "small", "em", "i", "b", "strong", "time", "code")
BLOCKS = (*INLINE, "p", "div", "li", "ul", "ol", "footer", "section", "header", "aside", "form", "blockquote")
HEADINGS = ("h2", "h3", "h4", "h5", "h6")
PARTS = ["p", "li", "td", "th", "dd", "dt", "h1", "h2", "h3", "h4", "h5", "h6", "pre"]


def remove_phrases(soup: Tag) -> None:
    """Take out elements whose whole text is one of LINKS or PHRASES, unless they are part of a sentence or a cell."""
    for text in soup.find_all(string=ANYWHERE):
        if text.parent is not None and text.parent.name in ("span", "small", "a") and ANYWHERE.fullmatch(text.strip()):
            text.parent.decompose()
    texts = [text for text in soup.strings if 3 < len(text) < 120]
    for text in [text for text in texts if any(said.match(text.strip()) for said in SAID)]:
        if not attached(text, soup) or inside(text, ("pre", "td", "th", "dt")):
            continue
        if NEIGHBOUR.fullmatch(text.strip()) and (link := text.find_parent("a")) is not None:
            parts = list(link.stripped_strings)
            if len(parts) in (2, 3) and parts[0] == text.strip():
                link.decompose()
                continue
        link = text.find_parent("a")
        elsewhere = (
            link is not None and re.match("https?:", str(link.get("href"))) and ELSEWHERE.fullmatch(text.strip())
        )
        said = (ELSEWHERE if elsewhere else LINKS) if link is not None else PHRASES
        top: Tag | None = None
        for parent in text.parents:
            whole = parent.get_text(" ", strip=True)
            named = parent.name in BLOCKS or parent.name in HEADINGS and ASKED.fullmatch(whole)
            if parent is soup or not named or not said.fullmatch(whole):
                break
            top = parent
        if top is not None and not (top.name in INLINE and top.find_parent(PARTS)):
            top.decompose()
