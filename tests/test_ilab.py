"""`ilab` as a child: its patch is applied in that process only, the log proves it, and failures are one line."""

import os
import subprocess
import sys

import pytest

from scripts import ilab
from tests.conftest import ROOT

# A command in the way of a relocatable environment: shell and Python at once.
FAKE = f"""#!/bin/sh
'''exec' {sys.executable} "$0" "$@"
' '''
import importlib, sys
if sys.argv[1] == "load":
    module = importlib.import_module("email.mime.text")
    print("answer", module.answer)
print("said last")
sys.exit(3 if sys.argv[1] == "fail" else 0)
"""
OURS = """
TARGET = "email.mime.text"
def apply(module):
    module.{name}  # AttributeError when it has gone
    module.answer = 42
"""


@pytest.fixture
def fake(tmp_path, monkeypatch):
    """A folder with an `ilab` and a patch of ours, both found first."""
    (tmp_path / "ilab").write_text(FAKE)
    (tmp_path / "ilab").chmod(0o755)
    (tmp_path / "ours.py").write_text(OURS.format(name="MIMEText"))
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.syspath_prepend(tmp_path)
    return tmp_path


def test_a_patch_is_applied_and_the_log_proves_it(fake):
    seen = []
    ilab.run("load", log=fake / "log", patch="ours", each=seen.append)
    assert (fake / "log").read_text() == "ours applied to email.mime.text\nanswer 42\nsaid last\n" == "".join(seen)


def test_without_a_patch_nothing_is_replaced(fake):
    with pytest.raises(SystemExit, match="has no attribute 'answer'"):
        ilab.run("load", log=fake / "log")
    assert "applied" not in (fake / "log").read_text()


@pytest.mark.parametrize("argument, patch, message", [
    ("skip", "ours", "ran without ours, so its output is not used"),
    ("fail", "ours", r"ended with exit code 3 \(said last\); see .*log"),
])  # fmt: skip
def test_failures_are_named(fake, argument, patch, message):
    with pytest.raises(SystemExit, match=message):
        ilab.run(argument, log=fake / "log", patch=patch)


def test_a_patch_whose_target_has_changed_fails(fake):
    (fake / "ours.py").write_text(OURS.format(name="NoSuchName"))
    with pytest.raises(SystemExit, match="has no attribute 'NoSuchName'"):
        ilab.run("load", log=fake / "log", patch="ours")


def test_no_ilab_is_one_line(tmp_path):
    (tmp_path / "ours.py").write_text(OURS)
    environment = {**os.environ, "PATH": str(tmp_path), "PYTHONPATH": f"{ROOT}:{tmp_path}"}
    command = [sys.executable, "-m", "scripts.ilab", "ours", "load"]
    result = subprocess.run(command, env=environment, capture_output=True, text=True)
    assert result.returncode == 1 and result.stderr.endswith("no ilab on PATH; run make setup\n")


def test_the_environment_keeps_git_hooks_and_proxies_out(monkeypatch):
    monkeypatch.setenv("GIT_DIR", "/elsewhere/.git")
    monkeypatch.setenv("no_proxy", "example.org")
    found = ilab.environment({"MORE": "1"})
    assert "GIT_DIR" not in found and found["MORE"] == "1"
    assert {"example.org", "127.0.0.1", "localhost"} <= set(found["no_proxy"].split(","))
    assert found["XDG_CONFIG_HOME"].startswith(str(ROOT)) and found["HF_HUB_OFFLINE"] == "1"
