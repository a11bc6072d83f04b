#!/usr/bin/env python3
"""Crawl whole documentation sites that others built, measure what was kept, and print a table.

Fetches Debian packages that hold such sites (apt-get download; needs Debian or a system like it, about 25 MB), serves
each on loopback, crawls it without a selector, and compares each Markdown file with its page. Next to it stand the same
figures for markdown-crawler's page function as it is, and for html2text, trafilatura and pandoc (pypandoc-binary), from
a throw-away environment; one that cannot be had is left out, and said. Takes about ten minutes.

    python -m tests.benchmarks.crawl_sites --keep /tmp/sites       # a second run finds the packages there
"""

import argparse
import json
import re
import subprocess
import sys
import tempfile
import time
import warnings
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urljoin

from bs4 import BeautifulSoup

from tests.benchmarks.page_quality import Counts, measure, missing_sentences

ROOT = Path(__file__).resolve().parents[2]


class Site(NamedTuple):
    """A Debian package, the folder in it, and the CSS of the site's text, its navigation and its admonitions."""

    package: str
    generator: str
    folder: str
    content: str
    around: str
    boxes: str = ""


SPHINX = ".sphinxsidebar, .related, .footer, .wy-nav-side, .wy-breadcrumbs, footer, .sidebar-drawer, .toc-drawer"
NOTE = ".admonition"
SITES = (
    Site("python-flask-doc", "Sphinx, Pallets", "python-flask-doc/html", "div.body", SPHINX, NOTE),
    Site("python-black-doc", "Sphinx, alabaster", "python-black-doc/html", "div.body", SPHINX, NOTE),
    Site("beets-doc", "Sphinx, classic", "beets/html", "div.body", SPHINX, NOTE),
    Site("python-xarray-doc", "Sphinx, API pages", "python-xarray-doc/html", "div.body", SPHINX, NOTE),
    Site("python-attr-doc", "Sphinx, Read the Docs", "python-attr-doc/html", "[itemprop=articleBody]", SPHINX, NOTE),
    Site("python-cryptography-doc", "Sphinx, Read the Docs", "python-cryptography-doc/html", "[itemprop=articleBody]",
         SPHINX, NOTE),
    Site("mkdocs-doc", "MkDocs", "mkdocs/html", "[role=main]", ".navbar, .bs-sidebar, footer, .modal", NOTE),
    Site("mkdocs-literate-nav-doc", "MkDocs, Material", "mkdocs-literate-nav-doc/html", ".md-content__inner",
         ".md-header, .md-sidebar, .md-footer", NOTE),
    Site("python-typer-doc", "MkDocs, Read the Docs", "python-typer-doc/html", "[role=main]",
         ".wy-nav-side, .wy-breadcrumbs, footer", NOTE),
    Site("rust-doc", "mdBook", "rust-doc/html/book", "main", "#sidebar, #menu-bar, .nav-wrapper"),
    Site("rust-doc", "rustdoc", "rust-doc/html/proc_macro", "#main-content", "nav.sidebar, form"),
    Site("git-doc", "AsciiDoc", "git-doc", "#content", "#footer", ".admonitionblock"),
    Site("asciidoctor-doc", "RDoc", "asciidoctor-doc/html", "main", "nav, #sidebar-navigation, footer"),
    Site("libjson-c-doc", "Doxygen", "libjson-c-dev/html", "div.contents", "#titlearea, #main-nav, #nav-path, .footer"),
)  # fmt: skip
# Files that are no text of the site: indexes, search forms, pages for printing, redirects of moved pages.
NO_PAGE = re.compile(
    r"(^|/)(genindex.*|search|py-modindex|print|404|toc|settings|help)\.html$"
    r"|(^|/)(_modules|_static|_sources|src|[a-z0-9]+-edition)/"
)
OTHERS = """
import json, pathlib, sys
tool, folder, out = sys.argv[1], pathlib.Path(sys.argv[2]), pathlib.Path(sys.argv[3])
if tool == "html2text":
    import html2text
    def convert(html):
        converter = html2text.HTML2Text(); converter.body_width = 0
        return converter.handle(html)
elif tool == "trafilatura":
    import trafilatura
    def convert(html):
        return trafilatura.extract(html, output_format="markdown", include_formatting=True, include_links=True,
                                   include_tables=True) or ""
else:
    import pypandoc
    def convert(html):
        return pypandoc.convert_text(html, "gfm-raw_html", "html", extra_args=["--wrap=none"])
made = {}
for name in json.load(sys.stdin):
    try:
        made[name] = convert((folder / name).read_text(encoding="utf-8", errors="replace"))
    except Exception as error:
        made[name] = ""
out.write_text(json.dumps(made))
"""
STOCK = """
import json, os, pathlib, sys, tempfile, types, logging
import markdown_crawler, requests
folder, out = pathlib.Path(sys.argv[2]), pathlib.Path(sys.argv[3])
logging.disable()
made = {}
for name in json.load(sys.stdin):
    html = (folder / name).read_text(encoding="utf-8", errors="replace")
    page = types.SimpleNamespace(text=html, headers={"Content-Type": "text/html"})
    markdown_crawler.requests = types.SimpleNamespace(get=lambda *a, **k: page, exceptions=requests.exceptions)
    with tempfile.TemporaryDirectory() as scratch:
        file = os.path.join(scratch, "x.md")
        markdown_crawler.crawl("http://h/", "http://h/", set(), file)
        made[name] = pathlib.Path(file).read_text() if os.path.exists(file) else ""
out.write_text(json.dumps(made))
"""


