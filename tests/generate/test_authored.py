"""From facts.yaml to the sample: how rows are paired, and that files change when, and only when, the facts do."""

import json
import sys
from collections import Counter

import pytest
import yaml

from scripts import files
from scripts.generate import authored
from tests.generate.conftest import ROOT
from tests.generate.test_facts_file import FACT, FACTS

FILES = ("test_konflux.jsonl", "train_konflux.jsonl", "demo/test_konflux.jsonl", "demo/train_konflux.jsonl")


def test_the_committed_files_are_what_the_facts_make(tmp_path, monkeypatch, capsys):
    """Byte for byte: a model that was trained on them was trained on these."""
    (tmp_path / "evaluation").mkdir()
    (tmp_path / "evaluation/facts.yaml").symlink_to(ROOT / "evaluation/facts.yaml")
    made = run(tmp_path, monkeypatch, facts="evaluation/facts.yaml", config=ROOT / "config/embedded.yaml")
    questions = ["evaluation/questions.jsonl", "pre-generated/demo/questions.jsonl"]
    assert sorted(made) == sorted([*(f"pre-generated/{name}" for name in FILES), *questions])
    assert not [name for name in made if (tmp_path / name).read_bytes() != (ROOT / name).read_bytes()]


def run(folder, monkeypatch, facts="facts.yaml", config="config.yaml"):
    """Run authored.py in `folder`; returns {path: mtime} of the JSON lines there."""
    monkeypatch.chdir(folder)
    monkeypatch.setattr(
        sys, "argv", ["authored.py", "--facts", str(facts), "--config", str(config), "--done", "build/done"]
    )
    authored.main()
    return {str(path.relative_to(folder)): path.stat().st_mtime_ns for path in folder.rglob("*.jsonl")}


@pytest.fixture
def sample(tmp_path, monkeypatch):
    """A folder with small facts, and what runs authored.py on them."""
    prompt = {"general": {"student_model_id": "k"}, "models": [{"id": "k", "system_prompt": "You answer."}]}
    (tmp_path / "config.yaml").write_text(yaml.safe_dump(prompt))

    def write(content):
        (tmp_path / "facts.yaml").write_text(yaml.safe_dump(content))
        return run(tmp_path, monkeypatch)

    return tmp_path, write


def test_edited_facts_change_the_rows_and_nothing_else_does(sample, capsys):
    folder, write = sample
    first = write(FACTS)
    assert set(first) == {*(f"pre-generated/{name}" for name in FILES), "questions.jsonl",
                          "pre-generated/demo/questions.jsonl"}  # fmt: skip
    assert "pre-generated/train_konflux.jsonl: " in capsys.readouterr().out
    done = (folder / "build/done").stat().st_mtime_ns
    assert write(FACTS) == first and not capsys.readouterr().out
    assert (folder / "build/done").stat().st_mtime_ns > done
    content = json.loads(json.dumps(FACTS))
    content["facts"][1]["wordings"][0]["a"] = "A node is a machine of the cluster."
    changed = write(content)
    assert [name for name in first if changed[name] != first[name]] == ["pre-generated/train_konflux.jsonl"]
    rows = files.read_rows(folder / "pre-generated/train_konflux.jsonl")
    assert [row["id"] for row in rows if "machine" in row["assistant"]]


def test_spoiled_facts_change_nothing(sample):
    folder, write = sample
    first = write(FACTS)
    (folder / "build/done").unlink()
    with pytest.raises(SystemExit):
        write({**FACTS, "facts": [FACT, FACT]})
    assert not (folder / "build/done").exists()
    assert {str(path.relative_to(folder)): path.stat().st_mtime_ns for path in folder.rglob("*.jsonl")} == first


def test_the_demo_leaves_out_facts_and_declines_less(sample):
    folder, write = sample
    trained = [{"q": "One?", "a": "1."}, {"q": "Two?", "a": "2.", "demo": 2}, {"q": "Three?", "a": "3.", "demo": 0}]
    unanswerable = {"answers": ["No.", "Not.", "None.", "Nil."], "held_out": [], "trained": trained}
    write({**FACTS, "unanswerable": unanswerable})
    answers = {}
    for name in ("pre-generated", "pre-generated/demo"):
        rows = files.read_rows(folder / name / "train_konflux.jsonl")
        answers[name] = [row["assistant"] for row in rows if row["id"] == "unanswerable"]
    assert answers == {
        "pre-generated": ["1.", "Nil.", "2.", "No.", "3.", "Not."],
        "pre-generated/demo": ["1.", "2.", "No."],
    }
    ids = [{row["id"] for row in files.read_json_lines(folder / name)} for name in (
        "pre-generated/train_konflux.jsonl", "pre-generated/demo/train_konflux.jsonl",
        "pre-generated/demo/test_konflux.jsonl")]  # fmt: skip
    assert ids == [{"pod", "node", "unanswerable", "general"}, {"pod", "unanswerable", "general"}, {"pod"}]
    asked = [row["id"].split(".")[0] for row in files.read_json_lines(folder / "pre-generated/demo/questions.jsonl")]
    assert set(asked) == {"pod", "u", "g"}


def test_each_question_comes_with_the_first_answer_twice_and_with_another_once():
    found = list(authored.pairings(["What?", "Why so.", "how"], ["1", "2", "3"]))
    assert found == [
        ("What?", "1"), ("What?", "3"), ("what", "1"),
        ("Why so.", "1"), ("Why so.", "2"), ("why so", "1"),
        ("how", "1"), ("how", "3"), ("how", "1"),
    ]  # fmt: skip


def test_rows_of_a_fact_are_those_of_both_directions_once():
    fact = {**FACT, "wordings": [{"q": "what", "a": "1"}, {"q": "So?", "a": "2"}], "questions": ["And?"],
            "reversed": [{"q": "Which?", "a": "3"}, {"q": "Who?", "a": "4"}], "page": ""}  # fmt: skip
    rows = list(authored.train_rows({**FACTS, "facts": [fact]}, demo=False))
    asked = Counter(row[2:] for row in rows if row[0] == "pod")
    assert asked[("what", "1")] == 1, "a question in lower case is no question twice"
    assert asked[("And?", "1")] == asked[("and", "1")] == asked[("Who?", "3")] == 1 and max(asked.values()) == 1
    assert {row[1] for row in rows if row[0] == "pod"} == {"index"} and rows[-1] == (
        "general",
        "",
        "What is a pod?",
        FACT["fact"],
    )


def test_questions_have_ids_kinds_and_what_must_be_answered():
    found = list(authored.questions(FACTS))
    assert {question["kind"] for question in found} == {"trained", "held-out", "untrained", "unanswerable", "general"}
    assert len({question["id"] for question in found}) == len(found)
    by_id = {question["id"]: question for question in found}
    assert by_id["pod.trained.3"] == {
        "id": "pod.trained.3", "kind": "trained", "question": "A pod?", "must": [["containers"]], "page": "",
    }  # fmt: skip
    assert by_id["pod.trained.4"]["must"] == [["pod"]], "a reversed one"
    assert by_id["pod.held-out.1"]["question"] == "Pods?" and by_id["unanswerable.1"]["must"] == []
    assert by_id["u.1"]["page"] == "p" and by_id["g.1"]["kind"] == "general"


def test_the_reference_of_a_held_out_question_is_the_fact():
    assert list(authored.test_rows(FACTS))[0] == ("pod", "index", "Pods?", "A pod is a group of containers.")
