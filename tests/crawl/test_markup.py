"""The text as a reader reads it: each feature, in the markup of at least two generators."""
# ruff: noqa: E501  markup as the generators write it

import pytest
from markdown_it import MarkdownIt

from scripts.crawl.page import read


def markdown(body: str, head: str = "") -> str:
    """What a page with this in its <main> becomes, without its last newline."""
    html = f"<html><head><title>T</title>{head}</head><body><nav>Menu</nav><main>{body}</main></body></html>"
    return read(html, "http://h/docs/p/").markdown.rstrip("\n")


LINES = "def f():\n    return 3\n\nend"
CODE = {
    "Rouge (Jekyll)": '<figure class="highlight"><pre><code class="language-python" data-lang="python"><table class="rouge-table">'
    '<tbody><tr><td class="gutter gl"><pre class="lineno">1\n2\n3\n4\n</pre></td><td class="code"><pre><span>def</span> f():\n'
    "    return 3\n\nend\n</pre></td></tr></tbody></table></code></pre></figure>",
    "Chroma (Hugo), numbers in a table": '<div class="highlight"><div class="chroma"><table class="lntable"><tr><td class="lntd">'
    '<pre class="chroma"><code><span class="lnt">1\n</span></code></pre></td><td class="lntd"><pre class="chroma"><code '
    'class="language-python" data-lang="python"><span class="line"><span class="cl">def f():\n</span></span><span class="line">'
    '<span class="cl">    return 3\n</span></span><span class="line"><span class="cl">\n</span></span><span class="line">'
    '<span class="cl">end\n</span></span></code></pre></td></tr></table></div></div>',
    "Pygments table (MkDocs Material)": '<div class="language-python highlight"><table class="highlighttable"><tr><td '
    'class="linenos"><div class="linenodiv"><pre><span></span>1\n2</pre></div></td><td class="code"><div><pre><span></span><code>'
    '<a id="__codelineno-0-1"></a><span>def</span> f():\n    return 3\n\nend\n</code></pre></div></td></tr></table></div>',
    "Pygments inline (Sphinx)": '<div class="highlight-python notranslate"><div class="highlight"><pre><span></span>'
    '<span class="linenos">1</span>def f():\n<span class="linenos">2</span>    return 3\n<span class="linenos">3</span>\n'
    '<span class="linenos">4</span>end\n</pre></div></div>',
    "Prism (Docusaurus 2)": '<pre class="prism-code language-python"><div class="token-line"><span>def f():</span></div><div '
    'class="token-line"><span>    return 3</span></div><div class="token-line"><span style="display:inline-block"></span></div>'
    '<div class="token-line"><span>end</span></div></pre>',
    "Prism (Docusaurus 3)": '<div class="language-python codeBlockContainer_x"><pre class="prism-code language-python"><code '
    'class="codeBlockLines_y"><span class="token-line"><span>def f():</span><br></span><span class="token-line"><span>    return'
    ' 3</span><br></span><span class="token-line"><span style="display:inline-block"></span><br></span><span class="token-line">'
    "<span>end</span><br></span></code></pre><div class=buttonGroup_z><button>Copy</button></div></div>",
    "Shiki (VitePress)": '<div class="language-python"><button class="copy"></button><span class="lang">python</span><pre '
    'class="shiki"><code><span class="line"><span>def f():</span></span>\n<span class="line"><span>    return 3</span></span>\n'
    '<span class="line"></span>\n<span class="line"><span>end</span></span></code></pre><div class="line-numbers-wrapper">'
    '<span class="line-number">1</span><br></div></div>',
    "Expressive Code (Starlight)": '<div class="expressive-code"><figure class="frame"><figcaption class="header"><span '
    'class="sr-only">Terminal window</span></figcaption><pre data-language="python"><code><div class="ec-line"><div '
    'class="gutter"><div class="ln">1</div></div><div class="code">def f():</div></div><div class="ec-line"><div class="code">'
    '    return 3</div></div><div class="ec-line"><div class="code">\n</div></div><div class="ec-line"><div class="code">end'
    '</div></div></code></pre><div class="copy"><button>Copy</button></div></figure></div>',
    "highlight.js (mdBook)": '<pre><code class="language-python hljs"><span class="boring">hidden()\n</span>def f():\n    return 3\n\n'
    "end\n</code></pre>",
}


