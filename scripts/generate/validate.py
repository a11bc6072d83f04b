"""Check qna.yaml: InstructLab's own knowledge schema, and exactly three questions per seed example."""

import argparse
import json
from importlib.resources import files
from pathlib import Path

from jsonschema import Draft202012Validator
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

from scripts import configuration, program

# The schema asks for three or more; the pipelines of `ilab data generate` use the first three and ignore the rest
# (https://github.com/instructlab/sdg/blob/v0.8.3/src/instructlab/sdg/utils/taxonomy.py).
QUESTIONS = 3


def problems(qna) -> list[str]:
    """One line for each thing that is wrong with `qna`, the parsed file.

    `ilab taxonomy diff` applies the same schema, but it also clones the document's repository, which needs the
    network, and shows errors through a `yq` that is not Debian's.
    """
    folder = files("instructlab.schema") / "v3"

    def retrieve(uri):
        return Resource.from_contents(json.loads((folder / uri).read_text()), DRAFT202012)

    schema = json.loads((folder / "knowledge.json").read_text())
    validator = Draft202012Validator(schema, registry=Registry(retrieve=retrieve))  # type: ignore[call-arg]
    found = [f"{error.json_path.lstrip('$.') or 'file'}: {error.message}" for error in validator.iter_errors(qna)]
    return found or [
        f"seed_examples[{number}]: {len(example['questions_and_answers'])} questions, it needs {QUESTIONS}"
        for number, example in enumerate(qna["seed_examples"])
        if len(example["questions_and_answers"]) != QUESTIONS
    ]


def read(path: Path | str) -> dict:
    """The content of the seed file `path`; ends the program with all that is wrong with it, one line each."""
    qna = configuration.read_yaml(path)
    if found := problems(qna):
        program.fail("".join(f"{path}: {line[:300]}\n" for line in found) + f"{program.name()}: correct {path}")
    return qna


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("qna", type=Path)
    args = parser.parse_args()
    qna = read(args.qna)
    print(f"{args.qna}: valid, {len(qna['seed_examples'])} seed examples with {QUESTIONS} questions each")


if __name__ == "__main__":
    main()
