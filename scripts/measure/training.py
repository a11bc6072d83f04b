"""What the report shows of a training: that of the measured model, or the reason why there is none to show."""

import math
from pathlib import Path

from scripts import files, record
from scripts.measure import scoring

# Parts of the training that the drawn means are over.
PARTS = 10
# Plot area of the loss curve, in the units of its SVG: left, top, right, bottom.
FRAME = (34, 8, 352, 176)


def loss_curve(losses: list[float]) -> dict:
    """Coordinates of the loss of each step and of its means over tenths, and the ticks, in the units of FRAME."""
    left, top, right, bottom = FRAME
    highest = max(losses)
    unit = 10 ** math.floor(math.log10(highest or 1))
    unit = next(u for u in (unit, unit / 2, unit / 5) if highest / u >= 3 or u == unit / 5)
    ceiling = unit * math.ceil(highest / unit) or 1

    def x(index: float) -> float:
        return round(left + (right - left) * index / max(len(losses) - 1, 1), 1)

    def y(loss: float) -> float:
        return round(bottom - (bottom - top) * loss / ceiling, 1)

    means = []
    part = math.ceil(len(losses) / PARTS)
    for start in range(0, len(losses), part):
        inside = losses[start : start + part]
        loss = sum(inside) / len(inside)
        label = f"steps {start + 1} to {start + len(inside)}: {loss:.2f}"
        means.append({"x": x(start + (len(inside) - 1) / 2), "y": y(loss), "label": label})
    ticks = [{"y": y(unit * i), "label": f"{unit * i:g}"} for i in range(round(ceiling / unit) + 1)]
    return {
        "points": " ".join(f"{x(i)},{y(loss)}" for i, loss in enumerate(losses)),
        "means": means, "ticks": ticks, "steps": len(losses), "frame": FRAME,
    }  # fmt: skip


def counts(rows: list[dict]) -> dict[str, float]:
    """What is in training data: the name and number of each count that is not 0."""
    numbers = {
        "different questions": len({scoring.words(row["user"]) for row in rows}),
        "facts": len({row.get("id") for row in rows} - {None, "", "unanswerable", "general"}),
        "pages": len({row.get("page") for row in rows} - {None, ""}),
        "rows that decline": sum(scoring.declines(row["assistant"]) for row in rows),
        "words an answer, on average": round(sum(len(row["assistant"].split()) for row in rows) / len(rows), 1),
    }
    return {name: number for name, number in numbers.items() if number}


def data_of(record: dict) -> dict:
    """{"path", "sha256", "counts"} of the rows that a record names; without counts where the file is another now."""
    path = Path(record["data"], "train_konflux.jsonl")
    sha256 = ((record.get("arguments") or {}).get("files") or {}).get(str(path))
    same = path.is_file() and files.sha256(path) == sha256
    return {"path": str(path), "sha256": sha256, "counts": counts(files.read_rows(path)) if same else None}


def beside(model: dict) -> dict:
    """{"record", "data", "curve"} of the training of a measured model {"name", "path", "sha256"}, or {"missing": why}.

    record.json and training.jsonl lie beside the model. They are shown only if the record lists the hash of the very
    file that was measured: since then it may have been trained anew, and a file from elsewhere may lie there too.
    """
    folder = Path(model["path"]).resolve().parent
    made = record.read(folder)
    if "training" not in made:
        return {"missing": f"No record of a training lies beside {model['path']}."}
    if model["sha256"] not in record.hashes(made):
        return {
            "missing": f"The training recorded beside {model['path']} is not that of the model measured here: "
            "it made a file with another hash. If the model was trained again, make evaluate measures the new one."
        }
    history = folder / "training.jsonl"
    rows = (
        [row for row in files.read_json_lines(history, torn_end=True) if isinstance(row, dict)]
        if history.exists()
        else []
    )
    # The hash of the weights that a training made, in its last line.
    weights = [row["weights"] for row in rows if "weights" in row]
    losses = [row["loss"] for row in rows if isinstance(row.get("loss"), int | float)]
    curve = loss_curve(losses) if losses and set(weights) <= set(record.hashes(made)) else None
    return {"record": made, "data": data_of(made) if isinstance(made.get("data"), str) else None, "curve": curve}
