"""The pages to ask about: read once, with hashes that tell whether a teacher was asked about them as they are."""

import hashlib
from pathlib import Path
from typing import NamedTuple

from scripts import program
from scripts.generate import facts, raw, teacher

# What of the code decides what a teacher is shown, beside the asks.
SHOWN_BY = ("teacher", "taxonomy", "patch")
# Keys of the generate: section that change how fast a teacher is asked, that name what is hashed by its content, or
# that are for a teacher behind an endpoint.
NOT_SHOWN = ("pages_per_run", "pipeline", "teacher", "facts")


class Page(NamedTuple):
    """A page as it was when the program started."""

    path: Path
    text: str  # hash of the file
    asks: list[dict]  # of facts.asks()
    asked: str  # hash of the asks

    @property
    def name(self) -> str:
        """The page's name in PAGES, in rows and of the file of its raw pairs."""
        return self.path.stem


def read(path: Path) -> Page:
    """Read a Markdown file; ends the program when it cannot be read."""
    try:
        content = path.read_bytes()
        asks = facts.asks(facts.facts(path.stem, content.decode("utf-8-sig")))
    except (OSError, UnicodeDecodeError) as error:
        program.fail(f"{path}: {error}; correct or remove the page")
    return Page(path, hashlib.sha256(content).hexdigest(), asks, raw.digest(asks))


def paths_of(markdown: Path, names: list[str]) -> list[Path]:
    """The files of all pages in the folder; ends the program when there are none, or none of a name in `names`."""
    paths = sorted(markdown.glob("*.md"))
    if not paths:
        program.fail(f"no pages in {markdown}/; run make crawl or make crawl-sample")
    if unknown := set(names) - {path.stem for path in paths}:
        program.fail(f"no page {', '.join(sorted(unknown))} in {markdown}/; PAGES takes names without .md, or none "
                     "for all pages; run make generate with others")  # fmt: skip
    return paths


def texts(markdown: Path, names: list[str]) -> list[tuple[Path, str]]:
    """(file, text) of the pages `names` in the folder, or of all pages; ends the program at a bad one."""
    found = []
    for path in paths_of(markdown, names):
        if not names or path.stem in names:
            try:
                found.append((path, path.read_text(encoding="utf-8-sig")))
            except (OSError, UnicodeDecodeError) as error:
                program.fail(f"{path}: {error}; correct or remove the page")
    return found


def read_all(markdown: Path, names: list[str]) -> tuple[list[Page], list[Page]]:
    """All pages of the folder, and those of them that `names` chooses: all when it is empty."""
    pages = [read(path) for path in paths_of(markdown, names)]
    return pages, [page for page in pages if not names or page.name in names]


def prompt(section: dict, qna: dict, code: dict[str, str]) -> str:
    """The hash of all that decides what a teacher is shown beside the asks of a page. code: {script: hash}."""
    seeds = {key: value for key, value in qna.items() if key not in ("version", "created_by", "document")}
    kept = {key: value for key, value in section.items() if key not in NOT_SHOWN}
    shown_by = {path: found for path, found in code.items() if Path(path).stem in SHOWN_BY}
    return raw.digest([teacher.pipeline(section), seeds, kept, shown_by])


def up_to_date(folder: Path, page: Page, prompt: str) -> bool:
    """Whether the teacher of `folder` was asked about the page as it is, with the present prompt."""
    head = raw.head(folder, page.name)
    return head is not None and (head["asks"], head["prompt"]) == (page.asked, prompt)
