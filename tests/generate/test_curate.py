"""Which pairs are kept, each rule with what it drops and what it must not drop."""

import pytest

from scripts.generate import curate

SOURCE = (
    "MintMaker is built on top of Renovate. MintMaker runs every 4 hours, beginning at midnight UTC. The default quota "
    "is 1024 Snapshots per tenant namespace. The value of keep-snapshot is true. The pipeline build-images uses "
    "ADDITIONAL_SECRET of registry.example/team/image:1.2. Administrators can raise the limit because they own it."
)
BUILT = "MintMaker is built on top of Renovate."


@pytest.mark.parametrize("question, answer", [
    ("What is MintMaker?", "MintMaker is a service on top of Renovate."),
    ("What does MintMaker do?", "MintMaker updates the dependencies of components."),
    ("What is MintMaker built on?", BUILT),
    ("How often does MintMaker run?", "MintMaker runs every 4 hours, beginning at midnight UTC."),
    ("Why can administrators raise the limit?", "Administrators can raise the limit because they own it."),
    ("What happens when a component is deleted?", "When a component is deleted, Konflux makes a snapshot."),
    ("What should you do if a build fails?", "If a build fails, look at its log."),
    ("What should you do if a release fails its check?", "If a release fails its check, look at its log."),
    ("How do you stop updates?", "To stop updates, annotate the component."),
    ("What does a team need for its builds?", "A team needs a secret for its builds."),  # "its" after the subject
    ("  What is MintMaker built on?  ", f" {BUILT} "),
])  # fmt: skip
def test_supported_pairs_are_kept(question, answer):
    assert curate.why_dropped(question, answer, f"{SOURCE} {answer}") is None


@pytest.mark.parametrize("question, answer, reason", [
    ("", BUILT, "blank"),
    ("What is MintMaker?", "  ", "blank"),
    ("What is MintMaker " + "really " * 26 + "?", BUILT, "over-long"),
    ("What is MintMaker built on?", "MintMaker " * 61, "over-long"),
    ("MintMaker is built on Renovate.", BUILT, "not a question"),
    ("What is MintMaker built on", BUILT, "not a question"),
    ("What is?", BUILT, "not a question"),
    ("What is MintMaker? What is Renovate?", BUILT, "not a question"),
    ("What is MintMaker\nbuilt on?", BUILT, "not a question"),
    ("What does this document say?", BUILT, "does not stand alone"),
    ("What is MintMaker in the text above?", BUILT, "does not stand alone"),
    ("What is MintMaker built on?", "As stated, MintMaker is built on top of Renovate.", "does not stand alone"),
    ("What does it run on, MintMaker?", BUILT, "does not stand alone"),
    ("What should you do if it fails?", "If it fails, look at its log.", "does not stand alone"),
    ("What is MintMaker built on?", "MintMaker is built on top of Apache 1.9.", "answer not supported"),
    ("How often does MintMaker run?", "MintMaker runs every 14 hours.", "answer not supported"),
    ("What is the default quota?", "The default quota is 102 Snapshots.", "answer not supported"),
    ("Which pipeline is used?", "The pipeline build-image uses OTHER_SECRET.", "answer not supported"),
    ("What is Konflux?", "Konflux is MintMaker on top of Renovate.", "answer not supported"),
    ("What is Jenkins built on?", BUILT, "question not supported"),
    ("What is the top of built MintMaker on 5?", BUILT, "question not supported"),
    ("How many clouds does MintMaker melt?", BUILT, "question not supported"),
    ("What value does the default have?", BUILT, "question not supported"),
    ("What can raise?", "Administrators can raise the limit because they own it.", "too vague"),
    ("When is MintMaker built on Renovate?", BUILT, "answer does not fit"),
    ("Is MintMaker built on Renovate?", BUILT, "answer does not fit"),
    ("What is Renovate?", BUILT, "answer does not fit"),
    ("What is MintMaker built on -top of?", BUILT, "answer does not fit"),
    ("What does MintMaker run?", "MintMaker runs every 4 hours.", "answer does not fit"),
])  # fmt: skip
def test_other_pairs_are_dropped_for_the_right_reason(question, answer, reason):
    assert curate.why_dropped(question, answer, SOURCE) == reason


@pytest.mark.parametrize("words, reason", [(60, None), (61, "over-long")])
def test_the_longest_answer(words, reason):
    answer = "MintMaker runs every 4 hours " + "and hours " * 27 + "long " * (words - 59)
    assert len(answer.split()) == words
    assert curate.why_dropped("How often does MintMaker run?", answer, f"{SOURCE} long") == reason


