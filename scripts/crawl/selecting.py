"""CSS selectors over a page, many at once, without a walk over the page for each.

Matching is slow in pure Python: two hundred rules tried on each of a page's elements take seconds. So the elements are
listed once by what they are marked with. A rule is tried only on those that have the mark in which it ends, and on
none where the page lacks any of its marks, as it does for nearly all rules of the generators that did not make it.
"""

import collections
import functools
import re
from collections.abc import Iterable

import soupsieve
from bs4 import Tag
from bs4.element import PageElement


class Marks:
    """The elements of a page by tag name, .class, #id and [attribute], in the order of the page.

    It holds the page as it was when this was made: elements made later are in no list, those removed stay in theirs.
    """

    def __init__(self, soup: Tag):
        self.lists: dict[str, list[Tag]] = collections.defaultdict(list)
        self.place: dict[int, int] = {}
        for number, tag in enumerate(soup.find_all(True)):
            self.place[id(tag)] = number
            self.lists[tag.name].append(tag)
            for attribute, value in tag.attrs.items():
                if attribute == "class":
                    for name in dict.fromkeys(value if isinstance(value, list) else str(value).split()):
                        self.lists[f".{name}"].append(tag)
                elif attribute == "id":
                    self.lists[f"#{value}"].append(tag)
                self.lists[f"[{attribute}]"].append(tag)
        self.classes = " ".join(mark for mark in self.lists if mark[0] == ".")


class Rule:
    """One selector without commas: the marks that it needs, and the one of the elements that it matches."""

    def __init__(self, selector: str):
        self.css = soupsieve.compile(selector)
        bare = re.sub(r":(not|is|has)\((?:[^()]|\([^()]*\))*\)", " ", selector)
        self.parts_of_class = re.findall(r"\[class[*^$]=[\"']?([^\]\"']+)", bare)
        marks = re.sub(r"\[([\w-]+)[^\]]*\]", r"[\1]", bare)
        self.needs = frozenset(self.marks_in(marks))
        last = self.marks_in(re.split(r"[\s>+~]+", marks.strip())[-1])
        self.key = min(last, key=lambda mark: "#.[".find(mark[0]) % 4, default="")

    @staticmethod
    def marks_in(css: str) -> list[str]:
        tags = re.findall(r"(?:^|(?<=[\s>+~]))[a-z][\w-]*", css)
        return [*re.findall(r"#[\w-]+", css), *re.findall(r"\.[\w-]+", css), *re.findall(r"\[[\w-]+\]", css), *tags]

    def select(self, marks: Marks) -> Iterable[Tag]:
        if any(mark not in marks.lists for mark in self.needs):
            return []
        if any(part not in marks.classes for part in self.parts_of_class):
            return []
        return [tag for tag in marks.lists.get(self.key, ()) if not removed(tag) and self.css.match(tag)]


@functools.cache
def rules(selectors: str) -> tuple[Rule, ...]:
    """The comma-separated parts of `selectors`."""
    return tuple(Rule(part) for part in re.split(r",\s*(?![^(\[]*[)\]])", selectors.strip()))


def select(soup: Tag, selectors: str, marks: Marks) -> list[Tag]:
    """The elements that match `selectors` and are still in `soup`, in the order that they had in the page."""
    found = {id(tag): tag for rule in rules(selectors) for tag in rule.select(marks)}
    return [found[key] for key in sorted(found, key=marks.place.__getitem__) if attached(found[key], soup)]


def removed(tag: Tag) -> bool:
    """Whether `tag` was decomposed. Tag.decomposed says the same, and looks for a child element of that name first."""
    return "_decomposed" in tag.__dict__


def attached(tag: PageElement, soup: Tag) -> bool:
    """Whether `tag` is still in the page; one inside another that was removed is not."""
    parent = tag.parent
    while parent is not None and parent is not soup:
        parent = parent.parent
    return parent is soup


def inside(tag: PageElement, names: Iterable[str]) -> bool:
    """Whether `tag` lies in an element of one of these names."""
    parent = tag.parent
    while parent is not None:
        if parent.name in names:
            return True
        parent = parent.parent
    return False


def outermost(elements: list[Tag]) -> list[Tag]:
    """Without those that lie inside another one of them, which has their text already."""
    known = {id(element) for element in elements}
    return [tag for tag in elements if not any(id(parent) in known for parent in tag.parents)]
