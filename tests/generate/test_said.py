"""What teachers say, in the forms in which they say it, taken apart."""

import pytest

from scripts.generate import said

FACTS = [{"fact": "A pear needs 3 weeks.", "source": "Each pear needs 3 weeks in the cellar."},
         {"fact": "Plums dry on the roof.", "source": "- dry them on the roof"}]  # fmt: skip


@pytest.mark.parametrize("reply", [
    "FACT: A pear needs 3 weeks.\nSOURCE: Each pear needs 3 weeks in the cellar.\n"
    "FACT: Plums dry on the roof.\nSOURCE: - dry them on the roof",
    "Sure!\n\n1. **FACT:** A pear needs 3 weeks.\n   **SOURCE:** \"Each pear needs 3 weeks in the cellar.\"\n\n"
    "2. **FACT:** Plums dry on the roof.\n   **SOURCE:** - dry them on the roof",
    "<think>FACT: no\nSOURCE: no</think>```text\nFact: A pear needs 3 weeks.\n"
    "Source: Each pear needs 3 weeks in the cellar.\n"
    "Fact 2: Plums dry on the roof.\nSource 2: - dry them on the roof\n```",
    "FACT: no\nSOURCE: no\n</think>\n- FACT: A pear needs 3 weeks.\n- SOURCE: Each pear needs 3 weeks in the cellar.\n"
    "FACT: without a source\n* FACT: Plums dry on the roof.\n* SOURCE: - dry them on the roof",
])  # fmt: skip
def test_facts_in_the_forms_of_chat_models(reply):
    assert said.facts(reply, {}) == FACTS


@pytest.mark.parametrize(
    "reply", ["", "I cannot help with that.", "<think>FACT: a\nSOURCE: b", "SOURCE: b", "FACT: a", "FACT:\nSOURCE:"]
)
def test_what_has_no_form_gives_nothing(reply):
    assert said.facts(reply, {}) == []


def test_a_source_of_several_lines_stays_whole():
    (fact,) = said.facts("FACT: Two commands.\nSOURCE: make crawl\n  make ask\n", {})
    assert fact["source"] == "make crawl\n  make ask"


def test_questions_by_their_direction():
    reply = "1. FORWARD: What does a pear need?\n2) FORWARD: pear storage\nBACKWARD: Which fruit needs weeks?\n\nMore?"
    (fact,) = said.questions(reply, {"fact": "f"})
    assert fact == {"fact": "f", "forward": ["What does a pear need?", "pear storage"],
                    "backward": ["Which fruit needs weeks?"]}  # fmt: skip
    assert said.questions("BACKWARD: Which fruit?", {})[0]["why"] == "no questions in the reply"


FACT = {"forward": ["a?", "b?", "c?"], "backward": ["d?"]}


def test_answers_are_paired_with_the_questions_in_turn():
    reply = ("KEY TERM: 3 weeks\nANSWER: It needs 3 weeks.\nANSWER: 3 weeks are needed.\nNAME: pear\n"
             "BACKWARD ANSWER: A pear does.")  # fmt: skip
    (fact,) = said.answers(reply, FACT)
    assert fact["terms"] == ["3 weeks"] and fact["name"] == ["pear"]
    assert fact["pairs"] == [("a?", "It needs 3 weeks."), ("b?", "3 weeks are needed."), ("c?", "It needs 3 weeks."),
                             ("d?", "A pear does.")]  # fmt: skip
    for reply in ("ANSWER: It needs 3 weeks.", "KEY TERM: 3 weeks", "", "I'm sorry, but I can't help with that."):
        assert said.answers(reply, FACT) == [{**FACT, "why": "no answers in the reply"}]


@pytest.mark.parametrize("reply, right", [
    ("1: YES\n2: NO\n3: YES\n4: YES", [0, 2, 3]),
    ("1. Yes\n2. No, it leans on the text\n**3**: **YES**", [0, 2]),
    ("YES\nYES\nYES", []),
    ("All of them are right.", []),
    ("7: YES\n1: yes", [0]),
])  # fmt: skip
def test_only_a_clear_yes_counts(reply, right):
    (fact,) = said.verdicts(reply, {"pairs": [("q", "a")] * 4})
    assert fact["right"] == right


@pytest.mark.parametrize("reply, nowhere", [
    ("NO", True), ("No.", True), ("**NO**", True), ("<think>YES</think>\nNO", True), ("Well:\n```\nNO\n```", True),
    ("YES", False), ("", False), ("Maybe NO", False), ("The passages do NOT", False), ("NOT", False),
])  # fmt: skip
def test_only_a_clear_no_says_that_no_page_answers(reply, nowhere):
    assert said.nowhere(reply, {"question": "q"}) == [{"question": "q", "nowhere": nowhere}]


def test_unanswerable_questions_with_their_answers():
    reply = "QUESTION: Who invented pears?\nANSWER: The docs do not say;\npears ripen.\nQUESTION: Why?"
    assert said.unanswerable(reply, {}) == [
        {"question": "Who invented pears?", "answer": "The docs do not say; pears ripen."}
    ]
