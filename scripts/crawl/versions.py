"""Notice that a crawl read the same pages in several versions or languages."""

import collections
import re
from collections.abc import Iterable
from urllib.parse import urlsplit

VERSION = re.compile(
    r"^(stable|latest|main|master|dev|develop|devel|nightly|next|current|edge|v?\d+(\.(\d+|x))*([ab]|rc)?\d*)$", re.I
)
# Two letters name a language where pages of the same names stand beside or below another such folder.
LANGUAGE = re.compile(r"^(ar|bn|cs|da|de|el|en|es|fa|fi|fr|he|hi|hu|id|it|ja|ko|nl|no|pl|pt|ro|ru|sv|th|tr|uk|vi|zh)"
                      r"([-_][a-z]{2,4})?$", re.I)  # fmt: skip
ENOUGH = 3  # pages of the same name


def several(urls: Iterable[str], start: str) -> list[str]:
    """One sentence for each place in the addresses at which several versions or languages have the same pages."""
    base = urlsplit(start).path.rstrip("/")
    pages: dict[tuple[str, int, str], dict[str, set[str]]] = {}
    for url in urls:
        parts = urlsplit(url).path.removeprefix(base).strip("/").split("/")
        for place, part in enumerate(parts[:3]):
            for kind, pattern in (("versions", VERSION), ("languages", LANGUAGE)):
                if pattern.match(part):
                    key = (kind, place, "/".join(parts[:place]))
                    names = pages.setdefault(key, collections.defaultdict(set))
                    names[part].add("/".join(parts[place + 1 :]))
    said = []
    for (kind, _, before), names in pages.items():
        rest = [
            name for name in names if any(len(names[name] & names[other]) >= ENOUGH for other in names if other != name)
        ]
        if len(rest) > 1:
            folders = ", ".join(f"/{before}/{name}/".replace("//", "/") for name in sorted(rest))
            said.append(f"{folders} hold the same pages in several {kind}; take one of them with INCLUDE or EXCLUDE")
    return said
