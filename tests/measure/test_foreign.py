"""make evaluate-foreign: a site that cannot be had keeps no other from being measured."""

import sys

import pytest

from scripts import program
from scripts.measure import foreign

QUESTION = {"id": "a", "kind": "foreign", "question": "How many?", "must": [["7"]], "first": "7", "found": True}
RESULT = {"questions": [QUESTION | {"verdict": "right"}, QUESTION | {"id": "b", "verdict": "wrong", "first": "8"}]}


def test_a_site_that_fails_is_named_and_the_others_are_shown(tmp_path, monkeypatch, capsys):
    def measured(name, site, args):
        return program.fail(f"{name}: no network") if site["start_url"] == "away" else RESULT

    (tmp_path / "sites.yaml").write_text("far: {start_url: away}\nnear: {start_url: here}\n")
    (tmp_path / "config.yaml").write_text("rag: {threshold: 0.5}\n")
    monkeypatch.setattr(foreign, "measured", measured)
    options = {"--sites": tmp_path, "--arguments": "a", "--finder": "f", "--config": tmp_path / "config.yaml"}
    monkeypatch.setattr(sys, "argv", ["foreign", *(str(it) for pair in options.items() for it in pair), "--work", "w"])
    with pytest.raises(SystemExit, match="not measured, for the reasons above: far; SITES= names those to measure"):
        foreign.main()
    said = capsys.readouterr()
    assert "far: no network" in said.err and "near, 2 + 0" in said.out and "50%" in said.out
