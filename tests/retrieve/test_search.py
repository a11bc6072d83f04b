"""Search and answers: meaning and words, neighbours, what is shown, and when nothing is."""

import base64
import json

import numpy
import pytest

from scripts.retrieve import answers, opened, query, search
from scripts.retrieve.pieces import Chunk, Unit


def packed(array, kind):
    return base64.b64encode(array.astype(kind).tobytes()).decode()


def asked(*vector):
    """A question of one token."""
    return query.Asked(numpy.array(vector), numpy.array([vector]))


def index_of(tmp_path, *chunks):
    """An index whose units have one token each, with the vectors that are given.

    chunks: [(headings, [(text, lead, vector)])]
    """
    vectors = numpy.array([unit[2] for _, units in chunks for unit in units])
    page = {
        "url": "https://docs/a/", "sha256": "0", "lengths": [1] * len(vectors),
        "vectors": packed(vectors, numpy.float16), "tokens": packed(127 * vectors, numpy.int8),
        "chunks": [[headings, [unit[:2] for unit in units]] for headings, units in chunks],
    }  # fmt: skip
    (tmp_path / "index.json").write_text(json.dumps({"made_with": {}, "pages": {"a.md": page}}))
    return opened.open_index(tmp_path / "index.json")


def best(index, question, vector, count=3):
    return [(found.best.text, len(found.units)) for found in search.search(index, question, asked(*vector), count)]


def test_meaning_alone(tmp_path):
    index = index_of(
        tmp_path, (["A"], [("one", "", [1, 0]), ("two", "", [0, 1])]), (["B"], [("three", "", [0.6, 0.8])])
    )
    assert best(index, "?", [1.0, 0.0]) == [("one", 1), ("three", 1), ("two", 1)]
    assert best(index, "?", [0.0, 1.0], 1) == [("two", 1)]


def test_words_count_and_a_rare_one_more(tmp_path):
    chunks = [([name], [(f"The {name} is set at noon.", "", [1, 0])]) for name in ("limit", "quota", "share", "zebra")]
    index = index_of(tmp_path, *chunks)
    assert best(index, "Which zebras is the set of?", [1.0, 0.0], 1) == [("The zebra is set at noon.", 1)]
    of_passages, of_units = search.shares(index, opened.stems("the zebra"))
    assert (
        of_passages.argmax() == of_units.argmax() == 3 and of_passages[0] < 0.2 and of_passages[3] == pytest.approx(1)
    )
    # A word that stands nowhere counts as a rare one: nothing has all of the question.
    assert search.shares(index, opened.stems("zebra unheard-of"))[0].max() < 0.6
    assert not search.shares(index, set())[0].any()


def test_the_words_of_a_passage_count_for_its_units(tmp_path):
    index = index_of(tmp_path, (["Ant"], [("Nine at noon.", "", [1, 0])]), (["Zebra"], [("Ten at noon.", "", [1, 0])]))
    assert best(index, "How many zebras?", [1.0, 0.0], 1) == [("Ten at noon.", 1)]


def test_neighbours_that_are_nearly_as_good_belong_to_the_answer(tmp_path):
    units = [("a", "", [0.5, 0]), ("b", "", [0.95, 0]), ("c", "", [1, 0]), ("d", "", [0.97, 0]), ("e", "", [0.96, 0])]
    index = index_of(tmp_path, (["A"], units[:4]), (["B"], units[4:]))
    assert best(index, "?", [1.0, 0.0]) == [("c", 3), ("e", 1), ("a", 1)]
    found = search.search(index, "?", asked(1, 0), 1)[0]
    assert [unit.text for unit in found.units] == ["b", "c", "d"] and found.score == pytest.approx(1, abs=1e-3)


