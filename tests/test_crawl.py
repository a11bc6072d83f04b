"""crawl.py against real servers on loopback: what it writes, what it asks for, and what it survives."""

import contextlib
import functools
import gzip
import hashlib
import http.server
import importlib.metadata
import inspect
import json
import os
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time

import markdown_crawler
import pytest
from bs4 import BeautifulSoup

ROOT = pathlib.Path(__file__).resolve().parent.parent
DOCS = ROOT.parent / "shared" / "konflux-docs" / "site"
sys.path.insert(0, str(ROOT))

from scripts.html_to_markdown import to_markdown  # noqa: E402
from scripts.serve_site import Handler  # noqa: E402


@contextlib.contextmanager
def serving(handler):
    """Serve with `handler` on a free port; yields the address. Threads are daemons: some answers never end."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.socket.close()


@contextlib.contextmanager
def serving_folder(folder, broken=()):
    """Serve a folder; yields the address and the list of (status, path) of all requests. `broken` paths answer 500."""
    requests = []

    class Logged(Handler):
        def send_head(self):
            return self.send_error(500) if self.path in broken else super().send_head()

        def log_request(self, code="-", size="-"):
            requests.append((int(code), self.path))

    with serving(functools.partial(Logged, directory=folder)) as address:
        yield address, requests


@contextlib.contextmanager
def serving_pages(pages):
    """Serve a dict of path -> HTML or function of the request handler; yields the address and the paths asked for."""
    requests = []

    class Pages(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            requests.append(self.path)
            page = pages.get(self.path)
            if callable(page):
                with contextlib.suppress(OSError):  # the crawler hangs up on those that go on for ever
                    page(self)
            elif page is None:
                answer(self, 404)
            else:
                answer(self, 200, page)

        def log_message(self, *args):
            pass

    with serving(Pages) as address:
        yield address, requests


def answer(handler, status, body="", headers=()):
    """Send one whole answer."""
    body = body if isinstance(body, bytes) else body.encode()
    handler.send_response(status)
    for name, value in {"Content-Type": "text/html", "Content-Length": str(len(body)), **dict(headers)}.items():
        if value is not None:
            handler.send_header(name, value)
    handler.end_headers()
    handler.wfile.write(body)


def page(content, head=""):
    """A page of the kind that Antora makes."""
    return f"<!DOCTYPE html><html><head>{head}</head><body><article class='doc'>{content}</article></body></html>"


def crawl(folder, *args):
    """Run crawl.py in `folder` as a person would; its results are the exit code, stdout and stderr."""
    command = [sys.executable, ROOT / "crawl.py", *args, "--delay", "0"]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=120)


def snapshot(folder):
    """What is in a folder: {name: (modification time in ns, bytes)}."""
    return {path.name: (path.stat().st_mtime_ns, path.read_bytes()) for path in folder.iterdir()}


def summary(result):
    """The five counts of the summary line, with the number of pages first: which has to be the last line."""
    line = result.stdout.splitlines()[-1]
    counts = re.fullmatch(r"(\d+) pages: (\d+) new, (\d+) changed, (\d+) unchanged, (\d+) removed, (\d+) failed", line)
    return tuple(map(int, counts.groups()))


# ---- the engine


def test_markdown_crawler_is_the_one_that_was_measured():
    """html_to_markdown.py replaces three names that crawl() looks up in its module; see that they still matter."""
    assert importlib.metadata.version("markdown-crawler") == "0.0.9"
    parameters = ["url", "base_url", "already_crawled", "file_path", "target_links", "target_content"]
    assert list(inspect.signature(markdown_crawler.crawl).parameters)[:6] == parameters
    assert {"requests", "get_target_content", "md", "open"} <= set(markdown_crawler.crawl.__code__.co_names)
    source = inspect.getsource(markdown_crawler.crawl)
    assert hashlib.sha256(source.encode()).hexdigest()[:16] == "044ff3d2f8de7248", "read what changed in crawl()"


def test_file_names_are_those_of_markdown_crawler():
    from crawl import file_names

    urls = ["http://h/docs/", "http://h/docs/a-b/", "http://h/docs/a/b/", "http://h/docs/v1.2/x_y.html", "http://h/"]
    names = file_names(urls)
    assert names["http://h/"] == "index.md"
    assert names["http://h/docs/v1.2/x_y.html"] == "docs-v1-2-x_y-html.md"
    assert re.fullmatch(r"docs-a-b-[0-9a-f]{8}\.md", names["http://h/docs/a/b/"]), "one of two keeps the plain name"
    assert len(set(names.values())) == len(urls)
    assert max(map(len, file_names([f"http://h/{'x' * 1500}"]).values())) < 255


# ---- content

MARKUP = """<nav class="breadcrumbs">Home</nav><h1>Title</h1>
<h2 id="a"><a class="anchor" href="#a">#</a>A <code>TEST_OUTPUT</code> of TEST_OUTPUT</h2>
<div class="paragraph"><p>Two
lines, <a href="../other/#x">a link</a>, <a href="#a">itself</a>, <a href="javascript:alert(1)">no link</a>,
<a href="http://[bad">nor this</a>.
<sup class="footnote">[<a class="footnote" href="#_footnotedef_1">1</a>]</sup></p></div>
<div class="listingblock"><div class="title">file.yaml</div><div class="content">
<pre class="highlightjs highlight"><code class="language-yaml hljs" data-lang="yaml">a:

  - b_c  <i class="conum" data-value="1"></i><b>(1)</b>
  - "```"
