"""Tables as a regular grid, which is what Markdown can hold: each cell that spans others stands in all of them."""

import copy

from bs4 import BeautifulSoup, Tag

from scripts.crawl.cells import BLOCKS, as_lines, as_table, from_cells
from scripts.crawl.grid import grid_of, rows_of
from scripts.crawl.selecting import Marks, attached, select


def is_layout(table: Tag, groups: list[list[Tag]]) -> bool:
    """Whether a table only places its parts: one cell wide, or with parts that no cell of Markdown can hold."""
    if table.get("role") == "presentation" or "hlist" in table.get_attribute_list("class"):
        return True
    cells = [cell for group in groups for row in group for cell in row.find_all(["td", "th"], recursive=False)]
    if len(cells) == 1:
        return True
    headed = any(cell.name == "th" for cell in cells)
    return not headed and any(
        cell.find(["h1", "h2", "h3", "h4", "table", "blockquote"])
        or any("\n" in pre.text for pre in cell.find_all("pre"))
        for cell in cells
    )


def unwrap(table: Tag) -> None:
    """Leave the cells of a table as blocks, one after the other; a row of nothing but text becomes one line."""
    for row in [row for group in rows_of(table) for row in group]:
        cells = row.find_all(["td", "th"], recursive=False)
        if len(cells) > 1 and not row.find(BLOCKS):  # Doxygen's lists of members
            for cell in cells:
                cell.append(" ")
                cell.unwrap()
            row.name, row.attrs = "p", {}
    for tag in table.find_all(["thead", "tbody", "tfoot", "tr", "td", "th", "caption"]):
        if tag.find_parent("table") is table:
            tag.name = "div"
            tag.attrs = {}
    table.name = "div"


def head_of(soup: BeautifulSoup, lines: list[list[Tag | None]], width: int) -> Tag:
    """One row of headings; where a table has several, each column's are joined, those above first."""
    row = soup.new_tag("tr")
    for x in range(width):
        column = [line[x] for line in lines if x < len(line) and line[x] is not None]
        cell = soup.new_tag("th")
        for number, heading in enumerate(dict.fromkeys(column)):
            if number:
                cell.append(" ")
            cell.extend(list(copy.copy(heading).contents) if heading is not None else [])
        row.append(cell)
    return row


def regular_tables(soup: BeautifulSoup, present: Marks) -> None:
    """Rewrite, in place, each table: one row of headings, then rows with as many cells; layout tables become blocks."""
    for table in reversed(select(soup, "table, [role=table], .summary-table", present)):  # those inside others first
        if not attached(table, soup):
            continue
        if "summary-table" in table.get_attribute_list("class"):
            from_cells(soup, table)
            if table.name != "table":
                continue
        if table.name != "table":
            as_table(soup, table)
        groups = rows_of(table)
        if groups and not is_layout(table, groups) and in_data_table(table):
            as_lines(soup, table)
            continue
        if not groups or is_layout(table, groups):
            unwrap(table)
            continue
        caption = table.find("caption", recursive=False)
        lines, head = [], []
        for number, group in enumerate(groups):
            grid = grid_of(group)
            in_head = group[0].parent is not None and group[0].parent.name == "thead"
            if number == 0 and not in_head and len(groups[0]) + len(groups) > 2 and all_headings(grid[0]):
                count = next((place for place, line in enumerate(grid[:-1]) if not all_headings(line)), len(grid) - 1)
                head, grid = grid[: max(1, count)], grid[max(1, count) :]
            elif number == 0 and in_head:
                head, grid = grid, []
            lines += grid
        width = max((len(line) for line in [*head, *lines]), default=0)
        first = head_of(soup, head, width)
        table.clear()
        if caption is not None:
            table.append(caption)
        thead, tbody = soup.new_tag("thead"), soup.new_tag("tbody")
        table.extend([thead, tbody])
        thead.append(first)
        for line in lines:
            row = soup.new_tag("tr")
            tbody.append(row)
            for cell in [*line, *[None] * (width - len(line))]:
                copied = copy.copy(cell) if cell is not None else soup.new_tag("td")
                copied.name, copied.attrs = "td", {}
                row.append(copied)


def in_data_table(table: Tag) -> bool:
    """Whether a table lies in a cell of one that is no layout."""
    outer = table.find_parent("table")
    return outer is not None and not is_layout(outer, rows_of(outer))


def all_headings(line: list[Tag | None]) -> bool:
    return any(line) and all(cell.name == "th" for cell in line if cell is not None)
