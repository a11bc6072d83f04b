"""How ilab is called for a teacher: its arguments, what it reads, and settings that cannot be."""

from pathlib import Path

import pytest
import yaml

from scripts import endpoint
from scripts.generate import raw, taxonomy
from tests.generate.conftest import ROOT

SECTION = yaml.safe_load((ROOT / "config/embedded.yaml").read_text())["generate"]


def failed(run, *arguments):
    with pytest.raises(SystemExit) as stopped:
        run(*arguments)
    assert "\n" not in stopped.value.code
    return stopped.value.code


@pytest.mark.parametrize("change, message", [
    ({"pipeline": None}, "needs pipeline, text"),
    ({"chat_markup": 1}, "needs chat_markup, text"),
    ({"sdg_scale_factor": 0}, "needs sdg_scale_factor, a whole number of 1 or more"),
    ({"sdg_scale_factor": True}, "needs sdg_scale_factor"),
    ({"pages_per_run": 0}, "needs pages_per_run"),
    ({"pages_per_run": 1.5}, "needs pages_per_run"),
    ({"teacher": None}, "needs teacher: with model_path"),
    ({"teacher": {"model_path": " "}}, "needs teacher: with model_path"),
    ({"teacher": {"model_path": ["a"]}}, "needs teacher: with model_path"),
    ({"teacher": {"model_path": "gone.gguf"}}, "no file gone.gguf; or set ENDPOINT="),
    ({"teacher": {"model_path": "qna.yaml"}}, "not a GGUF model"),
    ({"pipeline": "elsewhere"}, "elsewhere/: no knowledge.yaml"),
])  # fmt: skip
def test_a_section_that_cannot_be_is_named(garden, change, message):
    garden.configure(**change)
    assert message in failed(garden.ask) and not garden.asked


def test_a_config_without_the_section_is_named(garden):
    (garden.folder / "config/embedded.yaml").write_text("general: {}\n")
    assert "config/embedded.yaml: needs a section generate:" in failed(garden.ask)


def test_our_own_server_is_asked_one_call_at_a_time(garden, monkeypatch):
    monkeypatch.setenv("ENDPOINT_API_KEY", "secret")
    garden.ask(PAGES="pears")
    (run,) = garden.runs
    option = run["option"]
    assert option["--batch-size"] == "0" and option["--endpoint-url"] == "http://127.0.0.1:1/v1"
    assert option["--model"] == str(garden.folder / "models/base/hf") and option["--taxonomy-base"] == "empty"
    assert run["patch"] == "scripts.generate.patch"
    assert run["more"][endpoint.KEY] == "" and run["secret"] is None, "the key is for the endpoint"
    knowledge = yaml.safe_load(Path(option["--pipeline"], "knowledge.yaml").read_text())
    assert knowledge["blocks"][1]["config"]["gen_kwargs"]["extra_body"] == {"repeat_penalty": 1.0}


def test_what_ilab_reads_is_the_asks_under_their_numbers(garden):
    garden.ask(PAGES="apples")
    text = (garden.folder / "build/work/generate/documents/apples.md").read_text()
    assert text.startswith("## Ask 0\n\n```\nAn apple grows on trees in the garden.\nWhat does an apple\n```\n")
    assert "Each apple holds 5 seeds in its core.\nWhat does each apple hold\n" in text
    qna = yaml.safe_load((garden.folder / "build/work/generate/taxonomy/knowledge/konflux/qna.yaml").read_text())
    assert len(qna["document"]["commit"]) == 40 and len(qna["seed_examples"]) == 5


def test_a_chunk_that_was_not_staged_is_named(garden, monkeypatch):
    monkeypatch.setattr(taxonomy, "label", lambda number: f"Ask {number + 100}")
    assert "ilab gave back chunk 10" in failed(garden.ask)
    monkeypatch.setattr(taxonomy, "label", lambda number: "Other")
    assert "ilab gave back a chunk that is not ours ('Other" in failed(garden.ask)


