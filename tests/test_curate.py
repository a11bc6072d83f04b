"""What is read from a page, how questions about it begin, and which generated pairs are kept, on tricky cases."""

import curate
import pytest
from facts import facts
from openings import openings, subject

SOURCE = (
    "MintMaker is built on top of Renovate. MintMaker runs every 4 hours, beginning at midnight UTC. The default quota "
    "is 1024 Snapshots per tenant namespace. The value of keep-snapshot is true. The pipeline build-images uses "
    "ADDITIONAL_SECRET of registry.example/team/image:1.2. Administrators can raise the limit because they own it."
)


@pytest.mark.parametrize(
    "question, answer",
    [
        ("What is MintMaker built on?", "MintMaker is built on top of Renovate."),
        ("How often does MintMaker run?", "MintMaker runs every 4 hours, beginning at midnight UTC."),
        ("What is the default quota?", "The default quota is 1024 Snapshots per tenant namespace."),
        ("Who can raise the limit?", "Administrators can raise the limit because they own it."),
        ("Why can administrators raise the limit?", "Administrators can raise the limit because they own it."),
        ("What does the pipeline build-images use?", "The pipeline build-images uses ADDITIONAL_SECRET."),
    ],
)
def test_supported_pairs_are_kept(question, answer):
    assert curate.reason(question, answer, SOURCE) is None


@pytest.mark.parametrize(
    "question, answer, why",
    [
        ("", "MintMaker is built on top of Renovate.", "blank"),
        ("What is MintMaker?", "  ", "blank"),
        ("What is MintMaker " + "really " * 30 + "?", "MintMaker is built on top of Renovate.", "over-long"),
        ("What is MintMaker built on?", "MintMaker " * 70, "over-long"),
        ("MintMaker is built on Renovate.", "MintMaker is built on top of Renovate.", "not a question"),
        ("What is MintMaker built on", "MintMaker is built on top of Renovate.", "not a question"),
        ("MintMaker?", "MintMaker is built on top of Renovate.", "not a question"),
        ("What is MintMaker? What is Renovate?", "MintMaker is built on top of Renovate.", "not a question"),
        ("What does this document say?", "MintMaker is built on top of Renovate.", "does not stand alone"),
        ("What is MintMaker in the text above?", "MintMaker is built on top of Renovate.", "does not stand alone"),
        ("What does it run on, MintMaker?", "MintMaker is built on top of Renovate.", "does not stand alone"),
        ("What is MintMaker built on?", "MintMaker is built on top of Apache 1.9.", "answer not supported"),
        ("How often does MintMaker run?", "MintMaker runs every 14 hours.", "answer not supported"),
        ("How often does MintMaker run?", "MintMaker runs every 40 hours.", "answer not supported"),
        ("What is the default quota?", "The default quota is 102 Snapshots.", "answer not supported"),
        ("Which pipeline is used?", "The pipeline build-image uses OTHER_SECRET.", "answer not supported"),
        ("What is the image?", "The image is registry.example/team/image:1.3.", "answer not supported"),
        ("What is Jenkins built on?", "MintMaker is built on top of Renovate.", "question not supported"),
        ("How many clouds does MintMaker melt?", "MintMaker is built on top of Renovate.", "question not supported"),
        ("What value does the default have?", "MintMaker is built on top of Renovate.", "question not supported"),
        ("When is MintMaker built on Renovate?", "MintMaker is built on top of Renovate.", "answer does not fit"),
        ("How many tools is MintMaker built on?", "MintMaker is built on top of Renovate.", "question not supported"),
        ("Is MintMaker built on Renovate?", "MintMaker is built on top of Renovate.", "answer does not fit"),
        ("What is Renovate?", "MintMaker is built on top of Renovate.", "answer does not fit"),
        ("What is Konflux?", "Konflux is MintMaker on top of Renovate.", "answer not supported"),
        ("What is MintMaker built on -top of?", "MintMaker is built on top of Renovate.", "garbled"),
        ("What is MintMaker?", "MintMaker is built on top of Renovate.", "answer does not fit"),
        ("What does MintMaker built?", "MintMaker is built on top of Renovate.", "answer does not fit"),
        ("What does the default quota?", "The default quota is 1024 Snapshots.", "answer does not fit"),
        ("How does MintMaker run?", "MintMaker runs every 4 hours.", "answer does not fit"),
        ("What is built on top of Renovate by MintMaker?", "MintMaker is built on top of Renovate.",
         "nothing left to answer"),
        ("What is Renovate Renovate Renovate built on?", "MintMaker is built on top of Renovate.", "garbled"),
    ],
)  # fmt: skip
def test_other_pairs_are_dropped_for_the_right_reason(question, answer, why):
    assert curate.reason(question, answer, SOURCE) == why


def test_names_are_numbers_identifiers_and_capitals_within_a_sentence():
    text = "The Snapshot holds 48h of keep-snapshot. Old builds use spec.policy and a_b in v1.2."
    assert curate.names(text) == ["Snapshot", "48h", "keep-snapshot", "spec.policy", "a_b", "v1.2"]


def test_duplicates_and_near_duplicates():
    base = {"assistant": "MintMaker runs every 4 hours.", "chunk": SOURCE}
    asked = ["How often does MintMaker run?", "how often does MintMaker  run?", "How often does the MintMaker run?",
             "When does MintMaker run?"]  # fmt: skip
    kept, rejected = curate.curate([{**base, "user": question} for question in asked])
    assert [row["user"] for row in kept] == [asked[0], asked[3]]
    assert [row["reason"] for row in rejected] == ["duplicate", "near-duplicate"]


def test_facts_stand_alone_and_have_no_markup():
    page = """# Snapshots

Intro with `code_span` and a [link](https://x.example/y). This sentence leans back. Too short.

## Quota

- Keep `test.example/keep-snapshot` in mind.
- **Old** snapshots are removed, e.g. by a job.

| Setting | Meaning |
| --- | --- |
| `a \\| b` | Some words only, no sentence |
| `limit` | The limit holds for 24 hours.<br>It can be raised. |

```yaml
limit: This is a code block and no sentence.
```

Term
:   A term means a thing.
"""
    found = facts("snapshots", page)
    assert [fact["fact"] for fact in found] == [
        "Intro with code_span and a link.",
        "Old snapshots are removed, e.g. by a job.",
        "The limit holds for 24 hours.",
        "A term means a thing.",
    ]
    assert [fact["title"] for fact in found] == ["Snapshots", *["Snapshots: Quota"] * 3]
    assert all(fact["fact"] in fact["section"] for fact in found)


@pytest.mark.parametrize(
    "sentence, expected",
    [
        ("MintMaker runs every 4 hours.", ("MintMaker", "runs")),
        ("A team that wants its own settings adds a renovate.json file.",
         ("A team that wants its own settings", "adds")),
        ("Konflux keeps credentials in secrets.", ("Konflux", "keeps")),
        ("The default quota is 1024.", ("The default quota", "is")),
        ("Tests and releases therefore see the same content.", ("Tests and releases", "see")),
        ("When a component is deleted, Konflux makes a snapshot.", None),
        ("Put the annotation into the build.", None),
    ],
)  # fmt: skip
def test_subject(sentence, expected):
    assert subject(sentence, "") == expected


def test_openings_are_there_for_every_sentence():
    assert "How often does MintMaker" in openings("MintMaker runs every 4 hours.", "")
    assert "What happens when a component is deleted" in openings("When a component is deleted, Konflux stops.", "")
    assert "What is the default quota" in openings("The default quota is 1024.", "")
    assert openings("Without any of them, no build.", "")
