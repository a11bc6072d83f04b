"""The cells of a table by row and column, whatever they span."""

from bs4 import Tag

MOST = 1000  # columns or rows that a cell may span: https://html.spec.whatwg.org/#attr-tdth-colspan


def span(cell: Tag, attribute: str) -> int:
    """How many columns or rows a cell spans; 0 rows means all that are left of its group."""
    value = str(cell.get(attribute, "1")).strip()
    return min(MOST, int(value)) if value.isascii() and value.isdigit() else 1


def rows_of(table: Tag) -> list[list[Tag]]:
    """The rows of a table without those of tables inside it, in groups: thead, each tbody, tfoot."""
    groups: list[list[Tag]] = []
    loose: list[Tag] = []
    for child in table.find_all(True, recursive=False):
        if child.name in ("thead", "tbody", "tfoot"):
            groups.append(child.find_all("tr", recursive=False))
        elif child.name == "tr":
            if not loose:
                groups.append(loose)
            loose.append(child)
    return [group for group in groups if group]


def grid_of(rows: list[Tag]) -> list[list[Tag | None]]:
    """The cells of a group of rows by row and column; a cell stands at each place that it spans, None where none is.

    A cell that spans a whole row stands in its first column only.
    """
    grid: list[dict[int, Tag]] = [{} for _ in rows]
    for y, row in enumerate(rows):
        x = 0
        for cell in row.find_all(["td", "th"], recursive=False):
            while x in grid[y]:
                x += 1
            wide, high = max(1, span(cell, "colspan")), span(cell, "rowspan") or len(rows)
            for below in range(y, min(len(rows), y + high)):
                for beside in range(x, x + wide):
                    grid[below].setdefault(beside, cell)
            x += wide
    width = max((max(row, default=-1) + 1 for row in grid), default=0)
    lines: list[list[Tag | None]] = [[row.get(x) for x in range(width)] for row in grid]
    return [[line[0], *[None] * (width - 1)] if width > 1 and len(set(map(id, line))) == 1 else line for line in lines]
