"""`make train` with a fake `ilab`: what runs, when, and what a failure leaves behind."""

import json
import math
import os
import shutil
import signal
import subprocess
import time

import pytest
import yaml

from tests.conftest import one_line, wait_for_the_end


def newer(path, seconds=2):
    """Give `path` a later time than anything made so far, without sleeping."""
    later = time.time() + seconds
    os.utime(path, (later, later))


@pytest.mark.slow
def test_a_training_leaves_a_model_its_losses_and_its_record(once):
    clone = once
    assert len(clone.calls) == 1 and "model train --pipeline full --device cpu" in clone.calls[0]
    # Four rows are too few for one pass.
    knobs = yaml.safe_load((clone.folder / "config/embedded.yaml").read_text())["train"]
    epochs = round(knobs["min_steps"] * knobs["effective_batch_size"] / 4)
    assert f"--num-epochs {epochs} " in clone.calls[0]
    assert clone.model.read_bytes()[:4] == b"GGUF"
    history = [json.loads(line) for line in (clone.model.parent / "training.jsonl").read_text().splitlines()]
    assert {"epoch": 0, "step": 1, "loss": 0.5}.items() <= history[0].items() and len(history) == 2 * epochs + 1
    assert {"epoch": 0, "step": 2, "loss": 0.025}.items() <= history[1].items()
    record = json.loads((clone.model.parent / "record.json").read_text())
    assert history[-1]["rows"] == record["training"]["rows"] == 4
    assert record["name"] == "sample-embedded" and record["data"] == "sample"
    assert record["system_prompt"] == "You answer questions about Konflux."
    assert "sample/train_konflux.jsonl" in record["arguments"]["files"] and record["versions"]["instructlab"]
    assert (clone.model.parent / "training.png").stat().st_size > 1000
    assert os.readlink(clone.folder / "models/ggml-model-f16.gguf") == "in-use/model.gguf"
    assert (clone.folder / "models/ggml-model-f16.gguf").samefile(clone.model)
    left = {path.name for path in clone.model.parent.iterdir()}
    assert left == {"model.gguf", "weights.safetensors", "training.jsonl", "training.png", "record.json"}
    assert not [path for path in (clone.folder / "build/work").iterdir() if path.is_dir() and path.name != "home"]


@pytest.mark.slow
def test_a_folder_with_a_blank_in_its_name(once):
    assert " " in str(once.folder) and once.model.exists()
    result = once.make("ask", "RAG=0", "Q=What's it?")
    assert result.returncode == 0 and result.stdout.strip(), result.stderr


def planned(clone):
    """Which of the two stages of the training `make -n` would run: w(eights), m(odel)."""
    plan = clone.make("-n", "train", "DATA=sample")
    assert plan.returncode == 0, plan.stderr
    return "".join(stage[0] for stage in ("weights", "model") if f"scripts.train.{stage} " in plan.stdout)


@pytest.mark.slow
def test_only_what_the_training_depends_on_trains_again(fresh, trained):
    clone = trained
    assert planned(fresh) == "wm" and planned(clone) == ""
    # Times alone change nothing.
    for name in ("sample/train_konflux.jsonl", "config/embedded.yaml", "scripts/train/patch.py", "scripts/files.py",
                 "requirements.lock", "models/base/record.json"):  # fmt: skip
        newer(clone.folder / name)
    assert planned(clone) == ""
    kept = shutil.copytree(clone.folder / "build/args", clone.folder / "kept")
    for name, old, new, stages in (
        ("config/embedded.yaml", "threshold: 0.84", "threshold: 0.5", ""),
        ("config/embedded.yaml", "sdg_scale_factor: 1", "sdg_scale_factor: 2", ""),
        ("config/embedded.yaml", "interpolation: 0.95", "interpolation: 0.5", "m"),
        ("config/embedded.yaml", "warmup_steps: 20", "warmup_steps: 21", "wm"),
        ("config/embedded.yaml", "    # Order of the rows.", "    # The order of the rows.", ""),
        ("scripts/train/patch.py", "import random", "import random  # for the order", ""),
        ("scripts/train/rows.py", "TOGETHER = 2", "TOGETHER = 3", "wm"),
        ("scripts/train/gguf_file.py", "MOSTLY_F16", "ALL_F32", "m"),
        ("scripts/files.py", "ensure_ascii=False", "ensure_ascii=True", ""),
        ("sample/train_konflux.jsonl", "number 0", "number 9", "wm"),
        ("models/base/record.json", "{}", '{"model.gguf": "0"}', "wm"),
    ):
        clone.edit(name, old, new)
        assert planned(clone) == stages, (name, new)
        clone.edit(name, new, old)
        if name != "models/base/record.json":  # the last one
            shutil.rmtree(clone.folder / "build/args")
            shutil.copytree(kept, clone.folder / "build/args")
    # The arguments files are new, what they say is not: what was made of the same is kept.
    result = clone.train()
    assert "nothing to train" in result.stdout and len(clone.calls) == 1 and planned(clone) == ""


