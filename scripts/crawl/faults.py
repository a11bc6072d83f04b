"""Why a page is not among the pages of a crawl."""

import re


class PageError(Exception):
    """The page cannot be had; the text says why."""


class Gone(PageError):
    """The server says that there is no such page."""


class Moved(PageError):
    """The page sends its readers to another address, args[0]; None if that is no address."""


class LeftOut(PageError):
    """The page is there and is no text for readers: a search form, an index, a page that asks not to be listed.

    args: why, and the page's links, which are followed all the same.
    """


def reason(error: BaseException) -> str:
    """The innermost message of an exception as one printable line of at most 200 characters."""
    while inner := getattr(error, "reason", None) or next((a for a in error.args if isinstance(a, Exception)), None):
        error = inner if isinstance(inner, Exception) else PageError(inner)
    text = re.sub(r"<[^>]*>: |\S+\(host=[^)]*\): ", "", str(error)) or type(error).__name__
    return re.sub(r"[^ -~]+", " ", text)[:200]
