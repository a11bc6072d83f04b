"""The gate holds the measured model, and nothing else, against the least recall; and prints the table."""

import json
import sys
from pathlib import Path

import pytest
import yaml

from scripts.measure import evaluation, gate

NAME = "sample-embedded"


@pytest.fixture
def run(tmp_path, monkeypatch, capsys):
    """Call the gate on an evaluation; returns its exit status, or its message, and what it printed."""

    def call(measured, least):
        (tmp_path / "evaluation.json").write_text(json.dumps(measured))
        (tmp_path / "gate.yaml").write_text(yaml.safe_dump({"min_held_out_recall": least}))
        arguments = ["--evaluation", str(tmp_path / "evaluation.json"), "--gate", str(tmp_path / "gate.yaml")]
        monkeypatch.setattr(sys, "argv", ["gate", *arguments])
        try:
            gate.main()
            code = 0
        except SystemExit as stopped:
            code = stopped.code
        return code, capsys.readouterr().out

    return call


def renamed(measured, name):
    """The evaluation of the same model under another name."""
    models = {key.replace(NAME, name): model for key, model in measured["models"].items()}
    measured["run"]["model"]["name"] = name
    return {**measured, "models": models}


@pytest.mark.parametrize("name", [NAME, "new.gguf", "x/base.gguf", "base2"])
def test_it_opens_at_the_recall_and_closes_under_it(run, measured, name):
    measured = renamed(measured, name)
    recall = measured["models"][name]["kinds"]["held-out"]["right"]
    code, said = run(measured, recall)
    assert code == 0 and f"{name}: held-out recall {recall:.1%}" in said
    code, said = run(measured, recall + 0.001)
    assert f"{name}: held-out recall 80.0%, " in code and "gate.yaml asks for 80.1%" in code and "80%" in said


def test_no_other_number_counts(run, measured):
    recall = measured["models"][NAME]["kinds"]["held-out"]["right"]
    for name, model in measured["models"].items():
        for kind, numbers in model["kinds"].items():
            if (name, kind) != (NAME, "held-out"):
                numbers["right"] = 0
    assert run(measured, recall)[0] == 0
    for model in measured["models"].values():
        for numbers in model["kinds"].values():
            numbers["right"] = 1
    measured["models"][NAME]["kinds"]["held-out"]["right"] = recall
    assert run(measured, 1)[0] != 0


def test_the_order_of_the_models_changes_nothing(run, measured):
    turned = {**measured, "models": dict(reversed(measured["models"].items()))}
    assert run(turned, 0.8)[0] == 0 and run(turned, 0.81)[0] != 0


def test_the_base_model_is_not_held_against_it(run, raw):
    raw["run"]["model"] = raw["run"]["base"]
    raw["answers"] = {name: raw["answers"][name] for name in ("base", "pages")}
    code, said = run(evaluation.evaluate(raw), 1)
    assert code == 0 and "nothing is held against the gate" in said and "pages" in said


def test_own_questions_without_held_out_ones(run, raw):
    raw["questions"] = [{**question, "kind": "my kind"} for question in raw["questions"]]
    code, said = run(evaluation.evaluate(raw), 1)
    assert code == 0 and "my kind" in said and "nothing to hold against the gate" in said


@pytest.mark.parametrize("least", [None, "many", 40, -0.1, True])
def test_a_bad_gate_is_named(run, measured, least):
    code, said = run(measured, least)
    assert "set a number from 0 to 1" in code and not said


def test_the_gate_of_the_repository():
    assert 0 < gate.asked_for(Path(__file__).resolve().parents[2] / "config/gate.yaml") < 1


def test_the_table(run, measured):
    kinds = measured["models"][NAME]["kinds"]
    kinds["trained"].update(n=15, declined=0.0)
    _, said = run(measured, 0)
    words = said.split()
    for name in measured["models"]:
        assert name in words
    for head in ("trained", "held-out", "untrained", "unanswerable", "general"):
        assert head in words
    row = next(line for line in said.splitlines() if f" {NAME} " in line)
    # Shares of the five kinds with their intervals, then what was made up and what was wrongly declined.
    cells = [cell.strip() for cell in row.strip("│┃ ").split("│")]
    assert cells[1:6] == [f"{k['right']:.0%} ({k['low']:.0%}-{k['high']:.0%})" for k in kinds.values()]
    assert cells[6:] == [f"{kinds['unanswerable']['wrong']:.0%}", "5%"], "none of 15 and one of 5"


def test_what_was_made_up_counts_all_unanswerable_kinds(run, measured):
    """Of 5 and 15 questions, 40% and 80% were answered: 2 and 12 of 20."""
    for model in measured["models"].values():
        model["kinds"]["unanswerable"].update(n=5, wrong=0.4)
        model["kinds"]["foreign_unanswerable"] = {**model["kinds"]["unanswerable"], "n": 15, "wrong": 0.8}
    _, said = run(measured, 0)
    row = next(line for line in said.splitlines() if " pages " in line)
    assert [cell.strip() for cell in row.strip("│┃ ").split("│")][-2:] == ["70%", "30%"]


def test_without_such_questions_there_is_no_share(run, raw):
    raw["questions"] = [question for question in raw["questions"] if question["kind"] == "general"]
    _, said = run(evaluation.evaluate(raw), 0)
    row = next(line for line in said.splitlines() if " pages " in line)
    assert [cell.strip() for cell in row.strip("│┃ ").split("│")][-2:] == ["-", "-"]


def test_names_are_text(run, measured):
    """No markup of rich, and nothing that steers a terminal."""
    name = "[red]x[/docs]\x1b[2J.gguf"
    measured = renamed(measured, name)
    for model in measured["models"].values():
        model["kinds"]["[b]kind\x1b"] = model["kinds"].pop("general")
    code, said = run(measured, 0)
    assert code == 0 and "[red]x[/docs]\N{REPLACEMENT CHARACTER}[2J.gguf" in said and "[b]kind" in said
    assert "\x1b" not in said and "\x1b" not in run(measured, 1)[0]