@pytest.mark.parametrize("generator", CODE)
def test_code_keeps_its_lines_and_language(generator):
    assert markdown(CODE[generator]) == f"```python\n{LINES}\n```"


HEADINGS = (
    '<h2 id=a>A b<a class="headerlink" href="#a" title="Link to this heading">¶</a></h2>',  # Sphinx, MkDocs
    '<h2 class="anchor" id=a>A b<a href="#a" class="hash-link" aria-label="Direct link">\u200b</a></h2>',  # Docusaurus
    '<h2 id=a><a class="header" href="#a">A b</a></h2>',  # mdBook
    '<h2 id=a><a class="toc-backref" href="#id1">A b</a><a class="headerlink" href="#a">#</a></h2>',  # docutils
    '<h2 id=a>A b <a class="header-anchor" href="#a" aria-label=\'Permalink to "A b"\'>\u200b</a></h2>',  # VitePress
    '<div class="sl-heading-wrapper"><h2 id=a>A b</h2><a class="sl-anchor-link" href="#a"><span class="sr-only">Section'
    " titled A b</span></a></div>",  # Starlight
    '<h2 id=a>A b<a class="td-heading-self-link" href="#a" aria-label="Heading self-link"></a></h2>',  # Docsy
    '<h2 id=a><a href="#a" class="anchor-heading"><svg><use></use></svg></a> A b</h2>',  # just-the-docs
    '<h2 id=a>A b<a class="anchor" href="#a">#</a></h2>',  # Hugo Book
)


@pytest.mark.parametrize("heading", HEADINGS)
def test_headings_are_their_text(heading):
    assert markdown(heading) == "## A b"


BOXES = (
    '<div class="admonition warning"><p class="admonition-title">Warning</p><p>Take care.</p></div>',  # Sphinx, MkDocs
    '<div class="admonitionblock warning"><table><tr><td class="icon"><i class="icon-warning"></i></td><td class="content">'
    "Take care.</td></tr></table></div>",  # Asciidoctor
    '<div class="theme-admonition theme-admonition-warning admonition_x alert alert--warning"><div class="admonitionHeading_x">'
    '<span class="admonitionIcon_y"><svg></svg></span>warning</div><div class="admonitionContent_z"><p>Take care.</p></div></div>',
    '<div class="warning custom-block"><p class="custom-block-title">WARNING</p><p>Take care.</p></div>',  # VitePress
    '<div class="markdown-alert markdown-alert-warning"><p class="markdown-alert-title"><svg></svg>Warning</p><p>Take care.</p></div>',
    '<aside aria-label="Warning" class="starlight-aside starlight-aside--warning"><p class="starlight-aside__title" '
    'aria-hidden="true"><svg></svg>Warning</p><div class="starlight-aside__content"><p>Take care.</p></div></aside>',
    '<blockquote class="blockquote-tag blockquote-tag-warning"><p class="blockquote-tag-title"><svg></svg>Warning</p><p>Take '
    "care.</p></blockquote>",  # mdBook 0.5
    '<div class="alert alert-warning" role="alert"><div class="h4 alert-heading" role="heading">Warning</div><p>Take care.</p></div>',
    '<blockquote class="book-hint warning"><p>Take care.</p></blockquote>',  # Hugo Book
    '<details open class="box cstyle notices warning"><summary class="box-label">Warning</summary><div class="box-content">'
    "<p>Take care.</p></div></details>",  # Relearn
    '<p class="warning">Take care.</p>',  # just-the-docs
    '<p class="notice--warning">Take care.</p>',  # minimal mistakes
    '<p class="notice--warning"><strong>Warning:</strong> Take care.</p>',  # its title is what the author wrote
    '<blockquote class="book-hint warning"><p><strong>Warning</strong><br>Take care.</p></blockquote>',  # Hugo Book
    '<div class="hint hint-warning"><p>Take care.</p></div>',  # GitBook
    '<dl class="warning"><dt>Warning</dt><dd>Take care.</dd></dl>',  # Doxygen
    '<div class="warning"><h3 class="title">Warning</h3><p>Take care.</p></div>',  # DocBook
)


