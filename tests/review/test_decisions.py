"""Decisions about generated facts: how they are kept, and what they do to the facts."""

import json
from argparse import Namespace
from pathlib import Path

import pytest
import yaml

from scripts.generate import authored, decisions, decisions_file
from scripts.generate.decisions import REJECTED
from tests.conftest import ROOT


def test_no_decision_changes_nothing(gathered, tmp_path):
    assert decisions_file.read(tmp_path / "review.yaml") == {}
    assert decisions.apply(gathered, {}) == (gathered, [])
    assert decisions.apply(gathered, {"gone-1": {"decision": "rejected", "rejected": ["x"]}}) == (gathered, [])
    assert decisions.apply(gathered, {"garden-1": {"decision": "accepted"}}) == (gathered, [])


def test_what_is_decided_reaches_the_facts(gathered):
    entry = {"statement": "A pear tree it is.", "rejected": ["What is pear number 0?", "Any pear?"],
             "edited": {"Which pear?": "Which pear tree?", "Say 1: pear it is.": "It is a pear."}}  # fmt: skip
    content, dropped = decisions.apply(gathered, {"garden-1": entry, "garden-2": {"decision": "rejected"}})
    assert [fact["id"] for fact in content["facts"]] == ["garden-1", "house-1"]
    pear = content["facts"][0]
    assert pear["fact"] == "A pear tree it is." and pear["held_out"] == []
    assert pear["wordings"] == [{"q": "What is pear number 1?", "a": "Say 0: pear it is."},
                                {"q": "Which pear tree?", "a": "It is a pear."}]  # fmt: skip
    assert pear["questions"] == [] and content["facts"][1] == gathered["facts"][2]
    rows = [(row["reason"], row["user"]) for row in dropped]
    assert rows == [(REJECTED, "What is pear number 0?"), (REJECTED, "Any pear?"), (REJECTED, "The tree is a plum.")]
    asked = {row[2] for row in authored.train_rows({**content, "general_trained": []}, demo=False)}
    assert "Which pear tree?" in asked and not {"Which pear?", "What is pear number 0?", "Which plum?"} & asked


def test_questions_that_no_page_answers_are_decided_too(gathered):
    entry = {"rejected": ["Who felled it?"], "edited": {"Who planted it?": "Who planted the pear?"}}
    content, dropped = decisions.apply(gathered, {"unanswerable": entry})
    nowhere = content["unanswerable"]
    assert nowhere["trained"] == [{"q": "Who planted the pear?", "a": "The garden does not say."}]
    assert nowhere["held_out"] == [] and [row["user"] for row in dropped] == ["Who felled it?"]


@pytest.mark.parametrize("entry, reason", [
    ({"edited": {"Say 1: pear it is.": "It is an apple."}}, "each answer must hold the key terms of its fact: pear"),
    ({"rejected": ["Say 0: pear it is."]}, "a fact needs two answers, and two questions that are trained"),
    ({"rejected": ["Which pear?", "What is pear number 1?"]}, "a fact needs two answers, and two questions"),
])  # fmt: skip
def test_a_fact_that_cannot_be_trained_any_more_is_left_out_with_the_reason(gathered, entry, reason):
    content, dropped = decisions.apply(gathered, {"garden-1": entry})
    assert [fact["id"] for fact in content["facts"]] == ["garden-2", "house-1"]
    assert reason in dropped[-1]["reason"] and dropped[-1]["user"] == "The tree is a pear."


def test_a_held_out_question_is_not_trained_by_way_of_an_edit(gathered):
    content, dropped = decisions.apply(gathered, {"garden-1": {"edited": {"Which pear?": "any PLUM"}}})
    assert content["facts"][0]["questions"] == [] and content["facts"][1]["held_out"] == ["Any plum?"]
    assert [row["reason"] for row in dropped] == ["another question has this text"]
    other = {"garden-1": {"edited": {"Which pear?": "any PLUM"}}, "garden-2": {"rejected": ["Any plum?"]}}
    assert decisions.apply(gathered, other)[0]["facts"][0]["questions"] == ["any PLUM"]


