"""Code blocks as generators write them, each made one <pre><code data-lang="...">text</code></pre>."""

import re

from bs4 import BeautifulSoup, NavigableString, Tag

from scripts.crawl.code import is_no_code, language_of, text_of
from scripts.crawl.selecting import Marks, inside, removed, select

# Tables that hold the line numbers in one cell and the code in another; the code is in the last <pre>.
# Rouge: https://github.com/rouge-ruby/rouge/blob/master/lib/rouge/formatters/html_table.rb
# Chroma: https://github.com/alecthomas/chroma (html.WithLineNumbers). Pygments: linenos=table. highlight.js plugin.
CODE_TABLES = ("table.rouge-table, table.lntable, table.highlighttable, table.syntaxhighlighter, table.hljs-ln,"
               " table.highlight, figure.highlight > table, .gist table, td.rouge-code, table.source_code")  # fmt: skip
# What a block is called: https://docusaurus.io/docs/markdown-features/code-blocks#code-title and its like.
TITLES = ("[class*=codeBlockTitle], .code-block-caption, span.filename, .gatsby-code-title, .remark-code-title,"
          " [data-rehype-pretty-code-title], .code-block-title, .highlight-title, .code-title,"
          " .gatsby-remark-code-title, .vp-code-block-title-bar")  # fmt: skip
# Texts that a script draws as a diagram: {CSS: language}. https://mermaid.js.org/config/usage.html and its like.
DIAGRAMS = {".mermaid": "mermaid", ".plantuml": "plantuml", ".markmap": "markmap", ".wavedrom": "wavedrom"}
# Code that is in no <pre>: of Doxygen, of VuePress, of pkg.go.dev.
FRAGMENTS = (".fragment, .line-numbers-mode > .hljs-table, textarea.code, textarea[data-lang], textarea[data-language],"
             " textarea[class*=exampleCode]")  # fmt: skip


def out_of_table(table: Tag) -> None:
    """Put, in place of a table of line numbers and code, the code alone; what names it becomes a paragraph before."""
    for title in table.select("th.filename, .filename"):
        title.name = "p"
        table.insert_before(title.extract())
    block = table.find_all("pre")[-1] if table.find("pre") else table
    if block is not table:
        language = language_of(table) or language_of(block)
        if outer := table.find_parent("pre"):  # Rouge in Jekyll: the table lies in <pre><code>
            table = outer
        block["data-lang"] = language
        table.replace_with(block.extract())


def as_pre(soup: BeautifulSoup, present: Marks) -> list[Tag]:
    """Make, in place, code that is in no <pre> one, and give all blocks of code."""
    fragments = select(soup, FRAGMENTS, present)
    for fragment in fragments:
        if fragment.name == "div":  # its lines are elements; the newlines between them are not seen
            for node in [node for node in fragment.contents if isinstance(node, NavigableString) and not node.strip()]:
                node.extract()
        fragment.name = "pre"
    for selector, language in DIAGRAMS.items():
        for diagram in select(soup, selector, present):
            if diagram.name in ("div", "pre", "code") and not diagram.find(["svg", "pre", "img"]):
                diagram.name = "code" if diagram.name == "code" else "pre"
                diagram["data-lang"] = language
    marked = [*fragments, *select(soup, ", ".join(DIAGRAMS), present)]
    return [*select(soup, "pre", present), *(tag for tag in marked if tag.name == "pre")]


def plain(soup: BeautifulSoup, pre: Tag) -> None:
    """Make, in place, a block of code one <code> that holds text alone; one without text goes."""
    language = str(pre.get("data-lang") or "") or language_of(pre)
    for tag in pre.find_all(is_no_code):
        if not removed(tag):
            tag.decompose()
    text = text_of(pre).replace("\u200b", "")
    if "fragment" in pre.get_attribute_list("class"):
        text = text.replace("\xa0", " ")
    text = re.sub(r"^[ \t]*\n", "", text, count=1).rstrip()
    if not text.strip():
        pre.decompose()
        return
    pre.clear()
    pre.append(soup.new_tag("code", attrs={"data-lang": language} if language else {}, string=text))


def plain_blocks(soup: BeautifulSoup, present: Marks) -> None:
    """Make, in place, each code block one <pre> with one <code> that holds text alone, its title a paragraph before."""
    for table in select(soup, CODE_TABLES, present):
        if not removed(table) and (table.find("pre") or table.select_one(".code, .hljs-ln-code, .rouge-code")):
            out_of_table(table)
    for title in select(soup, TITLES, present):
        if not removed(title) and not title.find("pre") and title.name != "blockquote":  # a callout of just-the-docs
            for link in title.select("a.headerlink, button, svg"):
                link.decompose()
            title.name = "p"
    done: set[int] = set()
    for pre in as_pre(soup, present):
        if not removed(pre) and not inside(pre, ("pre",)) and id(pre) not in done:
            done.add(id(pre))
            plain(soup, pre)
