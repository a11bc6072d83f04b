#!/usr/bin/env python3
"""Compare crawl.py with markdown-crawler's own md_crawl() at its defaults, on the same local server; print a table.

md_crawl() sleeps one second for every link that it meets, seen or not, so it is stopped after --limit seconds. At its
defaults it takes the longest element of a page, which is the whole of it; told to take the article alone, as crawl.py
does, it deletes newlines. A phantom page is a file for an address that the site does not have. A code block is intact
when all of its lines are in the Markdown, in order. Navigation is in a page when all links of the menu are. Uses one
core for half a minute, and otherwise waits for md_crawl().
"""

import argparse
import concurrent.futures
import pathlib
import re
import subprocess
import sys
import tempfile
import time

from bs4 import BeautifulSoup

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from test_crawl import DOCS, code_is_there, serving_folder  # noqa: E402

STOCK = "import sys, markdown_crawler; markdown_crawler.md_crawl(sys.argv[1], target_content=sys.argv[2:] or None)"


def pages_of(site):
    """Return {file name as markdown-crawler gives it: (its code blocks, its menu's links)} of the pages in a folder."""
    pages = {}
    for path in site.rglob("index.html"):
        html = BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")
        code, menu = html.select("article.doc pre"), html.select(".nav-menu a")
        if html.select("article.doc"):  # a redirect stub has none
            name = "-".join(["docs", *re.findall(r"\w+", str(path.parent.relative_to(site)))])
            pages[f"{name}.md"] = [pre.get_text() for pre in code], {link.get_text(strip=True) for link in menu}
    return pages


def measure(name, command, folder, pages, limit):
    """Run a crawler for up to `limit` seconds and return its row of the table."""
    start = time.monotonic()
    try:
        ended = subprocess.run(command, cwd=folder, capture_output=True, timeout=limit).returncode == 0
    except subprocess.TimeoutExpired:
        ended = False
    seconds = f"{time.monotonic() - start:.1f} s{'' if ended else ' (stopped)'}"
    files = {path.name: path.read_text(encoding="utf-8") for path in (folder / "markdown").glob("*.md")}
    found = files.keys() & pages.keys()
    intact = sum(code_is_there(code, files[page]) for page in found for code in pages[page][0])
    blocks = sum(len(pages[page][0]) for page in found)
    menus = sum(all(f"[{link}](" in files[page] for link in pages[page][1]) for page in found)
    return name, seconds, f"{len(found)} of {len(pages)}", len(files.keys() - found), menus, f"{intact} of {blocks}"


def main(args):
    if not args.site.is_dir():
        sys.exit(f"crawl_vs_stock.py: {args.site}: no such folder; give a rendered site with --site")
    pages = pages_of(args.site)
    with tempfile.TemporaryDirectory() as scratch:
        host, ours, stock, article = (pathlib.Path(scratch, name) for name in ("host", "ours", "stock", "article"))
        for folder in host, ours, stock, article:
            folder.mkdir()
        (host / "docs").symlink_to(args.site.resolve())
        (host / "404.html").symlink_to(args.site.resolve() / "404.html")
        with serving_folder(host) as (address, _):
            url = f"{address}/docs/"
            crawl = [sys.executable, ROOT / "crawl.py", url, "--delay", "0"]
            stock_crawl = [sys.executable, "-c", STOCK, url]
            rows = [
                measure("crawl.py", crawl, ours, pages, args.limit),
                measure("crawl.py, second run", crawl, ours, pages, args.limit),
            ]
            with concurrent.futures.ThreadPoolExecutor() as pool:  # side by side: both sleep nearly all of the time
                rows += pool.map(
                    lambda run: measure(*run, pages, args.limit),
                    [
                        ("md_crawl", stock_crawl, stock),
                        ("md_crawl, target_content article.doc", [*stock_crawl, "article.doc"], article),
                    ],
                )
    print("|  | time | pages found | phantom pages | with navigation | code blocks intact, of the pages found |")
    print("| --- | --- | --- | --- | --- | --- |")
    for row in rows:
        print(f"| {' | '.join(map(str, row))} |")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--site", type=pathlib.Path, default=DOCS, help="a folder of rendered pages, served at /docs/")
    parser.add_argument("--limit", type=float, default=300, metavar="SECONDS", help="for each crawler (default: 300)")
    main(parser.parse_args())