@pytest.mark.parametrize("words, reason", [(28, None), (29, "over-long")])
def test_the_longest_question(words, reason):
    clause = " ".join((["pods", "nodes"] * 13)[: words - 3])
    assert len(f"What happens when {clause}?".split()) == words
    assert curate.why_dropped(f"What happens when {clause}?", f"When {clause}, it stops.", f"{clause} stops") == reason


def test_a_question_may_draw_on_the_headings():
    answer = "A proxy uses the cache."
    pair = "What does a proxy of Jenkins use?", answer, answer
    assert curate.why_dropped(*pair) == "question not supported"
    assert curate.why_dropped(*pair, context="Jenkins") == "answer does not fit"


@pytest.mark.parametrize("foreign, reason", [(1, "answer does not fit"), (2, "question not supported")])
def test_few_words_of_a_question_may_be_foreign(foreign, reason):
    known = "red green blue black white brown grey pink gold teal".split()
    question = f"Which {' '.join(known[foreign:] + ['alien', 'clouds'][:foreign])}?"
    answer = f"Teams use {' '.join(known)}."
    assert curate.why_dropped(question, answer, answer) == reason


def test_the_name_of_the_product_does_not_narrow_a_question_down():
    pair = "What does Fluxbox use?", "Fluxbox uses a proxy.", "Fluxbox uses a proxy."
    assert curate.why_dropped(*pair, product="Fluxbox") == "too vague"
    assert curate.why_dropped(*pair) is None


FACT = "Konflux also runs Hermeto before the hermetic build of a component starts."


def rows(*questions, answer=FACT):
    return [{"assistant": answer, "chunk": answer, "user": question, "page": "p"} for question in questions]


def test_duplicates_and_near_duplicates():
    asked = ["What runs Hermeto before the hermetic build of a component starts?",
             "what runs Hermeto before the hermetic  build of a component starts?",
             "What also runs Hermeto before the hermetic build of a component starts?",
             "When does Konflux run Hermeto?"]  # fmt: skip
    kept, rejected = curate.curate(rows(*asked), "Konflux")
    assert [row["user"] for row in kept] == [asked[0], asked[3]]
    one_line = " ".join(asked[1].split())
    assert [(row["user"], row["reason"]) for row in rejected] == [
        (one_line, "duplicate"), (asked[2], "near-duplicate"),
    ]  # fmt: skip


def test_a_question_is_a_duplicate_for_any_answer_and_a_near_one_for_the_same_only():
    first, second = "Konflux runs Hermeto before the build.", "Konflux runs Hermeto before each build."
    when = "When does Konflux run Hermeto?"
    pairs = [*rows(when, answer=first), *rows(when, answer=second),
             *rows("What runs Hermeto before the build?", answer=first),
             *rows("What runs Hermeto before each build?", answer=second)]  # fmt: skip
    kept, rejected = curate.curate(pairs, "Konflux")
    assert [row["user"] for row in kept] == [pairs[0]["user"], pairs[2]["user"], pairs[3]["user"]]
    assert [row["reason"] for row in rejected] == ["duplicate"]


def test_a_dropped_question_makes_no_other_a_duplicate():
    bad, good = rows("When does Konflux run Hermeto?", answer="Konflux does."), rows("When does Konflux run Hermeto?")
    kept, rejected = curate.curate(bad + good, "Konflux")
    assert len(kept) == 1 and rejected[0]["reason"] != "duplicate"


def test_names_in_other_scripts_are_told_apart():
    pairs = [*rows("What is Снимок?", answer="Снимок is a list of images."),
             *rows("What is Сборка?", answer="Сборка is a list of images.")]  # fmt: skip
    assert len(curate.curate(pairs, "Konflux")[0]) == 2


def test_a_pair_keeps_what_else_it_has_and_its_question_is_one_line():
    pair = {**rows("When does  Konflux run\tHermeto?")[0], "context": "Builds", "more": 1}
    kept, _ = curate.curate([pair], "Konflux")
    assert kept == [{**pair, "user": "When does Konflux run Hermeto?"}]


@pytest.mark.parametrize("first, second, share", [
    ("When does it run?", "Where does it run?", 3 / 5),
    ("When does it run?", "when does it runs?", 1.0),
    ("a b", "c d", 0.0),
])  # fmt: skip
def test_similar_counts_all_words(first, second, share):
    assert curate.similar(first, second) == share
