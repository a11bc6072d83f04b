#!/usr/bin/env python3
"""Crawl a documentation website into Markdown, one file a page, and list the files in manifest.json.

Reads the pages inside the start URL's host and path that the sitemap lists, that llms.txt lists, or that another page
links to, and finds in each the element with its text. START_URL may also be a local folder of HTML or Markdown.

A file is written only if its bytes differ. It is removed only if the server says that its page is gone (404, 410, a
redirect), or if it is of another site. A page that fails is named, keeps its file, and makes the exit code 1.

Many sites name their own address on each page, in <link rel="canonical">. If it differs from where the page was read in
its host alone, then links and manifest have that public address: so a copy served elsewhere gives the same files.
"""

import argparse
import contextlib
import logging
import sqlite3
import sys
import tempfile
import time
from pathlib import Path

import requests
import soupsieve
from rich.console import Console
from rich.progress import Progress

from scripts import files, program
from scripts.crawl import fetch, folder, output, summary
from scripts.crawl.address import Scope
from scripts.crawl.faults import PageError, reason
from scripts.crawl.result import Result
from scripts.crawl.start import SLOWEST, prepare, scope_of

MAX_PAGES = 2000  # a site that links to ever new pages has to end somewhere


def run(scope: Scope, start_url: str, args) -> Result:
    """Crawl, write what was read, and say what came of it."""
    end = time.monotonic() + args.max_time
    most = args.max_pages or MAX_PAGES
    with contextlib.ExitStack() as stack:
        staging = Path(stack.enter_context(tempfile.TemporaryDirectory(dir=args.http_cache)))
        local = scope.start == folder.HOST
        session = (
            folder.open_folder(Path(args.start_url)) if local else fetch.open_session(args.http_cache, scope.start)
        )
        pace = fetch.Pace(stack.enter_context(session), args.timeout, end)
        crawl = prepare(scope, pace, staging, args)
        bar = Progress(console=Console(stderr=True), transient=True)
        task = bar.add_task("Crawling")
        stack.enter_context(bar if sys.stderr.isatty() else contextlib.nullcontext())

        def old_pages():
            yield from filter(None, output.earlier(args.output_dir, scope, start_url, crawl.result.public).values())
            yield from crawl.sources_alone()

        result = crawl.run(old_pages(), most, end, lambda done, known: bar.update(task, completed=done, total=known))
        if not result.pages:
            raise PageError(
                next(iter((result.failed | result.left_out | result.gone).values()), "there is no such page")
            )
        args.output_dir.mkdir(parents=True, exist_ok=True)
        counts = output.save(result, scope, result.public if not local else start_url, args.output_dir)
    summary.tell(result, scope, args, most)
    kinds = ", ".join(f"{counts[kind]} {kind}" for kind in ("new", "changed", "unchanged", "removed"))
    print(f"{len(result.pages) + len(result.failed)} pages: {kinds}, {len(result.failed)} failed")
    return result


def main(args) -> int:
    scope, start_url = scope_of(args)
    where, cache = f"{args.output_dir}/", args.http_cache
    if not (0 <= args.delay <= SLOWEST and 0 < args.timeout <= 600 and args.max_time > 0):
        program.fail("--delay is 0 to 60 s, --timeout more than 0 and up to 600 s, --max-time more than 0")
    if args.max_pages is not None and args.max_pages < 1:
        program.fail("--max-pages is at least 1")
    try:
        soupsieve.compile(args.content_selector or "*")
    except soupsieve.SelectorSyntaxError as error:
        program.fail(f"--content-selector {args.content_selector!r}: {str(error).splitlines()[0]}")
    logging.disable()  # markdown_crawler logs what the summary says
    try:
        cache.mkdir(parents=True, exist_ok=True)
        _held = files.lock(cache / "lock", "make crawl")
        result = run(scope, start_url, args)
    except (PageError, requests.RequestException) as error:
        program.fail(
            f"cannot crawl {args.start_url}: {reason(error)}; {where} is as it was. Check address and network."
        )
    except KeyboardInterrupt:
        program.fail(f"interrupted; {where} is as it was. What was read is in {cache}/.")
    except (OSError, sqlite3.Error) as error:
        program.fail(f"cannot write {where} or {cache}/: {error}; check both, or remove the latter.")
    return 1 if result.failed or result.unread and args.max_pages is None else 0


def arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("start_url", nargs="?", default="https://konflux-ci.dev/docs/", metavar="START_URL")
    parser.add_argument("--output-dir", type=Path, default="markdown", metavar="DIR")
    parser.add_argument("--content-selector", default="", metavar="CSS", help="elements with text (default: found)")
    parser.add_argument("--include", action="append", default=[], metavar="PATTERNS",
                        help="only pages with one of these in their path, or that match one with * or ?")  # fmt: skip
    parser.add_argument("--exclude", action="append", default=[], metavar="PATTERNS", help="read no such page")
    parser.add_argument("--delay", type=float, default=0.5, metavar="SECONDS", help="pause between two requests")
    parser.add_argument("--timeout", type=float, default=10, metavar="SECONDS", help="patience with a silent server")
    parser.add_argument("--max-pages", type=int, metavar="N", help=f"stop after N pages (default: {MAX_PAGES})")
    parser.add_argument("--max-time", type=float, default=3600, metavar="SECONDS", help="of the run (default: 3600)")
    parser.add_argument("--http-cache", type=Path, default="build/http-cache", metavar="DIR")
    return parser


if __name__ == "__main__":
    sys.exit(main(arguments().parse_args()))
