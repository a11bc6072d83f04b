"""Getting the pages right: lists of pages, rules for robots, charsets, the same page at several addresses, folders."""
# ruff: noqa: E501  small pages and lists, each in its line

import gzip
import json
import time

import pytest
from protego import Protego

from scripts.crawl import fetch
from scripts.crawl.charset import text_of
from scripts.crawl.sitemaps import entries, read_sitemaps
from scripts.crawl.versions import several
from tests.crawl.servers import answer, crawl, serving_pages, snapshot, summary

URLSET = '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{}</urlset>'


def body(text, head=""):
    return f"<html><head><title>T</title>{head}</head><body><main><p>{text}</p></main></body></html>"


def to(target, status=301):
    return lambda handler: answer(handler, status, headers={"Location": target})


def listing(*paths):
    return URLSET.format("".join(f"<url><loc>https://public.example/docs/{path}</loc></url>" for path in paths))


def pages(folder):
    """The Markdown of each page, by its file's name."""
    return {name: data.decode() for name, (_, data) in snapshot(folder / "markdown").items() if name != "manifest.json"}


@pytest.mark.parametrize(
    "lists",
    [
        {"/docs/sitemap.xml": to("/docs/maps/all.xml"), "/docs/maps/all.xml": listing("a/")},
        {"/docs/sitemap.xml": to("https://public.example/maps/all.xml", 302), "/maps/all.xml": listing("a/")},
        {"/docs/sitemap.xml": listing("a/").replace("<loc>", "<loc><![CDATA[ ").replace("</loc>", "]]></loc>")},
        {"/sitemap.xml": listing("a/").replace("<", "<sm:").replace("<sm:/", "</sm:").replace("xmlns=", "xmlns:sm=")},
        {"/robots.txt": "Sitemap: https://public.example/m.txt", "/m.txt": "https://public.example/docs/a/\n"},
        {"/robots.txt": "\ufeffSitemap: /list.xml.gz", "/list.xml.gz": lambda h: answer(h, 200, gzip.compress(listing("a/").encode()))},
        {"/robots.txt": to("/r.txt"), "/r.txt": "Sitemap: /m.xml", "/m.xml": listing("a/")},
        {"/docs/sitemap.xml": "<rss><channel><item><link>https://public.example/docs/a/</link></item></channel></rss>"},
    ],
)  # fmt: skip
def test_a_page_that_only_a_list_names(tmp_path, lists):
    with serving_pages({"/docs/": body("start"), "/docs/a/": body("listed"), **lists}) as (address, _):
        result = crawl(tmp_path, f"{address}/docs/")
    assert (result.returncode, result.stderr) == (0, "")
    assert pages(tmp_path) == {"docs.md": "start\n", "docs-a.md": "listed\n"}


@pytest.mark.slow
def test_indexes_of_any_depth_and_number(tmp_path):
    served = {"/docs/": body("start"), "/docs/sitemap.xml": "<sitemapindex>" + "".join(
        f"<sitemap><loc>/m{n}.xml</loc></sitemap>" for n in range(60)) + "</sitemapindex>"}  # fmt: skip
    for number in range(60):
        served[f"/m{number}.xml"] = f"<sitemapindex><sitemap><loc>/n{number}.xml</loc></sitemap></sitemapindex>"
        served[f"/n{number}.xml"] = listing(f"p{number}/")
        served[f"/docs/p{number}/"] = body(f"page {number}")
    with serving_pages(served) as (address, _):
        assert summary(crawl(tmp_path, f"{address}/docs/"))[:2] == (61, 61)


def test_links_lead_where_the_page_says_that_they_begin(tmp_path):
    base = '<base href="/docs/deep/">'
    served = {"/docs/": body('<a href="a.html">on</a>', base), "/docs/deep/a.html": body("there")}
    with serving_pages(served) as (address, _):
        result = crawl(tmp_path, f"{address}/docs/")
    assert (result.returncode, result.stderr) == (0, "")
    assert pages(tmp_path)["docs-deep-a.md"] == "there\n" and "/docs/deep/a.html)" in pages(tmp_path)["docs.md"]


