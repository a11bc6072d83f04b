"""Pages in pieces: what is a unit, what introduces it, and which units make a chunk."""

import pytest

from scripts.retrieve import pieces


def units(markdown):
    return [unit for chunk in pieces.chunks(markdown) for unit in chunk.units]


@pytest.mark.parametrize("markdown, texts", [
    ("One. Two, e.g. Three, i.e. Four etc. Five? *Six* is 1.5. `seven` is.",
     ["One.", "Two, e.g. Three, i.e. Four etc. Five?", "Six is 1.5.", "`seven` is."]),
    ("A [link](x) and\n**bold**<br>text.", ["A link and bold text."]),
    ("See No. 5 of it. (It is short.)", ["See No. 5 of it.", "(It is short.)"]),
    ("> **Note:** Mind it.\n> Twice.", ["Note: Mind it.", "Twice."]),
    ("![A picture](x.png)", ["A picture"]),
])  # fmt: skip
def test_sentences(markdown, texts):
    assert [unit.text for unit in units(markdown)] == texts


def test_items_have_the_sentence_before_the_list_as_lead():
    found = units("Some text. These work:\n\n- one\n- two:\n  1. deep\n  2. deeper\n\nAfter.")
    assert found[1:] == [
        ("These work:", ""), ("- one", "These work:"), ("- two:", "These work:"), ("1. deep", "two:"),
        ("2. deeper", "two:"),
        ("After.", ""),
    ]  # fmt: skip


def test_a_short_item_is_one_unit_and_a_long_one_is_not():
    long = "This sentence has words. " * 12
    found = units(f"- **name:** 3 letters. A taken name fails.\n- {long}")
    assert [unit.text for unit in found][:2] == ["- name: 3 letters. A taken name fails.", "- This sentence has words."]


def test_rows_name_their_columns():
    table = "Limits are these.\n\n| What | Most |\n|---|---|\n| pods | `50` |\n| | a \\| b |\n"
    assert units(table)[1:] == [("What: pods; Most: `50`", "Limits are these."), ("Most: a | b", "Limits are these.")]
    assert units("| only | a header |\n|---|---|\n") == [("only; a header", "")]


def test_code():
    short, long = "make a \\\n  b=1\nmake c", "\n".join(f"line {n}" for n in range(9))
    found = units(f"Run this:\n\n```sh\n{short}\n```\n\nOr:\n\n```\n{long}\n\n```\n")
    assert found[1] == ("make a  b=1\nmake c", "Run this:") or found[1] == ("make a b=1\nmake c", "Run this:")
    assert [unit.text for unit in found[3:]] == long.split("\n") and {unit.lead for unit in found[3:]} == {"Or:"}


def test_headings_are_those_above():
    found = pieces.chunks("Before.\n\n# A\n\nIn a.\n\n### C\n\nIn c.\n\n## Above\n\n### B `b`\n\nIn b.\n\n## Empty\n")
    assert [(chunk.title, chunk.text) for chunk in found] == [
        ("", "Before."), ("A", "In a."), ("A > C", "In c."), ("A > Above > B `b`", "In b."),
        ("A > Empty", "Empty"),
    ]  # fmt: skip


def test_a_long_part_is_divided_evenly_and_nothing_is_lost():
    sentences = [f"Sentence number {n} has seven words." for n in range(60)]
    found = pieces.chunks("# T\n\n" + " ".join(sentences))
    sizes = [len(chunk.text.split()) for chunk in found]
    assert [unit.text for chunk in found for unit in chunk.units] == sentences
    assert len(found) == 4 and max(sizes) - min(sizes) <= 7 and all(chunk.title == "T" for chunk in found)


def test_one_unit_longer_than_a_chunk_is_whole():
    found = pieces.chunks("word " * 400)
    assert len(found) == 1 and len(found[0].text.split()) == 400
