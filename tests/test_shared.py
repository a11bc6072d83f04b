"""What all stages share: files, YAML, arguments files, how a script ends."""

import json
import os
import shlex
import subprocess
import sys
import threading

import pytest

from scripts import arguments, configuration, files, program, record
from scripts.train import history, models
from tests.conftest import ROOT


def test_a_file_is_replaced_whole_or_not_at_all(tmp_path):
    path = tmp_path / "deep/file"
    files.replace_text(path, "old")
    with pytest.raises(ZeroDivisionError), files.replacing(path) as partial:
        partial.write_text("half")
        raise ZeroDivisionError
    assert path.read_text() == "old" and [entry.name for entry in path.parent.iterdir()] == ["file"]
    assert not files.write_if_new(path, "old") and files.write_if_new(path, "new") and path.read_text() == "new"


def test_of_two_that_write_a_file_one_waits(tmp_path):
    writer = """
import sys
from scripts import files
for number in range(150):
    with files.replacing(sys.argv[1]) as partial, open(partial, "w") as file:
        for _ in range(50):
            print(sys.argv[2], file=file, flush=True)
    lines = set(open(sys.argv[1]).read().split())
    assert len(lines) == 1, lines
"""
    path = tmp_path / "shared"
    writers = [subprocess.Popen([sys.executable, "-c", writer, path, word], cwd=ROOT, stderr=subprocess.PIPE, text=True)
               for word in ("one", "two", "three")]  # fmt: skip
    faults = [process.communicate(timeout=60)[1] for process in writers]
    assert faults == ["", "", ""] and os.listdir(tmp_path) == ["shared"]


def test_json_lines_end_at_newlines_only(tmp_path):
    path, rows = tmp_path / "rows.jsonl", [{"a": "x\u2028y\u0085z\x1d\v\f"}, ["b\r\nc"], 3]
    files.write_json_lines(path, rows)
    assert files.read_json_lines(path) == rows
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n\n"))
    assert files.read_json_lines(path) == rows


def test_a_torn_last_line_is_left_out_only_where_that_is_asked_for(tmp_path):
    path = tmp_path / "rows.jsonl"
    path.write_text('{"a": 1}\n{"a": ')
    assert files.read_json_lines(path, torn_end=True) == [{"a": 1}]
    with pytest.raises(SystemExit, match="rows.jsonl:2: not JSON"):
        files.read_json_lines(path)
    path.write_bytes(b'{"a": "\xff"}\n')
    with pytest.raises(SystemExit, match="rows.jsonl: "):
        files.read_json_lines(path)


def test_a_lock_is_held_by_one(tmp_path):
    held, ends = files.lock(tmp_path / "a/lock", "training"), []

    def second():
        try:
            files.lock(tmp_path / "a/lock", "training")
        except SystemExit as end:
            ends.append(str(end))

    thread = threading.Thread(target=second)
    thread.start()
    thread.join()
    assert len(ends) == 1 and "another training is running here" in ends[0]
    held.release()
    files.lock(tmp_path / "a/lock", "training").release()


@pytest.mark.parametrize("text, message", [
    ("a: 1\nb: 2\na: 3\n", ":3: not valid YAML (the key 'a' is there twice)"),
    ("x:\n  - a: 1\n    1: 2\n    1: 3\n", ":4: not valid YAML (the key 1 is there twice)"),
    ("a: [", "not valid YAML"),
    ("a: \x00", "not valid YAML"),
])  # fmt: skip
def test_what_is_no_yaml_is_named_with_its_line(tmp_path, text, message):
    (tmp_path / "a.yaml").write_text(text)
    with pytest.raises(SystemExit) as end:
        configuration.read_yaml(tmp_path / "a.yaml")
    assert f"a.yaml{message if message[0] == ':' else ''}" in str(end.value) and message in str(end.value)
    assert len(str(end.value).splitlines()) == 1


def test_equal_keys_in_different_mappings_and_merges_are_fine(tmp_path):
    (tmp_path / "a.yaml").write_text("x: &x {a: 1}\ny: &y {b: 1}\nz:\n  <<: [*x, *y]\n  a: 2\n")
    assert configuration.read_yaml(tmp_path / "a.yaml")["z"] == {"a": 2, "b": 1}


