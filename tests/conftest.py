"""Fixtures: a copy of the repository with a fake `ilab`, and a tiny model in the place of the embedded one.

`make test` has two workers. Each has its share of the cores, as threads of two that fight for all of them are slower
than one worker alone.
"""

import contextlib
import copy
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import filelock
import psutil
import pytest

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
# Few people have it, and without it output comes in another order.
os.environ.pop("PYTHONUNBUFFERED", None)
# A file's tests run in one worker, and so do those of these folders, which share servers and trained clones.
TOGETHER = ("serve", "train")
APART = ("test_students.py", "test_resume.py")  # have a training of their own
# What takes longest begins first, so that both workers end at about the same time.
FIRST = ("test_end_to_end.py", "train", "test_students.py", "serve", "test_resume.py", "test_make_generate.py",
         "test_training.py", "test_make_export.py", "test_bad_day.py", "test_ilab_parser.py",
         "test_real_ilab.py")  # fmt: skip
IGNORED = shutil.ignore_patterns(".git", ".venv*", "build", "models", "generated", "__pycache__", "*.partial")


def pytest_configure():
    """Give each worker of pytest-xdist its cores, and so all that it starts."""
    if worker := os.environ.get("PYTEST_XDIST_WORKER"):
        cores, count = sorted(os.sched_getaffinity(0)), int(os.environ["PYTEST_XDIST_WORKER_COUNT"])
        os.sched_setaffinity(0, set(cores[int(worker.removeprefix("gw")) % count :: count] or cores))


def group(item):
    """What of the tests stays together: the name of a folder or of a file."""
    folder = item.path.relative_to(ROOT / "tests").parts[0]
    return folder if folder in TOGETHER and item.path.name not in APART else item.path.name


def pytest_collection_modifyitems(items):
    """Tell pytest-xdist which tests belong to one worker, and in which order to hand them out."""
    items.sort(key=lambda item: FIRST.index(group(item)) if group(item) in FIRST else len(FIRST))
    for item in items:
        item.add_marker(pytest.mark.xdist_group(group(item)))


@pytest.fixture(scope="session")
def base():
    """Folder of the real base model, made by `make base`."""
    folder = ROOT / "models" / "base"
    if not (folder / "record.json").exists():
        pytest.skip("models/base is missing: run make base")
    return folder


def make_tiny(base, folder):
    """Write the tiny model into `folder`: takes 8 s of CPU time, most of it to import torch and transformers."""
    import torch
    from transformers import AutoConfig, AutoModelForCausalLM

    from scripts.train import gguf_file

    config = AutoConfig.from_pretrained(
        base / "hf", hidden_size=64, intermediate_size=64, num_hidden_layers=2, num_attention_heads=4,
        num_key_value_heads=2, head_dim=16,
    )  # fmt: skip
    torch.manual_seed(0)
    AutoModelForCausalLM.from_config(config).save_pretrained(folder / "hf")
    for file in (base / "hf").glob("*token*"):
        shutil.copy(file, folder / "hf")
    weights = AutoModelForCausalLM.from_pretrained(folder / "hf").state_dict()
    torch.save(weights, folder / "checkpoint.bin")
    gguf_file.write_gguf(folder / "hf", folder / "model.gguf")
    (folder / "record.json").write_text('{"name": "base", "sha256": {}}')


@pytest.fixture(scope="session")
def tiny_base(base, tmp_path_factory):
    """A models/base with the real tokenizer and 2 random layers: loads in a moment and answers nonsense.

    It is kept in build/work/ for the next run and the other worker; what it is made with is in the folder's name.
    """
    made_with = [__file__, ROOT / "scripts/train/gguf_file.py", ROOT / "scripts/train/folder.py", base / "record.json",
                 ROOT / "requirements.lock"]  # fmt: skip
    name = hashlib.sha256(b"".join(Path(path).read_bytes() for path in made_with)).hexdigest()[:12]
    kept = ROOT / "build/work/tests" / name
    kept.parent.mkdir(parents=True, exist_ok=True)
    with filelock.FileLock(kept.parent / "lock"):
        if not kept.exists():
            partial = Path(tempfile.mkdtemp(dir=kept.parent))
            make_tiny(base, partial)
            partial.rename(kept)
    return shutil.copytree(kept, tmp_path_factory.mktemp("tiny") / "base")


def untrained_finder(folder):
    """Write models/finder/ of the clone in `folder`, without its training; make is given the options to leave it so."""
    import safetensors.torch

    from scripts.retrieve import encoder

    (folder / "models/finder").mkdir(parents=True)
    safetensors.torch.save_file(encoder.load().state_dict(), folder / "models/finder/model.safetensors")
    return "-o", "build/args/finder"


