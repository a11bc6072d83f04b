"""A table for people: how many pairs or facts each page gave, and how many were kept."""

from collections import Counter

from rich.console import Console
from rich.table import Table

from scripts import program


def report(kept: list[dict], rejected: list[dict], seconds: float) -> None:
    """Print how many pairs each page gave, how many were kept, and why the others were dropped."""
    table = Table("page", "generated", "kept")
    for column in table.columns[1:]:
        column.justify = "right"
    per_page = Counter(row["page"] for row in kept + rejected)
    kept_of = Counter(row["page"] for row in kept)
    for page, generated in sorted(per_page.items()):
        table.add_row(program.printable(page), str(generated), str(kept_of[page]))
    table.add_section()
    table.add_row(f"{len(per_page)} pages", str(per_page.total()), str(len(kept)))
    if seconds:
        table.add_row("per minute", *(f"{count / seconds * 60:.0f}" for count in (per_page.total(), len(kept))))
    table.add_section()
    for reason, count in Counter(row["reason"] for row in rejected).most_common():
        table.add_row(f"dropped: {reason}", str(count), "")
    # The name of a page is no markup.
    Console(soft_wrap=True, markup=False, emoji=False).print(table)
