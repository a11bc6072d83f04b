"""What themes of today write around a text: each rule in the markup of the generator that showed its want."""
# ruff: noqa: E501  markup as the generators write it

import pytest

from scripts.crawl.page import read


def markdown(body: str) -> str:
    """What a page with this in its <main>, or with this <body>, becomes, without its last newline."""
    whole = body if body.startswith("<body") else f"<body><nav>Menu</nav><main>{body}</main></body>"
    return read(f"<html><head><title>T</title></head>{whole}</html>", "http://h/docs/p/").markdown.rstrip("\n")


BOXES = {
    "Mintlify": '<div class="callout my-4" data-callout-type="warning"><div data-component-part="callout-icon"><svg></svg></div><div '
    'data-component-part="callout-content"><span data-as="p">Care.</span></div></div>',
    "Nextra 4": '<div class="nextra-callout x:flex"><div class="x:select-none" data-pagefind-ignore="all">⚠️</div><div class="x:w-full">'
    "<p>Care.</p></div></div>",
    "Hextra": '<div class="hx:flex hextra-callout"><div class="hx:pl-3"><div>⚠️</div></div><div><p>Care.</p></div></div>',
    "ReadMe": '<blockquote class="callout callout_warn" theme="🚧"><span class="callout-icon">🚧</span><p>Care.</p></blockquote>',
    "Fumadocs": '<div class="flex gap-2" style="--callout-color:var(--color-fd-warning)"><div role="none"></div><svg></svg><div><div '
    'class="prose-no-margin"><p>Care.</p></div></div></div>',
    "Nuxt UI": '<div class="group relative block border border-warning/25 bg-warning/10"><span class="iconify" aria-hidden="true"></span>'
    "Care.</div>",
    "GitBook": '<div class="hint bg-warning border-warning"><div class="text-warning-subtle"><svg></svg></div><div><p>Care.</p></div></div>',
    "Confluence": '<div class="confluence-information-macro confluence-information-macro-warning"><span class="aui-icon"></span><div '
    'class="confluence-information-macro-body"><p>Care.</p></div></div>',
    "bookdown": '<div class="rmdwarning"><p>Care.</p></div>',
    "MyST": '<aside class="admonition myst-admonition myst-admonition-warning"><div class="myst-admonition-header"><svg></svg><div '
    'class="myst-admonition-header-text">Warning</div></div><div class="myst-admonition-body"><p>Care.</p></div></aside>',
    "an icon that names it": '<div class="callout"><svg class="lucide lucide-triangle-alert"></svg><p>Care.</p></div>',
    "an icon's label": '<div class="callout"><svg aria-label="Warning"></svg><p>Care.</p></div>',
}


@pytest.mark.parametrize("generator", BOXES)
def test_a_box_says_its_kind(generator):
    assert markdown(f"<p>Before.</p>{BOXES[generator]}") == "Before.\n\n> **Warning:**\n>\n> Care."


@pytest.mark.parametrize(
    "box, label",
    [
        ('<blockquote class="highlight-title"><p>Mind it</p><p>X.</p></blockquote>', "Mind it:"),  # just-the-docs: any name
        ('<div class="admonition pied-piper"><p class="admonition-title">Mind it</p><p>X.</p></div>', "Mind it:"),  # Material
        ('<div class="theme-admonition theme-admonition-mine alert"><div class="admonitionHeading_x">Mind it</div><div class="'
         'admonitionContent_y"><p>X.</p></div></div>', "Mind it:"),  # Docusaurus: keywords of its configuration
        ('<blockquote class="callout callout_warn"><h3 class="callout-heading"><span class="callout-icon">🚧</span><p>Mind it</p></h3>'
         "<p>X.</p></blockquote>", "Warning: Mind it"),  # ReadMe: a paragraph in a heading
        ('<div class="flex" style="--callout-color:var(--color-fd-info)"><svg></svg><div><p>Mind it</p><div><p>X.</p></div></div></div>',
         "Info: Mind it"),  # Fumadocs
        ('<div class="confluence-information-macro confluence-information-macro-tip"><p class="title">Mind it</p><div class="'
         'confluence-information-macro-body"><p>X.</p></div></div>', "Tip: Mind it"),
        ('<blockquote class="new"><p>X.</p></blockquote>', "New:"),  # just-the-docs
        ('<div class="admonition new tip"><p>X.</p></div>', "Tip:"),  # MkDocs, with a class more
        ('<div class="admonition note"><p class="admonition-title">🚧 Mind it 🚧</p><p>X.</p></div>', "Note: 🚧 Mind it 🚧"),
    ],
)  # fmt: skip
def test_the_title_of_a_box_of_any_kind_is_its_label(box, label):
    assert markdown(f"<p>Before.</p>{box}") == f"Before.\n\n> **{label}**\n>\n> X."


