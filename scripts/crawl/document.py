"""A page as a tree, and what its head and links say."""

import re
import warnings

import bs4

from scripts.crawl.address import absolute

# Where KaTeX's auto-render and MathJax look for formulas in text: https://katex.org/docs/autorender
MATH_SCRIPT = re.compile(r"katex|mathjax", re.I)
MATH_CLASS = re.compile("math|katex", re.I)
NO_FORMULAS = ("pre", "code", "script", "style", "textarea", "math", "head")
# libxml2 ends a heading at a <p> in it, HTML does not: ReadMe has such titles.
IN_HEADING = re.compile(r"(<h([1-6])\b[^>]*>)((?:(?!</h\2|<h[1-6]\b).){0,2000}?)(?=</h\2>)", re.DOTALL | re.I)
TEX = re.compile(r"(\\\(.+?\\\)|\\\[.+?\\\]|\$\$.+?\$\$)", re.DOTALL)


def mark_formulas(soup: bs4.BeautifulSoup) -> None:
    """Put, in place, the formulas that a script of the page draws from its text into elements of class math."""
    if not any(MATH_SCRIPT.search(f"{script.get('src')} {script.string}") for script in soup.find_all("script")):
        return
    for text in soup.find_all(string=TEX):
        around = list(text.parents)
        marked = any(MATH_CLASS.search(" ".join(tag.get("class", []))) for tag in around[:3])
        if marked or any(tag.name in NO_FORMULAS for tag in around):
            continue
        alone = around[0].name == "p" and TEX.fullmatch(around[0].get_text().strip())
        if alone and not text.strip().startswith("\\("):
            around[0].name, around[0]["class"] = "div", "math"
            continue
        for number, part in enumerate(TEX.split(text)):
            formula = soup.new_tag("span", attrs={"class": "math"}, string=f"\\({part[2:-2]}\\)")
            text.insert_before(formula if number % 2 else part)
        text.extract()


def parse(html: str, *_: str) -> bs4.BeautifulSoup:
    """The page as a tree, without comments. Stands in for BeautifulSoup(html, "html.parser").

    lxml knows which end tags HTML lets authors leave out, as Hugo's and VitePress' minifiers do; html.parser would nest
    such paragraphs and list items in one another. markdown_crawler drops all scripts; MathJax has formulas in some.
    """
    warnings.filterwarnings("ignore", category=bs4.XMLParsedAsHTMLWarning)  # XHTML begins as XML does
    html = re.sub(r"[\x00-\x08\x0b\x0c\x0e-\x1f]", "", html)
    html = IN_HEADING.sub(lambda it: it[1] + re.sub(r"</?p\b[^>]*>", " ", it[3], flags=re.I), html)
    soup = bs4.BeautifulSoup(html, "lxml")
    for shown in soup.find_all("template", attrs={"shadowrootmode": True}):
        for text in shown.find_all(string=True):  # Beautiful Soup marks them as no text of the page
            text.replace_with(bs4.NavigableString(text)) if type(text) is bs4.element.TemplateString else None
        shown.unwrap()  # a web component's own content, which browsers show
    for script in soup.find_all("script", type=re.compile("^math/tex")):
        script.name = "div" if "display" in script["type"] else "span"
        script.attrs = {"class": ["math"]}
        for shown in script.find_previous_siblings(class_=["MathJax", "MathJax_Display", "MathJax_Preview"], limit=2):
            shown.decompose()
    mark_formulas(soup)
    for comment in soup.find_all(string=lambda text: isinstance(text, bs4.element.PreformattedString)):
        comment.extract()
    return soup


def meta(soup: bs4.BeautifulSoup, name: str) -> str:
    tag = soup.find("meta", attrs={"name": re.compile(f"^{name}$", re.I)})
    return str(tag.get("content", "")) if isinstance(tag, bs4.Tag) else ""


def refresh_of(soup: bs4.BeautifulSoup) -> str | None:
    """Where <meta http-equiv=refresh> sends the reader."""
    tag = soup.find("meta", attrs={"http-equiv": re.compile("^refresh$", re.I)})
    match = re.search(r"url\s*=\s*['\"]?([^'\"]+)", str(tag.get("content", "")), re.I) if tag else None
    return match[1] if match else None


def link_to(soup: bs4.BeautifulSoup, base: str, **attributes) -> str | None:
    """The address of the first <link> with these attributes."""
    tag = soup.find("link", attrs=attributes)
    return absolute(base, str(tag.get("href") or "")) if isinstance(tag, bs4.Tag) else None


def links_of(soup: bs4.BeautifulSoup, base: str) -> list[str]:
    """The whole addresses of the page's links, and of its frames."""
    found = [
        absolute(base, str(tag.get("href") or tag.get("src") or "")) for tag in soup.find_all(["a", "area", "frame"])
    ]
    return [url for url in dict.fromkeys(found) if url]


def make_absolute(soup: bs4.Tag, base: str) -> None:
    """Make links and images whole addresses, in place. What leads nowhere keeps its text."""
    for tag in soup.find_all(["a", "img", "video"]):
        attribute = "href" if tag.name == "a" else "src"
        url, alt = absolute(base, tag.get(attribute)), " ".join(str(tag.get("alt", "")).split())
        tag.attrs = {"class": tag.get("class", []), "alt": alt} | ({attribute: url} if url else {})


def depth(soup: bs4.Tag) -> int:
    deepest, tag = 0, soup
    while (tag := next((child for child in tag.find_all(True, recursive=False)), None)) is not None:
        deepest += 1
    return deepest
