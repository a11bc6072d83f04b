"""Ask a website for its pages, politely and within bounds, whatever it answers."""

import contextlib
import ipaddress
import re
import signal
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import requests
import requests_cache
import urllib3

from scripts.crawl.faults import PageError

AGENT = "konflux-taxonomy"
MAX_BYTES = 8 * 2**20  # of one page, unpacked; the largest of the Konflux documentation has 0.15 MB
MAX_LIST_BYTES = 50 * 2**20  # of one sitemap, unpacked: https://www.sitemaps.org/protocol.html#index
BACKOFF = 0.3  # seconds before the second try; the third waits twice as long
TRIES = 3
PATIENCE = 120  # seconds that a server may ask for with Retry-After
Get = Callable[..., requests.Response]


class Retry(urllib3.Retry):
    """urllib3's, for answers that say not when to come back; Pace waits for those that do."""

    def is_retry(self, method, status_code, has_retry_after=False):
        return not has_retry_after and super().is_retry(method, status_code)

    def increment(self, *args, response=None, **kwargs):
        if response is not None:
            response.close()  # or urllib3 reads it to its end, which a hostile one does not have
        return super().increment(*args, response=response, **kwargs)


class Adapter(requests.adapters.HTTPAdapter):
    """requests' adapter, which reads no more of a body than a page or a sitemap may have."""

    def send(self, request, **kwargs):
        response, body = super().send(request, **kwargs | {"stream": True}), bytearray()
        a_list = re.search(r"\.(xml|gz|txt)$", urlsplit(request.url).path)
        limit = MAX_LIST_BYTES if a_list else MAX_BYTES
        for chunk in response.iter_content(2**14):
            body += chunk
            if len(body) > limit:
                response.close()
                raise PageError(f"is longer than {limit >> 20} MB")
        response._content = bytes(body)  # where requests itself keeps what it has read
        return response


def is_loopback(url: str) -> bool:
    """Whether `url` is on this machine, which no proxy reaches."""
    host = urlsplit(url).hostname or ""
    with contextlib.suppress(ValueError):
        return ipaddress.ip_address(host).is_loopback
    return host == "localhost" or host.endswith(".localhost")


def open_session(cache: Path, start: str) -> requests_cache.CachedSession:
    """A session for the site at `start` that retries, and that reads only what differs from its copy in `cache`."""
    # Copies expire at once, so the server is always asked (If-None-Match, If-Modified-Since). requests-cache's option
    # always_revalidate looks like the same, but never asks again for a page that came without ETag and Last-Modified.
    session = requests_cache.CachedSession(cache / "http", expire_after=requests_cache.EXPIRE_IMMEDIATELY)
    # So that it does not grow for ever. `vacuum` is of the SQLite backend, which is the default.
    session.cache.delete(older_than=timedelta(days=90), vacuum=False)  # type: ignore[call-arg]
    session.headers["User-Agent"] = f"{AGENT} (crawl.py: documentation to Markdown) python-requests"
    session.trust_env = not is_loopback(start)  # http_proxy of the environment
    session.max_redirects = 5  # of robots.txt: https://www.rfc-editor.org/rfc/rfc9309#section-2.3.1.2
    retry = Retry(2, backoff_factor=BACKOFF, status_forcelist=(429, 500, 502, 503, 504), raise_on_status=False)
    session.mount("http://", Adapter(max_retries=retry))
    session.mount("https://", Adapter(max_retries=retry))
    return session


@contextlib.contextmanager
def at_most(seconds: float) -> Iterator[None]:
    """Raise PageError in the block after `seconds`: a server that sends a byte now and then never times out."""

    def stop(*_):
        raise PageError(f"took longer than {seconds:g} s")

    signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds, 1)  # and each second after, should a library swallow the first
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


class Pace:
    """One request after the other, `delay` seconds apart; every one has an end.

    `delay` may be raised while the crawl runs, and no pause lasts beyond `end`, a time of time.monotonic().
    """

    def __init__(self, session: requests.Session, timeout: float, end: float, delay: float = 0):
        self.session, self.timeout, self.end, self.delay = session, timeout, end, delay

    def pause(self, seconds: float) -> None:
        time.sleep(min(seconds, max(0, self.end - time.monotonic())))

    def get(self, url: str, follow: bool = False) -> requests.Response:
        """The answer of `url`; follow: of the address that it redirects to, if it does. Raises PageError."""
        for number in range(1, TRIES + 1):
            self.pause(self.delay)
            with at_most(6 * self.timeout):  # three tries, and as long again for the body
                response = self.session.get(url, timeout=self.timeout, allow_redirects=follow)
            asked = response.headers.get("Retry-After", "") if response.status_code in (429, 503) else ""
            if not asked or number == TRIES:
                break
            try:
                seconds = urllib3.Retry().parse_retry_after(asked)
            except urllib3.exceptions.InvalidHeader:
                seconds = BACKOFF
            if seconds > PATIENCE:
                raise PageError(f"HTTP {response.status_code}, and asks to come back in {seconds:.0f} s")
            if response.status_code == 429:  # too many requests
                self.delay = max(self.delay, 1)
            self.pause(seconds)
        return response
