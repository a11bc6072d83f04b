"""What one page becomes: the engine, and the markup of Antora from top to bottom."""

import hashlib
import importlib.metadata
import inspect
import re

import markdown_crawler

from scripts.crawl.output import file_names
from scripts.crawl.page import read
from tests.crawl.servers import page


def test_markdown_crawler_is_the_one_that_was_measured():
    """page.py replaces four names that crawl() looks up in its module; see that they still matter."""
    assert importlib.metadata.version("markdown-crawler") == "0.0.9"
    parameters = ["url", "base_url", "already_crawled", "file_path", "target_links", "target_content"]
    assert list(inspect.signature(markdown_crawler.crawl).parameters)[:6] == parameters
    assert {"requests", "BeautifulSoup", "get_target_content", "md", "open"} <= set(
        markdown_crawler.crawl.__code__.co_names
    )
    source = inspect.getsource(markdown_crawler.crawl)
    assert hashlib.sha256(source.encode()).hexdigest()[:16] == "044ff3d2f8de7248", "read what changed in crawl()"


def test_file_names_are_those_of_markdown_crawler_without_html():
    urls = ["http://h/docs/", "http://h/docs/a-b/", "http://h/docs/a/b/", "http://h/docs/v1.2/x_y.html", "http://h/"]
    names = file_names(urls)
    assert names["http://h/"] == "index.md"
    assert names["http://h/docs/v1.2/x_y.html"] == "docs-v1-2-x_y.md"
    assert re.fullmatch(r"docs-a-b-[0-9a-f]{8}\.md", names["http://h/docs/a/b/"]), "one of two keeps the plain name"
    assert len(set(names.values())) == len(urls)
    assert max(map(len, file_names([f"http://h/{'x' * 1500}"]).values())) < 255


def test_no_two_pages_get_one_file():
    paths = (
        "a",
        "a.html",
        "a.htm",
        "a.md",
        "A.html",
        "a/html",
        "a-html",
        "a.html.md",
        "a.php",
        ".html",
        "html",
        "v1.2",
    )
    names = file_names([f"http://h/{path}" for path in paths])
    assert len({name.lower() for name in names.values()}) == len(paths)
    assert names["http://h/a"] == "a.md" and re.fullmatch(r"a-[0-9a-f]{8}\.md", names["http://h/a.html"])
    assert names["http://h/v1.2"] == "v1-2.md", "only what names a kind of file goes"
    assert file_names(["http://h/about/license.html"]) == {"http://h/about/license.html": "about-license.md"}


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

**Term:** Meaning

![An image](https://pub.example/docs/p/_images/a.png)

inline

More

Hidden

[^1]: The note.
"""


def test_markup_of_antora_becomes_markdown():
    html = page(MARKUP, '<link rel="canonical" href="https://pub.example/docs/p/">')
    html = html.replace("<body>", "<body><header>Site</header>") + "<footer>Footer</footer>"
    address, markdown, links, where, *_ = read(html, "http://127.0.0.1:1/docs/p/", "article.doc")
    assert address == "https://pub.example/docs/p/"
    assert markdown == MARKDOWN
    assert "https://pub.example/docs/other/#x" in links


def test_a_canonical_link_to_another_page_is_not_believed():
    html = page("x", '<link rel="canonical" href="https://pub.example/elsewhere/">')
    assert read(html, "http://127.0.0.1:1/docs/p/", "article.doc")[0] == "http://127.0.0.1:1/docs/p/"


def test_a_canonical_link_without_the_slash_is_the_public_address():
    html = page('<a href="x">x</a>', '<link rel="canonical" href="https://pub.example/docs/p">')
    address, markdown, *_ = read(html, "http://127.0.0.1:1/docs/p/", "article.doc")
    assert (address, markdown) == ("https://pub.example/docs/p", "[x](https://pub.example/docs/p/x)\n")