def fetch(package: str, keep: Path) -> Path:
    """The folder usr/share/doc of an unpacked Debian package. Ends the program where it cannot be had."""
    folder = keep / package
    if not (folder / "usr").is_dir():
        try:
            subprocess.run(["apt-get", "download", "-q", package], cwd=keep, check=True, capture_output=True)
            subprocess.run(["dpkg", "-x", next(keep.glob(f"{package}_*.deb")), folder], check=True, capture_output=True)
        except (OSError, subprocess.CalledProcessError, StopIteration) as error:
            sys.exit(f"crawl_sites: cannot fetch {package}: {error}; this needs apt-get, and `apt-get update` once")
    return folder / "usr/share/doc"


def pages_there(folder: Path, content: str) -> list[str]:
    """The files of a site with text to which its pages lead, by name; those that are another one's copy count once."""
    warnings.simplefilter("ignore")  # XHTML begins as XML does
    seen, found, links = set(), [], {}
    for path in sorted(folder.rglob("*.html")):
        name = path.relative_to(folder).as_posix()
        if NO_PAGE.search(name) or not path.is_file():
            continue
        soup = BeautifulSoup(path.read_text(encoding="utf-8", errors="replace"), "lxml")
        text = " ".join(part.get_text(" ", strip=True) for part in soup.select(content))
        targets = (urljoin(name, str(link["href"])).partition("#")[0] for link in soup.find_all("a", href=True))
        links[name] = {f"{target}index.html" if target.endswith("/") or not target else target for target in targets}
        if len(text) < 30 or soup.find("meta", attrs={"http-equiv": re.compile("refresh", re.I)}) or text in seen:
            continue
        seen.add(text)
        found.append(name)
    if (folder / "searchindex.js").exists():  # of Sphinx: it lists all pages
        return found
    reached, queue = set(), ["index.html"]
    while queue:
        if (name := queue.pop()) not in reached:
            reached.add(name)
            queue += links.get(name, ())
    return [name for name in found if name in reached]


def crawled(folder: Path, work: Path) -> tuple[dict[str, str], str]:
    """{file of the site: its Markdown} of a crawl without a selector, and the seconds that it took."""
    out = work / "markdown"
    command = [sys.executable, "-m", "scripts.crawl.serve_site", folder, "--", sys.executable, "crawl.py", "{}",
               "--output-dir", out, "--http-cache", work / "cache", "--delay", "0"]  # fmt: skip
    start = time.monotonic()
    subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    seconds = f"{time.monotonic() - start:.0f}"
    made = {}
    for name, entry in json.loads((out / "manifest.json").read_text())["pages"].items():
        path = re.sub(r"^https?://[^/]+/", "", entry["url"])
        for candidate in (path, f"{path}index.html", f"{path}/index.html"):
            if (folder / candidate).is_file():
                made[candidate] = (out / name).read_text(encoding="utf-8")
                break
        else:  # the site names its public address on each page
            for file in folder.rglob("*.html"):
                name_in = file.relative_to(folder).as_posix()
                if path.removesuffix("/").endswith(re.sub(r"(/?index)?\.html$", "", name_in)) and name_in not in made:
                    made[name_in] = (out / name).read_text(encoding="utf-8")
                    break
    return made, seconds


