"""Tables that are made of other elements, and tables in a cell of another one."""

from bs4 import BeautifulSoup, Tag

from scripts.crawl.definitions import trim
from scripts.crawl.grid import rows_of

BLOCKS = ["p", "div", "pre", "ul", "ol", "dl", "table", "blockquote", "h1", "h2", "h3", "h4", "h5", "h6", "img"]


def as_table(soup: BeautifulSoup, grid: Tag) -> None:
    """Make, in place, a table of other elements with ARIA's roles one of HTML's: GitBook's.

    https://www.w3.org/TR/wai-aria-1.2/#table
    """
    head, body = soup.new_tag("thead"), soup.new_tag("tbody")
    for row in grid.select("[role=row]"):
        cells = row.select("[role=columnheader], [role=rowheader], [role=cell], [role=gridcell]")
        for cell in cells:
            cell.name = "th" if cell["role"] == "columnheader" else "td"
        row.name = "tr"
        (head if not body.contents and all(cell.name == "th" for cell in cells) else body).append(row.extract())
        row.extend([cell.extract() for cell in cells])
    grid.clear()
    grid.name = "table"
    grid.extend([part for part in (head, body) if part.contents])


def from_cells(soup: BeautifulSoup, grid: Tag) -> None:
    """Make, in place, a grid of CSS, whose cells follow one another without rows, a table: Javadoc 17's."""
    cells = grid.find_all(True, recursive=False)
    heads = [cell for cell in cells if "table-header" in cell.get_attribute_list("class")]
    if not heads or cells[: len(heads)] != heads or len(cells) % len(heads):
        return
    grid.clear()
    grid.name, grid.attrs = "table", {}
    for number, cell in enumerate(cells):
        if number % len(heads) == 0:
            grid.append(row := soup.new_tag("tr"))
        cell.name = "th" if number < len(heads) else "td"
        row.append(cell)


def as_lines(soup: BeautifulSoup, table: Tag) -> None:
    """Make, in place, a table in a cell of another one lines: "`source`: number, the source", without its headings."""
    for row in [row for group in rows_of(table) for row in group]:
        cells = [cell for cell in row.find_all(["td", "th"], recursive=False) if cell.get_text(strip=True)]
        if all(cell.name == "th" for cell in cells):
            continue
        line = soup.new_tag("p")
        for number, cell in enumerate(cells):
            named = number == 1 and line.get_text().rstrip().endswith(":")  # as docutils' fields are
            line.append(" " if named else ("", ": ", ", ")[min(number, 2)])
            for block in cell.find_all(BLOCKS):
                block.unwrap()
            trim(cell)
            line.extend(list(cell.contents))
        table.insert_before(line)
    table.decompose()
