"""Training on GPUs with a stand-in for ilab and for the GPUs: what is asked for, refused, followed and kept."""

import json
import re
import sys
from types import SimpleNamespace

import pytest
import yaml

from scripts.train import accelerated, gpu_patch, gpus, history
from tests.conftest import one_line

CARD = {"name": "made-up GPU", "free": 40e9, "flash": False}
CONFIG = "CONFIG=config/gpu.yaml"


def give(clone, cards):
    """Let the clone find these GPUs."""
    clone.edit(
        "scripts/train/gpus.py", "def found() -> list[dict]:", f"def found():\n    return {cards!r}\n\n\ndef asked():"
    )


def change(clone, **knobs):
    """Change the train section of the clone's config/gpu.yaml."""
    config = clone.folder / "config/gpu.yaml"
    settings = yaml.safe_load(config.read_text())
    settings["train"].update(knobs)
    config.write_text(yaml.safe_dump(settings))


@pytest.fixture
def garage(clone):
    """A clone with one GPU, and a config that passes its four rows through twice."""
    give(clone, [CARD])
    change(clone, num_epochs=3, min_steps=0)
    return clone


@pytest.mark.slow
def test_a_training_on_a_gpu_leaves_what_one_on_the_cpu_leaves(garage):
    import safetensors.torch

    result = garage.train(CONFIG)
    assert result.returncode == 0, result.stderr + result.stdout
    assert "1 NVIDIA GPU, made-up GPU: it needs about 4.9 GB on each GPU, and 40.0 GB are free" in result.stdout
    call = garage.calls[0]
    assert "--pipeline accelerated --device cuda --gpus 1 --disable-accelerate-full-state-at-epoch" in call
    alone = r"--disable-flash-attn --nnodes 1 --node-rank 0 --rdzv-endpoint 127\.0\.0\.1:(\d+) --num-epochs 3"
    port = re.search(alone, call)
    assert port and port[1] != "12222"  # ilab's own, which a second training on this machine would find taken
    made = garage.folder / "models/sample-gpu"
    steps = [json.loads(line) for line in (made / "training.jsonl").read_text().splitlines()][:-1]
    assert [(step["epoch"], step["step"], step["loss"]) for step in steps] == [
        (0, 1, 9.5), (0, 2, 8.5), (1, 3, 9.5), (1, 4, 8.5), (2, 5, 9.5), (2, 6, 8.5),
    ]  # fmt: skip
    before = safetensors.torch.load_file(garage.folder / "models/base/hf/model.safetensors")["model.norm.weight"]
    after = safetensors.torch.load_file(made / "weights.safetensors")
    # The last of three checkpoints.
    assert (after["model.norm.weight"] - before).tolist() == [3] * 64 and "lm_head.weight" not in after
    assert (made / "model.gguf").read_bytes()[:4] == b"GGUF" and not (
        garage.folder / "build/work/train-sample-gpu"
    ).exists()
    assert "nothing to train" not in garage.train(CONFIG).stdout and len(garage.calls) == 1


@pytest.mark.slow
@pytest.mark.parametrize("spoil, message", [
    (lambda clone: change(clone, nproc_per_node=2), "asks for 2 NVIDIA GPUs, torch finds 1; train with"),
    (lambda clone: change(clone, max_batch_len=80000), "about 47.* GB on each GPU, and 40.0 GB .*lora_rank: 16"),
    (lambda clone: change(clone, max_batch_len=400), "train.max_batch_len is less than max_seq_len"),
    (lambda clone: change(clone, freeze_layers=2), "train.freeze_layers works on the CPU only; take it out"),
    (lambda clone: change(clone, lora_rank=16, lora_quantize_dtype="nf4"), "lora_quantize_dtype must be null"),
    (lambda clone: change(clone, checkpoint_at_epoch=False), "a short run would save nothing; take it out"),
    (lambda clone: change(clone, pipeline="full"), "set 'full' and 'cpu', or 'accelerated' and 'cuda'"),
    (lambda clone: (clone.bin / "no-checkpoint").touch(), "ilab saved no weights; the old model stays"),
    (lambda clone: (clone.bin / "losses").write_text("1.5 NaN"), "the loss of step 2 in epoch 0 is nan"),
    (lambda clone: (clone.bin / "unpatched").touch(), "ran without scripts.train.gpu_patch"),
    (lambda clone: (clone.bin / "fail").touch(), "told to fail"),
])  # fmt: skip
def test_what_cannot_be_trained_is_one_line(garage, spoil, message):
    spoil(garage)
    line = one_line(garage.train(CONFIG))
    assert re.search(message, line), line
    assert not (garage.folder / "models/sample-gpu/model.gguf").exists()


@pytest.mark.slow
def test_without_a_gpu_it_says_so(clone):
    assert "torch finds 0; train with config/embedded.yaml on the CPU" in one_line(clone.train(CONFIG))
    assert not clone.calls


