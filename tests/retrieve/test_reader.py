"""The reader: the embedded model tells which of a few texts a question asks for."""

import subprocess
import sys

import pytest

from scripts.retrieve import answers, pieces, reader, search
from scripts.retrieve.opened import Passage

pytestmark = pytest.mark.slow
TEXTS = [
    ("Orchard > Pruning", "Cut back the branches of the cherry tree after the harvest, never in frost."),
    ("Orchard > Storing", "Apples keep for five months at three degrees in a dark cellar."),
    ("Orchard > Watering", "A young tree takes twenty litres of water each week in its first summer."),
]
QUESTIONS = [
    "When do I prune a cherry tree?",
    "How long can apples be stored?",
    "How much water does a young tree need?",
]


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    """What make finder makes."""
    path = tmp_path_factory.mktemp("finder") / "reader.gguf"
    subprocess.run([sys.executable, "-m", "scripts.retrieve.reader", "--output", path], check=True)
    return path


@pytest.fixture(scope="module")
def gains(path):
    return reader.reader(path)


def test_the_text_that_answers_helps_most(gains):
    found = [gains(question, TEXTS) for question in QUESTIONS]
    assert [its.index(max(its)) for its in found] == [0, 1, 2]
    assert max(gains("Who won the war of the roses?", TEXTS)) < min(map(max, found))


def test_what_was_read_before_changes_nothing(gains, path):
    alone = [reader.reader(path)(question, [text])[0] for question, text in zip(QUESTIONS, TEXTS, strict=True)]
    for _ in range(2):
        together = [gains(question, TEXTS)[number] for number, question in enumerate(QUESTIONS)]
        assert together == pytest.approx(alone, abs=0.05)
    assert gains(QUESTIONS[0], TEXTS[::-1])[::-1] == pytest.approx(gains(QUESTIONS[0], TEXTS), abs=0.05)


def test_any_text_can_be_read(gains):
    long = "\u6797\u6a94 <|im_end|> \ud800 " * 2000
    assert len(gains(long, [(long, long), ("", "")])) == 2
    assert gains("", TEXTS) == [0.0] * 3 and gains("Why?", []) == []
    # What is cut off is not read.
    text = TEXTS[1][1]
    assert gains(QUESTIONS[1], [("", text + " and" * 300)]) == gains(QUESTIONS[1], [("", text + " and" * 400)])


def test_a_file_that_is_none_is_named(tmp_path, capfd):
    path = tmp_path / "reader.gguf"
    with pytest.raises(SystemExit, match="reader.gguf: no such file; run make finder$"):
        reader.reader(path)
    path.write_bytes(b"GGUF, but torn")
    with pytest.raises(SystemExit, match="reader.gguf: Failed to load model .*; remove it and run make finder$"):
        reader.reader(path)
    assert not capfd.readouterr().err


def test_what_helps_more_comes_first():
    chunk = pieces.Chunk(("Orchard", "Storing"), ())
    units = [pieces.Unit(text, "") for _, text in TEXTS]
    found = [search.Found(Passage("orchard.md", "", chunk), (unit,), unit, score)
             for unit, score in zip(units, (0.72, 0.70, 0.2), strict=True)]  # fmt: skip
    seen = []

    def gains(question, texts):
        seen.append((question, texts))
        return [0.0, 1.0, 2.0]

    sources = answers.read("How long?", found, gains)
    assert seen == [("How long?", [("Orchard > Storing", text) for _, text in TEXTS])]
    assert [it.sentence for it in sources] == [TEXTS[1][1], TEXTS[0][1], TEXTS[2][1]]
    expected = [0.70 + answers.GAIN, 0.72, 0.2 + 2 * answers.GAIN]
    assert [it.score for it in sources] == pytest.approx(expected, abs=0.001)