def test_reversed_questions_go_when_too_few_are_left(gathered):
    content, _ = decisions.apply(gathered, {"garden-1": {"rejected": ["What tree is pear 0?"]}})
    pear = content["facts"][0]
    assert pear["reversed"] == pear["reversed_questions"] == pear["held_out_reversed"] == []
    assert pear["wordings"] == gathered["facts"][0]["wordings"]


def test_decisions_are_written_in_one_order_without_what_is_empty(tmp_path):
    path = tmp_path / "review.yaml"
    decided = {
        "b": {"decision": "rejected", "rejected": []},
        "a": {"edited": {"Q: x": "Ü \u2028"}},
        "c": {"edited": {}},
    }
    decisions_file.write(path, decided)
    assert decisions_file.read(path) == {"a": decided["a"], "b": {"decision": "rejected"}}
    assert list(yaml.safe_load(path.read_text())) == ["a", "b"] and path.read_text().startswith("# Written by")
    assert decisions_file.count(decisions_file.read(path)) == 2
    decisions_file.write(path, {})
    assert decisions_file.read(path) == {}


@pytest.mark.parametrize("text, message", [
    ("a: {decision: maybe}", "a: decision: 'maybe' is not one of"), ("[]x", "not valid YAML"),
    ("a: 3", "a: 3 is not of"), ("- a", "is not of type 'object'"), ("a: {edited: {Q: ' '}}", "a: edited: Q: no text"),
    ("a: {}\na: {}", "twice"), ("a: {reject: [Q]}", "a: Additional properties"),
    ("3: {decision: accepted}", "review.yaml: 3 is not of type"),
])  # fmt: skip
def test_a_broken_file_is_one_line(tmp_path, text, message):
    (tmp_path / "review.yaml").write_text(text)
    with pytest.raises(SystemExit) as stopped:
        decisions_file.read(tmp_path / "review.yaml")
    assert message in stopped.value.code and "review.yaml" in stopped.value.code and "\n" not in stopped.value.code


def test_rows_apply_the_decisions_and_say_so(gathered, tmp_path, monkeypatch, capsys):
    from scripts.generate import fact_rows, findable, gather

    (tmp_path / "review.yaml").write_text("garden-1: {decision: rejected}\n")
    (tmp_path / "generated").mkdir()
    authored_facts = {"general": [], "general_trained": []}
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(fact_rows.facts_file, "read", lambda path: authored_facts)
    monkeypatch.setattr(findable, "lost", lambda *given: {})
    found = {key: gathered[key] for key in ("facts", "unanswerable")} | {"untrained": [], **authored_facts}
    monkeypatch.setattr(gather, "gather", lambda *given: (found, gathered["dropped"]))
    asked = {"teacher": "t", "parts": [{**part, "facts": [], "unanswerable": []} for part in gathered["parts"]]}
    output = tmp_path / "generated/train_konflux.jsonl"
    given = Namespace(asked=output, output=output, config=ROOT / "config/embedded.yaml", review=Path("review.yaml"),
                      authored=None, index=None, finder=None)  # fmt: skip
    fact_rows.write_facts(asked, {"domain": "Garden"}, given)
    rejected = [json.loads(line) for line in (tmp_path / "generated/rejected.jsonl").read_text().splitlines()]
    assert [(row["reason"], row["user"]) for row in rejected[1:]] == [(REJECTED, "The tree is a pear.")]
    assert (
        "pear" not in (tmp_path / "generated/facts.yaml").read_text()
        and "dropped: rejected in" in capsys.readouterr().out
    )
    shown = json.loads((tmp_path / "generated/gathered.json").read_text())
    assert shown["facts"] == gathered["facts"] and len(shown["dropped"]) == 1
    (tmp_path / "review.yaml").write_text(
        "".join(f"{it}: {{decision: rejected}}\n" for it in ("garden-1", "garden-2", "house-1"))
    )
    before = output.read_bytes()
    with pytest.raises(SystemExit, match="review.yaml rejects all of them; make review shows them"):
        fact_rows.write_facts(asked, {"domain": "Garden"}, given)
    assert output.read_bytes() == before
