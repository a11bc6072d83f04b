"""Whether a text says no more than its source."""

import pytest

from scripts.generate import support

SOURCE = (
    "MintMaker is built on top of Renovate. MintMaker runs every 4 hours, beginning at midnight UTC. The default quota "
    "is 1024 Snapshots per tenant namespace. The pipeline build-images uses ADDITIONAL_SECRET of "
    "registry.example/team/image:1.2. Administrators can raise the limit because they own it."
)


@pytest.mark.parametrize("text, found", [
    ("The Snapshot holds 48h of keep-snapshot. Old builds use spec.policy and a_b in v1.2.",
     ["Snapshot", "48h", "keep-snapshot", "spec.policy", "a_b", "v1.2"]),
    ("Build it! Test it? Then: Release it", []),
    ("We use Tekton", ["Tekton"]),
    ("a mailTo a/b me@x and 7", ["mailTo", "a/b", "me@x", "7"]),
    ("MintMaker begins", ["MintMaker"]),
    ("Konflux's own", []),
    ("Die Übersicht nennt Bücher", ["Übersicht", "Bücher"]),
])  # fmt: skip
def test_names_are_numbers_identifiers_and_capitals_within_a_sentence(text, found):
    assert support.names(text) == found


def test_words_have_no_punctuation_around_them():
    assert support.words("The team's a/b-c: v1.2, (x) and build-*. naïve") == [
        "The", "team", "a/b-c", "v1.2", "x", "and", "build-*", "naïve",
    ]  # fmt: skip


def test_stems_leave_out_what_carries_no_fact():
    assert support.stems("What are the Builds of each component built by?") == ["build", "compon", "built"]


@pytest.mark.parametrize("part, whole, share", [
    (["a", "b", "b", "c"], {"b"}, 0.5), ([], {"b"}, 1.0), (["a"], set(), 0.0),
])  # fmt: skip
def test_covered(part, whole, share):
    assert support.covered(part, whole) == share


@pytest.mark.parametrize("text, missing", [
    ("It runs every 4 hours.", None),
    ("It runs every 14 hours.", "14"),
    ("It runs every 40 hours.", "40"),
    ("It has 102 of them.", "102"),
    ("The Snapshot and the Snapshots.", None),
    ("The Administrator of MintMakers.", None),
    ("The limit of Jenkins.", "Jenkins"),
    ("It is build-images.", None),
    ("It is build-imagery.", "build-imagery"),
    ("It is images/build.", None),
    ("It is OTHER_SECRET.", "OTHER_SECRET"),
    ("It is registry.example/team/image:1.3.", "registry.example/team/image:1.3"),
    ("It is image:1.2.", None),
    ("Jenkins is no name at the beginning.", None),
])  # fmt: skip
def test_a_name_must_be_in_the_source(text, missing):
    assert support.missing_name(text, SOURCE) == missing


@pytest.mark.parametrize("answer, is_supported", [
    ("MintMaker is built on top of Renovate.", True),
    ("MintMaker is built on top of Apache 1.9.", False),
    ("Administrators own the limit of the quota.", True),
    ("Administrators melt the limit.", False),
    # One foreign word of ten is let through, one of nine is not.
    ("quota limit pipeline hours midnight tenant top default per clouds", True),
    ("quota limit pipeline hours midnight tenant top default clouds", False),
])  # fmt: skip
def test_an_answer_is_supported_by_its_source(answer, is_supported):
    assert support.supported(answer, SOURCE) == is_supported
