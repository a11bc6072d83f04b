"""A question through the real `ilab model serve`, to a model of random weights, which answers nonsense fast."""

import json
import shutil
import sys
from pathlib import Path

import pytest

from scripts.measure import answers, evaluation
from scripts.retrieve import answers as from_pages
from scripts.serve import local_server

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.slow
def test_a_question_through_a_real_server(tmp_path, monkeypatch, tiny_base, ilab_on_path):
    (tmp_path / "models").mkdir()
    shutil.copytree(tiny_base, tmp_path / "models/base", ignore=shutil.ignore_patterns("hf", "checkpoint.bin"))
    shutil.copy(ROOT / "config/embedded.yaml", tmp_path / "config.yaml")
    (tmp_path / "index.json").write_text("{}")
    question = {"id": "a", "kind": "held-out", "question": "What does Konflux build?", "must": [["containers"]]}
    (tmp_path / "questions.jsonl").write_text(json.dumps(question))
    settings = {"LIMIT": "1", "QUESTIONS": "questions.jsonl"}
    (tmp_path / "arguments").write_text(json.dumps({"settings": settings, "config": {}}))
    monkeypatch.chdir(tmp_path)
    # A proxy is not for servers on this machine.
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    monkeypatch.setenv("no_proxy", "")
    source = from_pages.Source("Konflux builds containers.", "Konflux builds containers.", "Konflux", "", "", 0.9)
    found = from_pages.judged([source], 0.6)
    monkeypatch.setattr(from_pages, "answerer", lambda index, finder, config: lambda question: found)
    monkeypatch.setattr(sys, "argv", [
        "answers", "--arguments", "arguments", "--model", "models/base/model.gguf", "--base", "models/base/model.gguf",
        "--index", "index.json", "--finder", "finder.safetensors", "--config", "config.yaml", "--work", "work",
        "--output", "models/base/answers.json",
    ])  # fmt: skip
    answers.main()
    raw = json.loads(Path("models/base/answers.json").read_text())
    given = raw["answers"]["base"]["a"]
    assert isinstance(given["answer"], str) and given["seconds"] > 0
    assert raw["answers"]["pages"]["a"]["answer"] == "Konflux builds containers."
    assert evaluation.evaluate(raw)["models"]["pages"]["answers"][0]["found"] is True
    # Again: the same answers, and no server is started for them.
    monkeypatch.delattr(local_server, "serving")
    answers.main()
    again = json.loads(Path("models/base/answers.json").read_text())["answers"]
    assert again["base"] == raw["answers"]["base"] and list(again) == ["base", "pages"]