@pytest.mark.parametrize("box", BOXES)
def test_boxes_are_labelled_quotes(box):
    assert markdown(f"<p>Before.</p>{box}<p>After.</p>") == "Before.\n\n> **Warning:**\n>\n> Take care.\n\nAfter."


def test_a_box_keeps_its_own_title():
    sphinx = '<div class="admonition-do admonition"><p class="admonition-title">Do it so</p><p>X y.</p></div>'
    mkdocs = '<div class="admonition tip"><p class="admonition-title">Do it so</p><p>X y.</p></div>'
    assert markdown(sphinx) == "> **Do it so:**\n>\n> X y."
    assert markdown(mkdocs) == "> **Tip: Do it so**\n>\n> X y.".replace("so**", "so**")


PANELS = ("<p>Use apt.</p>", "<p>Use brew.</p>")
TABS = (
    '<div class="tabbed-set tabbed-alternate"><input type="radio"><div class="tabbed-labels"><label>Linux</label><label>macOS'
    '</label></div><div class="tabbed-content"><div class="tabbed-block">{}</div><div class="tabbed-block">{}</div></div></div>',
    '<div class="tabbed-set"><input type=radio><label>Linux</label><div class="tabbed-content">{}</div><input type=radio>'
    '<label>macOS</label><div class="tabbed-content">{}</div></div>',
    '<ul class="nav nav-tabs" role="tablist"><li><button data-bs-target="#t0" role="tab">Linux</button></li><li><button '
    'data-bs-target="#t1" role="tab">macOS</button></li></ul><div class="tab-content"><div class="tab-pane" id="t0" role="tabpanel">'
    '{}</div><div class="tab-pane" id="t1" role="tabpanel">{}</div></div>',
    '<div class="tabs-container"><ul role="tablist" class="tabs"><li role="tab">Linux</li><li role="tab">macOS</li></ul><div>'
    '<div role="tabpanel">{}</div><div role="tabpanel" hidden>{}</div></div></div>',
    '<div class="sd-tab-set"><input type=radio><label class="sd-tab-label">Linux</label><div class="sd-tab-content">{}</div>'
    '<input type=radio><label class="sd-tab-label">macOS</label><div class="sd-tab-content">{}</div></div>',
    '<div class="sphinx-tabs"><div role="tablist"><button aria-controls="p0" role="tab">Linux</button><button aria-controls="p1" '
    'role="tab">macOS</button></div><div id="p0" role="tabpanel">{}</div><div id="p1" hidden="true" role="tabpanel">{}</div></div>',
    '<div class="tab-panel"><div class="tab-nav"><div class="tab-nav-title">\u200b</div><button class="tab-nav-button"><span class='
    '"tab-nav-text">Linux</span></button><button class="tab-nav-button"><span class="tab-nav-text">macOS</span></button></div><div '
    'class="tab-content-container"><div class="tab-content">{}</div><div class="tab-content">{}</div></div></div>',  # Relearn
    '<div class="book-tabs"><input type=radio><label>Linux</label><div class="book-tabs-content">{}</div><input type=radio>'
    '<label>macOS</label><div class="book-tabs-content">{}</div></div>',
)


@pytest.mark.parametrize("tabs", TABS)
def test_tabs_have_their_label_before_each_panel(tabs):
    assert markdown(tabs.format(*PANELS)) == "**Linux:**\n\nUse apt.\n\n**macOS:**\n\nUse brew."


