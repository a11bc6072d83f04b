"""What is read from a page, how questions about it begin, and which generated pairs are kept, on tricky cases."""

import curate
import pytest
from facts import facts
from gap import is_gap
from openings import openings, subject

SOURCE = (
    "MintMaker is built on top of Renovate. MintMaker runs every 4 hours, beginning at midnight UTC. The default quota "
    "is 1024 Snapshots per tenant namespace. The value of keep-snapshot is true. The pipeline build-images uses "
    "ADDITIONAL_SECRET of registry.example/team/image:1.2. Administrators can raise the limit because they own it."
)


@pytest.mark.parametrize(
    "question, answer",
    [
        ("What is MintMaker?", "MintMaker is a service on top of Renovate."),
        ("What does MintMaker do?", "MintMaker updates the dependencies of components."),
        ("What does MintMaker update?", "MintMaker updates the dependencies of components."),
        ("What updates the dependencies of components?", "MintMaker updates the dependencies of components."),
        ("What does Konflux use as its proxy?", "Konflux uses Squid as its proxy."),
        ("What does the field dockerfileUrl point to?", "The field dockerfileUrl points to the Containerfile."),
        ("What can a build be cut off from?", "A build can be cut off from the network."),
        ("How often does MintMaker run?", "MintMaker runs every 4 hours, beginning at midnight UTC."),
        ("When does Konflux run Hermeto?", "Konflux runs Hermeto before the hermetic build starts."),
        ("Where is a policy stored?", "A policy is stored in the cluster as a custom resource."),
        ("How are scheduled builds made?", "Scheduled builds are made with a CronJob."),
        ("Why can administrators raise the limit?", "Administrators can raise the limit because they own it."),
        ("Who can raise the quota limit?", "Administrators can raise the quota limit because they own it."),
        ("What happens when a component is deleted?", "When a component is deleted, Konflux makes a snapshot."),
        ("What should you do if a build fails?", "If a build fails, look at its log."),
        ("How do you stop updates?", "To stop updates, annotate the component."),
        ("How do you save a snapshot?", "Use the annotation keep-snapshot to save a snapshot from deletion."),
    ],
)
def test_supported_pairs_are_kept(question, answer):
    assert curate.reason(question, answer, f"{SOURCE} {answer}") is None


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
        ("What is Konflux?", "Konflux is MintMaker on top of Renovate.", "answer not supported"),
        ("What is Jenkins built on?", "MintMaker is built on top of Renovate.", "question not supported"),
        ("How many clouds does MintMaker melt?", "MintMaker is built on top of Renovate.", "question not supported"),
        ("What value does the default have?", "MintMaker is built on top of Renovate.", "question not supported"),
        ("What can raise?", "Administrators can raise the limit because they own it.", "too vague"),
        ("When is MintMaker built on Renovate?", "MintMaker is built on top of Renovate.", "answer does not fit"),
        ("Is MintMaker built on Renovate?", "MintMaker is built on top of Renovate.", "answer does not fit"),
        ("What is Renovate?", "MintMaker is built on top of Renovate.", "answer does not fit"),
        ("What is MintMaker built on -top of?", "MintMaker is built on top of Renovate.", "answer does not fit"),
        ("What is MintMaker?", "MintMaker is built on top of Renovate.", "answer does not fit"),
        ("What does MintMaker built?", "MintMaker is built on top of Renovate.", "answer does not fit"),
        ("What does the default quota?", "The default quota is 1024 Snapshots.", "answer does not fit"),
        ("How does MintMaker run?", "MintMaker runs every 4 hours.", "answer does not fit"),
        ("What does MintMaker run?", "MintMaker runs every 4 hours.", "answer does not fit"),
        ("What is built on top of Renovate by MintMaker?", "MintMaker is built on top of Renovate.",
         "answer does not fit"),
        ("What can raise the limit?", "Administrators can raise the limit because they own it.", "answer does not fit"),
    ],
)  # fmt: skip
def test_other_pairs_are_dropped_for_the_right_reason(question, answer, why):
    assert curate.reason(question, answer, SOURCE) == why


def test_the_name_of_another_product_says_nothing_either():
    pair = "What does Fluxbox use?", "Fluxbox uses a proxy.", "Fluxbox uses a proxy."
    assert curate.reason(*pair, product="Fluxbox") == "too vague" != curate.reason(*pair)


@pytest.mark.parametrize(
    "question, answer",
    [
        ("What does a team need a name?", "A team needs a name of its own."),
        ("What does caching make?", "Caching makes a build fast."),
        ("What does each token expire?", "Each token expires after 24 hours."),
        ("What does the value limit the life of images?", "The value limits the life of images from pull requests."),
        ("What proposes a first pull request?", "Konflux proposes the files in a first pull request."),
        ("What points to the containerfile?", "The field points to the Containerfile."),
        ("What runs the pipeline?", "Konflux runs the pipeline with Tekton."),
        ("What do two comments control?", "Two comments control pre-merge builds."),
        ("Where does the job run?", "The job runs on Saturdays only."),
        ("Why is the build slow?", "The build is slow, so a cache helps."),
        ("What happens if a build fails?", "If a build fails, look at its log."),
        ("How do you save a snapshot?", "Konflux uses an annotation to save a snapshot."),
    ],
)
def test_what_is_not_the_sentence_with_a_gap(question, answer):
    assert not is_gap(question, answer)


def test_names_are_numbers_identifiers_and_capitals_within_a_sentence():
    text = "The Snapshot holds 48h of keep-snapshot. Old builds use spec.policy and a_b in v1.2."
    assert curate.names(text) == ["Snapshot", "48h", "keep-snapshot", "spec.policy", "a_b", "v1.2"]


def test_duplicates_and_near_duplicates():
    fact = "Konflux also runs Hermeto before the hermetic build of a component starts."
    asked = ["What runs Hermeto before the hermetic build of a component starts?",
             "what runs Hermeto before the hermetic  build of a component starts?",
             "What also runs Hermeto before the hermetic build of a component starts?",
             "When does Konflux run Hermeto?"]  # fmt: skip
    pairs = [{"assistant": fact, "chunk": fact, "user": question} for question in asked]
    kept, rejected = curate.curate(pairs, "Konflux")
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
| `limit` | A limit holds for 24 hours.<br>It can be raised. |

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
        "A limit holds for 24 hours.",
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
    assert "How often does MintMaker run" in openings("MintMaker runs every 4 hours.", "")
    assert openings("When a component is deleted, Konflux stops.", "") == ["What happens when a component is deleted"]
    assert openings("If a build fails, look at its log.", "") == ["What should you do if a build fails"]
    assert openings("The default quota is 1024.", "") == ["What is the default quota"]
    assert openings("Private images go through a proxy.", "")[0] == "What do private images"
    assert "What uses Squid" in openings("Konflux uses Squid as its proxy.", "")
    assert openings("Use an annotation to save a snapshot.", "") == ["How do you save"]
    assert openings("Without any of them, no build.", "") == []


@pytest.mark.parametrize(
    "sentence, alone",
    [
        ("The annotation triggers the push pipeline.", False),
        ("The retest comment triggers the push pipeline.", True),
        ("A snapshot of the component triggers the tests.", False),
        ("Nudging keeps such references fresh.", False),
        ("The task handles both lists.", False),
    ],
)
def test_what_a_sentence_names_is_known_without_its_neighbours(sentence, alone):
    assert bool(facts("page", f"# Components\n\n{sentence}\n")) == alone
