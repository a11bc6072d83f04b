"""What earlier trainings left: training.jsonl of a model, and whose name a folder has."""

import errno
import os
from pathlib import Path

from scripts import files, record
from scripts.program import fail


def summary(losses: Path) -> dict:
    """The last line of `losses`, a training.jsonl: what the training was as a whole; empty when there is none."""
    lines = files.read_json_lines(losses) if losses.exists() else []
    return lines[-1] if lines and "tokens_per_second" in lines[-1] else {}


def last_rate(models: Path, device: str) -> float | None:
    """Trained tokens/s of the newest training on `device`, cpu or cuda, in the folder `models`, or None."""
    histories = sorted(models.glob("*/training.jsonl"), key=lambda path: path.stat().st_mtime)
    rates = [made["tokens_per_second"] for made in map(summary, histories) if made and trained_on(made) == device]
    return rates[-1] if rates else None


def trained_on(made: dict) -> str:
    """The device that the config of a training named."""
    return (made["made_with"]["config"].get("train") or {}).get("device", "cpu")


def check_name(beside: Path, data: str, config: str) -> None:
    """End the program when the folder of the model may not be written, or when it is of other data or another config.

    The training takes up to an hour, and the model in the folder would be lost. beside: any file in that folder.
    """
    if beside.parent.exists() and not os.access(beside.parent, os.W_OK):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(beside.parent))
    made = record.read(beside.parent)
    if made and (made.get("data"), made.get("config")) != (data, config):
        of = f"the model of DATA={made.get('data')} CONFIG={made.get('config')}"
        fail(f"{beside.parent} holds {of if 'training' in made else 'no training of yours'}; add NAME=another-name")