NOTES = (
    '<p>Four<sup id="fnref:a"><a class="footnote-ref" href="#fn:a">1</a></sup> cores.</p><div class="footnote"><hr><ol>'
    '<li id="fn:a"><p>One each.&#160;<a class="footnote-backref" href="#fnref:a">↩</a></p></li></ol></div>',  # Python-Markdown
    '<p>Four<a class="footnote-reference brackets" href="#f1" id="id1" role="doc-noteref"><span class="fn-bracket">[</span>1<span '
    'class="fn-bracket">]</span></a> cores.</p><aside class="footnote-list"><aside class="footnote" id="f1"><span class="label">'
    '<span class="fn-bracket">[</span><a role="doc-backlink" href="#id1">1</a><span class="fn-bracket">]</span></span><p>One each.'
    "</p></aside></aside>",  # docutils 0.20
    '<p>Four<sup><a href="#user-content-fn-1" id="user-content-fnref-1" data-footnote-ref="true">1</a></sup> cores.</p><section '
    'data-footnotes="true" class="footnotes"><h2 class="sr-only">Footnotes</h2><ol><li id="user-content-fn-1"><p>One each. <a '
    'href="#user-content-fnref-1" data-footnote-backref="" class="data-footnote-backref">↩</a></p></li></ol></section>',  # remark
    '<p>Four<sup class="footnote">[<a class="footnote" href="#_footnotedef_1">1</a>]</sup> cores.</p><div id="footnotes"><hr>'
    '<div class="footnote" id="_footnotedef_1"><a href="#_footnoteref_1">1</a>. One each.</div></div>',  # Asciidoctor
    '<p>Four<sup class="footnote-reference"><a href="#a">1</a></sup> cores.</p><div class="footnote-definition" id="a"><sup '
    'class="footnote-definition-label">1</sup><p>One each.</p></div>',  # mdBook
    '<p>Four<sup><a href="#fn_1" id="reffn_1">1</a></sup> cores.</p><blockquote id="fn_1"><sup>1</sup>. One each.<a href="#reffn_1">'
    " ↩</a></blockquote>",  # GitBook 3
)


CITED = (
    '<div class="citation" id="c" role="doc-biblioentry"><span class="label"><span class="fn-bracket">[</span><a role='
    '"doc-backlink" href="#id1">CIT02</a><span class="fn-bracket">]</span></span><p>A text.</p></div>',  # docutils 0.21
    '<dl class="citation"><dt class="label" id="c"><span class="brackets">CIT02</span></dt><dd><p>A text.</p></dd></dl>',
    '<table class="docutils citation" id="c"><colgroup><col class="label"/><col/></colgroup><tbody><tr><td class="label">[CIT02]'
    "</td><td>A text.</td></tr></tbody></table>",  # docutils 0.16
)


@pytest.mark.parametrize("entry", CITED)
def test_a_cited_work_stands_beside_its_mark(entry):
    assert markdown(f"<p>Before.</p>{entry}") == "Before.\n\n[CIT02] A text."


@pytest.mark.parametrize("notes", NOTES)
def test_footnotes(notes):
    assert markdown(notes) == "Four[^1] cores.\n\n[^1]: One each."


def test_a_note_that_is_an_address_defines_no_link():
    note = '<a href="https://a.b/c">https://a.b/c</a>'
    text = markdown(NOTES[-2].replace("One each.", note))
    assert text.endswith("[^1]: <https://a.b/c>.")
    assert "https://a.b/c" in MarkdownIt().render(text)


@pytest.mark.parametrize(
    "html, expected",
    [
        ("10<sup>6</sup>, 2<sup>-3</sup>, x<sup>n + 1</sup>", "10^6, 2^-3, x^(n + 1)"),
        ("the 1<sup>st</sup> of X<sup>®</sup>, CO<sub>2</sub>", "the 1st of X®, CO_2"),
        (
            '<span class="math notranslate">\\(a^2\\)</span> and <span class="arithmatex">\\(b\\)</span>',
            "$a^2$ and $b$",
        ),
        (
            '<span class="katex"><span class="katex-mathml"><math><semantics><mi>c</mi><annotation encoding='
            '"application/x-tex">c_1</annotation></semantics></math></span><span class="katex-html" aria-hidden="true">c1</span></span>',
            "$c_1$",
        ),
        ('<img class="math" alt="d^2" src="x.png"> g', "$d^2$ g"),
        ('<span class="book-katex">\\( d_2 \\)</span> g', "$d_2$ g"),  # Hugo Book
        ('<script type="math/tex">e^2</script> f', "$e^2$ f"),
        ('<span class="arithmatex">\\(\\{x_1, y_*\\}\\)</span>', "$`\\{x_1, y_*\\}`$"),
    ],
)
def test_raised_digits_and_formulas(html, expected):
    assert markdown(f"<p>{html}</p>") == expected


KATEX = '<script src="https://cdn.example/katex/contrib/auto-render.min.js"></script>'
MATHJAX = "<script>window.MathJax = {}</script>"


