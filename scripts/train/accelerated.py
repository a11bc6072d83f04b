"""Training on GPUs with `ilab model train --pipeline accelerated`: its options, and what it reports."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

from scripts.program import fail
from scripts.serve.local_server import free_port
from scripts.train import checkpoint

# What rank 0 writes a line of a step into:
# https://github.com/instructlab/training/blob/v0.10.4/src/instructlab/training/main_ds.py
METRICS = "training_params_and_metrics_global0.jsonl"


def options(knobs: dict, flash: bool, nodes: tuple[int, int, str]) -> list:
    """The options that choose the pipeline. nodes: how many, the number of this one, and where node 0 listens.

    Without the full state nothing is gone on from: ilab goes on from one in silence, and may then train nothing.
    A node that is alone listens on a free port: with ilab's own 12222 a second training on the machine would fail.
    """
    number, rank, endpoint = nodes
    endpoint = endpoint or f"127.0.0.1:{free_port()}"
    chosen: list = ["--pipeline", "accelerated", "--device", "cuda", "--gpus", knobs["nproc_per_node"]]
    chosen += ["--disable-accelerate-full-state-at-epoch"] + ["--disable-flash-attn"] * (not flash)
    return chosen + ["--nnodes", number, "--node-rank", rank, "--rdzv-endpoint", endpoint]


def check(config: Path, knobs: dict) -> None:
    """End the program when the train section of `config` asks for what ilab's training on GPUs cannot do."""
    for name in ("freeze_layers", "freeze_embeddings"):
        if knobs[name]:
            fail(
                f"{config}: train.{name} works on the CPU only; take it out, train.lora_rank keeps weights as they are"
            )
    for name in ("nproc_per_node", "max_seq_len", "max_batch_len"):
        if type(knobs.get(name)) is not int or knobs[name] < 1:
            fail(f"{config}: train.{name} is {knobs.get(name)!r}; give a whole number, 1 or more")
    if knobs["max_batch_len"] < knobs["max_seq_len"]:
        fail(f"{config}: train.max_batch_len is less than max_seq_len, so a long row would fit into no batch; raise it")
    if knobs.get("checkpoint_at_epoch") is False:
        fail(f"{config}: train.checkpoint_at_epoch is false, and a short run would save nothing; take it out")
    if knobs.get("lora_rank") and knobs.get("lora_quantize_dtype", "nf4") is not None:
        fail(f"{config}: train.lora_quantize_dtype must be null: FSDP trains no quantised weights")


def check_batches(config: Path, lengths: list[int], knobs: dict, nodes: int) -> None:
    """End the program where ilab would pack no rows together, and so pad them, because a batch holds too few tokens.

    It shares the tokens of an average batch out to the GPUs, and again until a share is of `most` tokens or less; a
    share must hold the longest row: find_packing_max_batch_len_and_grad_accum in
    https://github.com/instructlab/training/blob/v0.10.4/src/instructlab/training/multipack_sampler.py
    """
    batch, gpus = knobs["effective_batch_size"], nodes * knobs["nproc_per_node"]
    mean, shares = sum(lengths) / len(lengths), gpus
    while int(mean * batch / shares) > knobs["max_batch_len"]:
        shares += gpus
    if int(mean * batch / shares) < max(lengths):
        enough = -(-max(lengths) * gpus // mean)
        fail(f"{config}: {batch} rows of {mean:.0f} tokens, shared by {gpus} GPUs, are less than the longest row, "
             f"{max(lengths)} tokens; set train.effective_batch_size to {enough:.0f} or more")  # fmt: skip


def check_unused(checkpoints: Path, rank: int) -> None:
    """End the program when the folder, which several nodes share, holds another run: ilab would go on from that one."""
    if rank == 0 and any((checkpoints / name).exists() for name in ("hf_format", "full_state", METRICS)):
        fail(f"{checkpoints} holds another training, which ilab would go on from; give each an empty folder that all "
             "nodes share: CHECKPOINTS=FOLDER")  # fmt: skip


def said(metric: dict) -> str:
    """A line of METRICS as the line that ilab's training on CPUs prints of the same; empty for what that does not."""
    if "total_loss" in metric:
        return f"Epoch: {metric['epoch']}, Step: {metric['step']}, Actual Loss Per Batch = {metric['total_loss']}, "
    return f"num_batches: {metric['num_batches']}" if "num_batches" in metric else ""


def follow(checkpoints: Path, each: Callable[[str], None], rank: int) -> Callable[[str], None]:
    """A function to call whenever ilab prints something, which tells `each` what METRICS holds since the last call.

    On node 0 it also removes all checkpoints but the last two: each epoch saves one, and the last is used.
    """
    position = 0

    def look(_: str) -> None:
        nonlocal position
        if (checkpoints / METRICS).exists():
            with open(checkpoints / METRICS, "rb") as file:
                file.seek(position)
                for line in file:
                    if not line.endswith(b"\n"):
                        break
                    position += len(line)
                    each(said(json.loads(line)))
        for old in checkpoint.saved(checkpoints)[:-2] if rank == 0 else []:
            shutil.rmtree(old, ignore_errors=True)

    return look
