"""The files of a crawl: markdown/, one file a page, and manifest.json, which lists them."""

import collections
import hashlib
import json
import re
from pathlib import Path
from urllib.parse import urljoin, urlsplit

from scripts import files
from scripts.crawl.address import Scope
from scripts.crawl.folder import HOST, without_host
from scripts.crawl.result import Result

# How a page's address ends that says nothing of it: /about/license.html is the page about/license.
ENDING = re.compile(r"(?<=[^/])\.(x?html?|mdx?|markdown|php|aspx?|jsp)$", re.I)


def file_names(urls) -> dict[str, str]:
    """{url: file name}, as markdown-crawler names them, without ENDING; a digest sets apart what would be one name."""
    names: dict[str, str] = {}
    taken: set[str] = set()
    for url in sorted(urls, key=lambda url: (len(url), url)):
        name = "-".join(re.findall(r"\w+", ENDING.sub("", urlsplit(url).path))) or "index"
        if len(name.encode()) > 200 or name.lower() in taken:  # file systems end at 255 bytes, and some ignore case
            name = name.encode()[:200].decode(errors="ignore")
            name = f"{name}-{hashlib.sha256(urlsplit(url).path.encode()).hexdigest()[:8]}"
        taken.add(name.lower())
        names[url] = f"{name}.md"
    return names


def read_manifest(folder: Path) -> tuple[str, dict[str, str]]:
    """The start URL of the last crawl into `folder`, and {file name: address of its page}, "" for one without.

    Only names such as file_names() gives: what a manifest says must not remove other files.
    """
    try:
        old = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
        known = {name: page for name, page in old["pages"].items() if re.fullmatch(r"[\w-]+\.md", name)}
        return str(old.get("start_url", "")), {name: str(page.get("url", "")) for name, page in known.items()}
    except (OSError, ValueError, LookupError, TypeError, AttributeError):
        return "", {}


def earlier(folder: Path, scope: Scope, start_url: str, public: str) -> dict[str, str]:
    """{file name: where the host of this crawl serves its page} of the last crawl; "" for a page of another crawl.

    A crawl of another host, of another part of this one or with other patterns is another crawl. start_url: as this
    crawl's manifest names it. public: the start page's address as the site names it.
    """
    old_start, addresses = read_manifest(folder)
    local = scope.start.startswith(HOST)
    found = {}
    for name, address in addresses.items():
        relative = not urlsplit(address).netloc
        whole = urljoin(HOST, address) if local and relative and old_start == start_url else address
        url = scope.page(whole, public)
        found[name] = url if url and scope.wanted(url) else ""
    return found


def save(result: Result, scope: Scope, start_url: str, folder: Path) -> collections.Counter:
    """Bring the files and manifest.json of `folder` up to date; how many were new, changed, unchanged and removed.

    A file is removed only if the server said in this crawl that its page is gone, has moved, is left out or has the
    text of another page; or if it is of another crawl (see earlier()) and the start page could be read.
    """
    counts: collections.Counter = collections.Counter()
    _, before = read_manifest(folder)
    places = earlier(folder, scope, start_url, result.public)
    not_there = {url.rstrip("/") for url in (*result.gone, *result.moved, *result.left_out, *result.same)}
    read = {url.rstrip("/") for url in result.pages}
    start_read = scope.start.rstrip("/") in read | not_there - {url.rstrip("/") for url in result.gone}

    def stays(name: str) -> bool:
        url = places[name].rstrip("/")
        if not (folder / name).is_file() or url and (url in not_there or url in read):
            return False
        return bool(url) or not start_read or not before[name]

    kept = {name for name in before if stays(name)}
    names = file_names([*result.pages, *result.failed, *(places[name] for name in kept if places[name])])
    entries: dict[str, dict] = {}
    for url, page in result.pages.items():
        text = page.file.read_text(encoding="utf-8")
        address = page.address
        if scope.start.startswith(HOST):
            text, address = without_host(text), without_host(address) or "index.html"
        there = (folder / names[url]).is_file()
        written = files.write_if_new(folder / names[url], text)
        counts["unchanged" if not written else "changed" if there else "new"] += 1
        entries[names[url]] = {"url": address, "sha256": hashlib.sha256(text.encode()).hexdigest()}
    for name in before.keys() - entries.keys():
        if name in kept:
            entries[name] = {"url": before[name], "sha256": files.sha256(folder / name)} if before[name] else {}
        elif (folder / name).is_file():
            (folder / name).unlink()
            counts["removed"] += 1
    manifest = json.dumps({"start_url": start_url, "pages": entries}, indent=1, sort_keys=True, ensure_ascii=False)
    files.write_if_new(folder / "manifest.json", f"{manifest}\n")
    return counts
