"""make validate: what InstructLab and its pipelines ask of qna.yaml."""

import sys

import pytest
import yaml

from scripts.generate import validate
from tests.generate.conftest import ROOT

QNA = (ROOT / "qna.yaml").read_text()


def run(path, monkeypatch):
    monkeypatch.setattr(sys, "argv", ["validate.py", str(path)])
    validate.main()


def test_the_seed_file_is_valid(monkeypatch, capsys):
    run(ROOT / "qna.yaml", monkeypatch)
    assert "qna.yaml: valid, 5 seed examples with 3 questions each" in capsys.readouterr().out


def drop(key):
    return lambda qna: qna.pop(key)


@pytest.mark.parametrize("spoil, message", [
    (drop("domain"), "file: 'domain' is a required property"),
    (lambda qna: qna.update(domain=""), "domain: '' "),
    (lambda qna: qna["seed_examples"].pop(), "seed_examples: "),
    (lambda qna: qna["seed_examples"][1]["questions_and_answers"].pop(), "seed_examples[1].questions_and_answers: "),
    (lambda qna: qna["seed_examples"][1]["questions_and_answers"].append({"question": "Why?", "answer": "So."}),
     "seed_examples[1]: 4 questions, it needs 3"),
    (lambda qna: qna["seed_examples"][0].pop("context"), "seed_examples[0]: 'context' is a required property"),
])  # fmt: skip
def test_what_is_wrong_is_named(tmp_path, monkeypatch, spoil, message):
    qna = yaml.safe_load(QNA)
    spoil(qna)
    (tmp_path / "qna.yaml").write_text(yaml.safe_dump(qna))
    with pytest.raises(SystemExit) as stopped:
        run(tmp_path / "qna.yaml", monkeypatch)
    first, *_, last = stopped.value.code.split("\n")
    assert f"{tmp_path}/qna.yaml: {message}" in first and last == f"validate: correct {tmp_path}/qna.yaml"


@pytest.mark.parametrize("text, message", [
    ("", "file: None is not of type 'object'"), ("[]", "file: [] is not of type"), ("a: [1}", ":1: not valid YAML"),
])  # fmt: skip
def test_what_is_no_mapping_is_named(tmp_path, monkeypatch, text, message):
    (tmp_path / "qna.yaml").write_text(text)
    with pytest.raises(SystemExit) as stopped:
        run(tmp_path / "qna.yaml", monkeypatch)
    assert message in stopped.value.code


def test_a_key_that_is_there_twice_is_named_with_its_line(tmp_path, monkeypatch):
    """PyYAML keeps the last of them and says nothing: three questions would be lost."""
    second = "    questions_and_answers:\n      - question: What is lost?\n        answer: All questions above are.\n"
    place = QNA.index("  - context", QNA.index("seed_examples") + 40)
    (tmp_path / "qna.yaml").write_text(QNA[:place] + second + QNA[place:])
    with pytest.raises(SystemExit) as stopped:
        run(tmp_path / "qna.yaml", monkeypatch)
    line = QNA[:place].count("\n") + 1
    assert f"qna.yaml:{line}: not valid YAML (the key 'questions_and_answers' is there twice)" in stopped.value.code
