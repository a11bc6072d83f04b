"""The forms in which teachers answer: each manner of manners.py, and those that are cut, huge or wrong."""

import inspect
import time

import pytest

from scripts.generate import forms, said
from tests.generate import manners

NAMES = [name for name, it in inspect.getmembers(manners, inspect.isfunction)
         if it.__module__ == manners.__name__ and name not in ("line", "german")]  # fmt: skip
FACTS = [("FACT", "A pear needs 3 weeks."), ("SOURCE", "Each pear needs 3 weeks in the cellar."),
         ("FACT", "The limit is 5."), ("SOURCE", "Name: limit; Value: a | b"), ("FACT", "Plums dry."),
         ("SOURCE", "- dry them on <the> roof")]  # fmt: skip
QUESTIONS = [("FORWARD", "What does a pear need?"), ("FORWARD", "pear storage"), ("FORWARD", "How long do they dry?"),
             ("BACKWARD", "Which fruit needs weeks?"), ("BACKWARD", "Name the fruit of the cellar.")]  # fmt: skip
ANSWERS = [("KEY TERM", "3 weeks"), ("ANSWER", "It needs 3 weeks."), ("ANSWER", "3 weeks are needed."),
           ("NAME", "pear"), ("BACKWARD ANSWER", "A pear does."), ("BACKWARD ANSWER", "The pear.")]  # fmt: skip
ASKED = {"forward": ["a?", "b?"], "backward": ["c?"]}


@pytest.mark.parametrize("name", NAMES)
def test_every_manner_says_the_same(name):
    speak = getattr(manners, name)
    found = [(fact["fact"], fact["source"].removeprefix("- ")) for fact in said.facts(speak(FACTS, "facts"), {})]
    wanted = [text for _, text in FACTS]
    assert found == list(zip(wanted[::2], [it.removeprefix("- ") for it in wanted[1::2]], strict=True))
    (fact,) = said.questions(speak(QUESTIONS, "questions"), {})
    assert fact["forward"] == [it for _, it in QUESTIONS[:3]] and fact["backward"] == [it for _, it in QUESTIONS[3:]]
    (fact,) = said.answers(speak(ANSWERS, "answers"), ASKED)
    assert (fact["terms"], fact["name"], len(fact["pairs"])) == (["3 weeks"], ["pear"], 3)
    assert (fact["answers"], fact["backward_answers"]) == (
        [it for _, it in ANSWERS[1:3]],
        [it for _, it in ANSWERS[4:]],
    )
    (fact,) = said.verdicts(speak([("1", "YES"), ("2", "NO"), ("3", "YES")], "check"), {"pairs": [()] * 3})
    assert fact["right"] == [0, 2]
    for word in ("YES", "NO") if name != "reasoning" else ("NO",):
        assert said.nowhere(speak([("", word)], "nowhere"), {})[0]["nowhere"] == (word == "NO")
    pairs = [("QUESTION", "Who invented pears?"), ("ANSWER", "The docs do not say; pears ripen.")]
    assert said.unanswerable(speak(pairs, "unanswerable"), {}) == [
        {"question": "Who invented pears?", "answer": "The docs do not say; pears ripen."}
    ]


