"""Pages that are Markdown, and the Markdown that a website offers beside its pages (llms.txt, page.md)."""

import html
import re
from collections import Counter
from urllib.parse import urlsplit

import requests
from markdown_it import MarkdownIt

from scripts.crawl import page as pages
from scripts.crawl.address import MARKDOWN, absolute
from scripts.crawl.charset import text_of
from scripts.crawl.faults import PageError
from scripts.crawl.fetch import Get

SAME = 0.98  # the share of words that a page and its source have in common, to be taken for the same text
FRONT_MATTER = re.compile(r"\A\ufeff?---[ \t]*\n(.*?\n)?---[ \t]*(\n|\Z)", re.DOTALL)
# Boxes in Markdown's dialects. MkDocs: https://python-markdown.github.io/extensions/admonition/
# Docusaurus, VitePress: https://docusaurus.io/docs/markdown-features/admonitions
# GitHub: https://docs.github.com/en/get-started/writing-on-github (alerts)
INDENTED = re.compile(r'^( *)(?:!!!|\?\?\?\+?) +(\w+)(?: +"([^"]*)")? *\n((?:\1 {4}.*\n|[ \t]*\n)+)', re.MULTILINE)
FENCED = re.compile(
    r"^( *):{3,} *(\w+)(?:\[([^\]\n]*)\]| +([^\n{]*))?[^\n]*\n(.*?)^\1:{3,}[ \t]*$", re.MULTILINE | re.DOTALL
)
ALERT = re.compile(r"^> *\[!(\w+)\] *\n((?:>.*(?:\n|\Z))+)", re.MULTILINE)
IMPORTS = re.compile(r"^(?:import|export) .*? from ['\"].*$", re.MULTILINE)  # of MDX


def box(kind: str, title: str, text: str) -> str:
    head = f'<p class="admonition-title">{html.escape(title)}</p>\n' if title else ""
    return f'\n<div class="admonition {kind.lower()}">\n{head}\n{text}\n\n</div>\n\n'


def to_html(markdown: str) -> str:
    """A Markdown page as HTML, with the boxes of MkDocs, Docusaurus, VitePress and GitHub, and its title as heading."""
    title = ""
    if front := FRONT_MATTER.match(markdown):
        markdown = markdown[front.end() :]
        named = re.search(r"^title:[ \t]*(.+?)[ \t]*$", front[1] or "", re.MULTILINE)
        title = named[1].strip("'\"") if named else ""
    parts = re.split(r"(^ *(?:```|~~~).*?^ *(?:```|~~~)[ \t]*$)", f"{markdown}\n", flags=re.MULTILINE | re.DOTALL)
    for number in range(0, len(parts), 2):  # between the fences
        text = IMPORTS.sub("", parts[number])
        text = ALERT.sub(lambda match: box(match[1], "", re.sub(r"(?m)^> ?", "", match[2])), text)
        parts[number] = INDENTED.sub(
            lambda it: box(it[2], it[3] or "", re.sub(rf"(?m)^{it[1]} {{4}}", "", it[4])), text
        )
    text = FENCED.sub(lambda it: box(it[2], (it[3] or it[4] or "").strip(), it[5]), "".join(parts))
    body = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"]).render(text)
    if title and not re.search(r"<h1\b", body):
        body = f"<h1>{html.escape(title)}</h1>\n{body}"
    return f"<html><body><main>{body}</main></body></html>"


def read(markdown: str, url: str) -> pages.Page:
    """The page that the Markdown file at `url` holds. Raises as page.read() does."""
    return pages.read(to_html(markdown), url, "main")._replace(where="Markdown")


def words(text: str) -> Counter:
    return Counter(re.findall(r"\w+", re.sub(r"\]\([^)]*\)|\\|(?m:^ *```.*$)", "", text.lower())))


def same_text(one: str, other: str) -> bool:
    """Whether two Markdown texts hold the same words, all but SAME of them."""
    first, second = words(one), words(other)
    return (first & second).total() >= SAME * max(first.total(), second.total(), 1)


def stem(url: str) -> str:
    """What the addresses of a page and of its source have in common."""
    return re.sub(r"(/index)?(\.html?)?(\.mdx?|\.markdown)?/*$", "", urlsplit(url).path, flags=re.I) or "/"


def read_llms(get: Get, folder: str) -> dict[str, str]:
    """The pages that llms.txt in `folder` (ending in /) links to, by stem(); {} where the site has none.

    https://llmstxt.org: a Markdown file with a list of links, to Markdown where the site offers it.
    """
    try:
        response = get(f"{folder}llms.txt")
    except (PageError, requests.RequestException):
        return {}
    if response.status_code != 200 or b"<html" in response.content[:500].lower():
        return {}
    links = re.findall(r"\[[^\]]*\]\(\s*<?([^)\s>]+)", text_of(response.content))
    found = (absolute(response.url, link) for link in links)
    return {stem(url): url for url in found if url}


def better(get: Get, page: pages.Page, source: str) -> pages.Page | None:
    """The page from its Markdown source, if that can be read and holds the same text."""
    try:
        response = get(source)
        kind = response.headers.get("Content-Type", "")
        if response.status_code != 200 or not re.match(r"text/(markdown|x-markdown|plain)", kind.strip(), re.I):
            return None
        text = text_of(response.content, kind)
        made = pages.read(to_html(text), page.address, "main")
    except (PageError, requests.RequestException, RecursionError):
        return None
    return page._replace(markdown=made.markdown) if same_text(made.markdown, page.markdown) else None


def is_markdown(url: str, content_type: str) -> bool:
    """Whether an answer is a page in Markdown."""
    kind = content_type.split(";")[0].strip().lower()
    named = bool(MARKDOWN.search(urlsplit(url).path))
    return (
        kind in ("text/markdown", "text/x-markdown") or named and kind in ("text/plain", "application/octet-stream", "")
    )