def written(folder, *options):
    """The arguments file that `options` make, and its time."""
    command = [sys.executable, "-m", "scripts.arguments", folder / "args", *options]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert result.returncode == 0, result.stderr
    return json.loads((folder / "args").read_text()), (folder / "args").stat().st_mtime_ns


def test_arguments_are_rewritten_when_they_differ_and_only_then(tmp_path):
    code, data, config = tmp_path / "code.py", tmp_path / "data.md", tmp_path / "config.yaml"
    code.write_text("def f(a):\n    return a + 1\n")
    data.write_text("x")
    config.write_text("rag: {top_k: 3}\ntrain: {x: 1}\n")
    options = [
        "--config",
        config,
        "--section",
        "rag",
        "--file",
        f"{tmp_path}/*.md",
        "--code",
        code,
        "--set",
        "A=b=c",
        "D=",
    ]
    first = written(tmp_path, *options)
    assert first[0]["settings"] == {"A": "b=c", "D": ""} and first[0]["config"] == {"rag": {"top_k": 3}}
    # Layout, comments, docstrings, times, and other sections are no difference.
    code.write_text('"""What it is."""\n\n\ndef f(a):  # why\n    """How."""\n    return (a +\n        1)\n')
    config.write_text("# A comment.\nrag:\n  top_k: 3\ntrain: {x: 2}\n")
    data.write_text("x")
    assert written(tmp_path, *options) == first
    for path, text in ((code, "def f(a):\n    return a + 2\n"), (data, "y"), (config, "rag: {top_k: 4}"),
                       (tmp_path / "more.md", "new")):  # fmt: skip
        path.write_text(text)
        later = written(tmp_path, *options)
        assert later != first, path
        first = later
    data.unlink()
    assert written(tmp_path, *options) != first


def test_kept_settings_are_those_of_the_last_time(tmp_path):
    (tmp_path / "a.md").write_text("x")
    options = ["--file", tmp_path / "a.md"]
    first = written(tmp_path, "--keep", *options, "--set", "A=1")
    assert written(tmp_path, "--keep", *options, "--set", "A=2") == first
    (tmp_path / "a.md").write_text("y")
    later = written(tmp_path, "--keep", *options, "--set", "A=2")[0]
    assert later["settings"] == {"A": "1"} and later["files"] != first[0]["files"]
    assert written(tmp_path, *options, "--set", "A=2")[0]["settings"] == {"A": "2"}


def test_what_was_seen_before_is_not_read_again(tmp_path, monkeypatch):
    data, output = tmp_path / "a.md", tmp_path / "args"
    data.write_text("one")
    writes, write = [], arguments.write
    monkeypatch.setattr(arguments, "write", lambda words: writes.append(words) or write(words))

    def runs(*options):
        """Whether the files were read in this run."""
        monkeypatch.setattr(sys, "argv", ["arguments.py", str(output), "--file", f"{tmp_path}/*.md", *options])
        before = len(writes)
        arguments.main()
        return len(writes) > before

    # What has just changed may change again within one tick of the clock, so it is read each time.
    assert runs() and runs()
    monkeypatch.setattr(arguments, "SETTLED", -1e12)
    assert runs() and not runs() and runs("--set", "A=1") and not runs("--set", "A=1")
    first, before = output.read_bytes(), os.stat(data)
    while os.stat(data).st_ctime_ns == before.st_ctime_ns:
        data.write_text("two")
        os.utime(data, ns=(before.st_atime_ns, before.st_mtime_ns))
    # Another content of the same size and time.
    assert runs("--set", "A=1") and output.read_bytes() != first and not runs("--set", "A=1")
    for change in (output.unlink, lambda: output.write_text("{}"), (tmp_path / "b.md").touch, data.unlink):
        change()
        assert runs("--set", "A=1") and not runs("--set", "A=1"), change
    (tmp_path / "b.md").unlink()
    (tmp_path / "b.md").symlink_to("nowhere")
    assert runs("--set", "A=1") and json.loads(output.read_text())["files"] == {f"{tmp_path}/b.md": "missing"}


