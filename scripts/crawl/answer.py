"""What a server answered: a page, or why it is none."""

import hashlib
import re
from urllib.parse import unquote, urlsplit

import requests

from scripts.crawl import page as pages
from scripts.crawl import sources
from scripts.crawl.address import absolute
from scripts.crawl.charset import text_of
from scripts.crawl.faults import Gone, LeftOut, Moved, PageError
from scripts.crawl.fetch import at_most

CONVERT_SECONDS = 30  # of one page; the largest of the Konflux documentation takes 0.3
FILE = re.compile(r"\.(?!(html?|xhtml|php|aspx?|jspx?)$)[a-z]\w{0,9}$", re.I)
HTML = re.compile(r"(text/html|application/xhtml\+xml)\b", re.I)


def read(response: requests.Response, url: str, selector: str) -> pages.Page:
    """The page that the answer of `url` holds; raises PageError. selector: see page.read()."""
    if response.is_redirect:
        raise Moved(absolute(url, response.headers["Location"]))
    if response.status_code != 200:
        raise (Gone if response.status_code in (404, 410) else PageError)(f"HTTP {response.status_code}")
    kind = response.headers.get("Content-Type", "").strip()
    with at_most(CONVERT_SECONDS):
        if sources.is_markdown(url, kind):
            return sources.read(text_of(response.content, kind), url)
        if not HTML.match(kind) and FILE.search(urlsplit(url).path):
            raise LeftOut(f"is {kind}", [])  # a link to a download
        if not HTML.match(kind):
            raise PageError(f"is {kind or 'of no type'}, not HTML")
        text = re.sub(r"\r\n?", "\n", text_of(response.content, kind))
        page = pages.read(text, url, selector)
    if re.search(r"noindex|none", response.headers.get("X-Robots-Tag", ""), re.I):
        raise LeftOut("asks not to be listed (X-Robots-Tag)", page.links)
    return page


def digest(markdown: str, url: str) -> str:
    """What two pages with the same text have in common: where links lead, and the page's own address, do not count.

    A server that answers 200 for what it does not know may say "There is no /docs/a/ here".
    """
    text = re.sub(r"\]\([^)]*\)", "]", markdown).replace("\\", "")
    path = unquote(urlsplit(url).path)
    for own in (url, urlsplit(url).path, path, path.strip("/")):  # the longer first
        text = text.replace(own, "") if own.strip("/") else text
    return hashlib.sha256(text.encode()).hexdigest()
