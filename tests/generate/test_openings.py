"""How a question about a sentence may begin."""

import pytest

from scripts.generate.openings import adverbials, inner_words, openings, starts_small


@pytest.mark.parametrize("sentence, expected", [
    ("MintMaker runs every 4 hours.",
     ["What does MintMaker", "What does MintMaker run", "What runs every", "How often does MintMaker run"]),
    ("When a component is deleted, Konflux stops.", ["What happens when a component is deleted"]),
    ("If a build fails, look at its log.", ["What should you do if a build fails"]),
    ("To stop updates, annotate the component.", ["How do you stop updates"]),
    ("Use an annotation to save a snapshot.", ["How do you save"]),
    ("The default quota is 1024.", ["What is the default quota"]),
    ("A policy is stored in the cluster.", ["What is a policy", "What is stored", "Where is a policy"]),
    ("The policies are stored in the cluster.", ["What are the policies", "Where are the policies"]),
    ("Private images go through a proxy.",
     ["What do private images", "What do private images go", "What goes through", "How do private images go"]),
    ("Konflux uses Squid as its proxy.", ["What does Konflux", "What does Konflux use", "What uses Squid"]),
    ("The build cannot reach the network.", ["What cannot reach", "What can the build"]),
    ("Administrators can raise the limit because they own it.",
     ["Who can raise", "What can Administrators", "Why can Administrators"]),
    ("Konflux has a proxy.", ["What does Konflux", "What does Konflux have", "What has a"]),
    ("Without any of them, no build.", []),
    ("See the other page for more.", []),
])  # fmt: skip
def test_openings(sentence, expected):
    assert openings(sentence, "") == expected


@pytest.mark.parametrize("rest, kinds", [
    ("after each build", ["When"]),
    ("on Saturdays", ["When"]),
    ("in the cluster", ["Where"]),
    ("in /a/b format", []),
    ("in .tekton/push.yaml", ["Where"]),
    ("in JSON", []),
    ("so that it is safe, by hand", ["Why", "How"]),
    ("every 4 hours", ["How often"]),
    ("every tenant", []),
    ("nothing thereafter", []),
])  # fmt: skip
def test_which_question_words_a_sentence_may_answer(rest, kinds):
    assert adverbials(rest) == kinds


@pytest.mark.parametrize("name, verb, page, small", [
    ("The quota", "is", "", True),
    ("Konflux", "runs", "", False),
    ("Snapshots", "keep", "", True),  # a plural verb, and the page never shows it as a name
    ("Snapshots", "keep", "All Snapshots keep", False),
    ("Snapshots", "keep", "All snapshots keep", True),
    ("Testing", "is", "", True),
    ("Testing", "is", "in Testing,", False),
    ("Private images", "go", "", True),
    ("Git Repository", "is", "", False),
    ("spec.policy", "is", "", False),
    ("MintMaker", "runs", "", False),
    ("A Snapshot", "is", "", True),
])  # fmt: skip
def test_a_capital_is_a_names_or_that_of_the_first_word(name, verb, page, small):
    assert starts_small(name, verb, page) == small


def test_names_within_sentences():
    page = "the Build of Konflux. Pods (Nodes) run, Jobs too\nOthers"
    assert {"Build", "Konflux", "Jobs"} <= inner_words(page)
    # After a full stop, a bracket or the end of a section a capital says nothing.
    assert not {"Pods", "Nodes", "Others"} & inner_words(page)
    assert "Kon" not in inner_words(page)
