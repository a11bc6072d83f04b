"""List the trained models: what each was made of, its size, and its scores when it was measured."""

from pathlib import Path

from rich.console import Console
from rich.table import Table

from scripts import record
from scripts.measure import evaluation
from scripts.program import fail

MODELS = Path("models")
KINDS = ("trained", "held-out", "unanswerable", "general")


def scores(folder: Path, name: str) -> list[str]:
    """Share of right answers of the model for each of KINDS, as text; "-" where it was not measured."""
    path = folder / "evaluation.json"
    models = evaluation.read(path)["models"] if path.exists() else {}
    kinds = models.get(name, {}).get("kinds", {})
    return [f"{kinds[kind]['right']:.0%}" if kind in kinds else "-" for kind in KINDS]


def main():
    in_use = (MODELS / "in-use").resolve().name if (MODELS / "in-use").exists() else None
    table = Table("", "model", "data", "config", "rows", "min", *KINDS)
    for path in sorted(MODELS.glob("*/record.json")):
        made, folder = record.read(path.parent), path.parent
        if folder.is_symlink() or "training" not in made:
            continue
        try:
            rows, minutes = str(made["training"]["rows"]), f"{made['training']['seconds'] / 60:.0f}"
            data, config = made["data"], made["config"]
        except (KeyError, TypeError) as error:
            fail(f"{path}: not a record of a training ({error!r}); move {folder} away, or train it again")
        mark = "*" if folder.name == in_use else ""
        table.add_row(mark, folder.name, data, config, rows, minutes, *scores(folder, folder.name))
    if not table.rows:
        fail("no trained model yet; run make demo, or make train DATA=pre-generated")
    console = Console()
    (console if console.is_terminal else Console(width=140)).print(table)
    print("*: in use, make use MODEL=NAME changes that; scores are closed-book, from make evaluate MODEL=NAME")


if __name__ == "__main__":
    main()
