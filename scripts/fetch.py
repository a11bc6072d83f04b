"""Ask a website for its pages, politely and within bounds, whatever it answers."""

import contextlib
import html
import itertools
import re
import signal
from datetime import timedelta
from urllib.parse import urljoin, urlsplit

import requests
import requests_cache
import urllib3
from protego import Protego

from scripts.html_to_markdown import Moved, PageError, absolute, to_markdown

AGENT = "konflux-taxonomy"
MAX_BYTES = 8 * 2**20  # of one body, unpacked; the largest page of the Konflux documentation has 0.15 MB
CONVERT_SECONDS = 30  # of one page; the largest takes 0.3


class Gone(PageError):
    """The server says that there is no such page."""


class Retry(urllib3.Retry):
    def increment(self, *args, response=None, **kwargs):
        if response is not None:
            response.close()  # or urllib3 reads it to its end, which a hostile one does not have
        return super().increment(*args, response=response, **kwargs)


class Adapter(requests.adapters.HTTPAdapter):
    def send(self, request, **kwargs):
        response, body = super().send(request, **kwargs | {"stream": True}), bytearray()
        for chunk in response.iter_content(2**14):
            body += chunk
            if len(body) > MAX_BYTES:
                response.close()
                raise PageError(f"is longer than {MAX_BYTES >> 20} MB")
        response._content = bytes(body)  # where requests itself keeps what it has read
        return response


def open_session(cache):
    """Return a session that retries and that asks for a page only if it differs from the copy in folder `cache`."""
    # Expired at once, so always asked for. With always_revalidate instead, a page without Last-Modified and ETag would
    # never be asked for again, and the copy of a page would stand in for every failure of its server.
    session = requests_cache.CachedSession(cache / "http", expire_after=requests_cache.EXPIRE_IMMEDIATELY)
    session.cache.delete(older_than=timedelta(days=90), vacuum=False)  # so that it does not grow for ever
    session.headers["User-Agent"] = f"{AGENT} (crawl.py: documentation to Markdown) python-requests"
    retry = Retry(2, backoff_factor=0.3, status_forcelist=(429, 500, 502, 503, 504), raise_on_status=False)
    session.mount("http://", Adapter(max_retries=retry))
    session.mount("https://", Adapter(max_retries=retry))
    return session


@contextlib.contextmanager
def at_most(seconds):
    """Raise PageError in the block after `seconds`: a server that sends a byte now and then never times out."""

    def stop(*_):
        raise PageError(f"took longer than {seconds:g} s")

    signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds, 1)  # and each second after, should a library swallow the first
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


def read_robots(get, start):
    """Return the robots rules of the host. Its server errors forbid everything (RFC 9309), so they are errors here."""
    response = get(urljoin(start, "/robots.txt"))
    if response.status_code >= 500:
        raise PageError(f"{response.url} answers HTTP {response.status_code}")
    return Protego.parse(response.content.decode(errors="replace") if response.status_code == 200 else "")


def read_sitemaps(get, start, rules, failed):
    """Return the links of the sitemaps that robots.txt names, or of the usual ones; put in `failed` which fail, why."""

    def here(link):  # a sitemap names the public host; it is read from this one, and none but this one
        return urljoin(start, urlsplit(absolute(start, link) or start).path)

    names = list(rules.sitemaps) or [f"{start.rstrip('/')}/sitemap.xml", "/sitemap.xml"]
    links, queue = [], list(dict.fromkeys(map(here, names)))
    for url in itertools.islice(queue, 50):  # which follows the queue while it grows
        try:
            response = get(url)
            if response.status_code >= 500:
                raise PageError(f"HTTP {response.status_code}")
        except (PageError, requests.RequestException) as error:
            failed[url] = reason(error)
            continue
        text = response.content.decode(errors="replace") if response.status_code == 200 else ""
        found = [absolute(url, html.unescape(link)) for link in re.findall(r"<loc>\s*([^<\s]+)\s*</loc>", text)]
        if "<sitemapindex" in text:
            queue += [child for child in dict.fromkeys(map(here, found)) if child not in queue]
        else:
            links += filter(None, found)
    return links


def read_page(get, url, selector):
    """Return (public address, Markdown, links) of the page at `url`, or raise Moved, Gone or PageError."""
    response = get(url)
    if response.is_redirect:
        raise Moved(absolute(url, response.headers["Location"]))
    if response.status_code != 200:
        raise (Gone if response.status_code in (404, 410) else PageError)(f"HTTP {response.status_code}")
    content_type = response.headers.get("Content-Type", "of no type")
    if not re.match(r"(text/html|application/xhtml\+xml)\b", content_type.strip(), re.I):
        raise PageError(f"is {content_type}, not HTML")
    text = response.content.decode("utf-8-sig", errors="replace")  # UTF-8, whatever the header says
    with at_most(CONVERT_SECONDS):
        return to_markdown(re.sub(r"\r\n?", "\n", text), url, selector)


def reason(error):
    """Return the innermost message of an exception as one printable line."""
    while inner := getattr(error, "reason", None) or next((a for a in error.args if isinstance(a, Exception)), None):
        error = inner if isinstance(inner, Exception) else PageError(inner)
    text = re.sub(r"<[^>]*>: |\S+\(host=[^)]*\): ", "", str(error)) or type(error).__name__
    return re.sub(r"[^ -~]+", " ", text)[:200]
