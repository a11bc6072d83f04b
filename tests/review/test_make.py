"""make review, and that decisions reach the rows: the real Makefile."""

import json

from tests.conftest import one_line


def test_decisions_are_an_input_of_the_rows(clone):
    def written():
        assert clone.make("build/args/curate").returncode == 0
        return json.loads((clone.folder / "build/args/curate").read_text())["files"]["review.yaml"]

    assert written() == "missing"
    (clone.folder / "review.yaml").write_text("garden-1: {decision: rejected}\n")
    assert len(written()) == 64


def test_without_facts_it_says_what_to_do(clone):
    result = clone.make("review")
    assert result.returncode != 0
    assert "no facts to review: generated/gathered.json is missing; make generate ENDPOINT=... makes" in one_line(
        result
    )
