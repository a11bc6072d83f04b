"""The bad day: a full disk, a closed folder, a kill, a clock set back, damaged files. docs/bad-day.md has the table."""

import os
import re
import resource
import shutil
import signal
import subprocess
import sys
import time

import pytest

from scripts import files, program
from scripts.retrieve import answers, index
from scripts.train import folder, history
from tests.conftest import ROOT, one_line, untrained_finder, wait_for_the_end

# Root may write everywhere unless it gives up these powers.
POWERLESS = ("setpriv", "--bounding-set=-dac_override,-dac_read_search", "--inh-caps=-dac_override,-dac_read_search")
# An ordinary environment of a bad day: no UTF-8, a proxy that leads nowhere.
POOR = {"LC_ALL": "C", "LANG": "", "PYTHONUTF8": "0", "PYTHONIOENCODING": "ascii",
        **dict.fromkeys(("http_proxy", "https_proxy", "HTTP_PROXY", "ALL_PROXY"), "http://127.0.0.1:9")}  # fmt: skip
# For each stage: the goal, the folder that it writes to, how many bytes are too few, what makes it run again.
STAGES = {
    "crawl": (["crawl-sample"], "markdown", 1500, lambda clone: (clone.folder / "markdown/index.md").write_text("old")),
    "rag": (["rag"], "build/rag", 3000, lambda clone: clone.edit("markdown/mintmaker.md", "MintMaker", "Mint Maker")),
    "train": (["train", "DATA=sample"], "models/sample-embedded", 100_000, lambda clone: clone.write_rows(6)),
}  # fmt: skip


def python(code, **options):
    """The finished process of a script of ours with this code."""
    command = [sys.executable, "-c", f"from scripts import files, program\n{code}"]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, **options)


@pytest.fixture(scope="module")
def house(fresh, tmp_path_factory):
    """A clone in which the stages have run."""
    clone = fresh.copy(tmp_path_factory.mktemp("bad day"))
    for page in sorted((clone.folder / "site").iterdir()):  # few pages are encoded in a moment
        if page.is_dir() and page.name not in ("mintmaker", "_"):
            shutil.rmtree(page)
    clone.keep_finder = untrained_finder(clone.folder)
    for goals, *_ in STAGES.values():
        assert clone.make(*clone.keep_finder, *goals).returncode == 0
    return clone


def content(folder):
    return {path: path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file() and "lock" not in path.name}


@pytest.mark.slow
@pytest.mark.parametrize("stage", STAGES)
def test_a_full_disk_and_a_closed_folder_cost_nothing(house, stage):
    goals, name, few, change = STAGES[stage]
    folder = house.folder / name
    change(house)
    changed = content(folder)

    def limit():
        resource.setrlimit(resource.RLIMIT_FSIZE, (few, few))

    full = house.make(*house.keep_finder, *goals, preexec_fn=limit)
    assert full.returncode != 0 and "File too large" in one_line(full), full.stderr
    assert content(folder) == changed
    if os.geteuid() == 0 and subprocess.run([*POWERLESS, "true"]).returncode:
        pytest.skip("root that cannot give up its powers")
    folder.chmod(0o500)
    command = [*(POWERLESS if os.geteuid() == 0 else ()), *house.command(*house.keep_finder, *goals)]
    closed = subprocess.run(command, cwd=house.folder, capture_output=True, text=True)
    folder.chmod(0o700)
    assert closed.returncode != 0 and "Permission denied" in one_line(closed), closed.stderr
    assert stage != "train" or "0.0 min" not in closed.stdout, "told before the training"
    assert content(folder) == changed
    again = house.make(*house.keep_finder, *goals, environment=POOR, preexec_fn=lambda: os.umask(0o077))
    assert again.returncode == 0 and content(folder) != changed, again.stderr
    assert not list(house.folder.rglob("*.partial"))


def test_a_kill_leaves_the_old_file_and_the_next_run_goes_on(tmp_path):
    path = tmp_path / "output.json"
    path.write_text("old")
    killed = f"""
import os
import re
with files.replacing({str(path)!r}) as partial:
    partial.write_text("half of what is n")
    os.kill(os.getpid(), 9)
"""
    assert python(killed).returncode == -signal.SIGKILL
    assert path.read_text() == "old"
    files.replace_text(path, "new")
    assert path.read_text() == "new" and os.listdir(tmp_path) == ["output.json"]


@pytest.mark.parametrize("code, said", [
    ("open('/dev/full', 'w').write('x' * 9999999)", "not done: No space left on device; free some disk"),
    ("raise OSError(30, 'Read-only file system', 'models/a')", "models/a: Read-only file system; make it writable"),
    ("raise MemoryError", "out of memory; end other programs"),
    ("raise RuntimeError('I/O error: No space left on device (os error 28)')", "No space left on device; free some"),
    ("import sqlite3; raise sqlite3.OperationalError('database or disk is full')", "disk is full; free some disk"),
])  # fmt: skip
def test_what_the_machine_refuses_is_one_line(code, said):
    result = python(code)
    assert result.returncode == 1 and said in one_line(result)


