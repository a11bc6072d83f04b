"""Fixtures: a clone after `make train`, made once."""

import pytest


@pytest.fixture(scope="session")
def once(fresh, tmp_path_factory):
    """A clone after `make train`, whose result is its `first`. The name of its folder has a blank and a quote."""
    clone = fresh.copy(tmp_path_factory.mktemp("once") / "my site's docs")
    (clone.bin / "losses").write_text("5e-01 2.5e-02")
    clone.first = clone.train()
    assert clone.first.returncode == 0, clone.first.stderr
    (clone.bin / "losses").unlink()
    return clone


@pytest.fixture
def trained(once, tmp_path):
    """A copy of it, to change."""
    return once.copy(tmp_path)