def test_what_a_sentence_introduces_belongs_to_it(tmp_path):
    lead = "Run commands:"
    units = [
        ("Other.", "", [0, 0]),
        (lead, "", [1, 0]),
        ("- a", lead, [0, 0]),
        ("- b", lead, [0, 0]),
        ("End.", "", [0, 0]),
    ]
    found = search.search(index_of(tmp_path, (["A"], units)), "?", asked(1, 0), 1)[0]
    assert [unit.text for unit in found.units] == [lead, "- a", "- b"]
    assert answers.source(found).text == "Run commands:\n- a\n- b"


def test_what_only_repeats_the_question_is_no_answer(tmp_path):
    units = [("- Snapshots", "Kinds:", [1, 0]), ("- Snapshot: a set of images", "Kinds:", [0.8, 0])]
    index = index_of(tmp_path, (["A"], units[:1]), (["B"], units[1:]))
    assert best(index, "What is a snapshot?", [1.0, 0.0], 1) == [("- Snapshot: a set of images", 1)]


def test_empty_words_do_not_count(tmp_path):
    index = index_of(tmp_path, (["A"], [("What is so.", "", [0, 1])]), (["B"], [("A snapshot.", "", [0, 1])]))
    assert best(index, "What is a snapshot?", [0.0, 1.0], 1) == [("A snapshot.", 1)]
    assert opened.stems("What is it?") == set()


@pytest.mark.parametrize("content", ["", "{", "[]", "{}", '{"pages": {"a": {}}}', '{"pages": {"a": 1}}'])
def test_no_index_is_one_line(tmp_path, content):
    (tmp_path / "index.json").write_text(content)
    with pytest.raises(SystemExit, match="not an index .*; remove it and run make rag"):
        opened.open_index(tmp_path / "index.json")
    with pytest.raises(SystemExit, match="run make rag first"):
        opened.open_index(tmp_path / "none.json")


def found(*units, headings=("Page", "Part"), url="https://docs/a/", score=0.9):
    passage = opened.Passage("a.md", url, Chunk(headings, units))
    return search.Found(passage, units, units[0], score)


def test_a_source_tells_where():
    source = answers.source(found(Unit("It is so."), Unit("Always.")))
    assert source == ("It is so. Always.", "It is so.", "Page", "Part", "https://docs/a/#:~:text=Part", 0.9)
    assert (
        answers.source(found(Unit("- `x`: y", "Options:"), Unit("- z", "Options:"))).text == "Options:\n- `x`: y\n- z"
    )
    assert answers.source(found(Unit("a"), headings=("Page",))).url == "https://docs/a/"
    assert answers.link("https://x/", "A & B, c#d") == "https://x/#:~:text=A%20%26%20B%2C%20c%23d"
    assert answers.source(found(Unit("a"), headings=(), url="")) == ("a", "a", "a.md", "", "", 0.9)


def test_what_scores_too_little_is_declined_with_what_was_nearest():
    source = answers.source(found(Unit("It is so."), score=0.5))
    assert answers.judged([source], 0.5) == ("It is so.", False, [source])
    assert answers.judged([source], 0.51) == (answers.DECLINED, True, [source])
    assert answers.judged([], -9) == (answers.DECLINED, True, [])
    shown = answers.shown(answers.judged([source], 0.6))
    assert shown.startswith(answers.DECLINED) and "Nearest:\n1. Page > Part <https://docs/a/#:~:text=Part>" in shown
    assert "Sources:\n1. Page > Part" in answers.shown(answers.judged([source], 0.4))


def test_declining_is_known_as_such():
    from scripts.measure import scoring

    assert scoring.declines(answers.DECLINED) and answers.shown(answers.judged([], 0)) == answers.DECLINED


@pytest.mark.parametrize(
    "value, valid", [("0.5", True), ("-1", True), ("high", False), ("true", False), (".nan", False)]
)
def test_the_threshold_is_a_number(tmp_path, value, valid):
    (tmp_path / "config.yaml").write_text(f"rag: {{threshold: {value}}}")
    if valid:
        assert answers.threshold(tmp_path / "config.yaml") == float(value)
    else:
        with pytest.raises(SystemExit, match="rag.threshold is"):
            answers.threshold(tmp_path / "config.yaml")
