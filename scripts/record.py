"""The record.json beside a model: what the model was made of. scripts/train/model.py writes it."""

import json
from pathlib import Path

from scripts.program import fail


def read(folder: Path) -> dict:
    """The record of the model in `folder`; empty when there is none. Ends the program when it is damaged."""
    path = folder / "record.json"
    if not path.exists():
        return {}
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        content.items()
    except (OSError, ValueError, AttributeError) as error:
        fail(f"{path}: not a record of a model ({error}); remove it and model.gguf beside it, then make train makes "
             "both anew of the weights")  # fmt: skip
    return content


def hashes(record: dict) -> list:
    """The hashes of the files that a record is about."""
    listed = record.get("sha256")
    return list(listed.values()) if isinstance(listed, dict) else []
