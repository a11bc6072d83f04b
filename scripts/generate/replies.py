"""The replies of a teacher, kept: TEACHER/PAGE.jsonl has a line a request about that page.

A line is {"key", "reply", "in", "out"}: the hash of all that was asked, the reply, and its tokens. So an interrupted
run asks nothing twice, and a page that was edited costs only the requests that differ.
"""

import json
import threading
from pathlib import Path

from scripts import files


class Kept:
    """The replies in a folder. Several threads may look into them and add to them."""

    def __init__(self, folder: Path):
        self.folder = folder
        self.lock = threading.Lock()
        self.pages: dict[str, dict[str, dict]] = {}

    def of_page(self, page: str) -> dict[str, dict]:
        """{key: line} of a page. A line that a kill cut short is taken off the file, so that what follows is whole."""
        if page not in self.pages:
            path = self.folder / f"{page}.jsonl"
            self.pages[page] = {}
            if path.exists():
                content = path.read_bytes()
                if not content.endswith(b"\n"):
                    files.replace_text(path, content[: content.rfind(b"\n") + 1].decode())
                self.pages[page] = {line["key"]: line for line in files.read_json_lines(path, keys=("key",))}
        return self.pages[page]

    def get(self, page: str, key: str) -> dict | None:
        with self.lock:
            return self.of_page(page).get(key)

    def add(self, page: str, line: dict) -> None:
        with self.lock:
            self.of_page(page)[line["key"]] = line
            self.folder.mkdir(parents=True, exist_ok=True)
            with open(self.folder / f"{page}.jsonl", "a", encoding="utf-8") as file:
                file.write(json.dumps(line, ensure_ascii=False) + "\n")
