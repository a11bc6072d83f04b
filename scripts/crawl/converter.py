"""markdownify's converter, with code kept to the letter and text that stays text for every reader."""

import re

from bs4 import Tag
from markdownify import MarkdownConverter

from scripts.crawl import escape


class Converter(MarkdownConverter):
    """markdownify's converter: https://github.com/matthewwithanm/python-markdownify."""

    def process_text(self, el, parent_tags=None):
        text = super().process_text(el, parent_tags)
        if "_noformat" in (parent_tags or ()):
            return text
        if isinstance(el.previous_sibling, Tag) and el.previous_sibling.name == "br":
            text = text.lstrip()
        if escape.starts_line(el):
            text = escape.at_start(text)
        follower = el.next_sibling
        if text.endswith("!") and isinstance(follower, Tag) and follower.name == "a":
            text = f"{text[:-1]}\\!"
        return text

    def escape(self, text, parent_tags):
        return super().escape(escape.in_line(text), parent_tags)

    def convert_pre(self, el, text, parent_tags):
        text, code = el.get_text(), el.find("code") or el
        if "_inline" in parent_tags:  # a heading or a table cell, which have one line
            return "\n".join(f"`{line}`" for line in text.splitlines() if line.strip())
        fence = "`" * max([3] + [len(run) + 1 for run in re.findall("`+", text)])
        return f"\n\n{fence}{re.sub(r'[^a-zA-Z0-9_+#.-].*', '', code.get('data-lang') or '')}\n{text}\n{fence}\n\n"

    def convert_code(self, el, text, parent_tags):
        if "tex" in el.get_attribute_list("class"):
            return tex_in_line(el.get_text())
        if "_noformat" not in parent_tags and text.strip() and re.search(r"^`|`$", text.strip()) and "`" in text:
            return super().convert_code(el, text, parent_tags)
        return super().convert_code(el, text.replace("  \n", " ").replace("\n", " "), parent_tags)

    convert_kbd = convert_samp = convert_code

    def convert_a(self, el, text, parent_tags):
        if text.count("[") != text.count("]") and "![" not in text:
            text = re.sub(r"(?<!\\)([\[\]])", r"\\\1", text)
        return super().convert_a(el, " ".join(text.split("\n")) if "\n" in text else text, parent_tags)

    def convert_img(self, el, text, parent_tags):
        if not el.get("src"):
            return self.escape(el.get("alt", ""), parent_tags)
        return super().convert_img(el, text, parent_tags)

    def convert_li(self, el, text, parent_tags):
        made, number = super().convert_li(el, text, parent_tags), number_of(el)
        return made if number is None else re.sub(r"^\d+\.", f"{number}.", made)

    def convert_hN(self, n, el, text, parent_tags):
        if {"td", "th"} & set(parent_tags):
            return f"\n{text.strip()}\n" if text.strip() else ""
        return super().convert_hN(n, el, re.sub(r"(?<=\s)(#+)\s*$", r"\\\1", text), parent_tags)

    def convert_br(self, el, text, parent_tags):
        return "\n" if "_inline" in parent_tags else super().convert_br(el, text, parent_tags)

    def convert_td(self, el, text, parent_tags):
        return super().convert_td(el, re.sub(r"\s*\n\s*", "<br>", text.strip()).replace("|", r"\|"), parent_tags)

    convert_th = convert_td

    def convert_p(self, el, text, parent_tags):
        if {"td", "th"} & set(parent_tags):  # the paragraphs of a cell become its lines
            return f"\n{text.strip()}\n" if text.strip() else ""
        return super().convert_p(el, text, parent_tags)

    def convert_div(self, el, text, parent_tags):
        if {"td", "th"} & set(parent_tags):
            return f"\n{text.strip()}\n" if text.strip() else ""
        return super().convert_div(el, text, parent_tags)

    convert_article = convert_section = convert_figure = convert_aside = convert_div
    convert_main = convert_header = convert_address = convert_details = convert_center = convert_fieldset = convert_div

    def convert_q(self, el, text, parent_tags):
        return f'"{text.strip()}"'


def number_of(item: Tag) -> int | None:
    """The number of a list item where its list counts down, or where it or one before it names its own."""
    items = item.parent.find_all("li", recursive=False) if item.parent is not None and item.parent.name == "ol" else []
    named = any(re.fullmatch(r"-?\d+", str(other.get("value", ""))) for other in items)
    if not items or not (named or item.parent.has_attr("reversed")):
        return None
    step = -1 if item.parent.has_attr("reversed") else 1
    start = str(item.parent.get("start", ""))
    number = int(start) if start.isdigit() else 1 if step > 0 else len(items)
    for other in items:
        own = str(other.get("value", ""))
        number = int(own) if re.fullmatch(r"-?\d+", own) else number
        if other is item:
            break
        number += step
    return max(number, 0)


def tex_in_line(tex: str) -> str:
    """A formula in a line: $x$, or $`x`$ where CommonMark would take a part of it for markup.

    https://docs.github.com/en/get-started/writing-on-github/working-with-advanced-formatting
    """
    tex = " ".join(tex.split())
    risky = re.search(rf"\\(?=[{escape.PUNCTUATION}])|[*`<$&|]|(?<![^\W_])_|_(?![^\W_{{])|\[", tex)
    return f"$`{tex}`$" if risky and "`" not in tex else f"${tex}$"