def test_a_picture_is_no_page():
    urls = '<url><loc>http://h/a/</loc><image:image xmlns:image="i"><image:loc>http://h/x.png</image:loc></image:image></url>'
    assert entries(URLSET.format(urls).encode()) == (["http://h/a/"], [])


def test_a_list_without_end_costs_one_line(tmp_path, monkeypatch):
    def endless(handler):
        answer(handler, 200, "<urlset>", {"Content-Length": None, "Content-Type": "text/xml"})
        while True:
            handler.wfile.write(b"<url><loc>http://h/a/</loc></url>" * 999)

    monkeypatch.setattr(fetch, "MAX_LIST_BYTES", 2**20)
    failed: dict[str, str] = {}
    with serving_pages({"/m.xml": endless}) as (address, _), fetch.open_session(tmp_path, address) as session:
        rules = Protego.parse(f"Sitemap: {address}/m.xml")
        pace = fetch.Pace(session, timeout=9, end=time.monotonic() + 60)
        assert read_sitemaps(pace.get, f"{address}/docs/", rules, failed) == []
    assert failed == {f"{address}/m.xml": "is longer than 1 MB"}


def test_a_lost_list_removes_nothing_and_a_guessed_one_is_no_failure(tmp_path):
    served = {"/docs/": body("start"), "/docs/a/": body("listed"), "/docs/sitemap.xml": listing("a/")}
    with serving_pages(served) as (address, requests):
        assert summary(crawl(tmp_path, f"{address}/docs/"))[:2] == (2, 2)
        served["/docs/sitemap.xml"] = lambda handler: answer(handler, 500)
        result = crawl(tmp_path, f"{address}/docs/")
        assert (result.returncode, summary(result)) == (0, (2, 0, 0, 2, 0, 0)), "the page is asked for all the same"
        served["/robots.txt"] = "Sitemap: /docs/sitemap.xml"
        result = crawl(tmp_path, f"{address}/docs/")
        assert result.returncode == 1 and f"failed: {address}/docs/sitemap.xml HTTP 500" in result.stderr
        served["/docs/a/"] = lambda handler: answer(handler, 500)
        assert summary(crawl(tmp_path, f"{address}/docs/"))[4] == 0
        served["/docs/a/"] = lambda handler: answer(handler, 404)
        assert summary(crawl(tmp_path, f"{address}/docs/"))[4] == 1, "now the server says that it is gone"
    assert pages(tmp_path) == {"docs.md": "start\n"}


@pytest.mark.parametrize(
    "data, header, text",
    [
        ("é →".encode(), "text/html; charset=windows-1252", "é →"),
        (b'<meta charset="Shift_JIS">' + "設定".encode("shift_jis"), "text/html", "設定"),
        ("– 5 €".encode("cp1252"), "text/html; charset=ISO-8859-1", "– 5 €"),
        ("wide".encode("utf-16"), "text/html", "wide"),
        ("日本".encode("iso-2022-jp"), "text/html; charset=iso-2022-jp", "日本"),
        (b'<meta http-equiv="Content-Type" content="text/html; charset=koi8-r">' + "Да".encode("koi8-r"), "", "Да"),
        (b"caf\xe9", "text/html; charset=utf-8", "caf\ufffd"),
        ("\ufeffmarked".encode(), "text/html", "marked"),
        (b"x", "text/html; charset=nonsense", "x"),
    ],
)  # fmt: skip
def test_charsets(data, header, text):
    assert text_of(data, header).endswith(text)


def test_robots_with_a_mark_or_behind_a_redirect(tmp_path):
    rules = "\ufeffUser-agent: *\nDisallow: /docs/drafts/"
    for robots in ({"/robots.txt": rules}, {"/robots.txt": to("/r/"), "/r/": to("/r2/"), "/r2/": rules}):
        served = {"/docs/": body('<a href="drafts/">d</a>'), "/docs/drafts/": body("secret"), **robots}
        with serving_pages(served) as (address, requests):
            assert crawl(tmp_path, f"{address}/docs/").returncode == 0
        assert "/docs/drafts/" not in requests