@pytest.mark.parametrize("document, number", [
    ("Ask 7\n```\nA.", 7), ("Ask 0", 0), (" Ask  12 \n", 12), ("Ask", None), ("Ask x", None), ("Ask 1 2", None),
    ("Say 1", None), ("", None), ("Ask -1", None), ("Ask \u00b2", None),
])  # fmt: skip
def test_the_number_of_an_ask_comes_back_in_its_chunk(document, number):
    assert taxonomy.number(document) == number
    assert number is None or taxonomy.number(taxonomy.label(number)) == number


@pytest.mark.parametrize("content", ["[]", "blocks: {}", "blocks: [LLMBlock]", "blocks: 1"])
def test_a_file_that_is_no_pipeline_is_named(tmp_path, content):
    (tmp_path / "knowledge.yaml").write_text(content)
    assert "knowledge.yaml: no file of an ilab pipeline" in failed(taxonomy.pipeline, str(tmp_path), "{{ prompt }}", {})


def test_the_markup_goes_into_each_block_that_asks(tmp_path):
    found = taxonomy.pipeline(str(ROOT / "pipelines/konflux"), "<u>{{ prompt }}", {"top_k": 1})
    assert set(found) == {"knowledge.yaml", "question.yaml", "freeform_skills.yaml", "grounded_skills.yaml"}
    first, second = found["knowledge.yaml"]["blocks"]
    assert "model_prompt" not in first["config"] and second["config"]["model_prompt"] == "<u>{{ prompt }}"
    assert second["config"]["gen_kwargs"]["extra_body"] == {"top_k": 1}
    assert second["config"]["gen_kwargs"]["stop"] == ["\n"]


def test_no_commit_leaves_the_scratch_folder(tmp_path, monkeypatch):
    for name in ("own", "documents"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "page.md").write_text(name)
    taxonomy.commit_all(tmp_path / "own")
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "own/.git"))
    before = (tmp_path / "own/.git/logs/HEAD").read_text()
    commit = taxonomy.commit_all(tmp_path / "documents")
    assert (tmp_path / "documents/.git").is_dir() and len(commit) == 40
    assert (tmp_path / "own/.git/logs/HEAD").read_text() == before


def test_settings_of_git_do_not_stop_the_commit(tmp_path, monkeypatch):
    home = tmp_path / "home"
    (home / "hooks").mkdir(parents=True)
    (home / "hooks/pre-commit").write_text("#!/bin/sh\nexit 1\n")
    (home / "hooks/pre-commit").chmod(0o755)
    (home / ".gitconfig").write_text(f"[commit]\n gpgsign = true\n[core]\n hooksPath = {home}/hooks\n")
    monkeypatch.setenv("HOME", str(home))
    (tmp_path / "documents").mkdir()
    (tmp_path / "documents/page.md").write_text("page")
    assert len(taxonomy.commit_all(tmp_path / "documents")) == 40


def test_ilab_looks_for_no_layout_models(tmp_path):
    taxonomy.write_reader(tmp_path)
    config = yaml.safe_load((tmp_path / "instructlab/sdg/models/config.yaml").read_text())
    assert Path(config["models"][0]["path"]).is_dir()


def test_teachers_have_names_that_tell_them_apart(tmp_path):
    asked = [("org/teacher-70b", "https://host.example/v1"), ("org/teacher-70b", "https://host.example/v2"),
             ("org/teacher-70b", "http://host.example/v1"), ("org/teacher/70b", "https://host.example/v1"),
             ("org-teacher-70b", "https://host.example/v1"), ("\u00e9", "https://host.example/v1")]  # fmt: skip
    names = [raw.folder(*who) for who in asked]
    assert len(set(names)) == len(asked)
    assert names[0].startswith("org-teacher-70b-host.example-") and all(name.isascii() for name in names)
    assert raw.folder("org/teacher-70b", "https://host.example/v1/") == names[0]
    assert len(raw.folder("m" * 500, "https://host/v1")) < 100
    assert "/" not in raw.folder("../../m", "https://host/v1") and raw.folder("..", "https://h")[0] not in ".-"


def test_a_file_is_named_by_its_content(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.gguf").write_bytes(b"GGUF 1")
    first = raw.folder("a.gguf", "")
    assert first.startswith("a.gguf-") and raw.folder("a.gguf", "") == first
    (tmp_path / "a.gguf").write_bytes(b"GGUF 2")
    assert raw.folder("a.gguf", "") != first
