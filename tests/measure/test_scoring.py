"""The verdict on an answer, and that the authored answers stay right."""

import pytest

from scripts.measure import scoring


@pytest.mark.parametrize(
    "kind, must, answer, verdict",
    [
        ("trained", [["one hour", "1h"]], "It is ONE-hour.", "right"),
        ("held-out", [["1h"]], "It is 11h.", "wrong"),
        ("held-out", [["a"], ["c"]], "only a", "wrong"),
        ("held-out", [["a"]], "The Konflux documentation does not say what a is.", "declined"),
        ("held-out", [["1 hour"]], "The documentation does not say, but it is 1 hour.", "right"),
        ("held-out", [["1 hour"]], "The documentation does not say, but it is 2 hours.", "wrong"),
        ("general", [["Paris"]], "I do not know.", "declined"),
        ("of my own", [["Paris"]], "It is Paris.", "right"),
        ("unanswerable", [], "Sorry, the Konflux documentation does not say.", "right"),
        ("unanswerable", [], "The documentation does not say, but it is 5.", "wrong"),
        ("unanswerable", [], "It costs five euros.", "wrong"),
        ("unanswerable", [["five"]], "It costs five euros.", "wrong"),
        ("unanswerable", [], "", "wrong"),
        ("foreign_unanswerable", [], "The documentation does not say.", "right"),
        ("foreign_unanswerable", [["five"]], "It costs five euros.", "wrong"),
        ("unanswerable by most", [["five"]], "It costs five euros.", "right"),
        ("unanswerable by most", [["five"]], "The documentation does not say.", "declined"),
        ("held-out", [["a"]], "", "wrong"),
    ],
)
def test_verdict(kind, must, answer, verdict):
    assert scoring.verdict({"kind": kind, "must": must}, answer) == verdict


def test_an_unanswerable_question_needs_no_key_terms():
    assert scoring.verdict({"kind": "unanswerable"}, "I do not know.") == "right"


@pytest.mark.parametrize("terms, answers", [("key_terms", "wordings"), ("reversed_key_terms", "reversed")])
def test_authored_answers_hold_their_key_terms(authored, terms, answers):
    for fact in authored["facts"]:
        for answer in [fact["fact"], *(pair["a"] for pair in fact[answers])]:
            assert scoring.verdict({"kind": "trained", "must": fact[terms]}, answer) == "right", (fact["id"], answer)


def test_the_made_up_answers_keep_their_verdicts(raw, measured):
    for name, model in measured["models"].items():
        verdicts = {answer["id"]: answer["verdict"] for answer in model["answers"]}
        assert verdicts == raw["verdicts"][name]


def test_words():
    assert scoring.words("What\u2019s  a \u201cSnapshot\u201d, in Konflux?") == "what s a snapshot in konflux"
    assert scoring.words("CAFE\u0301 1,000") == "café 1000"
    assert scoring.words("?!") == ""