OPENED = {
    "Bootstrap 5": '<h3 class="accordion-header"><button class="accordion-button collapsed" data-bs-toggle="collapse" data-bs-target="#c" '
    'aria-controls="c" aria-expanded="false">Why?</button></h3><div id="c" class="accordion-collapse collapse"><p>So.</p></div>',
    "Radix": '<h3><button type="button" aria-controls="r1" aria-expanded="false"><svg></svg>Why?</button></h3><div role="region" id="r1" '
    'hidden=""><p>So.</p></div>',
    "until found": '<h3>Why?</h3><div hidden="until-found"><p>So.</p></div>',
    "jQuery": '<h3 class="toggle">Why?</h3><div style="display: none"><p>So.</p></div>',
}


@pytest.mark.parametrize("way", OPENED)
def test_what_a_button_opens_stays_with_its_title(way):
    assert markdown(OPENED[way]) == "### Why?\n\nSo."


def test_a_button_of_a_disclosure_is_a_line_and_one_of_a_menu_is_none():
    disclosure = '<button aria-expanded="false" aria-controls="d">Why?</button><div id="d" hidden><p>So.</p></div>'
    menu = '<button aria-expanded="false" aria-controls="m">Copy page</button><div id="m" role="menu"><a href="p.md">Markdown</a></div>'
    assert markdown(f"<p>A.</p>{disclosure}{menu}") == "A.\n\nWhy?\n\nSo."


def test_a_button_at_the_end_of_a_heading_is_no_title():
    assert (
        markdown('<h2 id="a">Set up<button aria-label="Copy link" type="button">Copy link</button></h2>') == "## Set up"
    )


def test_folders_of_a_file_tree_are_buttons():
    tree = '<ul class="nextra-filetree"><li><button><svg></svg><span>pages</span></button><ul><li><span>app.js</span></li></ul></li></ul>'
    assert markdown(tree) == "- pages\n  - app.js"


STEPS = {
    "Mintlify": '<div role="list" class="steps"><div role="listitem"><div><div>1</div></div><div><p data-component-part="step-title">One</p>'
    '<div><span data-as="p">Do.</span></div></div></div><div role="listitem"><div><div>2</div></div><div><p>Two</p></div></div></div>',
    "GitBook": '<div class="contents"><div><div>1</div></div><div><h3>One</h3><p>Do.</p></div></div><div class="contents"><div><div>2</div>'
    "</div><div><h3>Two</h3></div></div>",
}


def test_the_number_of_a_step_is_in_its_title():
    assert markdown(STEPS["Mintlify"]) == "**1. One**\n\nDo.\n\n**2. Two**"
    assert markdown(STEPS["GitBook"]) == "### 1. One\n\nDo.\n\n### 2. Two"
    assert markdown(STEPS["GitBook"] * 2).count("### 1. One") == 2, "each stepper counts from 1"
    assert markdown("<div>7</div><p>a</p><div>9</div><p>b</p>") == "7\n\na\n\n9\n\nb", "figures that count nothing stay"


TABBED = {
    "@asciidoctor/tabs, before its script": '<div class="openblock tabs is-sync"><div class="content"><div class="ulist tablist"><ul><li '
    'id="t1" class="tab"><p>A</p></li><li id="t2" class="tab"><p>B</p></li></ul></div><div class="tabpanel" aria-labelledby="t1"><p>In a.'
    '</p></div><div class="tabpanel" aria-labelledby="t2"><p>In b.</p></div></div></div>',
    "Radix": '<div role="tablist"><button role="tab" aria-controls="a">A</button><button role="tab" aria-controls="b">B</button></div><div '
    'role="tabpanel" id="a"><p>In a.</p></div><div role="tabpanel" id="b" hidden="" style="display:none"><p>In b.</p></div>',
}


