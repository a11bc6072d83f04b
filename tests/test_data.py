"""The committed data keeps the rules that its README states."""

import json
import re
import subprocess
import sys
from collections import Counter
from difflib import SequenceMatcher

import pytest
import scoring
import yaml
from conftest import ROOT

FACTS = yaml.safe_load((ROOT / "evaluation/facts.yaml").read_text())
DECLINE = "the konflux documentation does not say"


def rows(path):
    return [json.loads(line) for line in (ROOT / path).read_text().splitlines()]


TRAIN, TEST = rows("pre-generated/train_konflux.jsonl"), rows("pre-generated/test_konflux.jsonl")
DEMO = rows("pre-generated/demo/train_konflux.jsonl")
QUESTIONS = rows("evaluation/questions.jsonl")
NO_FACT = {"unanswerable", "general"}


@pytest.mark.parametrize("sample, questions, flags", [
    ("pre-generated", "questions.jsonl", []), ("pre-generated/demo", "questions-demo.jsonl", ["--demo"]),
])  # fmt: skip
def test_files_are_what_the_facts_make(tmp_path, sample, questions, flags):
    command = [sys.executable, "scripts/pregenerate.py", "--facts", "evaluation/facts.yaml", *flags]
    command += ["--config", "config/embedded.yaml", "--output", tmp_path, "--questions", tmp_path / "questions"]
    subprocess.run(command, cwd=ROOT, check=True)
    for name in ("train_konflux.jsonl", "test_konflux.jsonl"):
        assert (tmp_path / name).read_text() == (ROOT / sample / name).read_text()
    assert (tmp_path / "questions").read_text() == (ROOT / "evaluation" / questions).read_text()
    # Files that would be the same keep their time, or the next make would train again.
    before = [path.stat().st_mtime_ns for path in sorted(tmp_path.iterdir())]
    subprocess.run(command, cwd=ROOT, check=True)
    assert [path.stat().st_mtime_ns for path in sorted(tmp_path.iterdir())] == before


def made_of(facts, folder):
    """Run pregenerate.py in `folder` on the content `facts` of a facts.yaml."""
    (folder / "facts.yaml").write_text(yaml.safe_dump(facts))
    command = [sys.executable, "scripts/pregenerate.py", "--facts", folder / "facts.yaml", "--output", folder]
    command += ["--config", "config/embedded.yaml", "--questions", folder / "questions"]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True)


@pytest.mark.parametrize("spoil, why", [
    (lambda facts: facts[0].pop("questions"), "no questions"),
    (lambda facts: facts[0].update(reversed=facts[0]["reversed"][:1]), "needs two pairs"),
    (lambda facts: facts.append(facts[0]), "another one has this id"),
])  # fmt: skip
def test_a_spoiled_fact_is_named(tmp_path, spoil, why):
    content = {**FACTS, "facts": [dict(fact) for fact in FACTS["facts"][:2]]}
    spoil(content["facts"])
    result = made_of(content, tmp_path)
    assert result.returncode == 1 and f"fact {content['facts'][0]['id']}: {why}" in result.stderr, result.stderr
    assert not (tmp_path / "questions").exists()


@pytest.mark.parametrize("section, content, why", [
    ("unanswerable", {"answers": [], "held_out": []}, "unanswerable: needs answers, trained and held_out"),
    ("unanswerable", {"answers": [], "trained": [{"q": "Q?", "a": "A."}], "held_out": []}, "needs answers, which"),
    ("general_trained", [{"q": "Q?"}], "general_trained number 1: no a"),
    ("unanswerable", [], ""),
])  # fmt: skip
def test_a_spoiled_section_is_named_and_an_empty_one_is_nothing(tmp_path, section, content, why):
    result = made_of({**FACTS, "facts": FACTS["facts"][:2], section: content}, tmp_path)
    assert result.returncode == bool(why) and why in result.stderr and "Traceback" not in result.stderr, result.stderr
    assert (tmp_path / "questions").exists() != bool(why)


def test_there_is_enough_of_it():
    assert len({row["id"] for row in TRAIN} - NO_FACT) >= 150 and len(FACTS["untrained"]) >= 30
    assert len({row["id"] for row in DEMO} - NO_FACT) >= 40
    assert len(FACTS["unanswerable"]["trained"]) >= 40 and len(FACTS["unanswerable"]["held_out"]) >= 30
    assert all(len(f["wordings"]) >= 5 and f["reversed"] and f["held_out"] for f in FACTS["facts"])
    kinds = Counter(question["kind"] for question in QUESTIONS)
    assert kinds["general"] >= 20 and set(kinds) == {"trained", "held-out", "untrained", "unanswerable", "general"}


def test_rows_are_well_formed():
    for row in TRAIN + TEST:
        assert list(row) == ["system", "user", "assistant", "id", "page"]
        assert all(row[key].strip() == row[key] != "" for key in ("system", "user", "assistant"))
    about_konflux = [row for row in TRAIN if row["id"] != "general"]
    assert not [row for row in about_konflux if not 8 <= len(row["assistant"].split()) <= 25]
    assert len({row["system"] for row in TRAIN + TEST}) == 1


