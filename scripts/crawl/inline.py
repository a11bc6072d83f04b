"""What stands inside a line: raised and lowered digits, formulas, task boxes, emoji."""

import re

from bs4 import BeautifulSoup, Tag

from scripts.crawl import mathml
from scripts.crawl.selecting import Marks, attached, select

# Raised words that are no exponent: 1st, Konflux(TM).
ORDINALS = re.compile(r"(st|nd|rd|th|er|re|e|o|a|º|ª|tm|sm|r|™|®|℠|©)$", re.I)
# Formulas: where their TeX is. MathJax 2 and 3, KaTeX, MathML, Sphinx (mathjax, imgmath), pymdownx.arithmatex.
# https://katex.org/docs/options (output: htmlAndMathml), https://www.sphinx-doc.org/en/master/usage/extensions/math.html
FORMULAS = (".katex-display, .katex, .book-katex, mjx-container, .MathJax, math, .math, .arithmatex, img.math,"
            " span.math, tex-math")  # fmt: skip


def raise_and_lower(soup: BeautifulSoup, present: Marks) -> None:
    """Write 10<sup>6</sup> as 10^6 and CO<sub>2</sub> as CO_2, so that no digit joins another."""
    for tag in select(soup, "sup, sub", present):
        text = tag.get_text().strip()
        if not text or tag.find_parent(["pre", "code"]):
            tag.unwrap()
            continue
        sign = "^" if tag.name == "sup" else "_"
        if (tag.name == "sup" and (ORDINALS.fullmatch(text) or not re.search(r"\w", text))) or tag.find("a"):
            tag.unwrap()
            continue
        if tag.name == "sub" and not re.search(r"\w", text):
            tag.unwrap()
            continue
        if re.fullmatch(r"[\w.,]+|[+-−]?\d+", text):
            tag.insert(0, sign)
        else:
            tag.insert(0, f"{sign}(")
            tag.append(")")
        tag.unwrap()
    soup.smooth()  # "log", "_" and "2" are one text again, in which "_" stands inside a word


def tex_of(tag: Tag) -> str:
    """The TeX of a formula; "" if the page has none."""
    annotation = tag.find("annotation", attrs={"encoding": re.compile("tex", re.I)})
    text = (
        annotation.get_text() if annotation else str(tag.get("alttext") or tag.get("data-tex") or tag.get("alt") or "")
    )
    if not text and not tag.find(["math", "mjx-math"]) and tag.name != "math":
        text = tag.get_text()
    if not text and (math := tag if tag.name == "math" else tag.find("math")):
        text = mathml.tex_of(math)
    match = re.search(r"\\\((.*)\\\)|\\\[(.*)\\\]|^\s*\$\$?(.*?)\$\$?\s*$", text, re.DOTALL)
    inner = next((part for part in match.groups() if part is not None), text) if match else text
    return re.sub(r"^\{\\displaystyle (.*)\}$", r"\1", inner.strip(), flags=re.DOTALL)


def formulas(soup: BeautifulSoup, present: Marks) -> None:
    """Leave, in place, each formula once: <code class="tex"> in a line, a block of language math by itself."""
    for tag in select(soup, FORMULAS, present):
        if not attached(tag, soup) or tag.find_parent(["pre", "code"]):
            continue
        tex = tex_of(tag)
        if not tex:
            continue
        alone = (tag.name == "div" or tag.get("display") in ("block", "true") or "\\[" in tag.get_text()
                 or "katex-display" in tag.get_attribute_list("class"))  # fmt: skip
        code = soup.new_tag("code", string=tex, attrs={"data-lang": "math"} if alone else {"class": "tex"})
        if alone:
            pre = soup.new_tag("pre")
            pre.append(code)
            tag.replace_with(pre)
        else:
            tag.replace_with(code)


def marks_and_pictures(soup: BeautifulSoup, present: Marks) -> None:
    """Show ticked boxes as [x], emoji as their characters, and pictures that load late at their address."""
    for box in select(soup, "input[type=checkbox], [role=checkbox]", present):
        if item := box.find_parent("li"):
            mark = "[x] " if box.has_attr("checked") or box.get("aria-checked") == "true" else "[ ] "
            text = item.find("p")
            first = text is not None and item.get_text().strip().startswith(text.get_text().strip())
            if text is not None and first and text not in box.parents:
                text.insert(0, mark)  # GitBook has them in boxes beside one another
                box.decompose()
            else:
                box.replace_with(mark)
    for image in select(soup, "img", present):
        if {"emoji", "emojione", "twemoji", "gemoji"} & set(image.get_attribute_list("class")) and image.get("alt"):
            image.replace_with(str(image["alt"]))
        elif late := image.get("data-src"):
            image["src"] = late
