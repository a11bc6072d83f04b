"""What earlier trainings left: training.jsonl of a model, and whose name a folder has."""

from pathlib import Path

from scripts import files, record
from scripts.program import fail


def summary(losses: Path) -> dict:
    """The last line of `losses`, a training.jsonl: what the training was as a whole; empty when there is none."""
    lines = files.read_json_lines(losses) if losses.exists() else []
    return lines[-1] if lines and "tokens_per_second" in lines[-1] else {}


def last_rate(models: Path) -> float | None:
    """Trained tokens/s of the newest training in the folder `models`, or None."""
    histories = sorted(models.glob("*/training.jsonl"), key=lambda path: path.stat().st_mtime)
    return summary(histories[-1]).get("tokens_per_second") if histories else None


def check_name(beside: Path, data: str, config: str) -> None:
    """End the program when the folder of the model belongs to other data or another config: it would be lost.

    beside: any file in that folder.
    """
    made = record.read(beside.parent)
    if made and (made.get("data"), made.get("config")) != (data, config):
        of = f"the model of DATA={made.get('data')} CONFIG={made.get('config')}"
        fail(f"{beside.parent} holds {of if 'training' in made else 'no training of yours'}; add NAME=another-name")
