"""Put a trained model into use: models/in-use and models/ggml-model-f16.gguf lead to it from now on."""

import argparse
import os
from pathlib import Path

from scripts.program import fail

MODELS = Path("models")


def link(path: Path, target: str) -> None:
    """Make `path` a link to `target`, in one step; what it led to before stays."""
    partial = path.with_name(f"{path.name}.partial")
    partial.unlink(missing_ok=True)
    partial.symlink_to(target)
    os.replace(partial, path)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("name", help="folder under models/")
    name = parser.parse_args().name
    in_use, served = MODELS / "in-use", MODELS / "ggml-model-f16.gguf"
    if name in ("in-use", "base") or not (MODELS / name / "model.gguf").is_file():
        fail(f"{name!r} is no trained model; make models lists them, as in: make use MODEL=pre-generated-embedded")
    before = in_use.resolve().name if in_use.exists() else None
    if served.exists() and not served.is_symlink():
        fail(f"{served} is a file of yours; move it away, it becomes a link to the model in use")
    link(in_use, name)
    link(served, "in-use/model.gguf")
    print(f"models/{name}: in use" + (f"; make use MODEL={before} goes back" if before not in (None, name) else ""))


if __name__ == "__main__":
    main()
