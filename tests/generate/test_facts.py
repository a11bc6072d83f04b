"""What is read from a page: sentences that stand alone, without markup, each with its section."""

import time

import pytest

from scripts.generate import facts

PAGE = """# Snapshots

Intro with `code_span` and a [link](https://x.example/y). This sentence leans back. Too short.

## Quota

- Keep `test.example/keep-snapshot` in mind.
- **Old** snapshots are removed, e.g. by a job.

| Setting | Meaning |
| --- | --- |
| `a \\| b` | Some words only, no sentence |
| `limit` | A limit holds for 24 hours.<br>It can be raised. |

```yaml
limit: This is a code block and no sentence.
```

Term
:   A term means a thing.
"""


def test_facts_stand_alone_and_have_no_markup():
    found = facts.facts("snapshots", PAGE)
    assert [fact["fact"] for fact in found] == [
        "Intro with code_span and a link.",
        "Old snapshots are removed, e.g. by a job.",
        "A limit holds for 24 hours.",
        "A term means a thing.",
    ]
    assert [fact["title"] for fact in found] == ["Snapshots", *["Snapshots: Quota"] * 3]
    assert all(fact["fact"] in fact["section"] and fact["page"] == "snapshots" for fact in found)


def test_headings_nest():
    page = "# A\n\nIt is one.\n\n### C\n\nIt is two.\n\n## B\n\nIt is three.\n"
    assert [headings for headings, _ in facts.sections(page)] == [["A"], ["A", "C"], ["A", "B"]]


@pytest.mark.parametrize("sentence, alone", [
    ("The annotation triggers the push pipeline.", False),
    ("The retest comment triggers the push pipeline.", True),
    ("A snapshot of the component triggers the tests.", False),
    ("Nudging keeps such references fresh.", False),
    ("The task handles both lists.", False),
    ("The proxy keeps images such as these.", False),
    ("The proxy keeps images such as Debian.", True),
    ("Konflux runs a build.", False),  # four words
    ("Konflux runs a small build.", True),
    ("Konflux runs a small build", False),
    ("Konflux runs " + "very " * 41 + "small builds.", True),  # 45 words
    ("Konflux runs " + "very " * 42 + "small builds.", False),
    ("Is it a build or a test?", False),
])  # fmt: skip
def test_what_a_sentence_names_is_known_without_its_neighbours(sentence, alone):
    assert bool(facts.facts("page", f"# Components\n\n{sentence}\n")) == alone


def test_a_list_item_needs_a_subject_and_a_paragraph_does_not():
    assert not facts.facts("page", "- Rather quick on all of the machines.\n")
    assert facts.facts("page", "Rather quick on all of the machines.\n")


@pytest.mark.parametrize("text, sentences", [
    ("One is e.g. A and two is i.e. B. Three.", ["One is e.g. A and two is i.e. B.", "Three."]),
    ("Some, many etc. Here vs. There.", ["Some, many etc. Here vs. There."]),
    ('It is v1.2 now. "No." (Yes.)', ["It is v1.2 now.", '"No." (Yes.)']),
    ("First! Second? 3 of them. (Three.)", ["First!", "Second?", "3 of them.", "(Three.)"]),
    ("No end. here", ["No end. here"]),
])  # fmt: skip
def test_where_a_sentence_ends(text, sentences):
    assert facts.SENTENCE_END.split(text) == sentences


def test_a_sentence_is_asked_about_once():
    page = "# A\n\nKonflux runs a small build.\n\n# B\n\nKonflux runs a small build.\n"
    assert [fact["title"] for fact in facts.facts("page", page)] == ["A"]


def test_a_long_section_is_taken_in_parts():
    sentences = [f"The option number {n} holds the size of cache {n}." for n in range(1000)]
    page = "| a |\n|---|\n" + "".join(f"| {sentence} |\n" for sentence in sentences)
    found = facts.facts("page", page)
    assert [fact["fact"] for fact in found] == sentences
    assert max(len(fact["section"]) for fact in found) <= facts.LONGEST_SECTION
    assert len({fact["section"] for fact in found}) == -(-len(" ".join(sentences)) // facts.LONGEST_SECTION)
    # One that fits is not cut, and a sentence that does not fit is a part of its own.
    assert len(list(facts.parts_of([("Short one. " * 20, False)]))) == 1
    assert [len(part) for part in facts.parts_of([("A.", False), ("b" * 9000, False), ("C.", True)])] == [1, 1, 1]


def test_asks_are_the_same_in_every_run():
    """The page was once joined from a set, whose order is another in each process."""
    found = [
        {"page": "p", "title": "", "section": section, "fact": fact}
        for section, fact in (
            ("The list has the names of all", "The list has the names of all."),
            ("Collectors look up data.", "Collectors look up data."),
        )
    ]
    for order in (found, found[::-1]):
        assert "What do collectors" in [ask["opening"] for ask in facts.asks(order)]


@pytest.mark.slow
def test_the_time_grows_with_the_page_and_not_with_its_square():
    def seconds(size):
        sentences = (f"The Widget{n} of part{n} runs Tool{n} every {n % 90} hours in a cluster." for n in range(size))
        text = " ".join(sentences)
        start = time.process_time()
        assert len(facts.asks(facts.facts("page", text))) > size
        return time.process_time() - start

    seconds(100)
    assert seconds(8000) < 16 * seconds(1000)


def test_the_term_of_a_definition_is_no_part_of_its_sentence():
    page = (
        "# Words\n\n**`Quota`:** A quota limits the number of snapshots.\n\nA **limit:** it ends after a day of rest.\n"
    )
    found = [fact["fact"] for fact in facts.facts("words", page)]
    assert found[0] == "A quota limits the number of snapshots." and not [text for text in found if "Quota:" in text]
    assert all(text.startswith("A limit:") for text in found[1:])
