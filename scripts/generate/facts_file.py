"""Read the authored facts, evaluation/facts.yaml, and check that each entry has all that the rows are made of."""

from collections.abc import Iterable
from pathlib import Path

import yaml
from jsonschema import Draft202012Validator

from scripts import configuration, files, program


def entry(demo: dict | None = None, **needed) -> dict:
    """The schema of a mapping that has all of `needed`, and may have `demo` and more."""
    return {"type": "object", "required": [*needed], "properties": {**needed, "demo": demo or True}}


def several(items: dict, least: int = 0) -> dict:
    """The schema of a list."""
    return {"type": "array", "items": items, "minItems": least}


TEXT = {"type": "string", "pattern": r"\S"}
PAGE = {"type": "string"}
PAIR = entry(q=TEXT, a=TEXT)
TERMS = several(several(TEXT, 1), 1)
SCHEMA = entry(
    facts=several(
        entry(
            id=TEXT, page=PAGE, fact=TEXT, key_terms=TERMS, reversed_key_terms=several(several(TEXT, 1)),
            # Two answers at least, as each question is also paired with another answer than the first.
            wordings=several(PAIR, 2), reversed=several(PAIR),
            questions=several(TEXT), reversed_questions=several(TEXT),
            held_out=several(TEXT), held_out_reversed=several(TEXT), demo={"type": "boolean"},
        )
    ),
    untrained=several(entry(id=TEXT, page=PAGE, question=TEXT, key_terms=TERMS)),
    unanswerable=entry(
        answers=several(TEXT), trained=several(entry(q=TEXT, a=TEXT, demo={"enum": [0, 1, 2]})), held_out=several(TEXT),
    ),
    general=several(entry(id=TEXT, question=TEXT, key_terms=TERMS)),
    general_trained=several(PAIR),
)  # fmt: skip


def place(content: dict, path: Iterable) -> str:
    """Where in facts.yaml an error is: "fact ID: wordings number 2: ", with the id of a fact that has one."""
    section, *rest = [*path] or [""]
    words = [section]
    if section == "facts" and rest:
        number = rest.pop(0)
        fact = content["facts"][number]
        name = fact.get("id") if isinstance(fact, dict) else None
        words = [f"fact {name}" if name else f"facts number {number + 1}"]
    words += [f"number {step + 1}" if isinstance(step, int) else f"{step}" for step in rest]
    return "".join(f"{word}: " for word in words if word)


def read(path: Path | str) -> dict:
    """The content of facts.yaml; ends the program when an entry lacks something, or a fact has the id of another."""
    content = configuration.read_yaml(path)
    if isinstance(content, dict) and content.get("unanswerable") == []:
        content["unanswerable"] = {"answers": [], "trained": [], "held_out": []}
    for error in Draft202012Validator(SCHEMA).iter_errors(content):
        where, least = place(content, error.absolute_path), error.validator_value
        what = {"pattern": "no text", "minItems": f"needs {least} or more"}.get(error.validator, error.message[:200])
        program.fail(f"{path}: {where}{what}; its first lines say what belongs there ([] for nothing)")
    if content["unanswerable"]["trained"] and not content["unanswerable"]["answers"]:
        program.fail(f"{path}: unanswerable: needs answers, which the trained questions share")
    for fact in content["facts"]:
        if len(fact["reversed"]) == 1 or fact["reversed"] and not fact["reversed_key_terms"]:
            program.fail(f"{path}: fact {fact['id']}: reversed: needs 2 or more, with reversed_key_terms, or none ([])")
        if not fact["reversed"] and (fact["reversed_questions"] or fact["held_out_reversed"]):
            program.fail(f"{path}: fact {fact['id']}: reversed questions need reversed, with the answers")
    seen: set[str] = set()
    for name in (fact["id"] for section in ("facts", "untrained", "general") for fact in content[section]):
        if name in seen:
            program.fail(f"{path}: fact {name}: another one has this id; give each its own")
        seen.add(name)
    return content


def write(path: Path, content: dict) -> None:
    """Write `content`, which has the form that read() checks, to `path`."""
    with files.replacing(path) as partial, open(partial, "w", encoding="utf-8") as file:
        file.write("# Made by a teacher model; evaluation/facts.yaml says in its first lines what the keys mean.\n")
        yaml.dump(content, file, yaml.CSafeDumper, sort_keys=False, allow_unicode=True, width=120)