@pytest.mark.parametrize("generator", TABBED)
def test_tabs(generator):
    assert markdown(TABBED[generator]) == "**A:**\n\nIn a.\n\n**B:**\n\nIn b."


def test_blocks_of_code_with_tabs_of_readme():
    tabs = (
        '<div class="CodeTabs"><div class="CodeTabs-toolbar"><button>Python</button><button>Ruby</button></div><div class="CodeTabs-inner">'
        '<pre><button class="rdmd-code-copy"></button><code data-lang="python">a</code></pre><pre><code data-lang="ruby">b</code></pre></div></div>'
    )
    assert markdown(tabs) == "**Python:**\n\n```python\na\n```\n\n**Ruby:**\n\n```ruby\nb\n```"


CODE = {
    "Mintlify": '<div class="code-block" language="python"><pre class="shiki" language="python"><code language="python"><span class="line">a</span>\n'
    '<span class="line">  b</span>\n</code></pre></div>',
    "YARD": '<table class="source_code"><tr><td><pre class="lines">\n12\n13</pre></td><td><pre class="code"><span>a</span>\n  b</pre></td>'
    "</tr></table>",
    "pkg.go.dev": '<textarea class="Documentation-exampleCode code" spellcheck="false">a\n  b\n</textarea>',
}


@pytest.mark.parametrize("generator", CODE)
def test_code(generator):
    language = "python" if "language=" in CODE[generator] else ""
    assert markdown(CODE[generator]) == f"```{language}\na\n  b\n```"


SIGNATURES = {
    "TypeDoc": '<div class="tsd-signature tsd-anchor-link"><span>open</span><span>(</span><span>name</span><span>:</span> <span>T</span>'
    "<span>)</span></div>",
    "pdoc": '<main class="pdoc"><section id="o"><div class="attr function"><span class="name">open</span><span class="signature">(name: T)</span>'
    '<label class="view-source-button"><span>View Source</span></label></div></section></main>',
    "Sphinx, C++": '<dl class="cpp function"><dt class="sig"><span>open</span>(<span>name</span>:<br>T)</dt><dd></dd></dl>',
}


@pytest.mark.parametrize("generator", SIGNATURES)
def test_a_signature_is_one_line_of_code(generator):
    assert markdown(SIGNATURES[generator]) == "`open(name: T)`"


def test_a_link_called_source_or_open_is_no_tool_of_the_page():
    assert markdown('<div><a href="#open">open</a></div><div><a href="#s">Source</a></div>') == (
        "[open](http://h/docs/p/#open)\n\n[Source](http://h/docs/p/#s)"
    )
    assert markdown('<p>A.</p><div><a href="https://github.com/a/b/edit/p.md">Edit</a></div>') == "A."


LEFT_OUT = (
    '<div><button>Copy page</button><div role="menu"><a href="p.md">View as Markdown</a></div></div>',  # Mintlify
    '<div><a href="https://chatgpt.com/?q=x">Open in ChatGPT</a><a href="https://claude.ai/new?q=x">Open in Claude</a></div>',
    '<blockquote><p>For AI agents: the documentation index is at <a href="/llms.txt">llms.txt</a></p></blockquote>',
    '<div><p>Did you find this helpful?</p><div><span>Yes</span> <span>No</span></div></div>',
    '<div><h5>Was this article useful?</h5><span>Yes</span> <span>No</span></div>',
    '<div>How could this page be improved?</div>',
    '<div class="cookie-banner"><p>We use cookies to improve your experience.</p></div>',
    '<form><h3>Subscribe to our newsletter</h3><label>Email</label><input type="email"></form>',
    '<div class="ethical-ad"><a href="https://x">Buy this fine product</a></div>',
    '<div role="dialog"><p>Search the documentation for words</p></div>',
    '<div style="display:none"><p>No results found.</p></div>',
    '<span class="usa-sr-only">(external link)</span>',
    '<i class="material-icons">home</i>',
    '<p>Next: <a rel="next" href="n">N</a>, Up: <a rel="up" href="u">U</a> [<a href="c">Contents</a>]</p>',  # Texinfo
    '<a data-slot="link" href="/n"><p data-slot="linkTitle">Usage</p><p data-slot="linkDescription">Learn it.</p></a>',  # Nuxt UI
    '<aside class="tsd-sources"><ul><li>Defined in <a href="https://g/a.ts">a.ts:1</a></li></ul></aside>',  # TypeDoc
    '<div><a href="#here">\u200b<svg></svg></a></div>',  # Mintlify's fields
)  # fmt: skip


