"""The tables of docs/scaling.md are those of its script, whose lines go through the measured points."""

import re
import runpy
import subprocess
import sys

import pytest

from tests.conftest import ROOT


@pytest.fixture(scope="module")
def scaling():
    """The functions and numbers of docs/scaling.py."""
    return runpy.run_path(str(ROOT / "docs/scaling.py"))


def test_the_document_has_the_tables_that_the_script_prints():
    printed = subprocess.run([sys.executable, "docs/scaling.py"], cwd=ROOT, capture_output=True, text=True, check=True)
    text = (ROOT / "docs/scaling.md").read_text(encoding="utf-8")
    tables = printed.stdout.strip().split("\n\n")
    assert len(tables) == 3 and all(table in text for table in tables)


def test_what_was_measured_comes_out_again(scaling):
    """23 pages: 911 calls, 247 rows; 13602 rows on 2 cores: 44.6 minutes. The README has these."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    for number in ("911 teacher calls", "247 rows", "about 3.6 min", "717414 tokens", "13602 rows", "268 tokens/s"):
        assert number in readme
    assert scaling["tokens"](23, 1) == pytest.approx(247 * 717414 / 13602)
    assert 717414 / scaling["CPU_TOKENS"] / 60 == pytest.approx(44.6, abs=0.05)
    assert "| 123 | 1 | 4,872 |" in scaling["teaching"]() and 123 * 911 / 23 == pytest.approx(4872, abs=0.5)


def test_a_queue_of_one_waits_as_theory_says(scaling):
    """Random arrivals, equal services, one server (Pollaczek and Khinchine): load / (1 - load) / 2 services."""
    for a_day in (2, 4):
        load = a_day * 4 / 24
        mean, late = scaling["waiting"](a_day, 4, 1, jobs=200_000)
        assert mean == pytest.approx(4 * load / (1 - load) / 2, rel=0.05) and late > mean
    assert scaling["waiting"](0.01, 4, 1)[0] == pytest.approx(0, abs=0.01)


@pytest.mark.parametrize("hours, said", [(0.001, "4 s"), (0.5, "30 min"), (5, "5 h"), (72, "3 days"), (30.4, "30 h")])
def test_hours_are_said_shortly(scaling, hours, said):
    assert scaling["hours"](hours) == said


def test_the_examples_are_lines_of_the_tables(scaling):
    text = (ROOT / "docs/scaling.md").read_text(encoding="utf-8").split("## Two examples")[1].split("\n## ")[0]
    tables = scaling["teaching"]() + scaling["training"]()
    for number in re.findall(r"\d+,\d{3}(?= (?:calls|rows))", text.replace("\n", " ")):
        assert f"| {number} |" in tables, number
