"""List the trained models: what each was made of, its size, and its scores when it was measured."""

import json
from pathlib import Path

from rich.console import Console
from rich.table import Table

from scripts.program import fail

MODELS = Path("models")
KINDS = ("trained", "held-out", "unanswerable", "general")


def read(path: Path) -> dict:
    """The JSON object in the file `path`; empty when there is none or it is damaged."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}


def scores(folder: Path, name: str) -> list[str]:
    """Share of right answers of the model for each of KINDS, as text; "-" where it was not measured."""
    models = read(folder / "evaluation.json").get("models", {})
    kinds = models.get(name, {}).get("kinds", {})
    return [f"{kinds[kind]['right']:.0%}" if kind in kinds else "-" for kind in KINDS]


def main():
    in_use = (MODELS / "in-use").resolve().name if (MODELS / "in-use").exists() else None
    table = Table("", "model", "data", "config", "rows", "min", *KINDS)
    for path in sorted(MODELS.glob("*/record.json")):
        made, folder = read(path), path.parent
        if folder.is_symlink() or "training" not in made:
            continue
        rows, minutes = str(made["training"]["rows"]), f"{made['training']['seconds'] / 60:.0f}"
        mark = "*" if folder.name == in_use else ""
        table.add_row(mark, folder.name, made["data"], made["config"], rows, minutes, *scores(folder, folder.name))
    if not table.rows:
        fail("no trained model yet; run make demo, or make train DATA=pre-generated")
    console = Console()
    (console if console.is_terminal else Console(width=140)).print(table)
    print("*: in use, make use MODEL=NAME changes that; scores are closed-book, from make evaluate MODEL=NAME")


if __name__ == "__main__":
    main()