def test_damaged_arguments_are_named(tmp_path):
    (tmp_path / "args").write_text('{"settings": ')
    command = [sys.executable, "-m", "scripts.arguments", tmp_path / "args", "--keep"]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert result.returncode == 1 and "no arguments of a stage" in result.stderr and result.stderr.count("\n") == 1


@pytest.mark.parametrize("content", [b"{", b"[1]", b'"text"', b"\xff"])
def test_every_reader_of_a_record_names_a_damaged_one(tmp_path, monkeypatch, content):
    folder = tmp_path / "models/a"
    config = tmp_path / "config.yaml"
    config.write_text("general: {student_model_id: s}\nmodels: [{id: s, system_prompt: From the config.}]\n")
    monkeypatch.setattr(models, "MODELS", tmp_path / "models")
    folder.mkdir(parents=True)
    readers = (
        lambda: record.read(folder),
        lambda: configuration.system_prompt(config, folder / "model.gguf"),
        lambda: history.check_name(folder / "record.json", "data", "config"),
        models.main,
    )
    # Where there is none, a model has no record, and what asks for one takes what else it has.
    assert [read() for read in readers[:3]] == [{}, "From the config.", None]
    (folder / "record.json").write_bytes(content)
    for read in readers:
        with pytest.raises(SystemExit, match=r"models/a/record.json: not a record of a model \(.*; remove it and "):
            read()


def test_a_record_without_what_a_training_has_is_named(tmp_path, monkeypatch):
    monkeypatch.setattr(models, "MODELS", tmp_path / "models")
    (tmp_path / "models/a").mkdir(parents=True)
    (tmp_path / "models/a/record.json").write_text('{"training": {"rows": 4}, "data": "rows"}')
    with pytest.raises(SystemExit, match=r"a/record.json: not a record of a training \(KeyError\('seconds'\)\)"):
        models.main()
    with pytest.raises(SystemExit, match=r"models/a holds the model of DATA=rows CONFIG=None; add NAME=another-name"):
        history.check_name(tmp_path / "models/a/record.json", "rows", "config/other.yaml")
    (tmp_path / "models/a/record.json").write_text('{"name": "base", "sha256": {}}')
    with pytest.raises(SystemExit, match="models/a holds no training of yours; add NAME=another-name"):
        history.check_name(tmp_path / "models/a/record.json", "rows", "config/other.yaml")


def test_cores_are_those_that_this_process_may_use():
    count = "from scripts import program; print(program.cores())"
    command = ["taskset", "-c", "0", sys.executable, "-c", count]
    assert subprocess.run(command, cwd=ROOT, capture_output=True, text=True).stdout == "1\n"
    assert program.cores() >= 1


def test_messages_steer_no_terminal():
    assert program.printable("a\x1b[31mb\u202ec\nd\te") == "a\ufffd[31mb\ufffdc\nd\te"


def test_an_interrupt_is_one_line():
    result = subprocess.run(
        [sys.executable, "-c", "from scripts import program; raise KeyboardInterrupt"],
        cwd=ROOT, capture_output=True, text=True,
    )  # fmt: skip
    assert result.returncode != 0 and result.stderr == "-c: interrupted; run it again to go on\n"


def test_a_reader_that_has_enough_causes_no_traceback():
    code = "from scripts import program\nfor _ in range(100000): print('line')"
    command = f"{shlex.quote(sys.executable)} -c {shlex.quote(code)} | head -1"
    result = subprocess.run(["bash", "-c", command], cwd=ROOT, capture_output=True, text=True)
    assert result.stdout == "line\n" and result.stderr == ""
    # A stage that says what it made after its reader has gone has made it: make goes on.
    code = "import time\nfrom scripts import program\ntime.sleep(0.5)\nprint('made')"
    command = f"set -o pipefail; {shlex.quote(sys.executable)} -c {shlex.quote(code)} | true"
    result = subprocess.run(["bash", "-c", command], cwd=ROOT, capture_output=True, text=True)
    assert (result.returncode, result.stderr) == (0, "")
