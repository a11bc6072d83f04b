"""What a crawl says at its end."""

import sys

from scripts.crawl import versions
from scripts.crawl.address import Scope
from scripts.crawl.folder import without_host
from scripts.crawl.result import Result


def tell(result: Result, scope: Scope, args, most: int) -> None:
    """Say how the text was found, on stdout, and on stderr what is not among the pages and why."""
    if not args.content_selector:
        found = "; ".join(f"{where} ({count} pages)" for where, count in result.where.most_common(3))
        print(f"Text found by itself: {found}. SELECTOR=CSS takes another element.")
    if result.sources:
        print(f"Markdown sources: {result.sources['taken']} pages are from theirs; {result.sources['left']} sources"
              " could not be read or have another text than their page, which was taken")  # fmt: skip
    for title, addresses in (("same text as another page", result.same), ("left out", result.left_out)):
        if addresses:
            first, why = next(iter(addresses.items()))
            print(f"{title}: {len(addresses)} addresses, as {without_host(first)} ({why})")
    for sentence in versions.several(result.pages, scope.start):
        print(f"several: {sentence}", file=sys.stderr)
    for url, why in result.gone.items():
        print(f"gone: {without_host(url)}{'' if why.startswith('HTTP') else f' ({why})'}", file=sys.stderr)
    for url, why in result.failed.items():
        print(f"failed: {without_host(url)} {why}", file=sys.stderr)
    if result.unread:
        limit = "--max-pages" if len(result.pages) >= most else f"--max-time {args.max_time:g} s"
        print(f"stopped: {result.unread} addresses unread after {len(result.pages)} pages ({limit})", file=sys.stderr)
