"""What a measured model is called, and what is taken from the record of its training."""

import hashlib
import json
import os
from pathlib import Path

import pytest

from scripts.measure import models

CONFIG = "general: {student_model_id: x}\nmodels: [{id: x, system_prompt: From the config.}]\n"
RECORD = {"name": "n", "data": "rows", "system_prompt": "From the record.", "training": {"rows": 4}}


@pytest.fixture
def house(tmp_path, monkeypatch):
    """A folder with a config, a base model, and the trained models a and b, of which b is in use."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "config.yaml").write_text(CONFIG)
    for name in ("base", "a", "b"):
        folder = tmp_path / "models" / name
        folder.mkdir(parents=True)
        (folder / "model.gguf").write_bytes(b"GGUF" + name.encode())
        record = {"name": name, "sha256": {"model.gguf": hashlib.sha256(b"GGUF" + name.encode()).hexdigest()}}
        (folder / "record.json").write_text(json.dumps({**({} if name == "base" else RECORD), **record}))
    os.symlink("b", tmp_path / "models/in-use")
    return tmp_path


def describe(gguf, answers):
    return models.describe(Path(gguf), Path("models/base/model.gguf"), Path(answers), Path("config.yaml"))


@pytest.mark.parametrize(
    "gguf, answers, name, path",
    [
        ("models/a/model.gguf", "models/a", "a", "models/a/model.gguf"),
        ("models/in-use/model.gguf", "models/in-use", "b", "models/b/model.gguf"),
        ("models/b/model.gguf", "models/in-use", "b", "models/b/model.gguf"),
        ("models/base/model.gguf", "models/base", "base", "models/base/model.gguf"),
        ("models/base/model.gguf", "build/models/models-base-model.gguf", "base", "models/base/model.gguf"),
        # By its path, one that was given as a file: these were named "base", "config" and "questions".
        ("x/base.gguf", "build/models/x-base.gguf", "x/base.gguf", "x/base.gguf"),
        ("config.gguf", "build/models/config.gguf", "config.gguf", "config.gguf"),
        ("questions.gguf", "build/models/questions.gguf", "questions.gguf", "questions.gguf"),
        ("models/a/model.gguf", "build/models/models-a-model.gguf", "models/a/model.gguf", "models/a/model.gguf"),
    ],
)
def test_names(house, gguf, answers, name, path):
    if not (house / gguf).exists():
        (house / gguf).parent.mkdir(exist_ok=True)
        (house / gguf).write_bytes(b"GGUFother")
    found = describe(gguf, answers)
    assert (found["name"], found["path"]) == (name, path)
    assert found["sha256"] == hashlib.sha256((house / gguf).read_bytes()).hexdigest()


@pytest.mark.parametrize("name", ["base", models.PAGES])
def test_a_folder_cannot_take_the_name_of_the_base_model_or_the_pages(house, name):
    folder = house / "others" / name
    folder.parent.mkdir()
    (house / "models/a").rename(folder)
    with pytest.raises(SystemExit, match="rename the folder"):
        describe(folder / "model.gguf", folder)


def test_the_record_decides_prompt_and_questions(house):
    (house / "rows").mkdir()
    (house / "rows/questions.jsonl").touch()
    model = describe("models/a/model.gguf", "models/a")
    assert model["system"] == "From the record." and model["record"]["training"] == {"rows": 4}
    assert str(models.questions_of(model)) == "rows/questions.jsonl"
    (house / "rows/questions.jsonl").unlink()
    assert models.questions_of(model) == models.QUESTIONS
    base = describe("models/base/model.gguf", "models/base")
    assert base["system"] == "From the config." and models.questions_of(base) == models.QUESTIONS


def test_a_link_to_a_trained_model_has_its_record(house):
    os.symlink("models/a/model.gguf", "mine.gguf")
    model = describe("mine.gguf", "build/models/mine.gguf")
    assert model["name"] == "mine.gguf" and model["record"]["name"] == "a" and model["system"] == "From the record."


def test_a_record_without_hashes_is_taken(house):
    (house / "models/a/record.json").write_text(json.dumps(RECORD))
    assert describe("models/a/model.gguf", "models/a")["record"] == RECORD


def test_the_record_of_another_file_is_not_taken(house, capsys):
    (house / "models/a/model.gguf").write_bytes(b"GGUFchanged by hand")
    model = describe("models/a/model.gguf", "models/a")
    assert model["record"] == {} and models.questions_of(model) == models.QUESTIONS
    assert "models/a/model.gguf: the record.json beside it is about another file" in capsys.readouterr().out


@pytest.mark.parametrize("content", ["{", "[1]", '"text"'])
def test_a_damaged_record_is_named(house, content):
    (house / "models/a/record.json").write_text(content)
    with pytest.raises(SystemExit, match="models/a/record.json: not a record"):
        describe("models/a/model.gguf", "models/a")


def test_no_model_is_named(house):
    with pytest.raises(SystemExit, match=r"none.gguf"):
        describe("none.gguf", "build/models/none.gguf")
