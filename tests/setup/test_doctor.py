"""make doctor: each fault has a row with a remedy, and the exit code tells whether one must be mended."""

import json
import os
import platform
import shutil
import socket
import subprocess
import sys
from collections import namedtuple

import pytest

from scripts import files, program
from scripts.setup import doctor, made
from tests.conftest import ROOT


def rows_of(found):
    return {what: (mark, text, remedy) for mark, what, text, remedy in found}


def test_a_machine_that_will_do():
    rows = rows_of(doctor.machine())
    assert rows["machine"][0] == rows["Python"][0] == rows["programs"][0] == "ok"
    assert rows["cores"][1] == f"{program.cores()} of {os.cpu_count()} may be used here"
    assert rows["memory"][1].endswith(" GB free") and float(rows["memory"][1].split()[0]) > 0


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
        assert rows[f"port {port}"] == ("note", "Address already in use", f"make serve PORT={port + 1}")
        assert rows["START_URL"][0] == "ok"
    rows = rows_of(doctor.around(port, f"http://127.0.0.1:{port}/"))
    assert rows[f"port {port}"][0] == "ok" and rows["START_URL"][0] == "note" and "refused" in rows["START_URL"][1]
    assert rows_of(doctor.around(port, str(tmp_path / "none")))["START_URL"][0] == "BAD"


def doctor_of(clone):
    """The rows that make doctor prints in a clone, by their names."""
    lines = clone.make("doctor", "START_URL=.").stdout.splitlines()
    return {line[5:19].strip(): line[:5].split() + [line[19:]] for line in lines}


def test_what_is_stale_is_told_with_the_reason_as_often_as_it_is_asked(clone):
    (clone.folder / "models/base/record.json").write_text('{"name": "base", "sha256": {}}')
    (clone.folder / "models/base/record.json").touch()
    assert doctor_of(clone)["base"] == ["ok", "up to date"]
    clone.edit("scripts/setup/tokenizer.py", 'unk_token="<|endoftext|>"', 'unk_token="<unk>"')
    stale = ["note", "older than what it is made of: scripts/setup/tokenizer.py changed -> make base"]
    assert doctor_of(clone)["base"] == doctor_of(clone)["base"] == stale
    assert clone.make("-n", "base").returncode == 0
    assert "its settings, inputs or code changed -> make base" in doctor_of(clone)["base"][1]


@pytest.mark.slow
def test_the_model_in_use_is_judged_by_its_own_rows_and_config(clone):
    assert clone.train().returncode == 0
    assert doctor_of(clone)["model in use"] == ["ok", "sample-embedded"]
    clone.write_rows(5)
    clone.edit("config/embedded.yaml", "learning_rate:", "learning_rate: 0.5 #")
    told = doctor_of(clone)["model in use"][1]
    assert "sample-embedded, older than what it is made of: train, sample/train_konflux.jsonl changed" in told
    assert told.endswith("-> make train DATA=sample CONFIG=config/embedded.yaml")
    with open(clone.model, "ab") as file:
        file.write(b"x")
    assert doctor_of(clone)["model in use"][1].endswith(
        " is not what was made -> rm -r models/sample-embedded/record.json "
        "models/sample-embedded/model.gguf; make train with its DATA and CONFIG"
    )


def test_damage_is_told(tmp_path):
    import numpy
    from safetensors.numpy import save_file

    weights, index, record = tmp_path / "a.safetensors", tmp_path / "index.json", tmp_path / "record.json"
    save_file({"x": numpy.ones(9), "y": numpy.ones(3)}, weights, {"note": "made"})
    index.write_text('{"pages": {}}')
    record.write_text(json.dumps({"sha256": {"index.json": files.sha256(index)}}))
    assert [made.damage(path) for path in (weights, index, record)] == ["", "", ""]
    weights.write_bytes(weights.read_bytes()[:-1])
    index.write_text('{"pages": {')
    assert made.damage(weights) == f"{weights} is cut short" and made.damage(index) == f"{index}: damaged"
    assert made.damage(record) == f"index.json in {tmp_path} is not what was made"
    for content in (b"", b"\xff" * 8, b"\x02" + b"\0" * 7 + b"{}"):
        weights.write_bytes(content)
        assert weights.name in made.damage(weights)
    record.write_text('{"sha256": {"gone": ""}}')
    assert made.damage(record) == f"{record}: No such file or directory"


@pytest.mark.parametrize("url, code", [(".", 0), ("nowhere", 1)])
def test_the_whole_table(url, code):
    command = [sys.executable, "-B", "-m", "scripts.setup.doctor", "--venv", "none", "--port", "1", "--start-url", url]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    if result.returncode == 1 and "disk" in result.stderr:
        pytest.skip("less than 12 GB of disk")
    assert result.returncode == code and ("doctor: mend START_URL\n" if code else "") == result.stderr
    assert all(line[:5].strip() in ("ok", "note", "BAD") for line in result.stdout.splitlines())


def test_a_folder_that_may_not_be_written(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "venv").mkdir()
    (tmp_path / "venv/.done").touch()
    monkeypatch.setattr(os, "access", lambda path, how: False)
    rows = rows_of(doctor.folder(tmp_path / "venv"))
    assert rows["folder"] == ("BAD", str(tmp_path), "make it writable, or clone to another place")
    assert not list(tmp_path.glob("build"))
