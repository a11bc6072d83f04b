"""Tidied HTML to Markdown, without lines of blanks."""

import re

from scripts.crawl.converter import Converter


def without_blank_text(markdown: str) -> str:
    """Drop lines of blanks outside code, and all but one of several empty ones."""
    lines: list[str] = []
    fence = ""
    for line in markdown.split("\n"):
        mark = re.match(r"(?:[ >]|[-] |\d+\. )*(`{3,})", line)
        if mark and (not fence or line.strip(" >") == fence):
            fence = "" if fence else mark[1]
        if fence or line.strip() or (lines and lines[-1]):
            lines.append(line if fence else re.sub(r"(?<! ) $", "", line) if line.strip() else "")
    return "\n".join(lines)


def to_markdown(soup, **options) -> str:
    """The Markdown of tidied content. Stands in for markdownify: a paragraph is one line (wrap without a width)."""
    ours = {"wrap": True, "wrap_width": None, "escape_underscores": False, "bullets": "-"}
    text = without_blank_text(Converter(**options | ours).convert_soup(soup))
    return text.encode(errors="replace").decode()  # &#xD800; is no character