def test_a_fault_of_ours_keeps_its_traceback():
    assert "Traceback" in python("open('nowhere')").stderr and program.refused(FileNotFoundError(2, "x")) is None


def test_a_full_disk_names_the_file_that_was_to_be_written(tmp_path):
    (tmp_path / "a").write_text("old")
    limit = "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (9, 9))"
    code = f"{limit}; files.replace_text({str(tmp_path / 'a')!r}, 'x' * 99)"
    assert f"{tmp_path / 'a'}: File too large; free some disk" in one_line(python(code))
    assert (tmp_path / "a").read_text() == "old" and os.listdir(tmp_path) == ["a"]


def test_a_locale_without_the_characters_shows_what_it_can():
    result = python("print('a \\u2192 b'); program.fail('\\xe4')", env={**os.environ, **POOR})
    assert result.returncode == 1 and result.stdout == "a ? b\n" and result.stderr == "-c: ?\n"


@pytest.mark.slow
def test_after_a_clock_was_set_back_changes_are_still_seen(clone):
    assert clone.make("build/pre-generated").returncode == 0
    future = time.time() + 2 * 86400
    for path in (clone.folder / "build/args/pre-generated", clone.folder / "build/pre-generated"):
        os.utime(path, (future, future))
        future += 1
    assert clone.make("-q", "build/pre-generated").returncode == 0, "made with all that there is"
    clone.edit("evaluation/facts.yaml", "Konflux", "Kon flux")
    assert clone.make("-q", "build/pre-generated").returncode == 1


def test_damaged_weights_are_one_line_with_a_remedy(tmp_path):
    finder = tmp_path / "models/finder/model.safetensors"
    untrained_finder(tmp_path)
    finder.write_bytes(finder.read_bytes()[:100_000])
    for read in (lambda: answers.answerer(None, finder, ROOT / "config/embedded.yaml"),
                 lambda: index.encoded({}, finder)):  # fmt: skip
        with pytest.raises(SystemExit, match="remove it and run make finder"), pytest.MonkeyPatch.context() as patch:
            patch.setattr(answers.opened, "open_index", lambda path: None)
            read()
    with pytest.raises(ValueError, match="model.safetensors: damaged .*; remove it and make it again"):
        folder.tensors([finder])


def test_damaged_notes_of_a_stage_are_one_line_with_a_remedy(tmp_path):
    notes, record = tmp_path / "args", tmp_path / "record.json"
    notes.write_text('{"settings": {}')
    command = [sys.executable, "-m", "scripts.arguments", notes, "--keep"]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert "no arguments of a stage" in one_line(result) and "remove it and run make again" in result.stderr
    remedies = {
        "{": "remove it and model.gguf",
        "[]": "remove it and model.gguf",
        '{"data": 1}': "add NAME=another-name",
    }
    for damaged, remedy in remedies.items():
        record.write_text(damaged)
        with pytest.raises(SystemExit, match=remedy):
            history.check_name(record, "data", "config")


def test_a_missing_jq_is_named(tmp_path):
    for tool in ("bash", "dirname"):
        (tmp_path / tool).symlink_to(shutil.which(tool))
    command = ["scripts/generate/inspect.sh", "pre-generated"]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, env={"PATH": str(tmp_path)})
    assert result.returncode == 1 and one_line(result) == "inspect: no jq on PATH; sudo apt-get install -y jq"


@pytest.mark.slow
def test_two_crawls_at_once_are_refused(clone):
    with files.lock(clone.folder / "build/http-cache/lock", "make crawl"):
        assert "another make crawl is running here" in one_line(clone.make("crawl-sample"))
    wait_for_the_end(clone)


@pytest.mark.slow
def test_a_machine_without_its_loopback_is_told_so(tiny_base):
    """IPv6 alone on the loopback: what listens here listens on 127.0.0.1."""
    alone = ["unshare", "--net", "sh", "-c", 'ip link set lo up && ip addr del 127.0.0.1/8 dev lo && exec "$@"', "sh"]
    if not shutil.which("ip") or subprocess.run([*alone, "true"], capture_output=True).returncode:
        pytest.skip("no right to make a network namespace, or no program ip")
    served = ["--model", tiny_base / "model.gguf", "--config", "config/embedded.yaml", "--port", "8000"]
    command = [*alone, sys.executable, "-m", "scripts.serve.server", *map(str, served)]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert "port 8000: Cannot assign requested address; bring up the loopback" in one_line(result)


def test_the_table_names_tests_that_are_there():
    named = re.findall(r"`(tests/[\w/]+\.py)(?:::(\w+))?`", (ROOT / "docs/bad-day.md").read_text(encoding="utf-8"))
    assert len(named) > 30
    for path, test in named:
        assert f"def {test}" in (ROOT / path).read_text(encoding="utf-8"), (path, test)
