"""The model card: metadata that the Hub reads, and the scores of the files that were measured."""

import copy
import json
import sys

import pytest
import yaml

from scripts.export import card
from scripts.measure import evaluation
from tests.measure.conftest import raw

__all__ = ["raw"]
HASHES = {"model-Q4_K_M.gguf": "4" * 64, "model-Q8_0.gguf": "8" * 64, "model.gguf": "1" * 64}
RECORD = {
    "data": "rows", "system_prompt": "Be brief.", "training": {"rows": 4, "tokens": 120}, "sha256": HASHES,
    "license": "apache-2.0",
}  # fmt: skip


@pytest.fixture
def folder(tmp_path):
    """An exported folder without its card, and a base model that is not the embedded one."""
    (tmp_path / "sample").mkdir()
    (tmp_path / "sample/record.json").write_text(json.dumps(RECORD))
    (tmp_path / "base").mkdir()
    return tmp_path / "sample"


def write(monkeypatch, folder, *evaluations):
    """The metadata and the text of the card."""
    paths = []
    for number, measured in enumerate(evaluations):
        paths.append(folder.parent / f"{number}.json")
        paths[-1].write_text(json.dumps(measured))
    given = ["--folder", folder, "--base", folder.parent / "base", "--evaluations", *paths]
    monkeypatch.setattr(sys, "argv", ["card.py", *map(str, given)])
    card.main()
    head, text = (folder / "README.md").read_text().split("---\n", 2)[1:]
    return yaml.safe_load(head), text


def of_file(raw, name, sha256):
    """The evaluation of another file whose general answers are all wrong."""
    raw = copy.deepcopy(raw)
    answers = raw["answers"].pop("sample-embedded")
    general = {question["id"] for question in raw["questions"] if question["kind"] == "general"}
    raw["answers"][name] = {id: {**it, "answer": "No."} if id in general else it for id, it in answers.items()}
    raw["run"]["model"] |= {"name": name, "sha256": sha256}
    return evaluation.evaluate(raw)


def rows(text):
    return {cells[1].strip(): cells[2:-1] for line in text.splitlines() if (cells := line.split("|"))[0] == "" != line
            and len(cells) > 4}  # fmt: skip


def test_the_scores_are_those_of_the_evaluation(raw, folder, monkeypatch):
    measured = evaluation.evaluate(raw)
    kinds = measured["models"]["sample-embedded"]["kinds"]
    head, text = write(monkeypatch, folder, measured, of_file(raw, "x/model-Q8_0.gguf", "8" * 64))
    index = head["model-index"][0]
    assert index["name"] == "sample"
    found = {it["dataset"]["config"]: it["metrics"][0] for it in index["results"]}
    assert {kind: metric["value"] for kind, metric in found.items()} == {k: n["right"] for k, n in kinds.items()}
    assert found["held-out"]["name"] == f"right (n={kinds['held-out']['n']})"
    lines = rows(text)
    assert list(lines)[2:] == ["base", "model-Q8_0.gguf", "model.gguf"]
    assert lines["model.gguf"][list(kinds).index("held-out")].startswith(f" {kinds['held-out']['right']:.0%} (")
    assert lines["model-Q8_0.gguf"][list(kinds).index("general")].startswith(" 0% (")
    assert kinds["general"]["right"] > 0


def test_what_the_hub_reads(folder, monkeypatch):
    head, text = write(monkeypatch, folder)
    assert head["license"] == "apache-2.0" and head["pipeline_tag"] == "text-generation"
    assert head["library_name"] == "transformers" and "gguf" in head["tags"]
    assert "base_model" not in head and "model-index" not in head and card.NOT_MEASURED in text
    base = {"sha256": {"model.gguf": card.base_model.SHA256}}
    (folder.parent / "base/record.json").write_text(json.dumps(base))
    head, _ = write(monkeypatch, folder)
    assert (head["base_model"], head["base_model_relation"]) == (card.EMBEDDED, "finetune")


def test_an_evaluation_of_other_files_is_not_used(raw, folder, monkeypatch, capsys):
    _, text = write(monkeypatch, folder, of_file(raw, "sample-embedded", "5" * 64))
    assert card.NOT_MEASURED in text and "not measured: model-Q4_K_M.gguf, model-Q8_0.gguf," in capsys.readouterr().out


@pytest.mark.slow
def test_every_file_that_is_named_is_exported(exported):
    """The card names no file that the folder lacks; the embedded model has these."""
    text = card.card({**RECORD, "data": "rows"}, "sample", None, {})
    named = {
        name for line in text.splitlines() if line.startswith("| `") for name in line.split("|")[1].split("`")[1::2]
    }
    assert named == {path.name for path in exported.iterdir()} - {
        "generation_config.json", "special_tokens_map.json", "tokenizer_config.json",
    }  # fmt: skip
