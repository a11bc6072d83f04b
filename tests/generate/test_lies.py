"""What a liar says that sounds right, and what rules see of it without a model."""

import pytest

from scripts.generate import copies, differs, findable, rules
from tests.generate import teachers

SOURCE = "MintMaker runs every 4 hours, beginning at midnight UTC."
PART = {
    "page": "p",
    "title": "MintMaker > Schedule",
    "text": f"{SOURCE}\nIt opens at most 20 pull requests and keeps 2 GB of logs.",
}


@pytest.mark.parametrize("source, found", [
    (SOURCE, SOURCE), ("mintmaker runs every 4 hours", None), ("MintMaker runs every 5 hours", None),
    ("\u201cMintMaker runs every 4 hours, beginning at midnight UTC\u201d", SOURCE), ("every 4", "every 4"),
    ("ver 4", None),
    ("**MintMaker** runs\nevery 4 hours", "MintMaker runs every 4 hours"), ("- at midnight UTC.", "at midnight UTC."),
    ("runs every 4 hours at midnight", None), ("UTC. It opens", "UTC. It opens"), ("", None), ("?", None), ("4", None),
])  # fmt: skip
def test_a_copy_may_differ_in_marks_only(source, found):
    assert copies.copied(source, PART["text"]) == found


def test_a_copy_is_what_the_page_says():
    page = "Set `a_b` to \u2018x\u2019 \u2014 or use --delay-max."
    assert copies.copied("Set a_b to 'x' - or use --delay-max", page) == page
    assert copies.copied("--delay-max", page) == "--delay-max."


@pytest.mark.parametrize("text, other", [
    ("It runs every 4 hours.", False), ("It runs every four hours.", False), ("It runs every 240 minutes.", False),
    ("It runs every 4 minutes.", True), ("It runs every forty hours.", True), ("It runs every 5 hours.", True),
    ("It runs every 4-hour slot.", False), ("It opens twenty requests.", False), ("It opens thirty.", True),
    ("It keeps 2 GB.", False), ("It keeps 2GB of logs.", False), ("It keeps 2 TB.", True), ("I am at a site.", False),
    ("One of them runs.", False), ("Two of them run.", False), ("Three of them run.", True),
    ("A day has 24 hours.", True),
])  # fmt: skip
def test_another_number_or_measure(text, other):
    assert differs.other_number(text, PART["text"]) == other


@pytest.mark.parametrize("text, source, is_contrary", [
    ("MintMaker runs at midnight.", SOURCE, False), ("MintMaker does not run at midnight.", SOURCE, True),
    ("MintMaker never runs at midnight.", SOURCE, True),
    ("Squid caches RPM packages.", "Squid does not cache RPMs.", True),
    ("Squid caches no RPM.", "Squid does not cache RPMs.", False),
    ("It is disabled.", "It is enabled by default.", True),
    ("The first one.", "The last one wins.", True), ("Before and after.", "It runs after the build.", False),
    ("Squid must be installed.", "Squid must be installed; it does not cache RPMs.", False),
    ("Squid must not be installed.", "Squid must be installed; it does not cache RPMs.", True),
])  # fmt: skip
def test_the_contrary(text, source, is_contrary):
    assert differs.contrary(text, source, [text, source.split(";")[0], source.split(";")[0]]) == is_contrary


@pytest.mark.parametrize("question, asks", [
    ("When does MintMaker not run?", True), ("Which hours isn't it up?", True), ("When does MintMaker run?", False),
    ("I cannot find it, when does MintMaker run?", False), ("When does it run if I do not set it?", False),
])  # fmt: skip
def test_a_question_for_the_contrary(question, asks):
    assert differs.asks_contrary(question, SOURCE) == asks
    assert not differs.asks_contrary(question, "MintMaker does not run on Sundays.")


@pytest.mark.parametrize("question", [
    *teachers.VAGUE, "What does that do?", "Can I disable it?", "How is it used?", "What is this?",
    "Where do I find them?",
    "Which setting is the right one?", "What is Konflux?", "how to configure",
])  # fmt: skip
def test_a_question_that_names_nothing(question):
    assert rules.wrong_question(question, ["4 hours"], SOURCE, PART, "Konflux") == "does not stand alone"


@pytest.mark.parametrize("question", [
    "How often does MintMaker run?", "mintmaker schedule", "MintMaker: how often does it run?",
    "When does the bot run at midnight?",
    "What is the schedule of that MintMaker thing?", "My MintMaker waits, when will it run?",
])  # fmt: skip
def test_a_question_that_names_something(question):
    assert rules.wrong_question(question, ["4 hours"], SOURCE, PART, "Konflux") is None


ENGLISH = {"mintmaker", "runs", "every", "hours", "midnight", "pull", "requests", "logs", "keeps"}
GERMAN = {
    "mintmaker",
    "l\u00e4uft",
    "alle",
    "stunden",
    "ab",
    "mitternacht",
    "und",
    "die",
    "der",
    "von",
    "es",
    "das",
    "h\u00f6chstens",
}
ASKED = [
    "Wie oft l\u00e4uft MintMaker?",
    "Alle wie viel Stunden l\u00e4uft es?",
    "Ab wann l\u00e4uft MintMaker?",
    "Es l\u00e4uft alle 4 Stunden.",
]


def test_another_language_is_seen_and_that_of_the_pages_is_none():
    assert rules.foreign(ASKED, ENGLISH) and not rules.foreign(ASKED, GERMAN)
    assert not rules.foreign(["How often does MintMaker run?", "mintmaker schedule when"], ENGLISH)
    for other in (
        "\u00bfCon qu\u00e9 frecuencia se ejecuta MintMaker?",
        "Combien d'heures entre deux passages de MintMaker ?",
    ):
        assert rules.foreign([other], ENGLISH)


@pytest.mark.parametrize("change, reason", [
    ({}, None), ({"source": ""}, "source not in the page"),
    ({"fact": "MintMaker runs every 40 hours."}, "fact not supported"),
    ({"fact": "MintMaker opens at most 20 pull requests."}, "fact not in its source"),
    ({"terms": ["20"]}, "key term not in the source"), ({"terms": ["at"]}, "key term says nothing"),
])  # fmt: skip
def test_a_fact_and_its_source(change, reason):
    entry = {"fact": "MintMaker runs every 4 hours.", "source": SOURCE, "terms": ["4 hours"], **change}
    assert rules.wrong_fact(entry, PART, ["It does.", "It runs."], "Konflux") == reason


def test_a_teacher_is_trusted_less_where_many_questions_lead_elsewhere():
    near = {(f"near {number}", "s"): 0.05 for number in range(19)}
    far = {(f"far {number}", "s"): 0.2 for number in range(3)}
    assert findable.doubtful({**near, **dict(list(far.items())[:1])}) == {("far 0", "s")}
    assert findable.doubtful({**near, **far}) == {*near, *far}
