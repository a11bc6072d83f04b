"""The committed sample keeps the rules that its README states."""

import re
from collections import Counter
from difflib import SequenceMatcher

import pytest

from scripts import files
from scripts.generate import facts_file
from scripts.measure import scoring
from tests.generate.conftest import ROOT

FACTS = facts_file.read(ROOT / "evaluation/facts.yaml")
DECLINE = "the konflux documentation does not say"
TRAIN = files.read_rows(ROOT / "pre-generated/train_konflux.jsonl")
TEST = files.read_rows(ROOT / "pre-generated/test_konflux.jsonl")
DEMO = files.read_rows(ROOT / "pre-generated/demo/train_konflux.jsonl")
QUESTIONS = files.read_json_lines(ROOT / "evaluation/questions.jsonl")
NO_FACT = {"unanswerable", "general"}
# Tokens of a row under which ilab drops it:
# https://github.com/instructlab/training/blob/v0.10.4/src/instructlab/training/data_process.py
MIN_TOKENS = 20


def words(text):
    """The words of a text as one string, in lower case."""
    return " ".join(re.findall(r"[^\W_]+", text.lower()))


def content(text):
    """The words of a question that say what it is about."""
    stop = set("what which how does do is are the a an of in for to konflux when where who by it that on with".split())
    return {word for word in re.findall(r"\w+", text.lower()) if word not in stop}


def test_there_is_enough_of_it():
    assert len({row["id"] for row in TRAIN} - NO_FACT) >= 150 and len(FACTS["untrained"]) >= 30
    assert len({row["id"] for row in DEMO} - NO_FACT) >= 20
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
    asked = Counter(words(question["question"]) for question in QUESTIONS)
    assert not [q for q, n in asked.items() if n > 1]
    written = [pair["a"] for fact in FACTS["facts"] for pair in fact["wordings"] + fact["reversed"]]
    written += [pair["a"] for pair in FACTS["unanswerable"]["trained"]] + FACTS["unanswerable"]["answers"]
    answers = Counter(words(answer) for answer in written)
    assert not [a for a, n in answers.items() if n > 1]
    rows = Counter((row["user"], row["assistant"]) for row in TRAIN)
    assert not [row for row, n in rows.items() if n > 1]


def test_held_out_questions_are_other_wordings():
    trained = {words(row["user"]) for row in TRAIN}
    by_fact = {
        f["id"]: [p["q"] for p in f["wordings"] + f["reversed"]] + f["questions"] + f["reversed_questions"]
        for f in FACTS["facts"]
    }
    for question in FACTS["unanswerable"]["held_out"] + [fact["question"] for fact in FACTS["general"]]:
        assert words(question) not in trained
    invented = {n for q in FACTS["unanswerable"]["held_out"] for n in re.findall(r"\b(?:[A-Z][a-z]+){2,}\b", q)}
    invented -= {"MintMaker"}
    assert invented and not [row["user"] for row in TRAIN if invented & set(re.findall(r"\w+", row["user"]))]
    for row in TEST:
        assert words(row["user"]) not in trained
        for question in by_fact[row["id"]]:
            ratio = SequenceMatcher(None, words(row["user"]).split(), words(question).split()).ratio()
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


@pytest.mark.slow
def test_no_row_is_short_enough_for_ilab_to_drop(base):
    from transformers import AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(base / "hf")
    texts = ["\n".join(row[key] for key in ("system", "user", "assistant")) for row in TRAIN]
    # What the chat template puts around the three parts is not counted, so there is more.
    shortest = min(map(len, tokenizer(texts)["input_ids"]))
    markup = tokenizer.apply_chat_template([{"role": role, "content": ""} for role in ("system", "user", "assistant")])
    assert shortest + len(markup) >= MIN_TOKENS


def test_untrained_facts_are_taught_nowhere():
    trained = [(set(words(row["user"]).split()), row["assistant"]) for row in TRAIN]
    for fact in FACTS["untrained"]:
        about = content(fact["question"])
        same_topic = [answer for asked, answer in trained if len(asked & about) > 3]
        assert not [answer for answer in same_topic if scoring.holds(fact["key_terms"], answer)], fact["id"]


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
