"""The file review.yaml, with what people decided about generated facts: how it is checked, read and written.

It holds {fact id: {"decision", "statement", "rejected", "edited"}}; decisions.py says what that does.
"""

from pathlib import Path

import yaml
from jsonschema import Draft202012Validator

from scripts import configuration, files, program

TEXT = {"type": "string", "pattern": r"\S"}
NAMES = {"type": "string"}
SCHEMA = {
    "type": "object", "propertyNames": NAMES,
    "additionalProperties": {
        "type": "object", "additionalProperties": False,
        "properties": {
            "decision": {"enum": ["accepted", "rejected"]}, "statement": TEXT,
            "rejected": {"type": "array", "items": TEXT},
            "edited": {"type": "object", "propertyNames": NAMES, "additionalProperties": TEXT},
        },
    },
}  # fmt: skip
HEADER = """\
# Written by make review: what people decided about generated facts, by the fact's id. make applies it to the rows.
# decision: accepted or rejected. statement: the edited one. rejected: questions and answers that are left out.
# edited: a question or answer as the teacher wrote it, and what stands in its place.
"""


def read(path: Path) -> dict:
    """The decisions in the file `path`; {} when there is none. Ends the program when it has another form."""
    content = (configuration.read_yaml(path) if path.is_file() else None) or {}
    for error in Draft202012Validator(SCHEMA).iter_errors(content):
        where = "".join(f"{step}: " for step in error.absolute_path)
        what = "no text" if error.validator == "pattern" else error.message[:200]
        program.fail(f"{path}: {where}{what}; its first lines say what belongs there; correct it or take the entry out")
    return content


def write(path: Path, decided: dict) -> None:
    """Write the decisions to `path` in an order that keeps differences small; what is empty is left out."""
    kept = {name: {key: value for key, value in entry.items() if value} for name, entry in sorted(decided.items())}
    kept = {name: entry for name, entry in kept.items() if entry}
    text = yaml.dump(kept, Dumper=yaml.CSafeDumper, sort_keys=False, allow_unicode=True, width=120) if kept else ""
    files.replace_text(path, HEADER + text)


def count(decided: dict) -> int:
    """How many decisions there are: about facts, and about single texts."""
    return sum(
        len({"decision", "statement"} & {*entry}) + len(entry.get("rejected", [])) + len(entry.get("edited", {}))
        for entry in decided.values()
    )
