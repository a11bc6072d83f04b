"""Subject, verb and the forms of the verb, on sentences of documentation."""

import re
import time

import pytest

from scripts.generate import grammar


@pytest.mark.parametrize("sentence, expected", [
    ("MintMaker runs every 4 hours.", ("MintMaker", "runs")),
    ("A team that wants its own settings adds a renovate.json file.", ("A team that wants its own settings", "adds")),
    ("Konflux keeps credentials in secrets.", ("Konflux", "keeps")),
    ("The default quota is 1024.", ("The default quota", "is")),
    ("Tests and releases therefore see the same content.", ("Tests and releases", "see")),
    ("The service cannot read it.", ("The service", "cannot")),
    ("Administrators raise the limit.", None),
    ("Administrators can raise the limit!", ("Administrators", "can")),
    ("Each token expires after a day.", ("Each token", "expires")),
    ("The integration tests pass the image on.", ("The integration tests", "pass")),
    ("The pipelines of the team run on Saturday.", ("The pipelines of the team", "run")),
    ("Users, teams and others can see it.", None),
    ("When a component is deleted, Konflux makes a snapshot.", None),
    ("Put the annotation into the build.", None),
    ("One two three four five six seven eight nine is not too long.",
     ("One two three four five six seven eight nine", "is")),
    ("One two three four five six seven eight nine ten is too long.", None),
    ("Konflux", None),
    ("", None),
])  # fmt: skip
def test_subject_and_verb(sentence, expected):
    assert grammar.subject(sentence) == expected


def test_the_section_tells_a_name_from_a_word():
    # "tests" is a noun after "Integration", if that is a word; after a name it is the verb.
    assert grammar.subject("Integration tests images daily.", "") == ("Integration", "tests")
    assert grammar.subject("Integration tests images daily.", "An integration is a test.") is None


@pytest.mark.parametrize("word, section, is_word", [
    ("Pods", "two pods.", True),
    ("Pod", "two pods.", True),
    ("Pods", "a pod", False),
    ("Pod", "a Pod", False),
    ("Pod", "podman", False),
    ("Pod", "tripod", False),
    ("Pod", "my.pod", False),
    ("Pod", "my-pod", False),
    ("Pod", "pod-name", False),
    ("Pod", "pod.name (pod)", True),
    ("Pod", "my/pod", True),
    ("Pod", "(pod)", True),
    ("Pod", "pod_name", False),
    ("The", "", True),
    ("v1.2", "in v1.2, say", True),
])  # fmt: skip
def test_a_word_is_one_that_stands_in_lower_case(word, section, is_word):
    assert grammar.is_word(word, section) == is_word
    # The set says what a search of the section says.
    found = re.search(rf"(?<![\w.-]){re.escape(word.lower())}s?(?![\w-])", section)
    assert is_word == (bool(found) or word in grammar.COMMON)


def test_a_run_without_a_blank_costs_no_time():
    start = time.monotonic()
    assert grammar.words_of("a/" * 200_000 + " word") == {"word"}
    assert time.monotonic() - start < 1


@pytest.mark.parametrize("name, noun", [
    ("a team that wants its own settings", "team"),
    ("the owner of the cluster", "owner"),
    ("Konflux", "Konflux"),
    ("build pipeline", "pipeline"),
])  # fmt: skip
def test_head(name, noun):
    assert grammar.head(name) == noun


@pytest.mark.parametrize("sentence, is_one", [
    ("Set the parameter to true.", True),
    ("set it.", True),
    ("Konflux sets the parameter.", False),
    ("Set is what it is.", True),
    ("See the page.", False),
    ("2 pods run.", False),
    ("", False),
    (".", False),
])  # fmt: skip
def test_imperative(sentence, is_one):
    assert grammar.imperative(sentence) == is_one


@pytest.mark.parametrize("third, base", [
    ("runs", "run"), ("has", "have"), ("applies", "apply"), ("carries", "carry"), ("deploys", "deploy"),
    ("passes", "pass"), ("fixes", "fix"), ("watches", "watch"), ("pushes", "push"), ("goes", "go"), ("uses", "use"),
    ("makes", "make"), ("buzzes", "buzz"),
])  # fmt: skip
def test_forms_of_a_verb(third, base):
    assert grammar.base_form(third) == base and grammar.third_person(base) == third
    assert grammar.base_form(base) == base
    assert grammar.third_person(third) == third


def test_auxiliaries_have_one_form():
    assert [grammar.third_person(verb) for verb in ("is", "can", "has", "are")] == ["is", "can", "has", "are"]