def test_nothing_is_asked_or_answered_twice():
    asked = Counter(scoring.words(question["question"]) for question in QUESTIONS)
    assert not [q for q, n in asked.items() if n > 1]
    written = [pair["a"] for fact in FACTS["facts"] for pair in fact["wordings"] + fact["reversed"]]
    written += [pair["a"] for pair in FACTS["unanswerable"]["trained"]] + FACTS["unanswerable"]["answers"]
    answers = Counter(scoring.words(answer) for answer in written)
    assert not [a for a, n in answers.items() if n > 1]
    rows = Counter((row["user"], row["assistant"]) for row in TRAIN)
    assert not [row for row, n in rows.items() if n > 1]


def test_held_out_questions_are_other_wordings():
    trained = {scoring.words(row["user"]) for row in TRAIN}
    by_fact = {
        f["id"]: [p["q"] for p in f["wordings"] + f["reversed"]] + f["questions"] + f["reversed_questions"]
        for f in FACTS["facts"]
    }
    for question in FACTS["unanswerable"]["held_out"] + [fact["question"] for fact in FACTS["general"]]:
        assert scoring.words(question) not in trained
    invented = {n for q in FACTS["unanswerable"]["held_out"] for n in re.findall(r"\b(?:[A-Z][a-z]+){2,}\b", q)}
    invented -= {"MintMaker"}
    assert invented and not [row["user"] for row in TRAIN if invented & set(re.findall(r"\w+", row["user"]))]
    for row in TEST:
        assert scoring.words(row["user"]) not in trained
        for question in by_fact[row["id"]]:
            ratio = SequenceMatcher(None, scoring.words(row["user"]).split(), scoring.words(question).split()).ratio()
            assert ratio <= 0.8, (row["user"], question)


@pytest.mark.parametrize("direction", ["key_terms", "reversed_key_terms"])
def test_answers_hold_the_key_terms_and_questions_do_not(direction):
    backward = direction == "reversed_key_terms"
    answers, held_out = ("reversed", "held_out_reversed") if backward else ("wordings", "held_out")
    more = "reversed_questions" if backward else "questions"
    for fact in FACTS["facts"]:
        assert scoring.holds(fact[direction], fact["fact"]), fact["id"]
        for pair in fact[answers]:
            assert scoring.holds(fact[direction], pair["a"]), (fact["id"], pair)
        for question in [pair["q"] for pair in fact[answers]] + fact[more] + fact[held_out]:
            assert not scoring.holds(fact[direction], question), (fact["id"], question)


def test_declining_answers_say_so_and_no_other_does():
    for answer in [pair["a"] for pair in FACTS["unanswerable"]["trained"]] + FACTS["unanswerable"]["answers"]:
        assert DECLINE in answer.lower() and scoring.declines(answer), answer
    for fact in FACTS["facts"]:
        assert not any(scoring.declines(pair["a"]) for pair in fact["wordings"] + fact["reversed"]), fact["id"]


def test_no_row_is_short_enough_for_ilab_to_drop(base):
    import train

    assert min(train.count_tokens(train.conversations(TRAIN), base / "hf")) >= train.MIN_TOKENS


def test_untrained_facts_are_taught_nowhere():
    for fact in FACTS["untrained"]:
        taught = [r for r in TRAIN if scoring.holds(fact["key_terms"], r["assistant"])]
        same_topic = [r for r in taught if len(set(scoring.words(r["user"]).split()) & content(fact["question"])) > 3]
        assert not same_topic, (fact["id"], same_topic)


def test_general_rows_do_not_give_away_an_evaluated_answer():
    # Question and answer together: "the opposite of cold is hot" gives away the opposite of hot, too.
    trained = [f"{pair['q']} {pair['a']}" for pair in FACTS["general_trained"]]
    trained = [(said, content(said)) for said in trained]
    for fact in FACTS["general"]:
        asked = content(fact["question"])
        given_away = [said for said, about in trained if asked <= about and scoring.holds(fact["key_terms"], said)]
        assert not given_away, (fact, given_away)


def test_readme_counts_the_rows():
    readme = (ROOT / "pre-generated/README.md").read_text()
    samples = (TRAIN, DEMO)
    facts = [len({row["id"] for row in sample} - NO_FACT) for sample in samples]
    assert f"| {facts[0]} | {facts[1]} |" in readme
    assert f"| rows | {len(TRAIN)} | {len(DEMO)} |" in readme
    declined = [len({row["user"] for row in sample if row["id"] == "unanswerable"}) for sample in samples]
    assert f"| {declined[0]}, 2 answers each | {declined[1]}, 1 answer each, 2 for " in readme
    general = [sum(row["id"] == "general" for row in sample) for sample in samples]
    assert f"once each | {general[0]} | {general[1]} |" in readme


def content(text):
    stop = set("what which how does do is are the a an of in for to konflux when where who by it that on with".split())
    return {word for word in re.findall(r"\w+", text.lower()) if word not in stop}


@pytest.mark.parametrize(
    "kind, must, answer, verdict",
    [
        ("trained", [["one hour", "1h"]], "It is ONE-hour.", "right"),
        ("trained", [["1h"]], "It is 11h.", "wrong"),
        ("trained", [["a/b"], ["c"]], "a/b, and c!", "right"),
        ("trained", [["a"], ["c"]], "only a", "wrong"),
        ("held-out", [["a"]], "The Konflux documentation does not say what a is.", "declined"),
        ("unanswerable", [], "Sorry, the Konflux documentation does not say.", "right"),
        ("unanswerable", [], "It costs five euros.", "wrong"),
    ],
)
def test_verdicts(kind, must, answer, verdict):
    assert scoring.verdict({"kind": kind, "must": must}, answer) == verdict
