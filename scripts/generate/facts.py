"""What a page states: its sentences, each with the section around it. Generation asks about them one by one."""

import re
from collections.abc import Iterator

from markdown_it import MarkdownIt
from markdown_it.token import Token

from scripts.generate.grammar import subject
from scripts.generate.openings import openings
from scripts.retrieve.pieces import SENTENCE_END

# Such a sentence needs its neighbours to be understood, or speaks about the page and not about its subject.
LEANS_BACK = re.compile(
    r"^(it|its|they|their|he|she|both|then|there|therefore|thus|instead|otherwise|also|however|here|one of them|another"
    r"|other|in (?:this|that) case|for (?:this|that)|an? example|for example|the (?:other|same|following|former|latter"
    r"|first|second|third|last|next|rest))\b"
    r"|\b(this|these|those|such(?! as)|above|below|previous|as follows|the following|following (?:table|steps|example"
    r"|list)|the example|the page|see also|special rules?|both(?! .*and)|either of|the (?:two|older)"
    r"|(?:is|are) (?:the topics?|described|explained|one known|one of)|that (?:work|way|case|time|new))\b",
    re.I,
)
WORDS = (5, 45)
# Characters of a section, the longest of the Konflux documentation has 5739. Each fact carries its section, so a page
# without headings, such as a long table, is taken in parts.
LONGEST_SECTION = 8000
# "The annotation triggers the pipeline": which one is only known where it was named before.
BARE = re.compile(r"\bthe ([a-z]+)$", re.I)


def plain(inline: Token) -> str:
    """The text of an inline token as a reader sees it: no markup, no link targets, no footnote marks."""
    parts = []
    for child in inline.children or []:
        if child.type in ("text", "code_inline"):
            parts.append(child.content)
        elif child.type in ("softbreak", "hardbreak"):
            parts.append(" ")
    return re.sub(r"\s+", " ", re.sub(r"\[\^\w+\]:?", "", "".join(parts))).strip()


def term_of(inline) -> str:
    """The term that a paragraph defines, "Quota:" in bold at its begin, as plain() has it; else nothing."""
    kinds = [child.type for child in inline.children]
    if "strong_close" not in kinds or kinds[: kinds.index("strong_close")].count("strong_open") != 1:
        return ""
    lead = inline.children[: kinds.index("strong_close")]
    begins = all(not child.content.strip() for child in lead[: kinds.index("strong_open")])
    term = "".join(child.content for child in lead if child.type in ("text", "code_inline")).strip()
    return term if begins and term.endswith(":") else ""


def sections(markdown: str) -> list[tuple[list[str], list[tuple[str, bool]]]]:
    """[(headings, [(text, loose)])] in the order of the page; loose texts, of lists and tables, may be no sentences."""
    headings: list[str] = []
    texts: list[tuple[str, bool]] = []
    found = []
    level, loose = 0, 0
    for token in MarkdownIt("commonmark", {"html": False}).enable("table").parse(markdown):
        if token.type in ("list_item_open", "td_open", "th_open"):
            loose += 1
        elif token.type in ("list_item_close", "td_close", "th_close"):
            loose -= 1
        elif token.type == "heading_open":
            level = int(token.tag[1])
        elif token.type == "heading_close":
            level = 0
        elif token.type == "inline" and level:
            if texts:
                found.append((headings, texts))
            headings, texts = [*headings[: level - 1], plain(token)], []
        elif token.type == "inline":
            # <br> is how a table cell holds lines, " : " how a definition list reads that is none to CommonMark.
            term = term_of(token)
            parts = re.split(r" : +|<br>", plain(token).removeprefix(term).lstrip())
            texts += [(part, loose > 0 or len(parts) > 1 or term != "") for part in parts]
    return found + [(headings, texts)] if texts else found


def parts_of(texts: list[tuple[str, bool]]) -> Iterator[list[tuple[str, bool]]]:
    """The sentences of a section, as (sentence, loose), in parts of at most LONGEST_SECTION characters."""
    part: list[tuple[str, bool]] = []
    size = 0
    for sentence, loose in ((sentence, loose) for text, loose in texts for sentence in SENTENCE_END.split(text)):
        if part and size + len(sentence) > LONGEST_SECTION:
            yield part
            part, size = [], 0
        part.append((sentence, loose))
        size += len(sentence) + 1
    yield part


def stands_alone(sentence: str, section: str, loose: bool) -> bool:
    """Whether a sentence is understood without its neighbours; a `loose` one may be no sentence, so needs a subject."""
    known = subject(sentence, section)
    return not (LEANS_BACK.search(sentence) or known and BARE.search(known[0]) or loose and not known)


def facts(page: str, markdown: str) -> list[dict]:
    """One dict a sentence that stands alone: {"page", "title", "section", "fact"}; `section` is the text around it."""
    found, seen = [], set()
    for headings, texts in sections(markdown):
        for part in parts_of(texts):
            section = " ".join(sentence for sentence, _ in part)
            for sentence, loose in part:
                words = len(sentence.split())
                if not sentence.endswith((".", "!")) or not WORDS[0] <= words <= WORDS[1] or sentence in seen:
                    continue
                if not stands_alone(sentence, section, loose):
                    continue
                seen.add(sentence)
                found.append({"page": page, "title": ": ".join(headings), "section": section, "fact": sentence})
    return found


def asks(found: list[dict]) -> list[dict]:
    """What the teacher is asked: each of the facts `found` with each "opening" of a question about it."""
    page = "\n".join(dict.fromkeys(fact["section"] for fact in found))
    return [{**fact, "opening": opening} for fact in found for opening in openings(fact["fact"], page)]