</code></pre></div></div>
<div class="colist arabic"><table><tr><td><i class="conum"></i><b>1</b></td><td>First remark</td></tr></table></div>
<div class="admonitionblock warning"><table><tr><td class="icon"><i class="fa icon-warning" title="Warning"></i></td>
<td class="content">Take <em>care</em>.</td></tr></table></div>
<table class="tableblock"><caption class="title">Table 1. T</caption><colgroup>
<col></colgroup><thead><tr><th>H</th><th>I</th></tr></thead>
<tbody><tr><td><p><code>a | b</code></p></td><td><div><ul><li><p>x</p></li><li><p>y</p></li></ul></div></td></tr>
<tr><td><pre>one
two</pre></td><td>p<br>q</td></tr></tbody></table>
<div class="ulist"><ul><li><p>one</p><div class="ulist"><ul><li><p>nested</p></li></ul></div></li></ul></div>
<div class="olist"><ol><li><p>first</p><div class="listingblock"><pre><code class="language-bash">x

y</code></pre></div></li></ol></div>
<div class="dlist"><dl><dt>Term</dt><dd><p>Meaning</p></dd></dl></div>
<div><img src="_images/a.png" alt="An
image"></div><div><img src="data:image/png;base64,AAAA" alt="inline"></div>
<details><summary class="title">More</summary><div class="content"><p>Hidden</p></div></details>
<div id="footnotes"><hr><div class="footnote" id="_footnotedef_1"><a href="#_footnoteref_1">1</a>. The note.</div></div>
<nav class="pagination">Next</nav>"""

MARKDOWN = """# Title

## A `TEST_OUTPUT` of TEST_OUTPUT