@pytest.mark.parametrize("head", [KATEX, MATHJAX])
def test_formulas_that_a_script_finds_in_the_text(head):
    html = "<p>Area \\(a_1*b_2\\), $$c_3$$ and <code>\\(d\\)</code>.</p><p>$$\ne_4*f*g\n$$</p><p>\\[h\\]</p>"
    expected = "Area $a_1*b_2$, $c_3$ and `\\(d\\)`.\n\n```math\ne_4*f*g\n```\n\n```math\nh\n```"
    assert markdown(html, head).replace("$`a_1*b_2`$", "$a_1*b_2$") == expected
    assert markdown("<p>Area \\(a\\)</p>") == "Area \\\\(a\\\\)", "a page without such a script shows what it says"


DIAGRAMS = (
    '<pre class="mermaid"><code>graph TD\n  A--&gt;B\n</code></pre>',  # MkDocs Material
    '<pre class="mermaid">graph TD\n  A--&gt;B</pre>',  # Hugo Book, sphinxcontrib-mermaid
    '<div class="mermaid">graph TD\n  A--&gt;B</div>',  # Jekyll, Docsy
    '<pre><code class="language-mermaid">graph TD\n  A--&gt;B\n</code></pre>',  # just-the-docs
)


@pytest.mark.parametrize("diagram", DIAGRAMS)
def test_the_text_of_a_diagram_is_code(diagram):
    assert markdown(f"<p>So:</p>{diagram}") == "So:\n\n```mermaid\ngraph TD\n  A-->B\n```"


@pytest.mark.parametrize(
    "math", ['<div class="math">\\[x = 1\\]</div>', '<div class="arithmatex">\\[\nx = 1\n\\]</div>']
)
def test_displayed_formulas(math):
    assert markdown(f"<p>So:</p>{math}") == "So:\n\n```math\nx = 1\n```"


TABLE = """<table><thead><tr><th>Region</th><th>Plan</th><th>Jobs</th></tr></thead><tbody><tr><td rowspan={0}>north</td><td>basic
</td><td>4</td></tr><tr><td>team</td><td>16</td></tr></tbody><tbody><tr><td colspan="2">south: ask</td><td>2</td></tr><tr>
<td colspan=3>No more.</td></tr></tbody></table>"""


@pytest.mark.parametrize("span", ["2", "0", "99"])
def test_spanned_cells_are_spelled_out(span):
    rows = "| north | basic | 4 |\n| north | team | 16 |\n| south: ask | south: ask | 2 |\n| No more. |  |  |"
    assert markdown(TABLE.format(span)) == f"| Region | Plan | Jobs |\n| --- | --- | --- |\n{rows}"


def test_cells_keep_their_lines():
    table = "<table><tr><th>A</th><th>B</th></tr><tr><td><p>one</p><p>two</p></td><td>x<br>y | z</td></tr></table>"
    assert markdown(table) == "| A | B |\n| --- | --- |\n| one<br>two | x<br>y \\| z |"


TEXTS = (
    "<component>-on-push", "List<Snapshot> of all", "<!-- more --> ends", "# of replicas", "1. is first", "+ and -", "> than",
    "__init__.py and _private_", "a `tick` and ~~no~~ stroke", "[text](url) and \\* and &lt;", "*stars* 2 * 3", "snake_case_name",
    "C:\\new\\_file", "x <y> z", "--- rule", "[a]: b", "&amp; more",
)  # fmt: skip


@pytest.mark.parametrize("text", TEXTS)
def test_text_stays_text_for_every_reader(text):
    import html

    made = markdown(f"<p>{html.escape(text)}</p>")
    tokens = MarkdownIt("commonmark").enable(["table", "strikethrough"]).parse(made)
    assert [token.type for token in tokens] == ["paragraph_open", "inline", "paragraph_close"], made
    assert {child.type for child in tokens[1].children} <= {"text", "text_special"}, made
    assert "".join(child.content for child in tokens[1].children) == text, made


