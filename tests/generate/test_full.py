"""PIPELINE=full: ilab's own pipeline, asked through a chat endpoint, kept, curated and split."""

import json
import os
import re
import shutil
import subprocess
import sys
import threading
from pathlib import Path
from types import SimpleNamespace

import pytest
import yaml

from scripts import files
from scripts.generate import curate, full
from tests.generate import servers, teachers
from tests.generate.conftest import ROOT

PAGE = "building-secrets"
LIE = ("How many moons does Konflux have?", "Konflux has 42 moons.")


def scripted():
    """A teacher that makes a true pair of each authored fact and a lie, and lets all of them pass its own checks."""
    seen = SimpleNamespace(server="good", seen=0, lock=threading.Lock(), authorizations=[], watch=b"", steps=[])

    def say(prompt):
        if "spelling errors corrected" in prompt:
            seen.steps.append("spelling")
            return prompt.partition("Document:\n")[2]
        if "corroborated" in prompt:
            return "[Start of Explanation]x[End of Explanation]\n[Start of Answer]YES[End of Answer]"
        if "assess the relevance" in prompt:
            return "[Start of Feedback]x[End of Feedback]\n[Start of Score]2[End of Score]"
        if "Non-Referential" in prompt:
            return "[Start of Explanation]x[End of Explanation]\n[Start of Rating]1[End of Rating]"
        seen.steps.append("pairs")
        known = [fact for fact in teachers.authored() if fact["site"] == PAGE]
        pairs = [(fact["wordings"][0]["q"], teachers.source_of(fact["id"], prompt)) for fact in known]
        return "\n".join(f"[QUESTION]\n{q}\n[ANSWER]\n{a}\n[END]" for q, a in [LIE, *pairs] if a)

    seen.say = say
    return seen


@pytest.fixture
def made(base, tmp_path):
    """A function that runs ask.py and rows.py on one page; returns the result of the last one."""
    (tmp_path / "markdown").mkdir()
    shutil.copy(ROOT / f"markdown/{PAGE}.md", tmp_path / "markdown")
    (tmp_path / "markdown/short.md").write_text("# Nearly nothing\n")

    def run(script, *options):
        environment = {**os.environ, "PYTHONPATH": str(ROOT),
                       "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}  # fmt: skip
        command = [sys.executable, "-m", script, "--qna", ROOT / "qna.yaml", "--config", ROOT / "config/embedded.yaml",
                   "--index", "none", "--finder", "none", *options]  # fmt: skip
        return subprocess.run([str(part) for part in command], cwd=tmp_path, capture_output=True, text=True,
                              timeout=300, env=environment)  # fmt: skip

    def make(url):
        config = yaml.safe_load((ROOT / "config/embedded.yaml").read_text())["generate"]
        settings = {"ENDPOINT": url, "TEACHER": "", "WORDINGS": "", "PAGES": "", "PIPELINE": "full"}
        given = {"settings": settings, "config": {"generate": config}, "code": {}}
        (tmp_path / "arguments").write_text(json.dumps(given))
        asked = run("scripts.generate.ask", "--arguments", "arguments", "--markdown", "markdown", "--base", base,
                    "--work", "work", "--output", "generated/asked.json")  # fmt: skip
        if asked.returncode:
            return asked
        return run("scripts.generate.rows", "--asked", "generated/asked.json", "--authored", "none", "--review", "none",
                   "--output", "generated/train_konflux.jsonl")  # fmt: skip

    return make


@pytest.mark.slow
def test_ilabs_own_pipeline_makes_rows_and_is_asked_nothing_twice(made, tmp_path):
    teacher = scripted()
    with servers.serving(teacher) as url:
        result = made(url)
        assert result.returncode == 0, result.stderr + result.stdout
        first = teacher.seen
        assert made(url).returncode == 0 and teacher.seen == first + 1  # the trial of the endpoint
    rows, test = ([json.loads(line) for line in open(tmp_path / f"generated/{name}_konflux.jsonl")]
                  for name in ("train", "test"))  # fmt: skip
    page = " ".join((tmp_path / f"markdown/{PAGE}.md").read_text().split())
    assert len(rows) >= 2 and {row["page"] for row in rows} == {PAGE}
    assert all(" ".join(row["assistant"].split()) in page for row in rows)
    rejected = (tmp_path / "generated/rejected.jsonl").read_text()
    assert "42 moons" in rejected and not any("42" in row["assistant"] for row in rows + test)
    assert re.search(r"\d+ rows from 1 pages, \d+ rejected", result.stdout)
    # The same words are asked once, although ilab pairs each chunk with five seed examples.
    assert teacher.steps.count("spelling") < 5 * teacher.steps.count("pairs")


def test_each_tenth_pair_is_held_out_and_a_changed_page_gives_none(garden):
    names = [f"{letter}{digit}" for letter in "abcd" for digit in range(5)]
    said = {name: f"The {name} lamp lights cellar {name}." for name in names}
    pair = {"page": "apples", "chunk": " ".join(said.values())}
    pairs = [{**pair, "user": f"Which cellar does the {it} lamp light?", "assistant": said[it]} for it in names]
    pairs += [{**pair, "page": "plums"} for pair in pairs]
    pages = {f"markdown/{page}.md": files.sha256(f"markdown/{page}.md") for page in ("apples", "plums")}
    asked = {"teacher": "t", "pages": pages, "calls": 1, "seconds": 1, "pairs": pairs}
    garden.write("plums", "# Plums\n\nOther words.\n")
    files.replace_text("generated/asked.json", json.dumps(asked))
    printed = garden.curate()
    assert "18 rows from 1 pages, 0 rejected, 2 held out" in printed and "without plums: changed" in printed
    trained, tested = ({row["user"] for row in garden.rows(name) if row["page"] == "apples"}
                       for name in ("train_konflux.jsonl", "test_konflux.jsonl"))  # fmt: skip
    assert len(trained) == 18 and len(tested) == 2 and not trained & tested


def test_a_pipeline_that_ilab_does_not_have_is_one_line(capsys):
    for name in ("fulll", "../konflux"):
        with pytest.raises(SystemExit) as end:
            full.folder_of(name)
        assert f"PIPELINE={name}: ilab has no such pipeline; give PIPELINE=full" in str(end.value)


def test_its_prompts_are_found_wherever_the_pipeline_lies():
    blocks = full.pipeline("full")["knowledge.yaml"]["blocks"]
    paths = [Path(block["config"]["config_path"]) for block in blocks if "config_path" in block.get("config", {})]
    assert len(paths) == 5 and all(path.is_absolute() and path.is_file() for path in paths)
    assert all(block["config"]["model_prompt"] == "" for block in blocks if block["type"] == "LLMBlock")


def test_an_answer_in_other_words_is_kept_when_its_source_says_so():
    pair = {"user": "How many seeds does each apple hold?", "assistant": "An apple's core holds 5 seeds.",
            "page": "apples", "chunk": "Each apple holds 5 seeds in its core."}  # fmt: skip
    assert not curate.curate([pair], "Garden", copied=False)[1]
    assert curate.curate([{**pair, "assistant": "An apple's core holds 7 seeds."}], "Garden", copied=False)[1]