@pytest.mark.parametrize("noise", LEFT_OUT)
def test_what_the_theme_added_is_left_out(noise):
    assert markdown(f"<h1>A</h1><p>Text.</p>{noise}<p>More.</p>") == "# A\n\nText.\n\nMore."


def test_a_trail_before_the_title_goes_and_what_says_where_an_entry_is_stays():
    trail = '<div><a href="/">Docs</a> / <a href="/g">Guides</a></div>'
    assert markdown(f"{trail}<header><h1>A</h1></header><p>Text.</p>") == "# A\n\nText."
    javadoc = '<div class="sub-title"><span>Package</span> <a href="p.html">java.net</a></div>'
    assert markdown(f"{javadoc}<h1>A</h1>") == "Package [java.net](http://h/docs/p/p.html)\n\n# A"
    assert markdown('<div><h2 id="breadcrumb-styling">Breadcrumbs</h2><p>Text.</p></div>') == "## Breadcrumbs\n\nText."


@pytest.mark.parametrize(
    "html, text",
    [
        ("<ol reversed><li>c</li><li>b</li><li>a</li></ol>", "3. c\n2. b\n1. a"),
        ('<ol><li value="4">d</li><li>e</li></ol>', "4. d\n5. e"),
        ('<ol start="3"><li>c</li></ol>', "3. c"),
        ("<p>Konf&shy;lux&#8203;es need 10&nbsp;GB&#xFEFF;</p>", "Konfluxes need 10 GB"),
        ("<p><ruby>漢<rt>かん</rt></ruby>, <ruby>字<rp>(</rp><rt>じ</rt><rp>)</rp></ruby></p>", "漢(かん), 字(じ)"),
        ("<p><em>array</em><em>,</em> <em>optional</em></p>", "*array,* *optional*"),
        ("<p><em>Optional</em><em>[</em><a href='http://x'>T</a><em>]</em></p>", "*Optional[*[T](http://x)]"),
        ("<p>a <math><msup><mi>x</mi><mn>2</mn></msup><mo>+</mo><mfrac><mn>1</mn><mn>2</mn></mfrac></math></p>", r"a $x^{2}+\frac{1}{2}$"),
        ("<p>a <mjx-container><mjx-math aria-hidden=true></mjx-math><mjx-assistive-mml><math><msqrt><mi>y</mi></msqrt></math>"
         "</mjx-assistive-mml></mjx-container></p>", r"a $\sqrt{y}$"),
        ("<figure><svg><title>Flow</title><text>Build</text><text>Test</text></svg></figure>", "Flow: Build, Test"),
        ('<my-note><template shadowrootmode="open"><p>In it.</p></template></my-note>', "In it."),
        ("<h2>1. Begin</h2><h3>- a -</h3>", "## 1. Begin\n\n### - a -"),
        ('<h3 id="e">E<a href="#e">link</a></h3>', "### E"),
        ('<h2>I<span class="mw-editsection">[<a href="/edit">edit</a>]</span></h2>', "## I"),  # MediaWiki
        ("<p><kbd>Ctrl</kbd><kbd>C</kbd> <a href='http://x'>X</a><a href='http://y'>Y</a></p>", "`Ctrl` `C` [X](http://x) [Y](http://y)"),
        ('<p>Four<sup class="reference" id="cite_ref-1"><a href="#cite_note-1">[1]</a></sup>.</p><ol><li id="cite_note-1"><span class="mw-cite-backlink">'
         '<a href="#cite_ref-1">↑</a></span> <span>Said so.</span></li></ol>', "Four[^1].\n\n[^1]: Said so."),  # MediaWiki
        ("<table><tr><th colspan=2>Sizes</th></tr><tr><th>k</th><th>v</th></tr><tr><td>1</td><td>2</td></tr></table>",
         "| Sizes k | v |\n| --- | --- |\n| 1 | 2 |"),
        ('<aside class="warning">Hot.</aside>', "> **Warning:**\n>\n> Hot."),  # Slate
        ('<video src="a.mp4">Your browser knows no video.</video>', "[Video](http://h/docs/p/a.mp4)"),
        ('<details class="hide above-input"><summary><span class="collapsed">Show code cell source</span></summary><pre>x</pre></details>', "```\nx\n```"),
    ],
)  # fmt: skip
def test_elements_and_characters(html, text):
    assert markdown(html) == text


