"""The real ilab with a tiny model: a training that is killed three times makes the weights of one that was not."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import yaml

from scripts.train import weights
from tests.conftest import Clone

ILAB = Path(sys.executable).parent / "ilab"
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def real(tmp_path_factory, tiny_base):
    """A clone with the real ilab and rows for two epochs of some 8 steps."""
    if not ILAB.exists():
        pytest.skip("no ilab beside the interpreter")
    clone = Clone(tmp_path_factory.mktemp("resume"), tiny_base, ILAB)
    clone.write_rows(64)
    config = clone.folder / "config/embedded.yaml"
    settings = yaml.safe_load(config.read_text())
    settings["train"].update(num_epochs=2, min_steps=0, freeze_layers=1)
    config.write_text(yaml.safe_dump(settings))
    assert clone.make("build/args/train-sample-embedded", "DATA=sample").returncode == 0
    return clone


def start(clone, name):
    """Start the training of `make train` to models/NAME, with a state after each step."""
    # On one core: threads that wait for each other crawl when the machine is busy.
    command = ["taskset", "-c", str(min(os.sched_getaffinity(0))), clone.bin / "python", "-m", "scripts.train.weights"]
    command += ["--data", "sample/train_konflux.jsonl"]
    command += ["--arguments", "build/args/train-sample-embedded", "--config", "config/embedded.yaml"]
    command += ["--base", "models/base", "--work", f"build/work/{name}", "--save-every", "0"]
    command += ["--output", f"models/{name}/weights.safetensors"]
    return subprocess.Popen(
        command, cwd=clone.folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True,
        env={**os.environ, "PATH": f"{clone.bin}:{os.environ['PATH']}"},
    )  # fmt: skip


def finish(clone, name):
    process = start(clone, name)
    output = process.communicate(timeout=200)[0]
    assert process.returncode == 0, output
    return output


def kill_after(clone, name, steps):
    """Kill the whole training, as a power cut would, when it has taken `steps` steps."""
    process, taken = start(clone, name), clone.folder / f"build/work/{name}/steps.jsonl"
    while not taken.exists() or len(taken.read_text().splitlines()) < steps:
        assert process.poll() is None, process.communicate()[0]
        time.sleep(0.005)
    os.killpg(process.pid, signal.SIGKILL)
    for pid in subprocess.run(["pgrep", "-f", "scripts.train.patch"], capture_output=True, text=True).stdout.split():
        if Path(f"/proc/{pid}/cwd").exists() and Path(f"/proc/{pid}/cwd").resolve() == clone.folder:
            os.kill(int(pid), signal.SIGKILL)
    process.wait()


@pytest.fixture(scope="module")
def whole(real):
    """What an uninterrupted training to models/whole printed."""
    return finish(real, "whole")


def test_the_log_proves_the_patch(real, whole):
    log = (real.folder / "build/work/whole.log").read_text()
    assert "scripts.train.patch applied to instructlab.model.full_train" in log
    assert "learning rate 0.0006, warmup 20" in log and "1 layers and the embeddings frozen" in log


def test_killed_three_times_it_makes_the_same_weights(real, whole):
    assert "goes on" not in whole
    steps = [json.loads(line) for line in (real.folder / "models/whole/training.jsonl").read_text().splitlines()][:-1]
    # In the first epoch, at its end, and in the second.
    first = sum(step["epoch"] == 0 for step in steps)
    for moment in (3, first, first + 3):
        kill_after(real, "killed", moment)
    # A state that is half written is not read.
    (real.folder / "build/work/killed/state.pt.partial").write_bytes(b"torn")
    with open(real.folder / "build/work/killed/steps.jsonl", "a") as file:
        file.write('{"epoch": 1, "st')
    output = finish(real, "killed")
    found = re.search(r"goes on after step (\d+) of \d+, where it was stopped", output)
    assert found and int(found[1]) >= first + 2 and "less what is done" in output, output
    made = [(real.folder / f"models/{name}/weights.safetensors").read_bytes() for name in ("whole", "killed")]
    assert made[0] == made[1]
    again = [json.loads(line) for line in (real.folder / "models/killed/training.jsonl").read_text().splitlines()][:-1]
    assert [(s["epoch"], s["step"], s["loss"]) for s in again] == [(s["epoch"], s["step"], s["loss"]) for s in steps]


@pytest.mark.parametrize("changed", ["arguments", "arguments.json", "state.pt"])
def test_a_state_of_other_arguments_is_not_gone_on_from(tmp_path, changed):
    base, work = tmp_path / "base", tmp_path / "work"
    (base / "hf").mkdir(parents=True)
    (base / "hf/model.safetensors").write_bytes(b"")
    (tmp_path / "arguments").write_text("{}")
    call = (work, tmp_path / "arguments", base, tmp_path / "models/a/weights.safetensors")
    assert weights.prepare(*call) is False
    (work / "state.pt").write_bytes(b"state")
    (work / "steps.jsonl").write_bytes(b"steps")
    assert weights.prepare(*call) is True
    path = tmp_path / "arguments" if changed == "arguments" else work / changed
    path.unlink() if changed == "state.pt" else path.write_text('{"settings": 1}')
    assert weights.prepare(*call) is False and [file.name for file in work.iterdir()] == ["arguments.json"]


def test_what_is_frozen_stays_and_the_rest_moves(real, whole):
    import safetensors.torch
    import torch

    before = safetensors.torch.load_file(real.folder / "models/base/hf/model.safetensors")
    after = safetensors.torch.load_file(real.folder / "models/whole/weights.safetensors")
    same = {name for name, weight in before.items() if torch.equal(weight, after[name])}
    assert same == {name for name in before if "embed_tokens" in name or "layers.0." in name}