@pytest.mark.parametrize(
    "noise",
    [
        '<div class="theme-doc-footer"><a class="theme-edit-this-page" href="https://x">Edit this page</a></div>',
        '<p><a href="https://x/edit">Edit on GitHub</a></p>',
        '<div class="x">Last updated on <time>Jan 2, 2024</time></div>',
        '<div class="feedback"><h2>Feedback</h2><p>Was this page helpful?</p><button>Yes</button></div>',
        '<nav class="pagination-nav"><a href="/n">Next</a></nav><div class="prev-next-area"><a href="/n">next</a></div>',
        '<div class="toc"><ul><li><a href="#a">A</a></li></ul></div>',
        '<ul class="wy-breadcrumbs"><li>Home</li></ul>',
        '<div><a href="/p"><span><span>Previous</span><span>Overview</span></span></a></div>',  # GitBook
        '<div><p>Last updated <time datetime="2024-05-01">3 months ago</time></p></div>',  # GitBook
        '<div class="R-taxonomy tags"><ul><li><a href="/t">Tag</a></li></ul></div>',  # Relearn
        '<div><img src="/icons/calendar.svg" class="book-icon" alt="Calendar"></div>',  # Hugo Book
    ],
)
def test_what_the_generator_added_is_left_out(noise):
    assert markdown(f"<h1>A</h1><p>Text.</p>{noise}") == "# A\n\nText."


def test_a_sentence_about_a_button_is_no_noise():
    said = '<p>Choose <a href="/x">Edit this page</a> and write.</p><ul><li>It was last updated by you in 2024 or so, it says.</li></ul>'
    assert "[Edit this page](http://h/x) and write" in markdown(said) and "last updated by you" in markdown(said)
    listed = '<div class="toc"><ul><li><a href="guide.html">Guide</a></li></ul></div>'
    assert markdown(f"<h1>A</h1>{listed}") == "# A\n\n- [Guide](http://h/docs/p/guide.html)"


def test_definitions_and_signatures_are_prose():
    html = """<dl><dt>one</dt><dt>two<span class="classifier">kind</span></dt><dd><p>Its meaning.</p><p>More.</p></dd></dl>
    <dl class="py function"><dt class="sig sig-object py" id="io.open"><span class="pre">io.open</span>(<em>file</em>, <em>mode=</em>)
    <a class="headerlink" href="#x">¶</a></dt><dd><p>Open a file.</p></dd></dl>"""
    assert markdown(html) == "**one, two (kind):** Its meaning.\n\nMore.\n\n`io.open(file, mode=)`\n\nOpen a file."


RUSTDOC = (
    '<details open><summary><section id="m"><span class="rightside"><span class="since" title="x">1.28.0</span> · <a class="srclink"'
    ' href="s">source</a></span><a href="#m" class="anchor"></a><h4 class="code-header">pub fn <a href="#m" class="fnname">new</a>'
    '(x: &amp;<a href="u">u8</a>)</h4></section></summary><div class="docblock"><p>Makes one.</p></div></details>',  # 1.63
    '<details open><summary><section id="m"><span class="rightside"><span class="since">1.28.0</span> · <a class="src" href="s">'
    'Source</a></span><h4 class="code-header">pub fn <a class="fn">new</a>(x: &amp;u8)</h4></section></summary><p>Makes one.</p>'
    "</details>",  # 1.80
)


@pytest.mark.parametrize("entry", RUSTDOC)
def test_an_entry_of_rustdoc_is_a_heading_of_code_with_its_version(entry):
    assert markdown(entry) == "#### `pub fn new(x: &u8)`\n\nSince 1.28.0\n\nMakes one."


def test_signs_of_rustdoc_that_are_links_stay():
    entry = '<h4 class="code-header">fn f(x: <a href="r">&amp;</a>Self) -&gt; Result&lt;<a href="u">()</a>, E&gt;</h4>'
    since = '<span class="rightside"><span class="since">const: unstable</span></span>'
    assert markdown(f"<section>{since}{entry}</section>") == "#### `fn f(x: &Self) -> Result<(), E>`\n\nConst: unstable"


def test_an_entry_of_doxygen_is_one_line_of_code():
    member = """<h2 class="memtitle">put()</h2><div class="memproto"><table class="memname"><tr><td class="memname">int put </td><td>(</td>
    <td class="paramtype">struct <a href="l.html">list</a> *&#160;</td><td class="paramname"><em>arr</em>, </td></tr><tr><td></td>
    <td></td><td class="paramtype">size_t&#160;</td><td class="paramname"><em>idx</em>&#160;</td></tr><tr><td></td><td>)</td><td></td>
    </tr></table></div>"""
    assert markdown(member) == "## put()\n\n`int put (struct list * arr, size_t idx)`"


