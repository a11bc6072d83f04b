"""Raw answers become verdicts, shares and intervals."""

import copy
import json
import sys

import pytest

from scripts.measure import evaluation, scoring, summary
from scripts.retrieve import answers as from_pages


def verdicts(*counts):
    words = ("right", "wrong", "declined")
    return [{"kind": "held-out", "verdict": word} for word, n in zip(words, counts, strict=True) for _ in range(n)]


def test_shares():
    numbers = summary.summary(verdicts(6, 3, 1))["held-out"]
    assert (numbers["n"], numbers["right"], numbers["wrong"], numbers["declined"]) == (10, 0.6, 0.3, 0.1)
    assert numbers["low"] == 0.3 and numbers["high"] == 0.9
    assert "found" not in numbers


def test_the_share_of_answers_with_the_key_terms_in_a_source():
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
    closed = models["base"]["answers"][0]
    assert closed == {**asked, "answer": raw["answers"]["base"][asked["id"]]["answer"], "verdict": "wrong"}
    assert models["base"]["seconds"] == 12.5 and models["pages"]["seconds"] == 6.2


def test_what_is_written_of_an_answer_from_the_pages(raw):
    rows = {answer["id"]: answer for answer in evaluation.evaluate(raw)["models"]["pages"]["answers"]}
    first = rows["trained-1.2"]
    assert first["verdict"] == "right" and first["score"] == 0.91 and first["first"] == first["answer"]
    # A wrong first source, and the right third one.
    assert rows["held-out-2.2"]["verdict"] == "wrong" and rows["held-out-2.2"]["found"] is True
    # The right one was the best, and its score did not do.
    nearest = rows["trained-2.1"]
    assert nearest["verdict"] == "declined" and nearest["found"] is True and nearest["score"] == 0.55
    assert nearest["answer"] == from_pages.DECLINED and nearest["first"] == "Made up: term 4."
    # Nothing at all was found.
    assert (rows["general-2.1"]["score"], rows["general-2.1"]["first"], rows["general-2.1"]["found"]) == (0, "", False)
    # There is nothing to find for what has no answer.
    assert all(("found" in row) == (row["kind"] != "unanswerable") for row in rows.values())


def test_the_made_up_answers_are_what_the_pages_would_give(raw):
    for row in raw["answers"]["pages"].values():
        sources = [from_pages.Source(**source) for source in row["sources"]]
        assert row["answer"] == from_pages.judged(sources, raw["run"]["threshold"]).text
        assert [source.score for source in sources] == sorted((source.score for source in sources), reverse=True)


def test_other_kinds_without_an_answer(raw):
    """A kind that ends in "unanswerable" has another name, and is scored as before."""
    before = evaluation.evaluate(raw)
    for question in raw["questions"]:
        if question["id"].startswith("unanswerable-1"):
            question["kind"] = "foreign_unanswerable"
    after = evaluation.evaluate(raw)
    for name, model in after["models"].items():
        assert {answer["id"]: answer["verdict"] for answer in model["answers"]} == raw["verdicts"][name]
        assert list(model["kinds"])[-1] == "foreign_unanswerable"
        assert model["kinds"]["foreign_unanswerable"]["n"] == 2 and model["kinds"]["unanswerable"]["n"] == 3
    pages = after["models"]["pages"]["kinds"]
    assert pages["foreign_unanswerable"]["right"] == 1 and pages["unanswerable"]["right"] == 0.6667
    assert "found" not in pages["foreign_unanswerable"]
    assert after["curve"] == before["curve"] != []


def looked_up(name, kind, first, score):
    must = [] if scoring.unanswerable({"kind": kind}) else [["7"]]
    return {"id": name, "kind": kind, "must": must, "first": first, "score": score}


LOOKED_UP = [
    looked_up("a", "held-out", "It is 7.", 0.9),
    looked_up("b", "held-out", "It is 7.", 0.5),
    looked_up("c", "trained", "It is 8.", 0.7),
    looked_up("d", "untrained", "It is 9.", 0.3),
    looked_up("e", "unanswerable", "It is 7.", 0.4),
    looked_up("f", "foreign_unanswerable", "It is 7.", 0.804),
    looked_up("g", "general", "It is 7.", 0.2),
]


def test_the_curve():
    """a to d have an answer: the pages are right about a and b. e and f have none. g is left out: it is general."""
    points = [tuple(point.values()) for point in evaluation.curve(LOOKED_UP)]
    assert points == [
        # threshold, right, wrong, declined, unanswerable_declined
        (0.2, 0.5, 0.5, 0.0, 0.0),
        (0.3, 0.5, 0.5, 0.0, 0.0),
        (0.4, 0.5, 0.25, 0.25, 0.0),
        (0.5, 0.5, 0.25, 0.25, 0.5),
        (0.7, 0.25, 0.25, 0.5, 0.5),
        (0.8, 0.25, 0.0, 0.75, 0.5),
        (0.9, 0.25, 0.0, 0.75, 1.0),
    ]
    assert list(evaluation.curve(LOOKED_UP)[0]) == ["threshold", "right", "wrong", "declined", "unanswerable_declined"]


def test_a_curve_without_questions_of_a_sort():
    answerable = evaluation.curve(LOOKED_UP[:4])
    assert {point["unanswerable_declined"] for point in answerable} == {None}
    assert [point["right"] for point in answerable] == [0.5, 0.5, 0.25, 0.25]
    unanswerable = [tuple(point.values()) for point in evaluation.curve(LOOKED_UP[4:6])]
    assert unanswerable == [(0.4, None, None, None, 0.0), (0.8, None, None, None, 0.5)]
    assert evaluation.curve([]) == []


def test_the_curve_agrees_with_the_verdicts(measured):
    """At the threshold in use it gives the shares of what was answered with that threshold."""
    answers = measured["models"]["pages"]["answers"]
    point = next(point for point in measured["curve"] if point["threshold"] == measured["run"]["threshold"])
    some = [answer["verdict"] for answer in answers if answer["kind"] in ("trained", "held-out", "untrained")]
    for verdict in summary.VERDICTS:
        assert point[verdict] == round(some.count(verdict) / len(some), 4), verdict
    assert point["unanswerable_declined"] == measured["models"]["pages"]["kinds"]["unanswerable"]["right"]


def test_a_higher_threshold_declines_more(measured):
    curve = measured["curve"]
    for lower, higher in zip(curve, curve[1:], strict=False):
        assert lower["threshold"] < higher["threshold"]
        assert lower["right"] >= higher["right"] and lower["wrong"] >= higher["wrong"]
        assert lower["declined"] <= higher["declined"]
        assert lower["unanswerable_declined"] <= higher["unanswerable_declined"]
    assert all(it["right"] + it["wrong"] + it["declined"] == pytest.approx(1, abs=2e-4) for it in curve)


def test_without_pages_there_is_no_curve(raw):
    del raw["answers"]["pages"]
    assert evaluation.evaluate(raw)["curve"] == []


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
        lacking(measured, "run", "model", "sha256"), lacking(measured, "models", "pages", "seconds"),
        lacking(measured, "models", "base", "kinds", "general", "low"),
    ]  # fmt: skip
    for content in damaged:
        path.write_text(content)
        with pytest.raises(SystemExit, match="evaluation.json: not an evaluation .*; remove it and run make evaluate"):
            evaluation.read(path)
    with pytest.raises(SystemExit, match="none.json"):
        evaluation.read(tmp_path / "none.json")
