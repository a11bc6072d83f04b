#!/usr/bin/env python3
"""Crawl a documentation website into Markdown, one file a page, and list the files in manifest.json.

Reads every page that the sitemap lists or another page links to, inside the start URL's host and path.
Writes a file only when its bytes differ, removes one only after a complete crawl that did not meet its page, or when
it is of another site.
A page that fails is named, keeps its old file, and makes the exit code 1. A page that states its public
address (<link rel="canonical">) has that address in links and manifest, whatever host served it.
"""

import argparse
import collections
import contextlib
import hashlib
import json
import logging
import os
import pathlib
import re
import sqlite3
import sys
import time
from urllib.parse import urlsplit

import requests
import soupsieve
from rich.console import Console
from rich.progress import Progress

from scripts.fetch import AGENT, Gone, at_most, open_session, read_page, read_robots, read_sitemaps, reason
from scripts.html_to_markdown import Moved, PageError, absolute

MAX_PAGES = 2000  # a site that links to ever new pages has to end somewhere
MAX_SECONDS = 3600  # of the whole run
# A link to one of these is a download: https://konflux-ci.dev/docs/llms.txt is no page that failed.
DOWNLOAD = re.compile(r"\.(png|jpe?g|gif|svg|webp|ico|css|js|json|ya?ml|xml|txt|pdf|zip|t?gz|bz2|xz|mp4|webm)$", re.I)


def on_site(url, start, public=None):
    """Return where the host of `start` serves the page `url`; None if that is no page inside the start URL.

    `public`: an address with the host name that the site itself uses, where that is another one.
    """
    link, home = urlsplit(url or ""), urlsplit(start)
    path, folder = re.sub(r"/index\.html?$", "/", link.path), re.sub(r"[^/]*\.html?$", "", home.path).rstrip("/") + "/"
    known = link.netloc.lower() in (home.netloc, urlsplit(public or start).netloc.lower())
    page = known and f"{path}/".startswith(folder) and not DOWNLOAD.search(path)
    return home._replace(path=path).geturl() if page else None


def crawl(session, start, args):
    """Return pages {url: (public address, Markdown)}, failed {url: why}, gone [url], and how many URLs are unread."""
    pages, failed, gone, seen, queue = {}, {}, [], set(), collections.deque()
    end, delay = time.monotonic() + MAX_SECONDS, 0

    def get(url):
        time.sleep(min(delay, max(0, end - time.monotonic())))
        with at_most(6 * args.timeout):  # three tries, and as long again for the body
            return session.get(url, timeout=args.timeout, allow_redirects=False)

    def add(link, public, via=()):
        url = on_site(link, start, public)
        slash_added = via and url and url.rstrip("/") == via[-1].rstrip("/")
        if url and (slash_added or url.rstrip("/") not in seen) and rules.can_fetch(url, AGENT):
            seen.add(url.rstrip("/"))
            queue.append((url, via))

    rules = read_robots(get, start)
    if not rules.can_fetch(start, AGENT):
        raise PageError(f"robots.txt forbids it to {AGENT}")
    delay = max(args.delay, rules.crawl_delay(AGENT) or 0)
    if delay > 60:
        raise PageError(f"robots.txt asks for {delay:g} s between two requests, which no run can keep")
    listed = read_sitemaps(get, start, rules, failed)
    home = urlsplit(start).path.rstrip("/")
    public = next((link for link in listed if urlsplit(link).path.rstrip("/") == home), start)
    for link in [start, *listed]:
        add(link, public)
    bar = Progress(console=Console(stderr=True), transient=True)
    task = bar.add_task("Crawling")
    with bar if sys.stderr.isatty() else contextlib.nullcontext():
        while queue and len(pages) < (args.max_pages or MAX_PAGES) and time.monotonic() < end:
            bar.update(task, completed=len(seen) - len(queue), total=len(seen))
            url, via = queue.popleft()
            try:
                address, markdown, links = read_page(get, url, args.content_selector)
                pages[url] = address, markdown
                for link in links:
                    add(link, address)
            except Gone:
                gone.append(url)
            except Moved as moved:
                target = on_site(moved.args[0], start, public)
                if target == url and urlsplit(moved.args[0]).scheme != urlsplit(url).scheme:
                    failed[url] = f"redirects to {moved.args[0]}; give START_URL as that"
                elif not target or target in (url, *via) or len(via) > 9:
                    failed[url] = f"redirects {'in a circle' if target else 'to no page of the site'}: {moved.args[0]}"
                else:
                    add(target, None, (*via, url))
            except Exception as error:  # whatever a page brings about costs that page only
                failed[url] = reason(error)
    return pages, failed, gone, len(queue)


def file_names(urls):
    """Return {url: file name}, as markdown-crawler names them; a digest sets apart what would get the same name."""
    names, taken = {}, set()
    for url in sorted(urls, key=lambda url: (len(url), url)):
        name = "-".join(re.findall(r"\w+", urlsplit(url).path)) or "index"
        if len(name) > 200 or name.lower() in taken:  # file systems end at 255 bytes, and some ignore case
            name = f"{name[:200]}-{hashlib.sha256(urlsplit(url).path.encode()).hexdigest()[:8]}"
        taken.add(name.lower())
        names[url] = f"{name}.md"
    return names


