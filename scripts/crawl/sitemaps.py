"""The lists of its pages that a website offers."""

import gzip
import re
import zlib
from urllib.parse import urljoin, urlsplit

import requests
from lxml import etree
from protego import Protego

from scripts.crawl.address import absolute
from scripts.crawl.charset import text_of
from scripts.crawl.faults import PageError, reason
from scripts.crawl.fetch import MAX_LIST_BYTES, Get

MOST = 5000  # sitemaps of a site that lists ever new ones


def unpacked(body: bytes) -> bytes:
    """A sitemap as it is, or out of its gzip file."""
    if not body.startswith(b"\x1f\x8b"):
        return body
    try:
        text = zlib.decompressobj(16 + zlib.MAX_WBITS).decompress(body, MAX_LIST_BYTES + 1)
    except (zlib.error, gzip.BadGzipFile) as error:
        raise PageError(f"is no gzip file: {error}") from error
    if len(text) > MAX_LIST_BYTES:
        raise PageError(f"is longer than {MAX_LIST_BYTES >> 20} MB")
    return text


def entries(body: bytes) -> tuple[list[str], list[str]]:
    """The pages and the further sitemaps that a sitemap lists, as it writes them: XML, RSS, Atom or a line a page.

    What is broken is read as far as it goes; entities are not resolved, nothing is fetched.
    """
    body = unpacked(body)
    if b"<" not in body[:1000]:
        lines = text_of(body).split()
        return ([line for line in lines if line.startswith("http")] if lines[:1] and "://" in lines[0] else []), []
    parser = etree.XMLParser(recover=True, resolve_entities=False, no_network=True, huge_tree=False, strip_cdata=True)
    root = etree.fromstring(body.lstrip(), parser)
    pages: list[str] = []
    maps: list[str] = []
    if root is None:
        return pages, maps
    for element in root.iter(etree.Element):
        name = etree.QName(element).localname
        parent = element.getparent()
        inside = etree.QName(parent).localname if parent is not None else ""
        text = re.sub(r"\s+", "", element.text or "")
        if name == "loc" and inside in ("sitemap", "sitemapindex"):
            maps.append(text)
        elif name == "loc" and inside in ("url", "urlset"):  # not <image:loc>
            pages.append(text)
        elif name == "link" and inside in ("item", "entry"):
            pages.append(text or element.get("href", ""))
    return [page for page in pages if page], [link for link in maps if link]


def read_sitemaps(get: Get, start: str, rules: Protego, failed: dict[str, str]) -> list[str]:
    """The links of the sitemaps that robots.txt names, or of the usual ones, through indexes of any depth.

    A named one that cannot be read is put into `failed` with the reason; whether there is a usual one is a guess. A
    sitemap names the public host; it is read from the host of `start`, and from no other one.
    """

    def here(link: str) -> str:
        return urljoin(start, urlsplit(absolute(start, link) or start)._replace(scheme="", netloc="").geturl())

    folder = urljoin(start, ".").rstrip("/")
    usual = list(dict.fromkeys([f"{folder}/sitemap.xml", urljoin(start, "/sitemap.xml")]))
    named = list(dict.fromkeys(map(here, rules.sitemaps)))
    queue = named or list(usual)
    links: list[str] = []
    for number, url in enumerate(queue):  # which follows the queue while it grows
        if number >= MOST:
            failed[url] = f"stands after {MOST} other sitemaps"
            break
        try:
            body = sitemap(get, url, start)
            if body is None:
                continue
            pages, maps = entries(body)
        except (PageError, requests.RequestException, etree.XMLSyntaxError, ValueError) as error:
            if named or url not in usual:
                failed[url] = reason(error)
            continue
        links += filter(None, (absolute(url, page) for page in pages))
        known = set(queue)
        queue += [child for child in dict.fromkeys(here(urljoin(url, link)) for link in maps) if child not in known]
    return list(dict.fromkeys(links))


def read_search_index(get: Get, folder: str, suffix: str) -> list[str]:
    """The pages that the search index of a Sphinx site in `folder` lists: Sphinx makes no sitemap by itself.

    suffix: of its pages, ".html" or "/". The file is made by sphinx/search/__init__.py of Sphinx (IndexBuilder.freeze).
    """
    try:
        response = get(f"{folder}searchindex.js")
    except (PageError, requests.RequestException):
        return []
    text = text_of(response.content) if response.status_code == 200 else ""
    names = re.search(r'\bdocnames"?\s*:\s*\[([^\]]*)\]', text)
    found = (absolute(folder, f"{name}{suffix}") for name in re.findall(r'"([^"]+)"', names[1])) if names else ()
    return [url for url in found if url]


def sitemap(get: Get, url: str, start: str) -> bytes | None:
    """The body of a sitemap, through up to five redirects on its host; None where there is none."""
    for _ in range(6):
        response = get(url)
        if not response.is_redirect:
            break
        target = urlsplit(absolute(url, response.headers["Location"]) or start)
        if target.path in ("", "/", urlsplit(start).path):
            return None  # to the start page, as servers do with what they do not know
        same_host = target.netloc == urlsplit(start).netloc
        url = target.geturl() if same_host else urljoin(start, target.path)
    if response.status_code >= 500 or response.is_redirect:
        raise PageError(f"HTTP {response.status_code}")
    if response.status_code != 200 or b"<html" in response.content[:500].lower():
        return None
    return response.content