@pytest.mark.slow
def test_models_are_not_overwritten(trained):
    clone = trained
    before = clone.model.read_bytes()
    # A name is not taken from other data.
    (clone.folder / "other").mkdir()
    (clone.folder / "other/train_konflux.jsonl").write_text((clone.data / "train_konflux.jsonl").read_text() * 2)
    result = clone.make("train", "DATA=other", "NAME=sample-embedded")
    assert result.returncode != 0 and "DATA=sample" in one_line(result) and "NAME=another-name" in one_line(result)
    assert "models/mine/model.gguf" in clone.make("-n", "train", "DATA=other", "NAME=mine").stdout
    (clone.folder / "more/rows").mkdir(parents=True)
    (clone.folder / "more/rows/train_konflux.jsonl").write_text((clone.data / "train_konflux.jsonl").read_text())
    result = clone.make("train", "DATA=./more/rows/")
    assert result.returncode == 0 and "make use MODEL=sample-embedded goes back" in result.stdout, result.stderr
    in_use = clone.folder / "models/in-use"
    assert in_use.resolve().name == "more-rows-embedded" and clone.model.read_bytes() == before
    assert clone.make("use", "MODEL=sample-embedded").returncode == 0 and in_use.resolve().name == "sample-embedded"
    assert "'nothing' is no trained model" in one_line(clone.make("use", "MODEL=nothing"))
    assert "no trained model" in one_line(clone.make("use", "MODEL=base"))
    listed = clone.make("models").stdout
    assert "more-rows-embedded" in listed and "│ * │ sample-embedded" in listed, listed
    # Trained already: in use again, and nothing trained.
    assert clone.make("train", "DATA=more/rows").returncode == 0 and in_use.resolve().name == "more-rows-embedded"
    assert len(clone.calls) == 2


@pytest.mark.slow
def test_an_ilab_without_our_patch_is_not_believed(clone):
    (clone.bin / "unpatched").touch()
    assert "ran without scripts.train.patch" in one_line(clone.train()) and not clone.model.exists()


@pytest.mark.slow
@pytest.mark.parametrize("losses, message", [("1.5 nan 1", "loss of step 2 in epoch 0 is nan"), ("inf", "is inf")])
def test_a_loss_that_is_no_number_ends_the_training(clone, losses, message):
    (clone.bin / "losses").write_text(losses)
    assert message in one_line(clone.train()) and not clone.model.exists()


@pytest.mark.slow
def test_weights_that_are_no_numbers_are_refused(clone):
    import torch

    checkpoint = clone.folder / "models/base/checkpoint.bin"
    weights = torch.load(checkpoint)
    weights["model.norm.weight"][0] = math.nan
    torch.save(weights, checkpoint)
    result = clone.train()
    assert "model.norm.weight holds numbers that are not finite" in one_line(result) and not clone.model.exists()


def start(clone):
    return subprocess.Popen(clone.command("train", "DATA=sample"), cwd=clone.folder, start_new_session=True)


@pytest.mark.slow
def test_a_training_that_fails_or_is_killed_keeps_the_old_model_and_leaves_nothing_running(trained):
    clone = trained
    before = clone.model.read_bytes()
    clone.write_rows(6)
    (clone.bin / "fail").touch()
    result = clone.train()
    assert result.returncode != 0 and "told to fail" in one_line(result) and clone.model.read_bytes() == before
    (clone.bin / "fail").unlink()
    (clone.bin / "sleep").touch()
    for _ in range(2):
        calls = len(clone.calls)
        process = start(clone)
        while len(clone.calls) == calls:
            time.sleep(0.05)
        process.kill()  # SIGKILL to make alone: what it started must not live on
        process.wait()
        wait_for_the_end(clone)
        assert clone.model.read_bytes() == before
    (clone.bin / "sleep").unlink()
    assert clone.train().returncode == 0 and planned(clone) == ""


@pytest.mark.slow
def test_an_interrupt_deletes_no_finished_model(trained):
    """Ctrl-C after the model was replaced and before its command ended: make deletes changed targets then."""
    clone = trained
    before = clone.model.read_bytes()
    with open(clone.folder / "scripts/train/model.py", "a") as script:
        script.write("    import time\n\n    print('replaced', flush=True)\n    time.sleep(60)\n")
    process = subprocess.Popen(
        clone.command("train", "DATA=sample"), cwd=clone.folder, stdout=subprocess.PIPE, start_new_session=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )  # fmt: skip
    while b"replaced" not in process.stdout.readline():
        assert process.poll() is None
    os.killpg(process.pid, signal.SIGINT)
    process.wait()
    assert clone.model.read_bytes() == before


@pytest.mark.slow
def test_two_trainings_at_once_are_refused(clone):
    (clone.bin / "sleep").touch()
    process = start(clone)
    try:
        while not clone.calls:
            time.sleep(0.05)
        assert "another training" in one_line(clone.train())
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait()
