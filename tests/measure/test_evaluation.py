"""Raw answers become verdicts, shares and intervals."""

import copy
import json
import sys

import pytest

from scripts.measure import evaluation, summary


def verdicts(*counts):
    words = ("right", "wrong", "declined")
    return [{"kind": "held-out", "verdict": word} for word, n in zip(words, counts, strict=True) for _ in range(n)]


def test_shares():
    numbers = summary.summary(verdicts(6, 3, 1))["held-out"]
    assert (numbers["n"], numbers["right"], numbers["wrong"], numbers["declined"]) == (10, 0.6, 0.3, 0.1)
    assert numbers["low"] == 0.3 and numbers["high"] == 0.9
    assert "found" not in numbers


def test_the_share_of_passages_that_held_the_key_terms():
    answers = [{**answer, "found": n < 3} for n, answer in enumerate(verdicts(2, 1, 1))] + verdicts(1, 0, 0)
    assert summary.summary(answers)["held-out"]["found"] == 0.75


@pytest.mark.parametrize("hits, ends", [([1, 1, 1], (1, 1)), ([0, 0], (0, 0)), ([0], (0, 0)), ([1], (1, 1))])
def test_where_all_are_alike_there_is_no_width(hits, ends):
    assert summary.interval(hits) == ends


def test_interval():
    hits = [1] * 60 + [0] * 40
    low, high = summary.interval(hits)
    # The binomial one is 0.6 +- 1.96 * sqrt(0.6 * 0.4 / 100), or 0.096.
    assert low == pytest.approx(0.504, abs=0.015) and high == pytest.approx(0.696, abs=0.015)
    assert summary.interval(hits) == (low, high), "it is the same for the same list"
    low, high = summary.interval([1] + [0] * 9)
    assert low == 0 and high == pytest.approx(0.3, abs=0.1), "a share is never under 0"


def test_less_confidence_is_a_narrower_interval():
    hits = [1] * 60 + [0] * 40
    low, high = summary.interval(hits)
    narrow = summary.interval(hits, confidence=0.5)
    assert low < narrow[0] < 0.6 < narrow[1] < high


def test_kinds_are_in_order():
    names = ["zebra", "general", "trained", "apple", "unanswerable", "held-out", "untrained"]
    answers = [{"kind": name, "verdict": "right"} for name in names]
    order = ["trained", "held-out", "untrained", "unanswerable", "general", "apple", "zebra"]
    assert list(summary.summary(answers)) == order


def score(models):
    return sum(kind["right"] * kind["n"] for kind in models["sample-embedded"]["kinds"].values())


def test_spoiled_key_terms_lower_the_score_by_as_much(raw):
    before = evaluation.evaluate(raw)["models"]
    right = [a["id"] for a in before["sample-embedded"]["answers"] if a["verdict"] == "right" and a["must"]][:7]
    spoiled = copy.deepcopy(raw)
    for question in spoiled["questions"]:
        if question["id"] in right:
            question["must"] = [["no such word"]]
    assert len(right) == 7 and score(evaluation.evaluate(spoiled)["models"]) == pytest.approx(score(before) - 7)


def test_what_is_written_of_an_answer(raw):
    models = evaluation.evaluate(raw)["models"]
    assert list(models) == list(raw["answers"])
    asked = raw["questions"][0]
    closed, open_book = (models[name]["answers"][0] for name in ("base", "base+rag"))
    assert closed == {**asked, "answer": raw["answers"]["base"][asked["id"]]["answer"], "verdict": "wrong"}
    assert open_book["found"] is True and models["base"]["seconds"] == 12.5
    assert not [a for name in ("base", "sample-embedded") for a in models[name]["answers"] if "found" in a]
    # There is nothing to find for what has no answer.
    assert not [a for a in models["base+rag"]["answers"] if a["kind"] == "unanswerable" and "found" in a]
    other = next(a for a in models["base+rag"]["answers"] if a.get("found") is False)
    assert raw["passages"][other["id"]] == "Made up, about something else."


def test_the_script(tmp_path, monkeypatch, raw):
    (tmp_path / "answers.json").write_text(json.dumps(raw))
    arguments = ["--answers", str(tmp_path / "answers.json"), "--output", str(tmp_path / "evaluation.json")]
    monkeypatch.setattr(sys, "argv", ["evaluation", *arguments])
    evaluation.main()
    assert evaluation.read(tmp_path / "evaluation.json") == evaluation.evaluate(raw)
    before = (tmp_path / "evaluation.json").read_bytes()
    for damaged in ("{", "[]", "{}", json.dumps({**raw, "questions": [{}]}), json.dumps({**raw, "answers": 7})):
        (tmp_path / "answers.json").write_text(damaged)
        with pytest.raises(SystemExit, match="answers.json: not answers of models .*; remove it and run make evaluate"):
            evaluation.main()
    assert (tmp_path / "evaluation.json").read_bytes() == before


def lacking(measured, *path):
    spoiled = copy.deepcopy(measured)
    part = spoiled
    for key in path[:-1]:
        part = part[key]
    del part[path[-1]]
    return json.dumps(spoiled)


def test_what_is_no_evaluation_is_named(tmp_path, measured):
    path = tmp_path / "evaluation.json"
    damaged = [
        "{",
        "{}",
        "[]",
        '{"run": {}, "models": {}}',
        json.dumps({**measured, "models": {"base": {"answers": []}}}),
    ]
    damaged += [
        lacking(measured, "models", "sample-embedded"), lacking(measured, "models", "base"),
        lacking(measured, "run", "model", "sha256"), lacking(measured, "models", "base+rag", "seconds"),
        lacking(measured, "models", "base", "kinds", "general", "low"),
    ]  # fmt: skip
    for content in damaged:
        path.write_text(content)
        with pytest.raises(SystemExit, match="evaluation.json: not an evaluation .*; remove it and run make evaluate"):
            evaluation.read(path)
    with pytest.raises(SystemExit, match="none.json"):
        evaluation.read(tmp_path / "none.json")
