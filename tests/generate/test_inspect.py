"""make inspect: what it counts, that it reads any JSON lines, and that no row steers the terminal."""

import json
import subprocess

import pytest

from scripts import program
from tests.generate.conftest import ROOT


def inspect(folder):
    command = [ROOT / "scripts/generate/inspect.sh", folder]
    return subprocess.run(command, capture_output=True, text=True, timeout=60)


def write(path, *rows):
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")


def row(user, assistant="It is so.", **more):
    return {"system": "You answer.", "user": user, "assistant": assistant, **more}


def test_what_it_counts(tmp_path):
    write(
        tmp_path / "train_konflux.jsonl",
        row("What is it?", page="a"),
        row("What is it?", "One two three four five.", page="a"),
        row("Why not here?", "The documentation does not say why.", page="b"),
        row("So what is\nit now?"),
    )
    dropped = [row("What?", reason="blank"), row("Why?", reason="blank"), row("x", reason="duplicate")]
    write(tmp_path / "rejected.jsonl", *dropped)
    result = inspect(tmp_path)
    assert result.returncode == 0 and not result.stderr
    lines = [" ".join(line.split()) for line in result.stdout.split("\n")]
    for line in ("rows 4", "distinct questions 3", "system prompts You answer.", "declining answers 1",
                 "words a question min 3, median 3, 90% 5, max 5", "words an answer min 3, median 5, 90% 6, max 6",
                 "answers by words 0+: 2 5+: 2", "2 a", "1 b", "1 (no page)", "rejected 3", "2 blank, e.g. What?",
                 "1 duplicate, e.g. x"):  # fmt: skip
        assert line in lines, (line, result.stdout)
    assert result.stdout.count('"user"') == 4


def test_line_separators_of_unicode_end_no_line(tmp_path):
    write(tmp_path / "train_konflux.jsonl", row("Files\u2028of what?"), row("Keeps\u0085forty?"), row("A key?"))
    result = inspect(tmp_path)
    assert "rows                3\n" in result.stdout and result.stdout.count('"user"') == 3


STEERING = [chr(code) for code in (*range(9), *range(11, 32), *range(127, 160), 0x200E, 0x200F, *range(0x2028, 0x202F),
                                   *range(0x2066, 0x206A))]  # fmt: skip


def test_nothing_steers_the_terminal(tmp_path):
    text = "".join(f"{mark}[31m" for mark in STEERING)
    page = {"page": text, "reason": text, text: text}
    write(tmp_path / "train_konflux.jsonl", {**row(text, text, **page), "system": text})
    write(tmp_path / "rejected.jsonl", row(text, text, **page))
    result = inspect(tmp_path)
    assert result.returncode == 0 and not set(STEERING) & set(result.stdout)
    assert "[31m" in result.stdout and "\ufffd" in result.stdout


def test_messages_of_the_scripts_replace_the_same_marks():
    text = "a\tb\nc \u00e9\u200d" + "".join(map(chr, range(0x2000, 0x2070)))
    replaced = {mark for mark in text + "".join(STEERING) if program.printable(mark) == "\ufffd"}
    assert replaced == set(STEERING)


def test_other_scripts_are_shown(tmp_path):
    write(tmp_path / "train_konflux.jsonl", row("Was heißt „Größe“?\t日本語 \u200d👩"))
    assert "Was heißt „Größe“?" in inspect(tmp_path).stdout and "日本語 \u200d👩" in inspect(tmp_path).stdout


def test_no_rows_are_no_failure(tmp_path):
    (tmp_path / "train_konflux.jsonl").touch()
    result = inspect(tmp_path)
    assert result.returncode == 0 and "no rows" in result.stdout and not result.stderr


@pytest.mark.parametrize("text, message", [
    ('{"user": "a", "assistant": "b", "system": "c"}\n{not json}\n', "at line 2"),
    ('{"user": "a", "system": "c"}\n', "a row lacks text under user or assistant"),
    ("[1]\n", "; correct the file"),
    ('{"user": "\x1b[31m"\n', "; correct the file"),
])  # fmt: skip
def test_what_are_no_rows_is_one_line(tmp_path, text, message):
    (tmp_path / "train_konflux.jsonl").write_text(text)
    result = inspect(tmp_path)
    assert result.returncode == 1 and result.stderr.count("\n") == 1, result.stderr
    assert result.stderr.startswith(f"inspect: {tmp_path}/train_konflux.jsonl: ") and message in result.stderr
    assert "\x1b" not in result.stderr


def test_a_folder_may_have_any_name(tmp_path):
    folder = tmp_path / "a b $x'\"*"
    folder.mkdir()
    write(folder / "train_konflux.jsonl", row("What is it?"))
    assert "rows                1\n" in inspect(folder).stdout
