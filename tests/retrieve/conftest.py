"""Fixtures: a finder that was not trained, and an index of the pages in tests/retrieve/pages made with it."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.serve.conftest import ilab_on_path, recorder, run

ROOT = Path(__file__).resolve().parents[2]
PAGES = Path(__file__).parent / "pages"
__all__ = ["ilab_on_path", "recorder", "run"]


def make_index(markdown, folder, finder, code="1"):
    """Run the script that make runs, with all it writes in `folder`."""
    (folder / "arguments").write_text(json.dumps({"settings": {}, "config": {}, "code": {"a": code}}))
    command = [
        sys.executable,
        "-m",
        "scripts.retrieve.index",
        "--arguments",
        folder / "arguments",
        "--markdown",
        markdown,
    ]
    command += ["--finder", finder, "--output", folder / "index.json"]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True)


@pytest.fixture(scope="session")
def finder(tmp_path_factory):
    """The encoder as the package carries it, as a file of trained weights."""
    import safetensors.torch

    from scripts.retrieve import encoder

    path = tmp_path_factory.mktemp("finder") / "model.safetensors"
    safetensors.torch.save_file(encoder.load().state_dict(), path)
    return path


@pytest.fixture(scope="session")
def made(tmp_path_factory, finder):
    """A folder with the index of PAGES."""
    folder = tmp_path_factory.mktemp("rag")
    result = make_index(PAGES, folder, finder)
    assert result.returncode == 0, result.stderr
    return folder
