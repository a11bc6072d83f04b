"""Check qna.yaml: InstructLab's own knowledge schema, and exactly three questions per seed example."""

import argparse
import json
from importlib.resources import files
from pathlib import Path

import common
from jsonschema import Draft202012Validator
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

# The schema asks for three or more; the pipelines of `ilab data generate` use the first three and ignore the rest
# (https://github.com/instructlab/sdg/blob/v0.8.3/src/instructlab/sdg/utils/taxonomy.py).
QUESTIONS = 3


def problems(qna):
    """One line for each thing that is wrong with `qna`, the parsed file.

    `ilab taxonomy diff` applies the same schema, but it also clones the document's repository, which needs the
    network, and shows errors through a `yq` that is not Debian's.
    """
    folder = files("instructlab.schema") / "v3"

    def retrieve(uri):
        return Resource.from_contents(json.loads((folder / uri).read_text()), DRAFT202012)

    schema = json.loads((folder / "knowledge.json").read_text())
    validator = Draft202012Validator(schema, registry=Registry(retrieve=retrieve))
    found = [f"{error.json_path.lstrip('$.') or 'file'}: {error.message}" for error in validator.iter_errors(qna)]
    return found or [
        f"seed_examples[{number}]: {len(example['questions_and_answers'])} questions, it needs {QUESTIONS}"
        for number, example in enumerate(qna["seed_examples"])
        if len(example["questions_and_answers"]) != QUESTIONS
    ]


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("qna", type=Path)
    args = parser.parse_args()
    qna = common.read_yaml(args.qna)
    if found := problems(qna):
        common.fail("\n".join(f"{args.qna}: {line[:300]}" for line in found) + f"\nvalidate: correct {args.qna}")
    print(f"{args.qna}: valid, {len(qna['seed_examples'])} seed examples with {QUESTIONS} questions each")


if __name__ == "__main__":
    main()
