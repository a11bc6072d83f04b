"""crawl.py against real servers on loopback: what it writes, what it asks for, and what it survives."""

import gzip
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time

import pytest
from bs4 import BeautifulSoup

from tests.crawl.servers import (
    DOCS,
    ROOT,
    answer,
    code_is_there,
    crawl,
    page,
    serving_folder,
    serving_pages,
    snapshot,
    summary,
)  # fmt: skip


def test_markdown_is_what_the_crawl_makes_of_site(tmp_path):
    """Byte for byte and on any port; the server itself ends with the crawl."""
    committed = snapshot(ROOT / "markdown")
    if json.loads(committed["manifest.json"][1])["start_url"] != "https://konflux.example/":
        pytest.skip("markdown/ holds the crawl of another website")
    crawl_it = [sys.executable, ROOT / "crawl.py", "{}", "--delay", "0"]
    command = [sys.executable, "-m", "scripts.crawl.serve_site", ROOT / "site", "--", *crawl_it]
    environment = os.environ | {"PYTHONPATH": str(ROOT), "http_proxy": "http://127.0.0.1:1", "HTTP_PROXY": "http://x:1"}
    result = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=60, env=environment)
    assert (result.returncode, result.stderr) == (0, "")
    assert summary(result)[1:] == (23, 0, 0, 0, 0)
    made = {name: data for name, (_, data) in snapshot(tmp_path / "markdown").items()}
    assert made == {name: data for name, (_, data) in committed.items()}
    assert not re.search(rb"127\.0\.0\.1|localhost", b"".join(made.values()))


def test_serve_site_stops_and_passes_on_failure(tmp_path):
    def serve(*args):
        command = [sys.executable, "-m", "scripts.crawl.serve_site", *args]
        return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=30)

    result = serve(ROOT / "site", "--", sys.executable, "-c", "import sys; sys.exit(sys.argv[1][:17] + ' 3')", "{}")
    assert (result.returncode, result.stderr) == (1, "http://127.0.0.1: 3\n")
    result = serve(tmp_path / "none", "--", "true")
    assert result.returncode == 1 and "no such folder" in result.stderr


@pytest.mark.slow
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

        broken.append("/compliance/")  # a failing page keeps its file; the server says that the other one is gone
        shutil.rmtree(site / "projects")
        result = crawl(tmp_path, address)
        assert (result.returncode, summary(result)) == (1, (22, 0, 0, 21, 1, 1))
        assert result.stderr == f"gone: {address}/projects/\nfailed: {address}/compliance/ HTTP 500\n"
        assert "compliance.md" in snapshot(markdown) and "projects.md" not in snapshot(markdown)
        assert len(json.loads((markdown / "manifest.json").read_text())["pages"]) == 22

        broken.clear()  # the crawl is complete again, and a manifest that names other files removes none of them
        manifest = json.loads((markdown / "manifest.json").read_text())
        manifest["pages"] |= {"../outside.md": {}, "site": {}}
        (markdown / "manifest.json").write_text(json.dumps(manifest))
        (tmp_path / "outside.md").touch()
        result = crawl(tmp_path, address)
        assert (result.returncode, summary(result)) == (0, (22, 0, 0, 22, 0, 0))
        assert (tmp_path / "outside.md").exists()

        result = crawl(tmp_path, address, "--max-pages", "5")
        assert (result.returncode, summary(result)) == (0, (5, 0, 0, 5, 0, 0))
        assert "stopped: " in result.stderr and len(snapshot(markdown)) == 23, "nothing is removed"

    before = snapshot(markdown)  # the server is down now
    result = crawl(tmp_path, address)
    assert (result.returncode, result.stdout) == (1, "")
    assert re.fullmatch(r"crawl: cannot crawl .*Connection refused; markdown/ is as it was\..*\n", result.stderr)
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
    "come-back-tomorrow/": (
        lambda h: answer(h, 503, "", {"Retry-After": "86400"}),
        "HTTP 503, and asks to come .* 86400 s",
    ),
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
    "empty/": ("", r"has no text; name the element with the text by --content-selector"),
    "deep/": (page("<div>" * 20000 + "x"), "maximum recursion depth exceeded.*"),
    "gone/": (lambda h: answer(h, 410), None),
}
BAD_LINKS = [
    "&#0;",
    *("http://[", "http://[::1", "////", "mailto:a@b", "javascript:alert(1)", "data:text/html,x", "file:///etc/passwd"),
    *("../../etc/passwd", "/docs/%2e%2e/private/", "/docs/../private/", "http://example.com/docs/", "?", "#"),
    *("http://127.0.0.1:1/docs/", "http://user@127.0.0.1/docs/", "/docs/paper.pdf", "/docs/llms.txt"),
]
DEAD_LINKS = ["%zz", "%ff", "\\", "/docs/\x1b[2J", "new\nline", "<b>", "'--"]
GOOD = {  # path: (page, what its Markdown has to have)
    "no-article/": ("<p>Down for maintenance</p>", "Down for maintenance"),
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


@pytest.mark.slow
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
    assert failed.keys() == expected.keys(), failed.keys() ^ expected.keys()
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
            return (
                page(f"{path[::-1]} <a href='{path}a{len(path)}/'>a</a> <a href='{path}b{len(path)}/'>b</a>")
                if path.startswith("/t/")
                else None
            )

    with serving_pages(Pages()) as (address, requests):
        result = crawl(tmp_path, f"{address}/t/", "--max-pages", "20")
    assert summary(result) == (20, 20, 0, 0, 0, 0)
    assert re.search(r"stopped: \d+ addresses unread after 20 pages \(--max-pages\)", result.stderr)


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


@pytest.mark.slow
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
        (["konflux-ci.dev/docs"], "START_URL 'konflux-ci.dev/docs' is no web address and no folder; give one like"),
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


@pytest.mark.slow
@pytest.mark.skipif(not DOCS.is_dir(), reason="the rendered Konflux documentation is not beside the repository")
def test_the_konflux_documentation(tmp_path):
    (tmp_path / "host").mkdir()
    (tmp_path / "host/docs").symlink_to(DOCS)
    with serving_folder(tmp_path / "host") as (address, requests):
        assert summary(crawl(tmp_path, f"{address}/docs/")) == (123, 123, 0, 0, 0, 0)
        asked = [path for _, path in requests]
        assert len(asked) == len(set(asked)), "no request twice"
        assert {path for status, path in requests if status != 200} == {
            "/robots.txt",
            "/sitemap.xml",
            "/docs/llms.txt",
        }, "no phantom page"
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
