"""One code block as generators write it: its language, and its text a line a line."""

import re

from bs4 import NavigableString, Tag

# Line numbers and hidden lines, which are no code to a reader. mdBook hides .boring lines until they are asked for:
# https://rust-lang.github.io/mdBook/format/mdbook.html#hiding-code-lines
NUMBERS = set(
    "lineno linenos linenodiv lnt lnlinks ln gutter rouge-gutter hljs-ln-numbers blob-num line-number line-numbers-rows"
    " line-numbers-wrapper react-syntax-highlighter-line-number linenum src-line-numbers boring copy md-code__nav"
    " md-annotation__index tooltip sr-only ttc".split()
)
# Elements that are one line of code each, where no newline stands between them.
# Prism: https://github.com/FormidableLabs/prism-react-renderer. Starlight: https://expressive-code.com
LINES = {"token-line", "ec-line", "line", "code-line", "view-line", "cl", "code-block-line"}
BLOCKS = {"div", "li", "p", "tr", "ol", "ul"}
# Names that a class alone gives, as in <code class="ts">: TypeDoc, RDoc, JSDoc and older highlighters.
KNOWN = set(
    "bash cpp csharp css diff dockerfile go graphql html http ini java javascript js json jsx kotlin makefile nginx"
    " perl php powershell python rb ruby rust scala sh shell sql swift toml ts tsx typescript xml yaml yml".split()
)
# Class names that give the language: of <code>, <pre> or up to three elements around.
LANGUAGE = re.compile(r"^(?:language|lang|highlight-source|highlight)-([\w+#.-]+)$")
NO_LANGUAGE = {"default", "none", "text", "plaintext", "plain", "txt", "notranslate", "line", "lines", "block", "wrap",
               "nohighlight", "myst-ansi",
               "ansi", "undefined", "unknown", "literal", "wrapper", "container", "body", "inline"}  # fmt: skip


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
        for attribute in (
            "data-lang",
            "data-language",
            "language",
            "lang" if tag.name in ("pre", "code") else "data-lang",
        ):
            if name := re.match(r"[\w+#.-]+", str(tag.get(attribute) or "")):
                return "" if name[0].lower() in NO_LANGUAGE else name[0].lower()
        names = tag.get_attribute_list("class")
        for name in filter(None, names):
            if (match := LANGUAGE.match(name)) and match[1].lower() not in NO_LANGUAGE:
                return match[1].lower()
        if "doctest" in names:
            return "pycon"  # Sphinx: <div class="doctest highlight-default">
        if tag.name in ("pre", "code") and (known := KNOWN & set(names)):
            return min(known)
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