Two lines, [a link](https://pub.example/docs/other/#x), [itself](https://pub.example/docs/p/#a), no link, nor this. [^1]

file.yaml

````yaml
a:

  - b_c  (1)
  - "```"

````

1. First remark

> **Warning:**
>
> Take *care*.

Table 1. T

| H | I |
| --- | --- |
| `a \\| b` | - x<br>- y |
| `one`<br>`two` | p<br>q |

- one

  - nested

1. first

   ```bash
   x

   y
   ```

Term
:   Meaning

![An image](https://pub.example/docs/p/_images/a.png)

inline

More

Hidden

[^1]: The note.
"""


def test_markup_of_antora_becomes_markdown():
    html = page(MARKUP, '<link rel="canonical" href="https://pub.example/docs/p/">')
    html = html.replace("<body>", "<body><header>Site</header>") + "<footer>Footer</footer>"
    address, markdown, links = to_markdown(html, "http://127.0.0.1:1/docs/p/", "article.doc")
    assert address == "https://pub.example/docs/p/"
    assert markdown == MARKDOWN
    assert "https://pub.example/docs/other/#x" in links


def test_a_canonical_link_to_another_page_is_not_believed():
    html = page("x", '<link rel="canonical" href="https://pub.example/elsewhere/">')
    assert to_markdown(html, "http://127.0.0.1:1/docs/p/", "article.doc")[0] == "http://127.0.0.1:1/docs/p/"


# ---- the bundled site


def test_markdown_is_what_the_crawl_makes_of_site(tmp_path):
    """Byte for byte and on any port; the server itself ends with the crawl."""
    committed = snapshot(ROOT / "markdown")
    if json.loads(committed["manifest.json"][1])["start_url"] != "https://konflux.example/":
        pytest.skip("markdown/ holds the crawl of another website")
    crawl_it = [sys.executable, ROOT / "crawl.py", "{}", "--delay", "0"]
    command = [sys.executable, ROOT / "scripts/serve_site.py", ROOT / "site", "--", *crawl_it]
    result = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=60)
    assert (result.returncode, result.stderr) == (0, "")
    assert summary(result)[1:] == (23, 0, 0, 0, 0)
    made = {name: data for name, (_, data) in snapshot(tmp_path / "markdown").items()}
    assert made == {name: data for name, (_, data) in committed.items()}
    assert not re.search(rb"127\.0\.0\.1|localhost", b"".join(made.values()))


def test_serve_site_stops_and_passes_on_failure(tmp_path):
    def serve(*args):
        command = [sys.executable, ROOT / "scripts/serve_site.py", *args]
        return subprocess.run(command, capture_output=True, text=True, timeout=30)

    result = serve(ROOT / "site", "--", sys.executable, "-c", "import sys; sys.exit(sys.argv[1][:17] + ' 3')", "{}")
    assert (result.returncode, result.stderr) == (1, "http://127.0.0.1: 3\n")
    result = serve(tmp_path / "none", "--", "true")
    assert result.returncode == 1 and "no such folder" in result.stderr


def test_edited_removed_and_failing_pages(tmp_path):
    """The site changes between crawls: what is asked for, written, removed and kept."""
    site, markdown = tmp_path / "site", tmp_path / "markdown"
    shutil.copytree(ROOT / "site", site)
    broken = []
    with serving_folder(site, broken) as (address, requests):
        assert summary(crawl(tmp_path, address)) == (23, 23, 0, 0, 0, 0)
        asked = [path for _, path in requests]
        assert len(asked) == len(set(asked)), "no request twice"
        assert "/search/" not in asked, "robots.txt forbids it"
        assert "/builds/" in asked and not (markdown / "builds.md").exists(), "a stub is followed and no page"

        before = snapshot(markdown)
        requests.clear()
        assert summary(crawl(tmp_path, address)) == (23, 0, 0, 23, 0, 0)
        assert {status for status, path in requests if path.endswith("/") and path != "/builds/"} == {304}
        assert snapshot(markdown) == before, "not even a modification time"

        edited = site / "mintmaker/index.html"
        edited.write_text(edited.read_text().replace("</h1>", " today</h1>"))
        os.utime(edited, (time.time() + 9,) * 2)  # Last-Modified counts whole seconds
        result = crawl(tmp_path, address)
        assert (result.returncode, summary(result)) == (0, (23, 0, 1, 22, 0, 0))
        changed = {name for name, entry in snapshot(markdown).items() if entry != before[name]}
        assert changed == {"mintmaker.md", "manifest.json"}

        broken.append("/compliance/")  # a failing page keeps its file, and so does one that is gone meanwhile
        shutil.rmtree(site / "projects")
        result = crawl(tmp_path, address)
        assert (result.returncode, summary(result)) == (1, (22, 0, 0, 21, 0, 1))
        assert result.stderr == f"gone: {address}/projects/\nfailed: {address}/compliance/ HTTP 500\n"
        assert {"compliance.md", "projects.md"} <= set(snapshot(markdown))
        assert len(json.loads((markdown / "manifest.json").read_text())["pages"]) == 23

        broken.clear()  # the crawl is complete again, and a manifest that names other files removes none of them
        manifest = json.loads((markdown / "manifest.json").read_text())
        manifest["pages"] |= {"../outside.md": {}, "site": {}}
        (markdown / "manifest.json").write_text(json.dumps(manifest))
        (tmp_path / "outside.md").touch()
        result = crawl(tmp_path, address)
        assert (result.returncode, summary(result)) == (0, (22, 0, 0, 22, 1, 0))
        assert "projects.md" not in snapshot(markdown) and (tmp_path / "outside.md").exists()

        result = crawl(tmp_path, address, "--max-pages", "5")
        assert (result.returncode, summary(result)) == (0, (5, 0, 0, 5, 0, 0))
        assert "stopped: " in result.stderr and len(snapshot(markdown)) == 23, "nothing is removed"

    before = snapshot(markdown)  # the server is down now
    result = crawl(tmp_path, address)
    assert (result.returncode, result.stdout) == (1, "")
    assert re.fullmatch(r"crawl\.py: cannot crawl .*Connection refused; markdown/ is as it was\..*\n", result.stderr)
    assert snapshot(markdown) == before


def test_a_page_is_asked_for_again_whatever_the_cache_holds(tmp_path):
    """No copy stands in for a page that fails now, nor for one that changed on a server without Last-Modified."""
    tagged = {"/": lambda h: answer(h, 200, page("start <a href='a/'>a</a>"), {"ETag": '"1"'}), "/a/": page("old")}
    with serving_pages(tagged) as (address, requests):
        assert summary(crawl(tmp_path, address)) == (2, 2, 0, 0, 0, 0)
        tagged |= {"/": lambda h: h.connection.shutdown(socket.SHUT_RDWR), "/a/": page("new")}
        tagged["/sitemap.xml"] = f"<urlset><url><loc>{address}/a/</loc></url></urlset>"
        result = crawl(tmp_path, address)
    assert (result.returncode, summary(result)) == (1, (2, 0, 1, 0, 0, 1))
    assert (tmp_path / "markdown/a.md").read_text() == "new\n"


# ---- hostile servers


def drip(handler):
    """A body that comes at one byte in 0.2 s, which no read time-out ends."""
    answer(handler, 200, "", {"Content-Length": "999"})
    while True:
        handler.wfile.write(b"<")
        time.sleep(0.2)


def endless(handler, status=200):
    answer(handler, status, "", {"Content-Length": None})
    while True:
        handler.wfile.write(b"<p>more</p>" * 5000)


def not_http(handler):
    handler.wfile.write(b"220 mail.example ESMTP\r\n\r\n")


def location(target):
    return lambda handler: answer(handler, 302, "", {"Location": target})


def typed(kind, body="x"):
    return lambda handler: answer(handler, 200, body, {"Content-Type": kind})


BOMB = gzip.compress(b" " * 2**28)  # 256 MB in 0.3
HOSTILE = {  # path below /docs/: (what the server does, what the summary says of it)
    "error/": (lambda h: answer(h, 500), "HTTP 500"),
    "error-without-end/": (lambda h: endless(h, 503), "HTTP 503"),
    "forbidden/": (lambda h: answer(h, 403), "HTTP 403"),
    "come-back-tomorrow/": (lambda h: answer(h, 503, "", {"Retry-After": "86400"}), "took longer than 4.2 s"),
    "silent/": (lambda h: time.sleep(9), r"Read timed out\. \(read timeout=0\.7\)"),
    "drip/": (drip, "took longer than 4.2 s"),
    "endless/": (endless, "is longer than 8 MB"),
    "bomb/": (lambda h: answer(h, 200, BOMB, {"Content-Encoding": "gzip"}), "is longer than 8 MB"),
    "cut-off/": (
        lambda h: answer(h, 200, page("x"), {"Content-Length": "5000"}),
        r"IncompleteRead\(.* more expected\)",
    ),
    "not-gzip/": (lambda h: answer(h, 200, page("x"), {"Content-Encoding": "gzip"}), ".*incorrect header check.*"),
    "not-http/": (not_http, ".*220 mail.example ESMTP.*"),
    "hangs-up/": (lambda h: h.connection.shutdown(socket.SHUT_RDWR), "Remote end closed connection without response"),
    "download/": (typed("application/octet-stream"), "is application/octet-stream, not HTML"),
    "escape/": (typed("\x1b[31mred"), r"is  \[31mred, not HTML"),
    "untyped/": (typed(None), "is of no type, not HTML"),
    "elsewhere/": (location("http://example.com/docs/"), "redirects to no page of the site: http://example.com/docs/"),
    "outside/": (location("/private/"), "redirects to no page of the site: http://127.*/private/"),
    "unsafe/": (location("file:///etc/passwd"), "redirects to no page of the site: None"),
    "circle/": (location("circle2/"), None),
    "circle/circle2/": (location("/docs/circle/"), "redirects in a circle: .*"),
    "refresh/": (
        '<meta http-equiv=Refresh content="0; URL=http://example.com/">',
        "redirects to no page of the site: .*",
    ),
    "empty/": ("", r"has no text in article\.doc \(--content-selector\)"),
    "no-article/": ("<p>Down for maintenance</p>", r"has no text in article\.doc \(--content-selector\)"),
    "deep/": (page("<div>" * 20000 + "x"), "maximum recursion depth exceeded.*"),
    "gone/": (lambda h: answer(h, 410), None),
}
BAD_LINKS = [
    *("http://[", "http://[::1", "////", "mailto:a@b", "javascript:alert(1)", "data:text/html,x", "file:///etc/passwd"),
    *("../../etc/passwd", "/docs/%2e%2e/private/", "/docs/../private/", "http://example.com/docs/", "?", "#"),
    *("http://127.0.0.1:1/docs/", "http://user@127.0.0.1/docs/", "/docs/paper.pdf", "/docs/llms.txt"),
]
DEAD_LINKS = ["&#0;", "%zz", "%ff", "\\", "/docs/\x1b[2J", "new\nline", "<b>", "'--"]
GOOD = {  # path: (page, what its Markdown has to have)
    "unclosed/": ("<article class=doc><p>one<ul><li>two<table><tr><td>three", "three"),
    "cp1252/": (typed("text/html; charset=windows-1252", page("é → ✓")), "é → ✓"),
    "not-utf8/": (typed("text/html; charset=utf-8", page("caf").encode() + b"\xe9"), "caf"),
    "no-characters/": (page("a&#xD800;b&#0;c\x00\x1b[31md&#x110000;"), "d"),
    "script/": (page("<script>alert(1)</script><style>x</style>safe <img src=x onerror=alert(1)>"), "safe"),
    "fence/": (page("<pre><code data-lang='x\n```\nevil'>`````\n</code></pre>"), "``````x\n`````"),
    "%C3%A9t%C3%A9/%2F..%2F..%2Fetc/": (page("quoted"), "quoted"),
    "a/b/": (page("one of two"), "one of two"),
    "a-b/": (page("two of two"), "two of two"),
    "x" * 1000 + "/": (page("long"), "long"),
    "no-slash": (location("no-slash/"), None),
    "no-slash/": (page("slash"), "slash"),
}


def test_a_hostile_site_costs_its_hostile_pages_only(tmp_path):
    pages = {f"/docs/{path}": what for path, (what, _) in (HOSTILE | GOOD).items()}
    listed = [*pages, *BAD_LINKS, *DEAD_LINKS]
    listed.remove("/docs/no-slash/")
    listed.remove("/docs/circle/circle2/")
    pages["/docs/"] = page("start" + "".join(f'<a href="{link}">x</a>' for link in listed))
    pages["/sitemap.xml"] = "<!DOCTYPE x [<!ENTITY a 'b'>]><urlset><loc>http://[</loc><loc>&a;</loc><loc>/docs/a/b/"
    pages["/docs/sitemap.xml"] = "<sitemapindex><loc>/docs/sitemap.xml</loc><loc>http://example.com/x.xml</loc>"
    outside = tmp_path / "outside.md"
    outside.write_text("not the crawler's")
    (tmp_path / "markdown").mkdir()
    old = {"docs-error.md": {}, "docs-silent.md": {}, "../outside.md": {}}
    for name in old:
        (tmp_path / "markdown" / name).write_text("old")
    (tmp_path / "markdown/manifest.json").write_text(json.dumps({"pages": old}))

    with serving_pages(pages) as (address, requests):
        result = crawl(tmp_path, f"{address}/docs/", "--timeout", "0.7")
    failed = dict(re.findall(rf"failed: {address}/docs/(\S*) (.*)", result.stderr))
    expected = {path: why for path, (_, why) in HOSTILE.items() if why}
    assert failed.keys() == expected.keys()
    for path, why in expected.items():
        assert re.fullmatch(why, failed[path]), path
    assert f"gone: {address}/docs/gone/\n" in result.stderr
    assert len(re.findall(r"^gone: [!-~]+$", result.stderr, re.M)) == len(DEAD_LINKS) + 1
    assert len(re.findall(r"^[ -~]+$", result.stderr, re.M)) == len(DEAD_LINKS) + 1 + len(expected)

    fine = {path: text for path, (_, text) in GOOD.items() if text}
    assert result.returncode == 1
    assert summary(result)[1:] == (len(fine) + 1, 0, 0, 0, len(expected))
    entries = json.loads((tmp_path / "markdown/manifest.json").read_text())["pages"]
    written = {entry["url"]: tmp_path / "markdown" / name for name, entry in entries.items() if entry}
    for path, text in fine.items():
        assert text in written[f"{address}/docs/{path}"].read_text(encoding="utf-8"), path
    assert not re.search(r"[\x00-\x08\x0b-\x1f\ud800-\udfff]", "".join(p.read_text() for p in written.values()))
    assert (tmp_path / "markdown/docs-error.md").read_text() == "old", "a page that fails keeps its file"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["build", "markdown", "outside.md"]
    outside = {path for path in requests if not path.startswith("/docs/")}
    assert outside == {"/robots.txt", "/sitemap.xml", "/x.xml"}, "a sitemap elsewhere is looked for on this host only"


def test_a_site_without_end_ends(tmp_path):
    """Each page links to two new ones. The default limit is the same, at 2000 pages."""

    class Pages(dict):
        def get(self, path):
            return page(f"{path} <a href='{path}a/'>a</a> <a href='{path}b/'>b</a>") if path.startswith("/t/") else None

    with serving_pages(Pages()) as (address, requests):
        result = crawl(tmp_path, f"{address}/t/", "--max-pages", "20")
    assert summary(result) == (20, 20, 0, 0, 0, 0)
    assert "stopped: 21 addresses unread after 20 pages (--max-pages)" in result.stderr


@pytest.mark.parametrize(
    "robots, why",
    [
        (lambda h: answer(h, 500), "HTTP 500"),
        ("User-agent: *\nDisallow: /docs/$", "robots.txt forbids it"),
        ("User-agent: konflux-taxonomy\nCrawl-delay: 86400", "86400 s between two requests"),
    ],
)
def test_robots_rules_end_the_crawl(tmp_path, robots, why):
    with serving_pages({"/robots.txt": robots, "/docs/": page("x")}) as (address, requests):
        result = crawl(tmp_path, f"{address}/docs/")
    assert result.returncode == 1 and why in result.stderr and len(result.stderr.splitlines()) == 1
    assert "/docs/" not in requests and not (tmp_path / "markdown").exists()


def test_a_killed_crawl_leaves_everything_as_it_was(tmp_path):
    pages = {"/": page("old <a href='slow/'>x</a>"), "/slow/": page("old")}
    with serving_pages(pages) as (address, requests):
        assert summary(crawl(tmp_path, address)) == (2, 2, 0, 0, 0, 0)
        before = snapshot(tmp_path / "markdown")
        pages.update({"/": page("new <a href='slow/'>x</a>"), "/slow/": lambda h: time.sleep(5)})
        requests.clear()
        process = subprocess.Popen([sys.executable, ROOT / "crawl.py", address, "--delay", "0"], cwd=tmp_path)
        while "/slow/" not in requests and process.poll() is None:
            time.sleep(0.05)
        process.send_signal(signal.SIGKILL)
        process.wait()
    assert snapshot(tmp_path / "markdown") == before


def test_pages_of_another_site_do_not_stay(tmp_path):
    with serving_pages({"/": page("old <a href='a/'>x</a>"), "/a/": page("old")}) as (address, _):
        assert summary(crawl(tmp_path, address)) == (2, 2, 0, 0, 0, 0)
    # Not complete: but what was not met is of the old site, and not a page that failed.
    broken = {"/": page("new <a href='b/'>x</a>"), "/b/": lambda h: answer(h, 500)}
    with serving_pages(broken) as (address, _):
        assert summary(crawl(tmp_path, address)) == (2, 0, 1, 0, 1, 1)
    assert sorted(path.name for path in (tmp_path / "markdown").iterdir()) == ["index.md", "manifest.json"]


def test_a_site_that_wants_https_is_told_so(tmp_path):
    def to_https(handler):
        answer(handler, 301, headers={"Location": f"https://{handler.headers['Host']}/docs/"})

    with serving_pages({"/docs/": to_https}) as (address, _):
        result = crawl(tmp_path, f"{address}/docs/")
    assert result.returncode == 1 and "/docs/; give START_URL as that" in result.stderr, result.stderr


@pytest.mark.parametrize(
    "args, why",
    [
        (["konflux-ci.dev/docs"], "START_URL 'konflux-ci.dev/docs' is no web address; give one like"),
        (["http://me:secret@[::1"], "is no web address"),
        (["http://127.0.0.1:1/", "--content-selector", "div["], "--content-selector 'div['"),
        (["http://127.0.0.1:1/", "--timeout", "0"], "--timeout more than 0"),
        (["http://127.0.0.1:1/", "--http-cache", "file"], "File exists"),
    ],
)
def test_bad_input_is_one_clear_line(tmp_path, args, why):
    (tmp_path / "file").touch()
    result = crawl(tmp_path, *args)
    assert result.returncode == 1 and why in result.stderr and len(result.stderr.splitlines()) == 1
    assert not (tmp_path / "markdown").exists()


# ---- the real thing


def code_is_there(code, markdown):
    """Whether all lines of a code block are in the Markdown, one after the other and indented alike."""
    first, *rest = code.split("\n")
    lines = markdown.split("\n")
    for number, line in enumerate(lines):
        if line.endswith(first):
            indent = line[: len(line) - len(first)]
            block = [line.removeprefix(indent).rstrip() for line in lines[number + 1 : number + 1 + len(rest)]]
            if [line.rstrip() for line in rest] == block or indent.strip(" >") == "" and block == rest:
                return True
    return False


@pytest.mark.skipif(not DOCS.is_dir(), reason="the rendered Konflux documentation is not beside the repository")
def test_the_konflux_documentation(tmp_path):
    (tmp_path / "host").mkdir()
    (tmp_path / "host/docs").symlink_to(DOCS)
    with serving_folder(tmp_path / "host") as (address, requests):
        assert summary(crawl(tmp_path, f"{address}/docs/")) == (123, 123, 0, 0, 0, 0)
        asked = [path for _, path in requests]
        assert len(asked) == len(set(asked)), "no request twice"
        assert {path for status, path in requests if status != 200} == {"/robots.txt", "/sitemap.xml"}, (
            "no phantom page"
        )
        before = snapshot(tmp_path / "markdown")
        requests.clear()
        assert summary(crawl(tmp_path, f"{address}/docs")) == (123, 0, 0, 123, 0, 0), "the slash makes no difference"
        assert [status for status, path in requests if path.endswith("/")] == [304] * 123
        assert snapshot(tmp_path / "markdown") == before
    blocks = 0
    for name, entry in json.loads((tmp_path / "markdown/manifest.json").read_text())["pages"].items():
        html = (DOCS / entry["url"].removeprefix("https://konflux-ci.dev/docs/") / "index.html").read_text()
        markdown = before[name][1].decode()
        assert "Konflux footer" not in markdown and "Edit this Page" not in markdown
        for pre in BeautifulSoup(html, "html.parser").select("article.doc pre"):
            blocks += 1
            assert code_is_there(pre.get_text(), markdown), (name, pre.get_text())
    assert blocks == 384
