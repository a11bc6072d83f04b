"""What a crawl starts from: the address or folder that START_URL names, and the pages that the site lists."""

import contextlib
from pathlib import Path
from urllib.parse import urlsplit

from scripts import program
from scripts.crawl import fetch, folder, robots, sitemaps, sources
from scripts.crawl.address import Scope, absolute, plain_path
from scripts.crawl.faults import PageError
from scripts.crawl.loop import Crawl

SLOWEST = 60  # seconds between two requests, more than which no run can keep


def scope_of(args) -> tuple[Scope, str]:
    """What to crawl, and the start URL for the manifest; ends the program if START_URL is neither."""
    patterns = tuple(" ".join(args.include).split()), tuple(" ".join(args.exclude).split())
    with contextlib.suppress(ValueError):
        parts = urlsplit(args.start_url)
        if parts.scheme in ("http", "https") and parts.hostname and "@" not in parts.netloc:
            path = plain_path(parts.path) or "/"
            whole = parts._replace(netloc=parts.netloc.lower(), path=path, query="", fragment="").geturl()
            start = absolute(args.start_url, whole) or whole
            return Scope(start, *patterns), start
    if Path(args.start_url).is_dir():
        return Scope(folder.HOST, *patterns, sources=True), Path(args.start_url).name or args.start_url
    program.fail(
        f"START_URL {args.start_url!r} is no web address and no folder; give one like https://konflux-ci.dev/docs/"
    )


def prepare(scope: Scope, pace: fetch.Pace, staging: Path, args) -> Crawl:
    """A crawl with the pages queued that the site lists, or all of a folder. Raises PageError if it may not be read."""
    if scope.start == folder.HOST:
        crawl = Crawl(pace.get, scope, lambda url: True, args.content_selector, staging)
        listed = folder.pages_in(Path(args.start_url))
        if not listed:
            raise PageError("has no HTML and no Markdown")
    else:
        rules = robots.read_robots(pace.get, scope.start)
        if not rules.can_fetch(scope.start, fetch.AGENT):
            raise PageError(f"robots.txt forbids it to {fetch.AGENT}")
        pace.delay = max(args.delay, robots.delay_of(rules))
        if pace.delay > SLOWEST:
            raise PageError(f"robots.txt asks for {pace.delay:g} s between two requests, which no run can keep")
        crawl = Crawl(pace.get, scope, lambda url: rules.can_fetch(url, fetch.AGENT), args.content_selector, staging)
        listed = sitemaps.read_sitemaps(pace.get, scope.start, rules, crawl.result.failed)
        crawl.add(scope.start)
        crawl.llms = sources.read_llms(pace.get, scope.start.rsplit("/", 1)[0] + "/")
    home = urlsplit(scope.start).path.rstrip("/")
    own = [link for link in listed if urlsplit(link).netloc == urlsplit(scope.start).netloc]
    # A site lists its pages under its public host, whatever host serves this copy of it.
    public = next((link for link in listed if urlsplit(link).path.rstrip("/") == home), None)
    public = public or (listed[0] if listed and not own else scope.start)
    for link in [*listed, *crawl.llms.values()]:
        crawl.add(link, public)
    return crawl
