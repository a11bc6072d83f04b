"""Answers are kept, and found again for the same request to the same model."""

import json

import pytest

from scripts.measure import asked

CONFIG = "general: {student_model_id: x}\nserve: {chat_template: tokenizer, server: {port: 8000}}\n"


@pytest.fixture
def config(tmp_path):
    path = tmp_path / "config.yaml"
    path.write_text(CONFIG)
    return path


def row(name, answer="It is 7."):
    return {"key": name, "question": "What?", "answer": answer, "seconds": 0.5}


def test_kept_answers_are_read(tmp_path):
    path = tmp_path / "asked.jsonl"
    assert asked.read(path) == {} and not path.exists()
    rows = [row("a"), row("b", ""), row("c", "a\u2028b\nc\ud800")]
    for each in rows:
        asked.keep(path, each)
    assert list(asked.read(path).values()) == rows and len(path.read_bytes().splitlines()) == 3


@pytest.mark.parametrize("torn", ['{"key": "b", "ans', '{"key": "b", "answer": "\u00e9'.encode()[:-1], b"\0\0\0"])
def test_a_torn_end_costs_one_answer(tmp_path, torn):
    path = tmp_path / "asked.jsonl"
    asked.keep(path, row("a"))
    with open(path, "ab") as file:
        file.write(torn if isinstance(torn, bytes) else torn.encode())
    assert list(asked.read(path)) == ["a"]
    # The next one does not become a part of the torn line.
    asked.keep(path, row("b"))
    assert list(asked.read(path)) == ["a", "b"]


@pytest.mark.parametrize("line", ['{"key": "a"}', '{"key": "a", "answer": 7, "seconds": 1}', "no", '{"answer": "x"}'])
def test_a_spoiled_line_is_named(tmp_path, line):
    (tmp_path / "asked.jsonl").write_text(line + "\n")
    with pytest.raises(SystemExit, match="asked.jsonl"):
        asked.read(tmp_path / "asked.jsonl")


def test_what_a_key_tells_apart(config):
    served = asked.served_as("0" * 64, config)
    first = asked.key(served, "Be brief.", "What?")
    assert first == asked.key(asked.served_as("0" * 64, config), "Be brief.", "What?")
    others = [
        asked.key(served, "Be wordy.", "What?"), asked.key(served, "Be brief.", "Why?"),
        asked.key(asked.served_as("1" * 64, config), "Be brief.", "What?"),
    ]  # fmt: skip
    assert len({first, *others}) == 4


def test_how_a_model_is_served_matters_and_the_rest_of_the_config_does_not(config, monkeypatch):
    before = asked.served_as("0" * 64, config)
    config.write_text("# a comment\n" + CONFIG.replace("8000", "8001") + "train: {num_epochs: 2}\n")
    assert asked.served_as("0" * 64, config) == before
    config.write_text("serve: {b: 1, a: 2}\n")
    key = asked.key(asked.served_as("0" * 64, config), "", "What?")
    config.write_text("serve: {a: 2, b: 1}\n")
    assert asked.key(asked.served_as("0" * 64, config), "", "What?") == key
    config.write_text(CONFIG.replace("tokenizer", "auto"))
    assert asked.served_as("0" * 64, config) != before
    config.write_text(CONFIG)
    monkeypatch.setattr(asked.importlib.metadata, "version", lambda name: "0.0")
    assert asked.served_as("0" * 64, config) != before


def test_a_line_is_plain_json(tmp_path):
    asked.keep(tmp_path / "asked.jsonl", row("a", "é"))
    assert json.loads((tmp_path / "asked.jsonl").read_text()) == row("a", "é")