def test_the_same_text_is_kept_once(tmp_path):
    start = body(
        'start <a href="a/">a</a> <a href="a/index.html">a</a> <a href="A/">A</a> <a href="a/?x=1">q</a> <a href="b/">b</a>'
    )
    canonical = body("text of a", '<link rel="canonical" href="https://public.example/docs/b/">')
    served = {"/docs/": start, **dict.fromkeys(("/docs/a/", "/docs/A/", "/docs/b/"), canonical)}
    with serving_pages(served) as (address, _):
        result = crawl(tmp_path, f"{address}/docs/")
    assert summary(result)[:2] == (2, 2) and "same text as another page: 2 addresses" in result.stdout


@pytest.mark.parametrize("fake", ["start", "dead", "named"])
def test_soft_404(tmp_path, fake):
    """A server that answers 200 for all it does not know: with its start page, a page that says so, or with the path."""
    menu = '<nav><a href="guide/">G</a> <a href="reference/">R</a></nav>'

    class Pages(dict):
        def get(self, path):
            known = {"/docs/": f"{menu}<main>Start</main>", "/docs/guide/": "<main>Guide</main>"}
            said = {"start": known["/docs/"], "dead": f"<title>404 - Site</title>{menu}<main><h1>Page not found</h1></main>",
                    "named": f"{menu}<main>There is no {path} here</main>"}  # fmt: skip
            return None if path.endswith((".txt", ".xml")) else known.get(path, said[fake])

    with serving_pages(Pages()) as (address, requests):
        result = crawl(tmp_path, f"{address}/docs/", "--max-pages", "60")
    assert result.returncode == 0 and "stopped" not in result.stderr and len(requests) < 40, result.stderr
    assert {"docs.md", "docs-guide.md"} <= pages(tmp_path).keys()


def test_pages_that_differ_in_their_own_address_alone_are_one(tmp_path):
    links = "".join(f'<a href="{name}/">x</a>' for name in ("a_b", "c%20d", "real"))
    served = {
        "/docs/": body(f"start {links}"),
        "/docs/real/": body("The address of this page is /docs/real/, and more."),
    }
    for path, name in (("/docs/a_b/", "docs/a_b"), ("/docs/c%20d/", "docs/c d")):
        served[path] = body(f"We could not find {name}. Try the start page.")
    with serving_pages(served) as (address, _):
        result = crawl(tmp_path, f"{address}/docs/")
    assert summary(result)[:2] == (3, 3) and "same text as another page: 1 addresses" in result.stdout


def test_pages_that_are_left_out(tmp_path):
    noindex = '<meta name="robots" content="noindex, follow">'
    served = {
        "/docs/": body(
            'start <a href="no/">1</a> <a href="head/">2</a> <a href="print.html">3</a> <a href="x.py">4</a>'
        ),
        "/docs/no/": body('hidden <a href="deep/">x</a>', noindex),
        "/docs/no/deep/": body("deep"),
        "/docs/head/": lambda h: answer(h, 200, body("hidden too"), {"X-Robots-Tag": "noindex"}),
        "/docs/print.html": body("all of it"),
        "/docs/x.py": lambda h: answer(h, 200, "x = 1", {"Content-Type": "text/x-python"}),
    }
    with serving_pages(served) as (address, requests):
        result = crawl(tmp_path, f"{address}/docs/")
    assert result.returncode == 0 and set(pages(tmp_path)) == {"docs.md", "docs-no-deep.md"}
    assert "/docs/print.html" not in requests


def test_include_exclude_and_the_warning_about_versions(tmp_path):
    names = [f"{version}/{page}/" for version in ("stable", "latest", "1.2") for page in "abcd"]
    served = {"/docs/": body(" ".join(f'<a href="{name}">x</a>' for name in names))}
    served |= {f"/docs/{name}": body(f"text of {name}") for name in names}
    with serving_pages(served) as (address, requests):
        result = crawl(tmp_path, f"{address}/docs/")
        assert "/1.2/, /latest/, /stable/ hold the same pages in several versions" in result.stderr
        requests.clear()
        result = crawl(tmp_path, f"{address}/docs/", "--include", "/stable/", "--exclude", "*/d/")
    assert result.stderr == "" and set(pages(tmp_path)) == {f"docs-stable-{page}.md" for page in "abc"}
    assert not [path for path in requests if "latest" in path]