def write(path, data):
    """Write `data` if that is not what `path` holds, at once; return what that made of the file."""
    before = path.read_bytes() if path.exists() else None
    if before != data:
        partial = path.with_name(f"{path.name}.partial")
        partial.write_bytes(data)
        os.replace(partial, path)
    return "unchanged" if before == data else "new" if before is None else "changed"


def save(pages, failed, start_url, complete, folder):
    """Bring the files and manifest.json of `folder` up to date; return how many were new, changed, and so on.

    Unless the crawl was `complete`, files of pages that it did not meet stay, if they are of the same site.
    """
    folder.mkdir(parents=True, exist_ok=True)
    manifest, entries, counts = folder / "manifest.json", {}, collections.Counter()
    names = file_names([*pages, *failed])
    for url, (address, markdown) in pages.items():
        data = markdown.encode()
        counts[write(folder / names[url], data)] += 1
        entries[names[url]] = {"url": address, "sha256": hashlib.sha256(data).hexdigest()}
    try:
        old = json.loads(manifest.read_text(encoding="utf-8"))
        # Only names such as file_names() gives: what a manifest says must not remove other files.
        before = {name: page for name, page in old["pages"].items() if re.fullmatch(r"[\w-]+\.md", name)}
        known = start_url in {address for address, _ in pages.values()}  # not so when the first page failed
        complete = complete or known and urlsplit(old.get("start_url", start_url)).netloc != urlsplit(start_url).netloc
    except (OSError, ValueError, LookupError, TypeError, AttributeError):
        before = {}
    for name in before.keys() - entries.keys():
        if not complete and (folder / name).exists():
            entries[name] = before[name]
        elif (folder / name).exists():
            (folder / name).unlink()
            counts["removed"] += 1
    text = json.dumps({"start_url": start_url, "pages": entries}, indent=1, sort_keys=True, ensure_ascii=False)
    write(manifest, f"{text}\n".encode())
    return counts


def checked_start(url):
    """Return START_URL without index.html, query and fragment; exit if it is no web address."""
    with contextlib.suppress(ValueError):
        parts = urlsplit(url)
        if parts.scheme in ("http", "https") and parts.hostname and "@" not in parts.netloc:
            path = re.sub(r"/index\.html?$", "/", parts.path) or "/"
            return absolute(url, parts._replace(netloc=parts.netloc.lower(), path=path, query="", fragment="").geturl())
    return sys.exit(f"crawl.py: START_URL {url!r} is no web address; give one like https://konflux-ci.dev/docs/")


def main(args):
    start, folder = checked_start(args.start_url), args.output_dir
    if not (0 <= args.delay <= 60 and 0 < args.timeout <= 600 and (args.max_pages is None or args.max_pages > 0)):
        sys.exit("crawl.py: --delay is 0 to 60 s, --timeout more than 0 and up to 600 s, --max-pages at least 1")
    try:
        soupsieve.compile(args.content_selector)
    except soupsieve.SelectorSyntaxError as error:
        sys.exit(f"crawl.py: --content-selector {args.content_selector!r}: {str(error).splitlines()[0]}")
    logging.disable()  # markdown_crawler logs what the summary says
    try:
        args.http_cache.mkdir(parents=True, exist_ok=True)
        with open_session(args.http_cache) as session:
            pages, failed, gone, unread = crawl(session, start, args)
        if not pages:
            raise PageError(next(iter(failed.values()), "there is no such page"))
        for url in gone:
            print(f"gone: {url}", file=sys.stderr)
        for url, why in failed.items():
            print(f"failed: {url} {why}", file=sys.stderr)
        if unread:
            limit = "--max-pages" if len(pages) >= (args.max_pages or MAX_PAGES) else f"{MAX_SECONDS} s"
            print(f"stopped: {unread} addresses unread after {len(pages)} pages ({limit})", file=sys.stderr)
        public = next((address for url, (address, _) in pages.items() if url.rstrip("/") == start.rstrip("/")), start)
        counts = save(pages, failed, public, not failed and not unread, folder)
    except (PageError, requests.RequestException) as error:
        sys.exit(f"crawl.py: cannot crawl {start}: {reason(error)}; {folder}/ is as it was. Check address and network.")
    except KeyboardInterrupt:
        sys.exit(f"crawl.py: interrupted; {folder}/ is as it was. What was read is in {args.http_cache}/.")
    except (OSError, sqlite3.Error) as error:
        sys.exit(f"crawl.py: cannot write {folder}/ or {args.http_cache}/: {error}; check both, or remove the latter.")
    kinds = ", ".join(f"{counts[kind]} {kind}" for kind in ("new", "changed", "unchanged", "removed"))
    print(f"{len(pages) + len(failed)} pages: {kinds}, {len(failed)} failed")
    return 1 if failed or unread and args.max_pages is None else 0


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("start_url", nargs="?", default="https://konflux-ci.dev/docs/", metavar="START_URL")
    parser.add_argument("--output-dir", type=pathlib.Path, default="markdown", metavar="DIR")
    parser.add_argument("--delay", type=float, default=0.5, metavar="SECONDS", help="pause between two requests")
    parser.add_argument("--timeout", type=float, default=10, metavar="SECONDS", help="patience with a silent server")
    parser.add_argument("--content-selector", default="article.doc", metavar="CSS", help="the elements to convert")
    parser.add_argument("--max-pages", type=int, metavar="N", help=f"stop after N pages (default: {MAX_PAGES})")
    parser.add_argument("--http-cache", type=pathlib.Path, default="build/http-cache", metavar="DIR")
    sys.exit(main(parser.parse_args()))
