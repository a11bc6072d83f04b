"""What a page states: its sentences, each with the section around it. Generation asks about them one by one."""

import re
from pathlib import Path

from markdown_it import MarkdownIt
from openings import openings, subject

# A sentence ends before a space and a capital, digit or quote; abbreviations and single initials do not end it.
SENTENCE_END = re.compile(r"(?<!e\.g\.)(?<!i\.e\.)(?<!etc\.)(?<!\bvs\.)(?<=[.!?])\s+(?=[A-Z0-9\"'(])")
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
# "The annotation triggers the pipeline": which one is only known where it was named before.
BARE = re.compile(r"\bthe ([a-z]+)$", re.I)


def plain(inline):
    """The text of an inline token as a reader sees it: no markup, no link targets, no footnote marks."""
    parts = []
    for child in inline.children:
        if child.type in ("text", "code_inline"):
            parts.append(child.content)
        elif child.type in ("softbreak", "hardbreak"):
            parts.append(" ")
    return re.sub(r"\s+", " ", re.sub(r"\[\^\w+\]:?", "", "".join(parts))).strip()


def sections(markdown):
    """[(headings, [(text, loose)])] in the order of the page; loose texts, of lists and tables, may be no sentences."""
    headings, texts, found = [], [], []
    level, loose = None, 0
    for token in MarkdownIt("commonmark", {"html": False}).enable("table").parse(markdown):
        if token.type in ("list_item_open", "td_open", "th_open"):
            loose += 1
        elif token.type in ("list_item_close", "td_close", "th_close"):
            loose -= 1
        elif token.type == "heading_open":
            level = int(token.tag[1])
        elif token.type == "heading_close":
            level = None
        elif token.type == "inline" and level:
            if texts:
                found.append((headings, texts))
            headings, texts = [*headings[: level - 1], plain(token)], []
        elif token.type == "inline":
            # A definition list is a paragraph to CommonMark, and <br> is how a table cell holds lines.
            parts = re.split(r" : +|<br>", plain(token))
            texts += [(part, loose > 0 or len(parts) > 1) for part in parts]
    return found + [(headings, texts)] if texts else found


def stands_alone(sentence, section, loose):
    """Whether a sentence is understood without its neighbours; a `loose` one may be no sentence, so needs a subject."""
    known = subject(sentence, section)
    return not (LEANS_BACK.search(sentence) or known and BARE.search(known[0]) or loose and not known)


def facts(page, markdown):
    """One dict a sentence that stands alone: {"page", "title", "section", "fact"}; `section` is the text around it."""
    found, seen = [], set()
    for headings, texts in sections(markdown):
        section = " ".join(text for text, _ in texts)
        for text, loose in texts:
            for sentence in SENTENCE_END.split(text):
                words = len(sentence.split())
                if not sentence.endswith((".", "!")) or not WORDS[0] <= words <= WORDS[1] or sentence in seen:
                    continue
                if not stands_alone(sentence, section, loose):
                    continue
                seen.add(sentence)
                found.append({"page": page, "title": ": ".join(headings), "section": section, "fact": sentence})
    return found


def read_facts(path):
    """The facts of a Markdown file; the page is named by the file."""
    return facts(Path(path).stem, Path(path).read_text(encoding="utf-8"))


def asks(found):
    """What the teacher is asked: each of the facts `found` with each "opening" of a question about it."""
    page = " ".join({fact["section"] for fact in found})
    return [{**fact, "opening": opening} for fact in found for opening in openings(fact["fact"], page)]
