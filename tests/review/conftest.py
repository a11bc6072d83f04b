"""Two facts of one page and one of another, as make review gets them."""

import copy

import pytest

NASTY = "<b>bold</b> & 'so' </script><img src=x onerror=alert(1)>"


def pairs(word, count=2):
    return [{"q": f"What is {word} number {number}?", "a": f"Say {number}: {word} it is."} for number in range(count)]


def fact(name, word, page="garden"):
    return {
        "id": name, "page": page, "heading": "Garden > Trees", "fact": f"The tree is a {word}.",
        "source": f"A {word} is the tree.", "key_terms": [[word]], "reversed_key_terms": [["tree"]],
        "wordings": pairs(word), "questions": [f"Which {word}?"], "held_out": [f"Any {word}?"],
        "reversed": [{"q": f"What tree is {word} {number}?", "a": f"The tree, {number}."} for number in range(2)],
        "reversed_questions": [], "held_out_reversed": [f"Tree of {word}?"],
    }  # fmt: skip


GATHERED = {
    "parts": [
        {"page": "garden", "title": "Garden > Trees",
         "text": f"Before. {NASTY}\n- A pear is\nthe tree. A plum is the tree.\nAfter."},
        {"page": "house", "title": "Garden > Trees", "text": "A beam is the tree."},
    ],
    "facts": [fact("garden-1", "pear"), fact("garden-2", "plum"), fact("house-1", "beam", "house")],
    "unanswerable": {
        "answers": ["Nobody says."], "trained": [{"q": "Who planted it?", "a": "The garden does not say."}],
        "held_out": ["Who felled it?"],
    },
    "pages": {"Who planted it?": "garden", "Who felled it?": "garden"},
    "dropped": [{"page": "garden", "user": NASTY, "assistant": "No.", "reason": "duplicate"}],
}  # fmt: skip


@pytest.fixture
def gathered():
    return copy.deepcopy(GATHERED)
