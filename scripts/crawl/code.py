"""Code blocks as generators write them, each made one <pre><code data-lang="...">text</code></pre>."""

import re

from bs4 import BeautifulSoup, NavigableString, Tag

from scripts.crawl.selecting import Marks, inside, removed, select

# Tables that hold the line numbers in one cell and the code in another; the code is in the last <pre>.
# Rouge: https://github.com/rouge-ruby/rouge/blob/master/lib/rouge/formatters/html_table.rb
# Chroma: https://github.com/alecthomas/chroma (html.WithLineNumbers). Pygments: linenos=table. highlight.js plugin.
CODE_TABLES = ("table.rouge-table, table.lntable, table.highlighttable, table.syntaxhighlighter, table.hljs-ln,"
               " table.highlight, figure.highlight > table, .gist table, td.rouge-code")  # fmt: skip
# Line numbers and hidden lines, which are no code to a reader. mdBook hides .boring lines until they are asked for:
# https://rust-lang.github.io/mdBook/format/mdbook.html#hiding-code-lines
NUMBERS = set(
    "lineno linenos linenodiv lnt lnlinks ln gutter rouge-gutter hljs-ln-numbers blob-num line-number line-numbers-rows"
    " line-numbers-wrapper react-syntax-highlighter-line-number linenum src-line-numbers boring copy md-code__nav"
    " md-annotation__index tooltip sr-only".split()
)
# Elements that are one line of code each, where no newline stands between them.
# Prism: https://github.com/FormidableLabs/prism-react-renderer. Starlight: https://expressive-code.com
LINES = {"token-line", "ec-line", "line", "code-line", "view-line", "cl", "code-block-line"}
BLOCKS = {"div", "li", "p", "tr", "ol", "ul"}
# Class names that give the language: of <code>, <pre> or up to three elements around.
LANGUAGE = re.compile(r"^(?:language|lang|highlight-source|highlight)-([\w+#.-]+)$")
NO_LANGUAGE = {"default", "none", "text", "plaintext", "plain", "txt", "notranslate", "line", "lines", "block", "wrap",
               "nohighlight", "undefined", "unknown", "literal", "wrapper", "container", "body", "inline"}  # fmt: skip
# What a block is called: https://docusaurus.io/docs/markdown-features/code-blocks#code-title and its like.
TITLES = ("[class*=codeBlockTitle], .code-block-caption, span.filename, .gatsby-code-title, .remark-code-title,"
          " [data-rehype-pretty-code-title], .code-block-title, .highlight-title, .code-title,"
          " .gatsby-remark-code-title, .vp-code-block-title-bar")  # fmt: skip


def is_no_code(tag: Tag) -> bool:
    """Whether an element inside a code block is a line number, a hidden line or a tool."""
    names = tag.get("class") or []
    return tag.name in ("button", "svg") or any(name in NUMBERS or "codeLineNumber" in name for name in names)


def language_of(pre: Tag) -> str:
    """The language of a code block, lower case; "" if the page does not say."""
    inner = pre.find("code")
    for tag in (inner, pre, *list(pre.parents)[:3]):
        if tag is None or tag.name in ("body", "html", "[document]", "article", "section", "main"):
            continue
        for attribute in ("data-lang", "data-language", "lang" if tag.name in ("pre", "code") else "data-lang"):
            if name := re.match(r"[\w+#.-]+", str(tag.get(attribute) or "")):
                return "" if name[0].lower() in NO_LANGUAGE else name[0].lower()
        names = tag.get_attribute_list("class")
        for name in filter(None, names):
            if (match := LANGUAGE.match(name)) and match[1].lower() not in NO_LANGUAGE:
                return match[1].lower()
        if "doctest" in names:
            return "pycon"  # Sphinx: <div class="doctest highlight-default">
        if "rust" in names and tag.name in ("pre", "code"):
            return "rust"  # rustdoc: <pre class="rust rust-example-rendered">
        for mark in {"hljs", "sourceCode", "brush:"} & set(names):  # highlight.js: <code class="hljs python">, pandoc
            if other := next((name for name in names if name != mark and re.fullmatch(r"[a-z]\w*;?", name)), ""):
                return other.rstrip(";")
    return ""


def text_of(tag: Tag) -> str:
    """The text of a code block, a line a line, whatever elements its lines are."""
    parts: list[str] = []

    def at_line_start() -> bool:
        return not parts or parts[-1].endswith("\n")

    def walk(node: Tag) -> None:
        for child in node.children:
            if type(child) is NavigableString:
                parts.append(str(child))
            elif isinstance(child, Tag) and child.name == "br":
                parts.append("\n")
            elif isinstance(child, Tag):
                block = child.name in BLOCKS
                if block and not at_line_start():
                    parts.append("\n")
                before = len(parts)
                walk(child)
                written = len(parts) > before
                if ends_line(child, block) and not (written and at_line_start()):
                    parts.append("\n")

    walk(tag)
    return "".join(parts)


def ends_line(tag: Tag, block: bool) -> bool:
    """Whether a line of code ends with `tag`, which has no newline at its own end."""
    if block and tag.name in ("ol", "ul"):
        return False
    following = tag.next_sibling
    if block:
        return not (block and tag.parent and tag.parent.name == "div" and following is None)
    named = LINES & set(tag.get_attribute_list("class")) or tag.has_attr("data-line")
    return bool(named) and isinstance(following, Tag) and following.name == tag.name


def plain_blocks(soup: BeautifulSoup, present: Marks) -> None:
    """Make, in place, each code block one <pre> with one <code> that holds text alone, its title a paragraph before."""
    for table in select(soup, CODE_TABLES, present):
        if removed(table) or not table.find("pre") and not table.select_one(".code, .hljs-ln-code, .rouge-code"):
            continue
        for title in table.select("th.filename, .filename"):
            paragraph = soup.new_tag("p", string=title.get_text(" ", strip=True))
            table.insert_before(paragraph)
            title.decompose()
        block = table.find_all("pre")[-1] if table.find("pre") else table
        if block is not table:
            language = language_of(table) or language_of(block)
            if outer := table.find_parent("pre"):  # Rouge in Jekyll: the table lies in <pre><code>
                table = outer
            block["data-lang"] = language
            table.replace_with(block.extract())
    for fragment in select(soup, "div.fragment, .line-numbers-mode > .hljs-table", present):  # Doxygen
        fragment.name = "pre"
    for title in select(soup, TITLES, present):
        if not removed(title) and not title.find("pre"):
            for link in title.select("a.headerlink, button, svg"):
                link.decompose()
            title.name = "p"
    for pre in [*select(soup, "pre, div.fragment", present)]:
        if removed(pre) or inside(pre, ("pre",)):
            continue
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
            continue
        pre.clear()
        pre.append(soup.new_tag("code", attrs={"data-lang": language} if language else {}, string=text))
