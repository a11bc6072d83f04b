"""Tokens/s of `ilab model train --pipeline full` as it is and with our patch, same rows, one after the other.

Run it on a quiet machine as `make benchmark`; it takes some five minutes. Each way trains on the same rows, in the
order of scripts/train/rows.py, until the epoch's last step. The patched way freezes what the config says. ilab's
start and what it does after the last step are not counted. The share of the peak holds the 6 floating-point operations
a parameter and token that a plain step takes against the fastest float32 matrix multiplication of torch on this
machine.
"""

import argparse
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import yaml

from scripts import files, ilab
from scripts.program import ROOT
from scripts.train import progress, rows, weights

PARAMETERS = 134_515_008
WARM_UP = 2


def matmul_peak():
    """Fastest of some float32 matrix multiplications, in operations a second."""
    import torch

    best = 0.0
    for height, inner, columns in ((512, 576, 1536), (512, 1536, 576), (1024, 1024, 1024), (2048, 2048, 2048)):
        a, b = torch.randn(height, inner), torch.randn(inner, columns)
        for _ in range(5):
            started = time.perf_counter()
            for _ in range(10):
                a @ b
            best = max(best, 10 * 2 * height * inner * columns / (time.perf_counter() - started))
    return best


def run(data, config, work, patch, more):
    """Run ilab until its last step, with `patch` and the variables `more`; the time of each step."""
    shutil.rmtree(work, ignore_errors=True)
    command = ilab.command(
        "--config", config, "model", "train", "--pipeline", "full", "--device", "cpu", "--data-path", data,
        "--model-path", ROOT / "models/base/hf", "--data-output-dir", work / "data",
        "--ckpt-output-dir", work / "checkpoints", patch=patch,
    )  # fmt: skip
    process = subprocess.Popen(
        command, cwd=ROOT, env=ilab.environment(more), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT, text=True, errors="replace", start_new_session=True,
    )  # fmt: skip
    times, batches, lines = [], None, []
    for line in process.stdout:
        lines.append(line)
        if found := progress.BATCHES.search(line):
            batches = int(found[1])
        if progress.STEP.search(line):
            times.append(time.monotonic())
            if len(times) == batches:
                break
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    if batches is None or len(times) < WARM_UP + 3:
        sys.exit(f"ilab model train did not get going: {''.join(lines[-5:])}")
    return times


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=100)
    parser.add_argument("--config", type=Path, default=ROOT / "config/embedded.yaml")
    parser.add_argument("--work", type=Path, default=ROOT / "build/work/benchmark")
    args = parser.parse_args()
    settings = yaml.safe_load(args.config.read_text())
    frozen = {name: settings["train"][name] for name in ("freeze_embeddings", "freeze_layers")}
    patched = {**weights.MALLOC, "TRAIN_PATCH": json.dumps({**frozen, "state": "none", "save_every": 1e9})}
    conversed = rows.conversations(files.read_rows(ROOT / "pre-generated/train_konflux.jsonl"))
    messages = rows.shuffled(conversed, 0)[: args.rows]
    mean = sum(rows.count_tokens(messages, ROOT / "models/base/hf")) / len(messages)
    args.work.mkdir(parents=True, exist_ok=True)
    data = args.work / "messages.jsonl"
    rows.write_data(messages, data)
    config = args.work / "config.yaml"
    settings["train"]["num_epochs"] = 1
    config.write_text(yaml.safe_dump(settings))

    peak = matmul_peak()
    print(f"float32 multiplication: {peak / 1e9:.0f} GFLOPS; {len(messages)} rows of {mean:.1f} tokens", flush=True)
    for name, patch, more in (("stock", None, {}), ("patched", "scripts.train.patch", patched)):
        times = run(data, config, args.work / name, patch, more)
        # From the end of step WARM_UP to the end of the last: the rows of the steps between.
        seconds = (times[-1] - times[WARM_UP - 1]) / (len(times) - WARM_UP)
        rate = len(messages) / len(times) * mean / seconds
        print(f"{name}: {len(times)} steps, {seconds:.2f} s a step, {rate:.0f} tokens/s, "
              f"{6 * PARAMETERS * rate / peak:.0%} of the peak", flush=True)  # fmt: skip


if __name__ == "__main__":
    main()
