"""Reading questions, and choosing a sample of them."""

import json
from collections import Counter
from pathlib import Path

import pytest

from scripts.measure import questions

ROOT = Path(__file__).resolve().parents[2]
EVERY = questions.read(ROOT / "evaluation/questions.jsonl")
ONE = {"id": "a.1", "kind": "held-out", "question": "How long?", "must": [["1 hour", "1h"]], "page": "x"}


def written(folder, *rows):
    path = folder / "questions.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def test_questions_are_read(tmp_path):
    rows = [
        ONE, {"id": "b", "kind": "unanswerable", "question": "Why?"}, {**ONE, "id": "c", "kind": "my own"},
        {"id": "d", "kind": "unanswerable", "question": "Why?", "must": []},
        {"id": "e", "kind": "foreign_unanswerable", "question": "Why?"},
    ]  # fmt: skip
    assert questions.read(written(tmp_path, *rows)) == rows


def test_only_a_newline_ends_a_question(tmp_path):
    """A question with U+2028 and one with U+0085, as JSON may hold them, and Windows line ends."""
    rows = [
        {**ONE, "id": str(n), "question": f"How many files{sign}may it keep?"} for n, sign in enumerate("\u2028\x85")
    ]
    path = tmp_path / "questions.jsonl"
    path.write_text("\r\n".join(json.dumps(row, ensure_ascii=False) for row in rows), encoding="utf-8")
    assert questions.read(path) == rows


@pytest.mark.parametrize(
    "row, why",
    [
        ({**ONE, "must": None}, "question 'a.1': no \"must\"; list groups"),
        ({**ONE, "must": []}, 'no "must"'),
        ({**ONE, "must": "1 hour"}, "is not a list of groups"),
        ({**ONE, "must": 7}, "is not a list of groups"),
        ({**ONE, "must": ["1 hour"]}, "is not a list of groups"),
        ({**ONE, "must": [[]]}, "is not a list of groups"),
        ({**ONE, "must": [["1 hour", 60]]}, '"must" has 60'),
        ({**ONE, "must": [["1 hour", " "]]}, "not blank"),
        ({**ONE, "kind": "unanswerable", "must": "no"}, "is not a list of groups"),
        ({**ONE, "kind": "foreign_unanswerable", "must": "no"}, "is not a list of groups"),
        ({**ONE, "kind": "unanswerable by most", "must": []}, 'no "must"'),
        ({**ONE, "question": " "}, 'no text under "question"'),
        ({**ONE, "id": 7}, 'no text under "id"'),
        ({**ONE, "question": "What is \ud800?"}, "surrogate"),
        ({**ONE, "must": [["\ud800"]]}, "surrogate"),
    ],
)
def test_a_bad_question_is_named(tmp_path, row, why):
    with pytest.raises(SystemExit) as stopped:
        questions.read(written(tmp_path, row))
    assert why in str(stopped.value) and "questions.jsonl:" in str(stopped.value)


def test_an_id_is_there_once(tmp_path):
    with pytest.raises(SystemExit, match=r"questions.jsonl: the id 'a.1' is there twice"):
        questions.read(written(tmp_path, ONE, {**ONE, "question": "How?"}))


def test_no_questions_are_an_error(tmp_path):
    with pytest.raises(SystemExit, match="no questions"):
        questions.read(written(tmp_path))


def facts(kind, chosen):
    return Counter(q["id"].rpartition(".")[0] for q in chosen if q["kind"] == kind)


@pytest.mark.parametrize("limit", [1, 7, 60, 400])
def test_a_sample_is_spread_over_the_facts(limit):
    chosen = questions.sample(EVERY, limit)
    assert chosen == questions.sample(EVERY, limit)
    kinds = Counter(q["kind"] for q in EVERY)
    assert Counter(q["kind"] for q in chosen) == {kind: min(limit, n) for kind, n in kinds.items()}
    wanted = {q["id"] for q in chosen}
    assert [q for q in EVERY if q["id"] in wanted] == chosen
    for kind in ("trained", "held-out"):
        assert max(facts(kind, chosen).values()) <= -(-limit // len(facts(kind, EVERY)))


def test_a_sample_has_all_wordings_and_reaches_to_the_end():
    held_out = [q for q in questions.sample(EVERY, 60) if q["kind"] == "held-out"]
    wordings = Counter(q["id"].rpartition(".")[2] for q in held_out)
    assert len(wordings) == 3 and min(wordings.values()) >= 10, "one of the three wordings is hardly asked"
    of_kind = [q["id"] for q in EVERY if q["kind"] == "held-out"]
    assert of_kind.index(held_out[-1]["id"]) > 0.9 * len(of_kind)


def test_no_limit_is_all():
    assert questions.sample(EVERY, 0) == EVERY == questions.sample(EVERY, 10**6)


def test_questions_without_a_dot_are_facts_of_their_own():
    """Else they would be wordings of one fact, which takes its turn but once."""
    rows = [{**ONE, "id": f"only.{n}"} for n in range(8)] + [{**ONE, "id": name} for name in "abcdefgh"]
    chosen = [q["id"] for q in questions.sample(rows, 9)]
    assert set("abcdefgh") < set(chosen)