def converted(tool: str, python: str, folder: Path, names: list[str], work: Path) -> dict[str, str] | None:
    """{file of the site: its Markdown} by another tool; None if that cannot be had."""
    out = work / f"{tool}.json"
    script = STOCK if tool == "markdown-crawler" else OTHERS
    command = [python, "-c", script, tool, folder, out]
    result = subprocess.run(command, input=json.dumps(names), capture_output=True, text=True)
    return json.loads(out.read_text()) if result.returncode == 0 and out.exists() else None


def environment(work: Path) -> str:
    """The Python of a throw-away environment with the other tools, as far as they can be installed."""
    python = work / "venv/bin/python"
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", work / "venv"], check=True)
    others = ("html2text", "trafilatura", "lxml_html_clean", "pypandoc-binary")
    for tool in others:
        subprocess.run([python, "-m", "pip", "install", "-q", tool], capture_output=True)
    code = "import importlib.metadata as m, sys; print(', '.join(f'{name} {m.version(name)}' for name in sys.argv[1:]))"
    versions = subprocess.run([python, "-c", code, *others], capture_output=True, text=True).stdout.strip()
    print(f"Not in requirements.lock, so from {work / 'venv'}: {versions or 'not all of them can be had here'}\n")
    return str(python)


def row(name: str, counts: Counts, there: str, seconds: str = "") -> str:
    def share(part: int, of: int) -> str:
        return f"{part} of {of} ({100 * part / of:.1f}%)" if of else "-"

    cells = (name, there, seconds, counts.bad_headings, counts.navigation, share(counts.code_kept, counts.code),
             share(counts.boxes_kept, counts.boxes), share(counts.missing, counts.sentences))  # fmt: skip
    return f"| {' | '.join(map(str, cells))} |"


def main(args) -> None:
    args.keep.mkdir(parents=True, exist_ok=True)
    python = "" if args.alone else environment(args.keep)
    tools = [] if args.alone else ["markdown-crawler", "html2text", "trafilatura", "pandoc"]
    total = {tool: Counts() for tool in ["crawl.py", *tools]}
    print("| site | pages found | s | headings with noise | pages with navigation | code blocks kept"
          " | admonitions with label | sentences missing |\n|---|---|---|---|---|---|---|---|")  # fmt: skip
    for site in SITES:
        if args.only and not {site.package, site.generator} & set(args.only):
            continue
        folder = fetch(site.package, args.keep) / site.folder
        names = pages_there(folder, site.content)
        with tempfile.TemporaryDirectory() as scratch:
            made, seconds = crawled(folder, Path(scratch))
            results = {"crawl.py": made}
            for tool in tools:
                by = sys.executable if tool == "markdown-crawler" else python
                if (other := converted(tool, by, folder, names, Path(scratch))) is not None:
                    results[tool] = other
        for tool, texts in results.items():
            counts = Counts()
            for name in names:
                if name in texts:
                    html = (folder / name).read_text(encoding="utf-8", errors="replace")
                    counts += measure(html, texts[name], site.content, site.around, site.boxes)
                    if args.show and tool == "crawl.py":
                        for sentence in missing_sentences(html, texts[name], site.content)[:3]:
                            print(f"    {name}:{sentence}", file=sys.stderr)
            total[tool] += counts
            found = f"{counts.pages} of {len(names)}" if tool == "crawl.py" else "given"
            label = f"{site.package} ({site.generator})" if tool == "crawl.py" else f"- {tool}"
            print(row(label, counts, found, seconds if tool == "crawl.py" else ""), flush=True)
    for tool, counts in total.items():
        print(row(f"**all: {tool}**", counts, str(counts.pages)))
    for tool in tools:
        if not total[tool].pages:
            print(f"{tool} could not be compared: it cannot be installed here")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--keep", type=Path, default="build/work/sites", metavar="DIR", help="where the packages lie")
    parser.add_argument("--only", metavar="NAME", action="append", default=[], help="a package or generator")
    parser.add_argument("--alone", action="store_true", help="without the other tools")
    parser.add_argument("--show", action="store_true", help="print some of the missing sentences")
    main(parser.parse_args())
