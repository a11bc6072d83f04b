"""make doctor: each fault has a row with a remedy, and the exit code tells whether one must be mended."""

import platform
import shutil
import socket
import subprocess
import sys
from collections import namedtuple

import pytest

from scripts.setup import doctor
from tests.conftest import ROOT


def rows_of(found):
    return {what: (mark, text, remedy) for mark, what, text, remedy in found}


def test_a_machine_that_will_do():
    rows = rows_of(doctor.machine())
    assert rows["machine"][0] == rows["Python"][0] == rows["programs"][0] == "ok" and int(rows["cores"][1]) >= 1


def test_what_a_machine_lacks_is_named_with_its_remedy(monkeypatch):
    which = shutil.which
    monkeypatch.setattr(shutil, "which", lambda name: None if name in ("jq", "g++") else which(name))
    monkeypatch.setattr(platform, "machine", lambda: "arm64")
    monkeypatch.setattr(doctor, "said", lambda *command: "3.9" if command[0] == "python3" else "")
    rows = rows_of(doctor.machine())
    assert rows["machine"][:2] == ("BAD", "Linux arm64") and rows["Python"][:2] == ("BAD", "3.9")
    assert rows["programs"] == ("BAD", "jq, g++ missing", "sudo apt-get install -y jq g++")


def test_a_full_disk(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage(1, 1, int(5e9)))
    rows = rows_of(doctor.folder(tmp_path / "venv"))
    assert rows["disk"] == ("BAD", "5 GB free", "free 12 GB") and rows["environment"][0] == "note"
    (tmp_path / "venv").mkdir()
    (tmp_path / "venv/.done").touch()
    rows = rows_of(doctor.folder(tmp_path / "venv"))
    assert rows["disk"][0] == "ok" and rows["finder"] == (
        "note",
        "not made yet",
        "make finder; what needs it makes it too",
    )


def test_a_taken_port_and_a_site_that_is_not_there(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        rows = rows_of(doctor.around(port, str(tmp_path)))
        assert rows[f"port {port}"] == ("note", "taken", f"make serve PORT={port + 1}") and rows["START_URL"][0] == "ok"
    rows = rows_of(doctor.around(port, f"http://127.0.0.1:{port}/"))
    assert rows[f"port {port}"][0] == "ok" and rows["START_URL"][0] == "note" and "refused" in rows["START_URL"][1]
    assert rows_of(doctor.around(port, str(tmp_path / "none")))["START_URL"][0] == "BAD"


@pytest.mark.parametrize("url, code", [(".", 0), ("nowhere", 1)])
def test_the_whole_table(url, code):
    command = [sys.executable, "-B", "-m", "scripts.setup.doctor", "--venv", "none", "--port", "1", "--start-url", url]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    if result.returncode == 1 and "disk" in result.stderr:
        pytest.skip("less than 12 GB of disk")
    assert result.returncode == code and ("doctor: mend START_URL\n" if code else "") == result.stderr
    assert all(line[:5].strip() in ("ok", "note", "BAD") for line in result.stdout.splitlines())
