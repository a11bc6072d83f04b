"""The crawl: one page after the other, until each address that was found has an answer."""

import collections
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from urllib.parse import urlsplit

from scripts.crawl import answer, sitemaps, sources
from scripts.crawl import page as pages
from scripts.crawl.address import Scope
from scripts.crawl.faults import Gone, LeftOut, Moved, reason
from scripts.crawl.fetch import Get
from scripts.crawl.result import Kept, Result


class Crawl:
    """State of one crawl: a queue of addresses, each with the redirects that led to it, and what was seen."""

    def __init__(self, get: Get, scope: Scope, allowed: Callable[[str], bool], selector: str, staging: Path):
        self.get, self.scope, self.allowed, self.selector, self.staging = get, scope, allowed, selector, staging
        self.queue: collections.deque[tuple[str, tuple[str, ...]]] = collections.deque()
        self.seen: set[str] = set()
        self.texts: dict[str, str] = {}  # digest of a text: the address that has it
        self.llms: dict[str, str] = {}
        self.result = Result(public=scope.start)

    def add(self, link: str | None, public: str | None = None, via: tuple[str, ...] = ()) -> None:
        """Queue the page that `link` leads to, once. via: the addresses that redirected to it."""
        url = self.scope.page(link, public)
        if not url or not (self.scope.wanted(url) or url == self.scope.start) or not self.allowed(url):
            return
        slash_added = via and url.rstrip("/") == via[-1].rstrip("/")
        if slash_added or url.rstrip("/") not in self.seen:
            self.seen.add(url.rstrip("/"))
            self.queue.append((url, via))

    def sources_alone(self) -> list[str]:
        """The Markdown files of llms.txt on this host for which no page was met; they are pages themselves then."""
        met = {sources.stem(url) for url in self.seen}
        files = (self.scope._replace(sources=True).page(url, self.result.public) for url in self.llms.values())
        return [url for url in files if url and sources.MARKDOWN.search(url) and sources.stem(url) not in met]

    def keep(self, url: str, page: pages.Page) -> None:
        """Keep a page, unless one with the same text is kept; of two, the one that is canonical to the other stays."""
        digest = answer.digest(page.markdown, url)
        first = self.texts.setdefault(digest, url)
        if first != url and first in self.result.pages:
            if self.scope.page(self.result.pages[first].canonical, page.address) != url:
                self.result.same[url] = first
                return
            self.result.pages.pop(first).file.unlink()
            self.result.same[first] = url
            self.texts[digest] = url
        offered = page.source or self.llms.get(sources.stem(url))
        if offered and offered != url and sources.MARKDOWN.search(urlsplit(offered).path):
            source = self.scope._replace(sources=True).page(offered, page.address)
            better = sources.better(self.get, page, source) if source and self.allowed(source) else None
            self.result.sources["taken" if better else "left"] += 1
            page = better or page
        if url.rstrip("/") == self.scope.start.rstrip("/"):
            self.result.public = page.address
        file = self.staging / f"{digest}.md"
        file.write_text(page.markdown, encoding="utf-8")
        self.result.where[page.where] += 1
        if url == self.scope.start and not self.scope.wanted(url):
            self.result.left_out[url] = "is read for its links only (INCLUDE, EXCLUDE)"
        else:
            self.result.pages[url] = Kept(page.address, file, page.canonical)
        for link in [*page.links, *self.listed(url, page)]:
            self.add(link, page.address)
        self.add(page.canonical, page.address)

    def listed(self, url: str, page: pages.Page) -> list[str]:
        """The pages of a Sphinx site, which has no sitemap by itself; none but on the start page."""
        if not page.where.startswith("Sphinx") or url.rstrip("/") != self.scope.start.rstrip("/"):
            return []
        links = {self.scope.page(link.partition("#")[0], page.address) for link in page.links}
        inside = links - {None, self.scope.start}
        folders = inside and all(str(link).endswith("/") for link in inside)
        return sitemaps.read_search_index(self.get, url.rpartition("/")[0] + "/", "/" if folders else ".html")

    def redirect(self, url: str, target: str | None, via: tuple[str, ...]) -> None:
        """Follow a redirect to a page of the site, through at most ten."""
        place = self.scope.page(target, self.result.public)
        if place == url and urlsplit(str(target)).scheme != urlsplit(url).scheme:
            self.result.failed[url] = f"redirects to {target}; give START_URL as that"
        elif not place or place in (url, *via) or len(via) > 9:
            self.result.failed[url] = f"redirects {'in a circle' if place else 'to no page of the site'}: {target}"
        else:
            if place.rstrip("/") != url.rstrip("/"):
                self.result.moved[url] = place
            self.add(place, None, (*via, url))

    def visit(self, url: str, via: tuple[str, ...]) -> None:
        """Read one page and note what came of it. Whatever it brings about costs that page only."""
        try:
            self.keep(url, answer.read(self.get(url), url, self.selector))
        except Gone as error:
            self.result.gone[url] = str(error)
        except LeftOut as error:
            self.result.left_out[url] = error.args[0]
            for link in error.args[1]:
                self.add(link)
        except Moved as moved:
            self.redirect(url, moved.args[0], via)
        except Exception as error:
            self.result.failed[url] = reason(error)

    def run(self, before: Iterable[str], most: int, end: float, step: Callable[[int, int], None]) -> Result:
        """Read all pages of the queue, and at last those of an earlier crawl, `before`, that no page links to any more.

        most: how many pages at most. end: of the run, in time.monotonic(). step: told how many are done, and known.
        """
        rest = iter(before)
        while len(self.result.pages) < most and time.monotonic() < end:
            if not self.queue:
                link = next(rest, None)
                if link is None:
                    break
                if sources.MARKDOWN.search(link) and self.allowed(link) and self.scope.wanted(link):
                    self.queue.append((link, ()))
                self.add(link, self.result.public)
                continue
            step(len(self.seen) - len(self.queue), len(self.seen))
            self.visit(*self.queue.popleft())
        self.result.unread = len(self.queue)
        return self.result