@pytest.mark.parametrize("reply", [
    '{"forward_questions": ["a?", "b?"], "backwardQuestions": ["c?"]}',
    '[{"type": "FORWARD", "question": "a?"}, {"type": "forward", "text": "b?"}, {"type": "BACKWARD", "text": "c?"}]',
    '{"questions": {"forward": [{"id": 1, "text": "a?"}, {"id": 2, "text": "b?"}], "backward": ["c?"]}}',
    "**Forward questions:**\n\n* a?\n* b?\n\n**Backward questions:**\n\n* c?",
    "forward:\n  - a?\n  - b?\nbackward:\n  - c?",
    "| # | Direction | Question |\n|--|--|--|\n| 1 | Forward | a? |\n| 2 | Forward | b? |\n| 3 | Backward | c? |",
    "1) FORWARD: a?\n2) FORWARD: b?\n3) BACKWARD: c?", "FORWARD 1\uff1aa?\nFORWARD 2\uff1ab?\nBACKWARD 1\uff1ac?",
    "<forward>a?</forward><FORWARD>b?</FORWARD>\n<backward n='3'>c?</backward>",
])  # fmt: skip
def test_questions_in_forms_of_their_own(reply):
    (fact,) = said.questions(reply, {})
    fact.pop("why", None)
    numbers = {"1", "2"}  # of a JSON that counts
    assert ([it for it in fact["forward"] if it not in numbers], fact["backward"]) == (["a?", "b?"], ["c?"])


@pytest.mark.parametrize("reply", [
    '[{"fact": "One.", "source": "One it is."}, {"fact": "Two.", "sou',
    '{"facts": [{"Fact": "One.", "Source": "One it is."}, {',
    "| Fact | Source |\n|---|---|\n| One. | One it is. |\n| Two", "FACT: One. SOURCE: One it is.\nFACT: Two.",
    "<facts><fact><text>One.</text><source>One it is.</source></fact><fact>Tw",
    "FACT: One.\n\nSOURCE: One it is.\n\nFACT: Two",
])  # fmt: skip
def test_what_was_cut_off_is_left_out(reply):
    assert said.facts(reply, {}) == [{"fact": "One.", "source": "One it is."}]


@pytest.mark.parametrize("reply", [
    "I'm sorry, but I can't help with that.", "As an AI model I cannot list facts: that would be unsafe.", "[]", "{}",
    '{"error": "none"}', "| a | b |\n|---|---|\n| c | d |", "<fact></fact><source></source>", "None.", "[[[[",
])  # fmt: skip
def test_a_reply_without_a_form_gives_nothing(reply):
    assert said.facts(reply, {}) == []
    assert said.questions(reply, {})[0]["why"] and said.answers(reply, ASKED)[0]["why"]
    assert not said.verdicts(reply, {"pairs": [()]})[0]["right"] and not said.nowhere(reply, {})[0]["nowhere"]


@pytest.mark.parametrize("reply, right", [
    ("1. The answer is fine. YES\n2. It says NO such thing: YES\n3. Other: NO", [0, 1]),
    ('{"1": "YES", "2": "no", "3": true}', [0, 2]), ('[{"n": 3, "ok": "YES"}, {"n": 1, "ok": "NO"}]', [2]),
    ("YES\nNO\nYES", [0, 2]), ("1: YES\n1: NO\n2: YES", [1]), ("1: YES, NO doubt\n2: MAYBE", [0]),
    ("1. Question: Is it?\n   Answer: It is.\n   Verdict: YES\n2. Question: No?\n   Verdict: NO", [0]),
])  # fmt: skip
def test_a_verdict_beside_its_reason(reply, right):
    assert said.verdicts(reply, {"pairs": [()] * 3})[0]["right"] == right


@pytest.mark.parametrize("text", ["*", "[", "| ", "1. ", "<fact>", "FACT: a\nSOURCE: b\n", '{"fact": ', "{", "\n"])
def test_a_huge_reply_takes_no_minutes(text):
    began = time.process_time()
    assert len(said.facts(text * (99_000 // len(text)), {})) <= said.MOST_FACTS
    assert time.process_time() - began < 3


def test_a_model_that_repeats_itself_is_cut():
    lines = "\n".join(f"FORWARD: What is number {number}?\nFORWARD: What is it?" for number in range(900))
    (fact,) = said.questions(lines, {})
    assert len(fact["forward"]) == said.MOST_QUESTIONS == len(set(fact["forward"]))


def test_a_thought_is_no_answer():
    assert forms.thoughtless("hm</think>yes") == "yes" and forms.thoughtless("<reasoning>a</reasoning>b") == "b"