class Clone:
    """A copy of the repository in which `make` runs with the fake `ilab`, or a real one, and the tiny model."""

    def __init__(self, folder, base, ilab=None):
        self.folder, self.bin = folder / "clone", folder / "venv" / "bin"
        shutil.copytree(ROOT, self.folder, ignore=IGNORED)
        shutil.copytree(base, self.folder / "models" / "base")
        self.bin.mkdir(parents=True)
        # A symlink to the interpreter would lose its environment, a wrapper keeps it.
        (self.bin / "python").write_text(f'#!/bin/sh\nexec {sys.executable} "$@"\n')
        (self.bin / "python").chmod(0o755)
        if ilab:
            (self.bin / "ilab").symlink_to(ilab)
        else:
            fake = (ROOT / "tests/fixtures/fake_ilab.py").read_text()
            (self.bin / "ilab").write_text(f"#!{sys.executable}\n{fake}")
            (self.bin / "ilab").chmod(0o755)
        # As after `make setup base`: the environment and the base model are newer than what they were made with.
        made_with = [self.folder / "scripts/setup/arguments.sh", f"{folder}/venv.arguments", "requirements.lock"]
        subprocess.run(made_with, cwd=self.folder, check=True)
        (self.bin.parent / ".done").touch()
        assert self.make("build/args/base").returncode == 0
        os.utime(self.folder / "models/base/record.json")
        self.data = self.folder / "sample"
        self.data.mkdir()
        self.write_rows(4)

    def copy(self, folder):
        """A second clone like this one, in `folder`; models and rows that were made here are made there."""
        shutil.copytree(self.folder.parent, folder, symlinks=True, dirs_exist_ok=True)
        twin = copy.copy(self)
        twin.folder, twin.bin, twin.data = folder / "clone", folder / "venv" / "bin", folder / "clone" / "sample"
        return twin

    def write_rows(self, count):
        answer = "The answer to this question is a plain number, as told before."
        row = {"system": "You answer questions about Konflux.", "assistant": answer}
        lines = [json.dumps({**row, "user": f"What is the answer to question number {n}?"}) for n in range(count)]
        (self.data / "train_konflux.jsonl").write_text("".join(line + "\n" for line in lines))

    def make(self, *arguments, environment=None, **options):
        kept = {k: v for k, v in os.environ.items() if k not in ("MAKEFLAGS", "MAKELEVEL", "MFLAGS")}
        return subprocess.run(
            self.command(*arguments), cwd=self.folder, capture_output=True, text=True, timeout=240,
            env={**kept, **(environment or {})}, **options,
        )  # fmt: skip

    def command(self, *arguments):
        return ["make", "VENV=../venv", *arguments]

    def train(self, *arguments):
        return self.make("train", "DATA=sample", *arguments)

    def edit(self, name, old, new):
        """Replace text in a file of the clone."""
        path = self.folder / name
        assert old in path.read_text(encoding="utf-8"), (name, old)
        path.write_text(path.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")

    @property
    def calls(self):
        """The command lines of the fake `ilab`."""
        log = self.bin / "ilab.log"
        return log.read_text().splitlines() if log.exists() else []

    @property
    def asked(self):
        """The pages of each run of `ilab data generate`."""
        log = self.bin / "asked.log"
        return log.read_text().splitlines() if log.exists() else []

    @property
    def model(self):
        return self.folder / "models/sample-embedded/model.gguf"


@pytest.fixture(scope="session")
def fresh(tmp_path_factory, tiny_base):
    return Clone(tmp_path_factory.mktemp("fresh"), tiny_base)


@pytest.fixture
def clone(fresh, tmp_path):
    """A clone in which nothing was made but the base model."""
    return fresh.copy(tmp_path)


def processes(clone):
    """The command lines of what runs below the folder of `clone`, whatever it is called with."""
    found = []
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error, FileNotFoundError):  # psutil lets the latter through for one that ended
            if Path(process.cwd()).is_relative_to(clone.folder.parent) and process.status() != psutil.STATUS_ZOMBIE:
                found.append(process.cmdline())
    return found


def wait_for_the_end(clone):
    """Wait until nothing runs below the folder of `clone`; fails when something lives on."""
    deadline = time.monotonic() + 20
    while found := processes(clone):
        assert time.monotonic() < deadline, f"still runs: {found}"
        time.sleep(0.05)


def one_line(result):
    """The last line on stderr that does not come from make itself, which must be the only one."""
    lines = [line for line in result.stderr.splitlines() if line.strip() and not line.startswith("make")]
    assert len(lines) == 1 and "Traceback" not in result.stderr, result.stderr
    return lines[0]
