"""Addresses: made whole, and told apart into those that a crawl reads and the others."""

import contextlib
import fnmatch
import re
from typing import NamedTuple
from urllib.parse import urljoin, urlsplit

import requests

# A link to one of these is a download: https://konflux-ci.dev/docs/llms.txt is no page that failed.
DOWNLOAD = re.compile(
    r"\.(png|jpe?g|gif|svg|webp|avif|ico|css|m?js|json|ya?ml|toml|xml|rss|atom|txt|csv|pdf|epub|zip|t?gz|bz2|xz|7z|whl"
    r"|jar|exe|msi|deb|rpm|dmg|mp[34]|webm|ogg|wav|mov|woff2?|ttf|inv|ipynb|rst|adoc)$",
    re.I,
)
MARKDOWN = re.compile(r"\.(md|mdx|markdown)$", re.I)
# What generators make beside the pages, from the same text or from none.
# Sphinx: https://www.sphinx-doc.org/en/master/development/html_themes/templating.html (genindex, search, _modules).
# mdBook: print.html and toc.html. mkdocs-print-site-plugin: print_page/. Docsy: _print/.
NOT_TEXT = re.compile(
    r"/(_modules|_static|_sources|_downloads|_images|_print|print_page|print-page|__pycache__)/"
    r"|/(genindex(-[^/]*)?|py-modindex|[a-z]+-modindex|print|404|print_page)(\.html?|/)?$",
    re.I,
)
# A soft 404 whose links are relative leads to ever deeper addresses: /a/b/b/a/b/.
TRAP = re.compile(r"(/[^/]+)(?=/)(.*\1(?=/|$)){2}")


def absolute(base: str, link: str | None) -> str | None:
    """`link`, found on the page `base`, as a whole quoted address; None if it is none of the web."""
    with contextlib.suppress(ValueError):  # http://[ and the like
        url = requests.utils.requote_uri(urljoin(base, (link or "").strip()))
        parts = urlsplit(url)
        if re.search(r"/\.\.?(/|$)", parts.path):  # quoting made dots of %2e, and /docs/%2e%2e/ is outside /docs/
            url = parts._replace(path=urlsplit(urljoin(url, parts.path)).path).geturl()
        if link and len(url) < 2000 and re.match(r"https?://[^/]|mailto:", url):
            return url.replace("(", "%28").replace(")", "%29")  # which would end a Markdown link
    return None


def plain_path(path: str) -> str:
    """A path without index.html, which servers give for the folder."""
    return re.sub(r"/index\.html?$", "/", path)


class Scope(NamedTuple):
    """Which addresses a crawl reads: those below `start` that match `include`, if any, and nothing of `exclude`.

    A pattern with * or ? has to match the whole path, with case; another one has to occur in it. sources: whether
    Markdown files are pages; beside HTML they are its sources.
    """

    start: str
    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    sources: bool = False

    def page(self, url: str | None, public: str | None = None) -> str | None:
        """Where the host of `start` serves the page `url`; None if that is no page inside the start URL.

        public: an address with the host name that the site itself uses, where that is another one.
        """
        link, home = urlsplit(url or ""), urlsplit(self.start)
        path, folder = plain_path(link.path), re.sub(r"[^/]*\.html?$", "", home.path).rstrip("/") + "/"
        known = link.netloc.lower() in (home.netloc, urlsplit(public or self.start).netloc.lower())
        inside = f"{path}/".startswith(folder) and not TRAP.search(path.removeprefix(folder.rstrip("/")))
        if not known or not inside or DOWNLOAD.search(path) or NOT_TEXT.search(path):
            return None
        if not self.sources and MARKDOWN.search(path):
            return None
        return home._replace(path=path).geturl()

    def wanted(self, url: str) -> bool:
        """Whether the patterns want the page at `url`."""
        path = urlsplit(url).path

        def match(pattern):
            return fnmatch.fnmatchcase(path, pattern) if re.search(r"[*?]", pattern) else pattern in path

        return (not self.include or any(map(match, self.include))) and not any(map(match, self.exclude))
