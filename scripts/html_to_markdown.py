"""What a page of a documentation site says, as Markdown: markdown_crawler's page function, made right.

markdown_crawler.crawl() fetches, parses, picks the content, converts and writes one page. As it stands it deletes
the newlines of code, admonition labels and the hosts of links. So the page comes to it already fetched, and the
names that it looks up in its own module at call time (requests, get_target_content, md) are replaced by ours.
"""

import contextlib
import pathlib
import re
import tempfile
import types
from urllib.parse import urljoin, urlsplit

import markdown_crawler
import requests
from markdownify import MarkdownConverter

# What site generators put into an article that is not its text.
NOISE = "nav, footer, aside.toc, .toolbar, .breadcrumbs, .edit-this-page, .pagination, a.anchor, button, noscript"


class PageError(Exception):
    """Why a page cannot be had."""


class Moved(PageError):
    """The page sends its readers to another address, args[0]; None if that is none."""


def absolute(base, link):
    """Return `link`, found on the page `base`, as a whole quoted address; None if it is none of the web."""
    with contextlib.suppress(ValueError):  # http://[ and the like
        url = requests.utils.requote_uri(urljoin(base, (link or "").strip()))
        parts = urlsplit(url)
        if re.search(r"/\.\.?(/|$)", parts.path):  # quoting made dots of %2e, and /docs/%2e%2e/ is outside /docs/
            url = parts._replace(path=urlsplit(urljoin(url, parts.path)).path).geturl()
        if link and len(url) < 2000 and re.match(r"https?://[^/]|mailto:", url):
            return url.replace("(", "%28").replace(")", "%29")  # which would end a Markdown link
    return None


class Converter(MarkdownConverter):
    """markdownify, with code kept to the letter and table cells that cannot break their table."""

    def convert_pre(self, el, text, parent_tags):
        text, code = el.get_text(), el.find("code") or el
        if "_inline" in parent_tags:  # a heading or a table cell, which have one line
            return "\n".join(f"`{line}`" for line in text.splitlines() if line.strip())
        language = code.get("data-lang") or " ".join(re.findall(r"language-(\S+)", " ".join(code.get("class", []))))
        fence = "`" * max([3] + [len(run) + 1 for run in re.findall("`+", text)])
        return f"\n\n{fence}{re.sub(r'[^a-zA-Z0-9_+#.-].*', '', language)}\n{text}\n{fence}\n\n"

    def convert_br(self, el, text, parent_tags):
        return "\n" if "_inline" in parent_tags else super().convert_br(el, text, parent_tags)

    def convert_td(self, el, text, parent_tags):
        return super().convert_td(el, re.sub(r"\s*\n\s*", "<br>", text.strip()).replace("|", r"\|"), parent_tags)

    convert_th = convert_td


def convert(soup, **options):
    """Stand in for markdownify: a paragraph is one line (wrap without a width), TEST_OUTPUT needs no backslash."""
    ours = {"wrap": True, "wrap_width": None, "escape_underscores": False, "bullets": "-"}
    text = Converter(**options | ours).convert_soup(soup)
    return text.encode(errors="replace").decode()  # &#xD800; is no character


def make_absolute(soup, base):
    """Make links and images whole addresses, in place, and return the links. What leads nowhere keeps its text."""
    links = []
    for tag in soup.find_all(["a", "img"]):
        attribute = "href" if tag.name == "a" else "src"
        url, alt = absolute(base, tag.get(attribute)), " ".join(tag.get("alt", "").split())
        tag.attrs = {"class": tag.get("class", []), "alt": alt} | ({attribute: url} if url else {})
        if tag.name == "a":
            links.append(url)
        elif not url:
            tag.replace_with(alt)
    return links


def tidy(soup):
    """Replace, in place, what Asciidoctor can say and Markdown cannot by what comes nearest."""
    for noise in soup.select(NOISE):
        noise.decompose()
    for columns in soup.select("colgroup"):  # their white space would indent the table, which makes it code
        columns.decompose()
    for line_break in soup.select("pre br"):
        line_break.replace_with("\n")
    for block in soup.select(".admonitionblock"):  # a table of icon and text becomes a labelled quote
        kind = next((name for name in block["class"] if name != "admonitionblock"), "note")
        label, quote = soup.new_tag("p"), block.select_one("td.content") or block
        label.append(soup.new_tag("strong", string=f"{kind.capitalize()}:"))
        quote.name = "blockquote"
        quote.insert(0, label)
        block.replace_with(quote)
    for table in soup.select(".colist > table"):  # the remarks on (1), (2) in code become a numbered list
        remarks = [row.find_all("td", recursive=False)[-1] for row in table.select("tr:has(> td)")]
        table.clear()
        table.name = "ol"
        for remark in remarks:
            remark.name = "li"
            table.append(remark)
    for mark in soup.select("sup.footnote"):
        mark.replace_with(f"[^{mark.get_text().strip('[] ')}]")
    for note in soup.select("#footnotes .footnote"):
        number = note.find("a")
        if number and str(number.next_sibling).startswith(". "):
            number.next_sibling.replace_with(str(number.next_sibling)[1:])
            number.replace_with(f"[^{number.get_text()}]:")
    for rule in soup.select("#footnotes > hr"):
        rule.decompose()
    for summary in soup.select("summary"):
        summary.name = "p"
    return soup


def to_markdown(html, url, selector):
    """Return (public address, Markdown, links) of the page `html` that `url` served.

    `selector`: CSS of the elements that are content. A canonical link that differs from `url` in its host alone is
    the public address, which links then start from. Raises Moved for a stub that refreshes to another page, and
    PageError where there is no text.
    """
    page = types.SimpleNamespace(address=url, links=[], refresh=None)

    def content(soup, target_content=None):
        canonical = absolute(url, (soup.find("link", rel="canonical") or {}).get("href"))
        if canonical and urlsplit(canonical).path == urlsplit(url).path:
            page.address = canonical
        page.links = make_absolute(soup, absolute(page.address, (soup.find("base") or {}).get("href")) or page.address)
        refresh = soup.find("meta", attrs={"http-equiv": re.compile("^refresh$", re.I)}) or {}
        page.refresh = re.search(r"url\s*=\s*['\"]?([^'\"]+)", refresh.get("content", ""), re.I)
        matches = soup.select(selector)
        soup.clear()
        for match in matches:
            if not any(parent is soup for parent in match.parents):  # one inside another is there already
                soup.append(match)
        return tidy(soup) if matches else None

    fetched = types.SimpleNamespace(text=html, headers={"Content-Type": "text/html"})
    markdown_crawler.requests = types.SimpleNamespace(get=lambda *_, **__: fetched, exceptions=requests.exceptions)
    markdown_crawler.get_target_content = content
    markdown_crawler.md = convert
    with tempfile.TemporaryDirectory() as scratch:
        file = pathlib.Path(scratch, "page.md")
        markdown_crawler.crawl(url, url, set(), str(file))
        text = file.read_bytes().decode() if file.exists() else ""
    text = re.sub(r"[\x00-\x08\x0b-\x1f\x7f]", "", text).strip("\n")
    if text.strip():
        return page.address, f"{text}\n", page.links
    if page.refresh:
        raise Moved(absolute(url, page.refresh[1]))
    raise PageError(f"has no text in {selector} (--content-selector)")