def test_lines_of_a_fragment_of_doxygen():
    fragment = """<div class="fragment"><div class="line">for (;;) {</div>
<div class="line">  x();</div>
<div class="ttc"><div class="ttname">x</div></div></div>"""
    assert markdown(fragment) == "```\nfor (;;) {\n  x();\n```"


def test_lines_of_verse_inside_others():
    verse = '<div class="line-block"><div class="line">one</div><div class="line-block"><div class="line">two</div></div></div>'
    assert markdown(verse) == "one  \ntwo"


def test_a_label_with_a_colon_gets_no_second_one():
    docsy = '<ul role="tablist"><li><button role="tab" aria-controls="p">File:</button></li></ul><div id="p" role="tabpanel"><p>x</p></div>'
    material = '<div class="tabbed-set"><label>File:</label><div class="tabbed-content"><p>x</p></div></div>'
    assert markdown(docsy) == markdown(material) == "**File:**\n\nx"


def test_a_list_of_contents_goes_with_its_title():
    listed = '<ol id="markdown-toc"><li><a href="#a">A</a></li></ol>'  # just-the-docs
    assert markdown(f"<p>x</p><h2>Table of contents</h2>{listed}<p>y</p>") == "x\n\ny"
    assert markdown(f"<p>x</p><details><summary>Table of contents</summary>{listed}</details><p>y</p>") == "x\n\ny"


def test_a_heading_that_leads_to_its_own_page_is_its_text():
    assert markdown('<h1><a href="http://h/docs/p/" itemprop="url">A b</a></h1>') == "# A b"  # minimal mistakes


def test_a_table_of_aria_roles_is_a_table():  # GitBook
    head = '<div role="rowgroup"><div role="row"><div role="columnheader">A</div><div role="columnheader">B</div></div></div>'
    row = '<div role="rowgroup"><div role="row"><div role="cell"><p>1</p></div><div role="cell"><p>2</p></div></div></div>'
    assert markdown(f'<div role="table">{head}{row}</div>') == "| A | B |\n| --- | --- |\n| 1 | 2 |"


def test_boxes_to_tick():
    gfm = '<ul><li><input type="checkbox" checked> one</li><li><input type="checkbox"> two</li></ul>'
    gitbook = (
        '<ul><li><div><button role="checkbox" aria-checked="true"></button></div><div><p>one</p></div></li><li><div>'
        '<button role="checkbox" aria-checked="false"></button></div><div><p>two</p></div></li></ul>'
    )
    assert markdown(gfm) == markdown(gitbook) == "- [x] one\n- [ ] two"


def test_badges_and_pictures_of_relearn():
    badge = '<p><span class="badge"><span class="badge-title">Version</span><span class="badge-content">6.6</span></span></p>'
    picture = '<p>A <img src="a.png" alt="A"><a class="lightbox-back"><img src="a.png" alt="A"></a></p>'
    assert markdown(badge) == "Version 6.6" and markdown(picture) == "A ![A](http://h/docs/p/a.png)"


def test_figures_cards_collapsibles_and_captions():
    html = """<figure><img src="a.png" alt="A"><figcaption>The caption.</figcaption></figure>
    <a class="card" href="/x"><h2 class="cardTitle_1">Start</h2><p>Read it.</p></a>
    <details><summary>More</summary><p>Hidden.</p></details>
    <div class="codeBlockTitle_2">app.js</div><pre><code class="language-js">x</code></pre>"""
    assert markdown(html) == (
        "![A](http://h/docs/p/a.png)\n\nThe caption.\n\n[Start](http://h/x)\n\nRead it.\n\nMore\n\nHidden.\n\n"
        "app.js\n\n```js\nx\n```"
    )


@pytest.mark.parametrize(
    "html, where",
    [
        ('<div id="root"></div><script src=a.js></script>', "drawn by JavaScript"),
        ("<p></p>", "has no text; name the element"),
    ],
)
def test_pages_without_text_are_named(html, where):
    with pytest.raises(Exception, match=where):
        read(f"<html><body>{html}</body></html>", "http://h/")