@pytest.mark.slow
def test_several_nodes_train_and_the_first_makes_the_model(garage, tmp_path):
    several = ("NNODES=2", "RDZV_ENDPOINT=10.0.0.1:12222", f"CHECKPOINTS={tmp_path}/shared")
    garage.data.joinpath("train_konflux.jsonl").write_text(garage.data.joinpath("train_konflux.jsonl").read_text() * 9)
    second = garage.train(CONFIG, *several, "NODE_RANK=1")
    assert second.returncode == 0 and "node 1 is done; node 0 makes the model" in second.stdout, second.stderr
    assert not (garage.folder / "models/sample-gpu/weights.safetensors").exists()
    first = garage.train(CONFIG, *several, "NODE_RANK=0")
    assert first.returncode == 0 and "models/sample-gpu: in use" in first.stdout, first.stderr
    for rank, call in ((1, garage.calls[0]), (0, garage.calls[1])):
        assert f"--nnodes 2 --node-rank {rank} --rdzv-endpoint 10.0.0.1:12222" in call
        assert f"--ckpt-output-dir {tmp_path}/shared" in call
        assert f"--data-output-dir {garage.folder}/build/work/train-sample-gpu{'-node1' * rank}/data" in call
    # A folder that was used: ilab would go on from what is there.
    change(garage, warmup_steps=3)
    assert "shared holds another training, which ilab would go on from" in one_line(garage.train(CONFIG, *several))
    for wrong in (("NNODES=2",), (*several, "NODE_RANK=2")):
        assert "several nodes need RDZV_ENDPOINT=HOST:PORT" in one_line(garage.train(CONFIG, *wrong))


def test_batches_must_hold_the_longest_row(tmp_path):
    knobs = {"effective_batch_size": 8, "nproc_per_node": 4, "max_batch_len": 512}
    accelerated.check_batches(tmp_path, [50, 50, 100], knobs, 1)
    accelerated.check_batches(tmp_path, [50, 50, 100], {**knobs, "effective_batch_size": 256}, 1)
    with pytest.raises(SystemExit, match="8 rows of 67 tokens, shared by 8 GPUs, .*effective_batch_size to 12 or more"):
        accelerated.check_batches(tmp_path, [50, 50, 100], knobs, 2)


def test_metrics_are_read_once_and_whole(tmp_path):
    said = []
    look = accelerated.follow(tmp_path, said.append, 0)
    look("nothing there yet")
    metrics = tmp_path / accelerated.METRICS
    metrics.write_text('{"script_params": {}}\n{"num_batches": 7}\n{"epoch": 0, "step": 1, "total_loss": 2.5}\n{"epo')
    look("")
    with open(metrics, "a") as file:
        file.write('ch": 0, "step": 2, "total_loss": NaN}\n')
    for number in (9, 10, 100):
        (tmp_path / f"hf_format/samples_{number}").mkdir(parents=True)
    look("")
    assert [line for line in said if line] == [
        "num_batches: 7", "Epoch: 0, Step: 1, Actual Loss Per Batch = 2.5, ",
        "Epoch: 0, Step: 2, Actual Loss Per Batch = nan, ",
    ]  # fmt: skip
    assert sorted(path.name for path in (tmp_path / "hf_format").iterdir()) == ["samples_10", "samples_100"]


@pytest.mark.slow
def test_memory_is_reckoned_from_the_architecture(tiny_base):
    knobs = {"nproc_per_node": 1, "max_batch_len": 1000}
    sizes = 49152 * 64 + 64 + 2 * (2 * 64 + 2 * 64 * 64 + 2 * 64 * 32 + 3 * 64 * 64)
    beside = 1000 * (12 * 49152 + 2 * 64 * 2)
    assert gpus.needed(tiny_base / "hf", knobs) == 16 * sizes + beside
    assert gpus.needed(tiny_base / "hf", {**knobs, "lora_rank": 4}) == 4 * sizes + beside
    assert gpus.needed(tiny_base / "hf", {**knobs, "nproc_per_node": 4}) == 4 * sizes + beside


def test_only_the_gpus_that_are_used_are_visible(monkeypatch):
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
    assert gpus.visible(2) == "0,1"
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "3,5,7")
    assert gpus.visible(2) == "3,5"


def test_the_rate_of_a_cpu_says_nothing_of_a_gpu(tmp_path):
    for name, device in (("a", "cpu"), ("b", "cuda")):
        made = {"tokens_per_second": len(device), "made_with": {"config": {"train": {"device": device}}}}
        (tmp_path / name).mkdir()
        (tmp_path / name / "training.jsonl").write_text(json.dumps(made) + "\n")
    assert history.last_rate(tmp_path, "cpu") == 3 and history.last_rate(tmp_path, "cuda") == 4


@pytest.mark.slow
@pytest.mark.parametrize("code", [0, 3])
def test_ilab_asks_how_torchrun_ended_when_it_has_ended(tmp_path, monkeypatch, code):
    from instructlab.training import utils

    closes_its_output_first = "import os, time; print('saved', flush=True); os.close(1); os.close(2); time.sleep(1)"
    command = [sys.executable, "-c", f"{closes_its_output_first}; os._exit({code})"]
    process = utils.StreamablePopen(tmp_path / "log", command)
    process.listen()
    assert process.poll() is None  # what ilab takes for a failure
    monkeypatch.setattr(utils.StreamablePopen, "listen", utils.StreamablePopen.listen)  # put back after the test
    monkeypatch.setattr(gpu_patch.signal, "signal", lambda *_: None)
    gpu_patch.apply(SimpleNamespace(accelerated_train=None))
    process = utils.StreamablePopen(tmp_path / "log", command)
    process.listen()
    assert process.poll() == code and "saved" in (tmp_path / "log").read_text()
