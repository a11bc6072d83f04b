"""What was made in this folder: whether it is whole, and whether it is older than what it is made of."""

import json
from pathlib import Path

from scripts.setup.stale import stale

GOOD, NOTE, BAD = "ok", "note", "BAD"
Row = tuple[str, str, str, str]  # mark, what, found, remedy
STAGES = {
    "base": "models/base/record.json", "finder": "models/finder/model.safetensors", "rag": "build/rag/index.json",
    "generate": "generated/train_konflux.jsonl", "evaluate": "models/in-use/evaluation.json",
}  # fmt: skip


def row(good: bool, what: str, found: object, remedy: str, otherwise: str = BAD) -> Row:
    return (GOOD if good else otherwise, what, str(found), "" if good else remedy)


def damage(path: Path) -> str:
    """What is wrong with a file that was made here; empty when it is whole as far as a quick look tells."""
    try:
        if path.suffix == ".safetensors":
            with open(path, "rb") as file:
                length = int.from_bytes(file.read(8), "little")
                header = json.loads(file.read(length)) if length < path.stat().st_size else {}
            ends = [tensor["data_offsets"][1] for name, tensor in header.items() if name != "__metadata__"]
            return "" if ends and 8 + length + max(ends) == path.stat().st_size else f"{path} is cut short"
        if path.name == "record.json":
            from scripts import files  # here, as it needs Python 3.10

            hashes = json.loads(path.read_text(encoding="utf-8"))["sha256"]
            wrong = [name for name, told in hashes.items() if files.sha256(path.parent / name) != told]
            return f"{', '.join(wrong)} in {path.parent} is not what was made" if wrong else ""
        if path.suffix == ".json":
            json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, LookupError, TypeError, AttributeError) as error:
        return f"{path}: {getattr(error, 'strerror', None) or 'damaged'}"
    return ""


def stages(venv: Path) -> list[Row]:
    """What the stages made: whether it is whole and up to date, else why not."""
    there = {goal: path for goal, path in STAGES.items() if Path(path).is_file()}
    reasons = stale(venv, [f"{venv}/.done", *there.values()], [])
    rows = []
    if why := reasons.get(f"{venv}/.done"):
        rows.append((NOTE, "setup", f"older than what it is made of: {why}", "make setup"))
    for goal, path in STAGES.items():
        if goal not in there:
            rows.append((NOTE, goal, "not made yet", f"make {goal}; what needs it makes it too"))
        elif fault := damage(Path(path)):
            rows.append((BAD, goal, fault, f"rm {path}; make {goal}"))
        else:
            why = reasons.get(path)
            found = f"older than what it is made of: {why}" if why else "up to date"
            rows.append(row(not why, goal, found, f"make {goal}", NOTE))
    return rows


def model_in_use(venv: Path) -> list[Row]:
    """The model in use: whether it is whole, and up to date with its own rows and config."""
    folder, what = Path("models/in-use"), "model in use"
    if not (folder / "model.gguf").is_file():
        return [(NOTE, what, "none trained", "make train DATA=pre-generated; make ask does without")]
    name = folder.resolve().name
    if fault := damage(folder / "record.json"):
        lost = "" if "weights" in fault else f"/record.json models/{name}/model.gguf"
        return [(BAD, what, fault, f"rm -r models/{name}{lost}; make train with its DATA and CONFIG")]
    record = json.loads((folder / "record.json").read_text(encoding="utf-8"))
    settings = [f"DATA={record.get('data')}", f"CONFIG={record.get('config')}", f"NAME={name}"]
    why = stale(venv, [f"models/{name}/model.gguf"], settings).get(f"models/{name}/model.gguf")
    found = f"{name}, older than what it is made of: {why}" if why else name
    return [row(not why, what, found, f"make train {settings[0]} {settings[1]}", NOTE)]
