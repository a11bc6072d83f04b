"""Which model is measured: its name, its hash, the record of its training, its system prompt and its questions."""

from pathlib import Path

from scripts import configuration, files, program, record
from scripts.serve import llama

QUESTIONS = Path("evaluation/questions.jsonl")
PAGES = "pages"  # the name of what is found in the pages, beside those of models


def here(path: Path) -> Path:
    """`path` without links, from the present folder on if it lies there."""
    resolved = path.resolve()
    return resolved.relative_to(Path.cwd()) if resolved.is_relative_to(Path.cwd()) else resolved


def describe(gguf: Path, base: Path, folder: Path, config: Path) -> dict:
    """{"name", "path", "sha256", "record", "system"} of a GGUF file; ends the program when it is none.

    folder: where its answers go. A model that lies there has the name of that folder, what models/in-use leads to; any
    other is named by its path. "base" is the base model, wherever it lies. "record" is empty where none lies beside the
    file, or one of other files. "system" is the prompt that it is asked with, as in make chat and make ask.
    """
    llama.check_gguf(gguf)
    sha256, made = files.sha256(gguf), record.read(gguf.resolve().parent)
    if gguf.samefile(base):
        name, path = "base", base
    elif gguf.resolve().parent == folder.resolve():
        name, path = folder.resolve().name, here(gguf)
        if name in ("base", PAGES):
            program.fail(f"{folder}: this name has another meaning; rename the folder")
    else:
        name, path = str(gguf), gguf
    if record.hashes(made) and sha256 not in record.hashes(made):
        print(f"{gguf}: the record.json beside it is about another file, so it does not tell what to ask")
        made = {}
    system = configuration.system_prompt(config, gguf)
    return {"name": name, "path": str(path), "sha256": sha256, "record": made, "system": system}


def questions_of(model: dict) -> Path:
    """The file of the questions about what a model was taught: beside its rows, else those of all authored facts."""
    data = model["record"].get("data")
    beside = Path(data, "questions.jsonl") if isinstance(data, str) else QUESTIONS
    return beside if beside.is_file() else QUESTIONS
