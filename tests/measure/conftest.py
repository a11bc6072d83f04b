"""Answers that were made up for the tests, and their evaluation."""

import copy
import json
from pathlib import Path

import pytest

from scripts.measure import evaluation
from tests.serve.conftest import ilab_on_path

ROOT = Path(__file__).resolve().parents[2]
__all__ = ["ilab_on_path"]
MADE_UP = json.loads((ROOT / "tests/fixtures/made_up_answers.json").read_text(encoding="utf-8"))


@pytest.fixture
def raw():
    """What answers.py would have written of the models base and sample-embedded, and of the pages."""
    return copy.deepcopy(MADE_UP)


@pytest.fixture
def measured(raw):
    """The evaluation of `raw`."""
    return evaluation.evaluate(raw)


@pytest.fixture(scope="session")
def authored():
    """The authored facts: the content of evaluation/facts.yaml."""
    from scripts import configuration

    return configuration.read_yaml(ROOT / "evaluation/facts.yaml")
