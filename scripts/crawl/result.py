"""What came of a crawl."""

import collections
from dataclasses import dataclass, field
from pathlib import Path


@dataclass
class Kept:
    """A page that was read: its public address, and the file in which its Markdown waits to be written."""

    address: str
    file: Path
    canonical: str | None


@dataclass
class Result:
    """What came of each address: {url: ...} of the host that was asked, and how many were not read."""

    pages: dict[str, Kept] = field(default_factory=dict)
    failed: dict[str, str] = field(default_factory=dict)  # why
    gone: dict[str, str] = field(default_factory=dict)  # why
    moved: dict[str, str] = field(default_factory=dict)  # where to
    left_out: dict[str, str] = field(default_factory=dict)  # why
    same: dict[str, str] = field(default_factory=dict)  # the page with the same text
    where: collections.Counter = field(default_factory=collections.Counter)  # how the text was found, how often
    sources: collections.Counter = field(default_factory=collections.Counter)  # pages "taken" from Markdown, or "left"
    unread: int = 0
    public: str = ""  # the start page's address as the site names it