def test_languages_are_noticed():
    urls = [f"http://h/{language}/{page}" for language in ("en", "de") for page in "abc"]
    assert "several languages" in several(urls, "http://h/")[0] and not several(urls[:3], "http://h/")


def test_retry_after_is_waited_for(tmp_path):
    asked = []

    def busy(handler):
        asked.append(time.monotonic())
        answer(handler, 429, headers={"Retry-After": "1"}) if len(asked) == 1 else answer(handler, 200, body("x"))

    with serving_pages({"/docs/": busy}) as (address, _):
        assert crawl(tmp_path, f"{address}/docs/").returncode == 0
    assert len(asked) == 2 and asked[1] - asked[0] >= 1


def test_the_run_ends_at_max_time(tmp_path):
    served = {
        "/docs/": body('<a href="a/">a</a>'),
        "/docs/a/": body("a"),
        "/robots.txt": "User-agent: *\nCrawl-delay: 2",
    }
    with serving_pages(served) as (address, _):
        result = crawl(tmp_path, f"{address}/docs/", "--max-time", "1")
    assert result.returncode == 1 and ("--max-time 1 s" in result.stderr or "no such page" in result.stderr)


def test_a_proxy_is_not_asked_for_this_machine(tmp_path, monkeypatch):
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    with serving_pages({"/docs/": body("x")}) as (address, _):
        assert crawl(tmp_path, f"{address}/docs/").returncode == 0


MARKDOWN = '---\ntitle: Guide\n---\nSet `x` to <name> of it.\n\n!!! warning "Beware"\n    Hot.\n\n:::tip\nCool.\n:::\n\n```sh\n$ a\n```\n'
FROM_MARKDOWN = "# Guide\n\nSet `x` to \\<name> of it.\n\n> **Warning: Beware**\n>\n> Hot.\n\n> **Tip:**\n>\n> Cool.\n\n```sh\n$ a\n```\n"


def test_a_local_folder(tmp_path):
    folder = tmp_path / "my docs"
    (folder / "sub").mkdir(parents=True)
    (folder / "index.html").write_text(body('start <a href="sub/page.html">p</a>'))
    (folder / "sub/page.html").write_text(body('unlinked <a href="../index.html">up</a>'))
    (folder / "guide.md").write_text(MARKDOWN.replace("<name>", "&lt;name>"))
    (folder / "outside.html").symlink_to("/etc/hostname")
    result = crawl(tmp_path, "my docs/")
    assert result.returncode == 0, result.stderr
    made = pages(tmp_path)
    assert made["guide.md"] == FROM_MARKDOWN and made["index.md"] == "start [p](sub/page.html)\n"
    assert str(tmp_path) not in json.dumps(made) and "localhost" not in json.dumps(made)
    assert (tmp_path / "markdown/manifest.json").read_text().count("url") == 4
    (folder / "sub/page.html").unlink()
    assert summary(crawl(tmp_path, "my docs"))[4] == 1


def test_markdown_sources_are_used_if_they_hold_the_same_text(tmp_path):
    def markdown(text):
        return lambda handler: answer(handler, 200, text, {"Content-Type": "text/markdown"})

    served = {
        "/docs/": body('start <a href="a/">a</a> <a href="b/">b</a>'),
        "/docs/llms.txt": markdown("# Site\n\n- [A](/docs/a.md)\n- [B](/docs/b.md)\n- [C](/docs/c.md)\n"),
        "/docs/a/": "<html><body><main><h1>A</h1><pre>x = 1</pre></main></body></html>",
        "/docs/a.md": markdown("# A\n\n```python\nx = 1\n```\n"),
        "/docs/b/": body("the page"),
        "/docs/b.md": markdown("another text altogether"),
        "/docs/c.md": markdown("only llms.txt names it"),
    }
    with serving_pages(served) as (address, _):
        result = crawl(tmp_path, f"{address}/docs/")
    made = pages(tmp_path)
    assert made["docs-a.md"] == "# A\n\n```python\nx = 1\n```\n" and made["docs-b.md"] == "the page\n"
    assert made["docs-c.md"] == "only llms.txt names it\n" and "1 pages are from theirs" in result.stdout
