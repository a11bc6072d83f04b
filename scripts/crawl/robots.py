"""The rules that a website has for robots."""

from urllib.parse import urljoin

import requests
from protego import Protego

from scripts.crawl.charset import text_of
from scripts.crawl.faults import PageError
from scripts.crawl.fetch import AGENT, Get


def read_robots(get: Get, start: str) -> Protego:
    """The robots rules of the host. Server errors forbid everything (RFC 9309, 2.3.1.4), so they are errors here."""
    try:
        response = get(urljoin(start, "/robots.txt"), follow=True)
    except requests.TooManyRedirects:
        return Protego.parse("")
    if response.status_code >= 500 or response.status_code == 429:
        raise PageError(f"{response.url} answers HTTP {response.status_code}")
    return Protego.parse(text_of(response.content) if response.status_code == 200 else "")


def delay_of(rules: Protego) -> float:
    """The pause in seconds that the rules ask for between two requests."""
    rate = rules.request_rate(AGENT)
    return max(rules.crawl_delay(AGENT) or 0, rate.seconds / rate.requests if rate and rate.requests else 0)