@pytest.mark.parametrize(
    "body, text",
    [
        ('<body><table><tr><td><a href="a">A page</a><br><a href="b">B page</a></td><td><h1>A</h1><p>A long text, with commas, of the page.'
         "</p></td></tr></table></body>", "# A\n\nA long text, with commas, of the page."),
        ('<body><div id="main"><div id="main-header"><h1 id="title-heading"><span id="title-text">Site : A</span></h1></div><div id="content">'
         '<div class="page-metadata">Created by B</div><div id="main-content" class="wiki-content"><p>Text.</p></div></div></div></body>',
         "# Site : A\n\nText."),  # Confluence
        ('<body><div id="nd-page"><article><div><a href="/">Docs</a><a>UI</a></div><h1>A</h1><p>What it is.</p><button>Copy Markdown</button>'
         '<div class="prose"><p>Text.</p></div><a href="/n"><p>Next page</p></a></article></div></body>', "# A\n\nWhat it is.\n\nText."),  # Fumadocs
    ],
)  # fmt: skip
def test_the_text_of_a_page_is_found(body, text):
    assert markdown(body) == text


def test_a_grid_without_rows_is_a_table_and_its_filters_are_no_tabs():  # Javadoc 17
    tabs = '<div role="tablist"><button role="tab" aria-controls="p">All</button><button role="tab" aria-controls="p">Static</button></div>'
    grid = (
        '<div class="summary-table two-column-summary"><div class="table-header col-first">Method</div><div class="table-header col-last">'
        'Description</div><div class="col-first"><code>a()</code></div><div class="col-last"><div class="block">Does a.</div></div></div>'
    )
    section = f'<section><h2>Methods</h2>{tabs}<div id="p" role="tabpanel">{grid}</div></section>'
    assert markdown(f'<ul class="summary-list"><li>{section}</li></ul>') == (
        "## Methods\n\n| Method | Description |\n| --- | --- |\n| `a()` | Does a. |"
    )


def test_a_table_in_a_cell_is_its_lines():  # JSDoc
    inner = "<h6>Properties</h6><table><thead><tr><th>Name</th><th>Type</th></tr></thead><tr><td><code>a</code></td><td>T</td></tr></table>"
    outer = (
        f"<table><thead><tr><th>Name</th><th>Use</th></tr></thead><tr><td>o</td><td>Options. {inner}</td></tr></table>"
    )
    assert markdown(outer) == "| Name | Use |\n| --- | --- |\n| o | Options.<br>Properties<br>`a`: T |"


def test_a_field_with_a_colon_gets_no_second_one():  # docutils 0.19
    inner = '<table class="field-list"><tr><th>Options:</th><td>a</td></tr></table>'
    outer = f"<table><thead><tr><th>A</th><th>B</th></tr></thead><tr><td>C</td><td>{inner}</td></tr></table>"
    assert markdown(outer) == "| A | B |\n| --- | --- |\n| C | Options: a |"


def test_signs_and_marks_beside_a_name():
    impl = '<h3 class="code-header">impl&lt;T&gt; Tide for Level&lt;T&gt;<div class="where">where<br>T: Clone,</div></h3>'  # rustdoc 1.95
    assert markdown(impl) == "### `impl<T> Tide for Level<T> where T: Clone,`"
    assert (
        markdown('<span class="item-info"><div class="stab"><span class="emoji">👎</span><span>Old</span></div></span>')
        == "👎 Old"
    )
    assert markdown('<h3><code class="tsd-tag">Readonly</code>n</h3>') == "### `Readonly` n"  # TypeDoc
    assert markdown("<dl><dt>a</dt><dd></dd><dt>b</dt><dd>B.</dd></dl>") == "**a**\n\n**b:** B."
    name = '<h4 class="name" id="o">open<span class="signature">(x<span class="signature-attributes">opt</span>)</span></h4>'
    assert (
        markdown(f'<body><div id="main"><h1 class="page-title">T</h1>{name}</div></body>')
        == "# T\n\n#### `open(x (opt))`"
    )
    assert (
        markdown('<div class="method-heading"><span>open</span><span class="method-args">(x)</span></div>')
        == "`open(x)`"
    )