@pytest.mark.parametrize(
    "body, text, where",
    [
        ('<nav>M</nav><div class="wy-nav-content"><div role=main><div itemprop="articleBody"><h1>A</h1>', "# A", "Read the Docs"),
        ('<div class="sphinxsidebar">M</div><div class=documentwrapper><div class=body role=main><h1>A</h1>', "# A", "alabaster"),
        ('<article class="bd-article"><h1>A</h1></article><div class="bd-toc">M</div>', "# A", "pydata"),
        ('<div class="md-sidebar">M</div><article class="md-content__inner"><h1>A</h1></article>'
         .replace("<article", '<div class="md-content"><article'), "# A", "Material"),
        ('<div id=__docusaurus><main><div class="theme-doc-markdown markdown"><h1>A</h1></div></main></div>', "# A", "Docusaurus"),
        ('<div id="menu-bar">M</div><main><h1>A</h1></main>', "# A", "mdBook"),
        ('<div class="td-sidebar">M</div><div class="td-content"><h1>A</h1></div>', "# A", "Docsy"),
        ('<div class="book-menu">M</div><div class="book-page"><article class="markdown"><h1>A</h1></article></div>', "# A", "Book"),
        ('<div id="R-body-inner"><article class="default"><h1>A</h1></article></div>', "# A", "Relearn"),
        ('<div class="main-content-wrap"><div id="main-content"><h1>A</h1></div></div>', "# A", "just-the-docs"),
        ('<div class="main-content-wrap"><div id="main-content"><main><h1>A</h1></main><hr><footer>F</footer></div></div>', "# A", "just-the"),
        ('<div id="header"><h1>A</h1><h2>NAME</h2><div class="sectionbody"><p>a - does b</p></div></div><div id="content">C</div>',
         "# A\n\n## NAME\n\na - does b\n\nC", "AsciiDoc"),
        ('<h1 class="page__title">A</h1><section class="page__content"><p>B</p></section>', "# A\n\nB", "minimal mistakes"),
        ('<div class="page-inner"><section class="normal markdown-section"><h1>A</h1></section></div>', "# A", "GitBook"),
        ('<div class="vp-doc"><h1>A</h1></div><aside>M</aside>', "# A", "VitePress"),
        ('<main><h1 id="_top">A</h1><div class="sl-markdown-content"><p>B</p></div></main>', "# A\n\nB", "Starlight"),
        ('<div id="titlearea">M</div><div class="header"><div class="title">A</div></div><div class="contents"><p>B</p></div>',
         "# A\n\nB", "Doxygen"),
        ('<div class="VPHome"><h1>A</h1><p>B</p><div class="vp-doc"></div></div><div class="content">M</div>', "# A\n\nB", "VitePress"),
        ('<main><div class="hero"><h1 id="_top">A</h1><div class="tagline">B</div></div><div class="sl-markdown-content">C</div></main>',
         "# A\n\nB\n\nC", "Starlight"),
        ('<div class="navheader">M</div><div class="part"><h1>A</h1><div class="partintro"><p>B</p><div class="section">C</div></div></div>',
         "# A\n\nB\n\nC", "DocBook"),
        (f'<div id="content"><ul>{"<li><a href=x>A long menu of pages</a>" * 20}</ul><div><div><h1>A</h1><p>{"Text. " * 9}</p></div></div></div>',
         f"# A\n\n{'Text. ' * 9}".rstrip(), "#content"),
        (f'<div class="content">Search</div><div class=z><h1>A</h1><p>{"Text. " * 9}</p></div>', f"# A\n\n{'Text. ' * 9}".rstrip(), "densest"),
        ("<div>M</div><div class=z><p>A long paragraph, with commas, about the one thing.</p></div>",
         "A long paragraph, with commas, about the one thing.", "densest"),
    ],
)  # fmt: skip
def test_the_text_is_found_by_itself(body, text, where):
    page = read(f"<html><head><title>A | Site</title></head><body>{body}</body></html>", "http://h/")
    assert page.markdown == f"{text}\n" and where in page.where
