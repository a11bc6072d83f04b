"""Fine-tune the student with `ilab model train` and write it as a GGUF, replacing the old model at the very end."""

import argparse
import fcntl
import json
import math
import os
import random
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

import common
import gguf_model
import student
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

# ilab drops shorter samples, and those of max_seq_len or more, without a word:
# https://github.com/instructlab/training/blob/v0.10.4/src/instructlab/training/data_process.py
MIN_TOKENS = 20
# Tokens/s of the first estimate: 135M parameters, batches of 8, 2 cores of an EPYC with AVX2, 2026: 230 with 10 frozen
# layers, less the twelfth by which 5 are slower (371 against 400 on another machine).
# From the second training on, the figure that this machine reached is used.
REFERENCE_RATE = 210
# Rows of one question in a batch. More cost less, but then the fact comes back less often; not measured alone.
TOGETHER = 2
# Steps that a printed or drawn mean of the loss is over.
WINDOW = 50
STEP = re.compile(r"Epoch: (\d+), Step: (\d+), .*Actual Loss Per Batch = ([\d.]+)")
BATCHES = re.compile(r"num_batches: (\d+)")


def conversations(rows):
    """`rows`, of the shape {"system", "user", "assistant"}, as lists of messages."""
    return [[{"role": key, "content": row[key]} for key in ("system", "user", "assistant")] for row in rows]


def write_data(messages, path):
    """Write `messages`, the lists of conversations(), to the file `path` in the form that `ilab model train` reads."""
    path.write_text("".join(json.dumps({"messages": m, "metadata": "{}"}) + "\n" for m in messages))


def count_tokens(rows, base):
    """Token count of each row, a list of messages, in the chat format of the model in folder `base`."""
    from transformers import AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(base)
    return [len(tokenizer.apply_chat_template(messages)) for messages in rows]


def shuffled(rows, seed):
    """`rows`, lists of messages, in random order, those with the same prompt by TOGETHER beside each other.

    scripts/ilab_cpu batches neighbours and computes what they have in common once.
    """
    draw, prompts = random.Random(seed), {}
    for row in rows:
        prompts.setdefault(json.dumps(row[:-1]), []).append(row)
    groups = [same[i : i + TOGETHER] for same in prompts.values() for i in range(0, len(same), TOGETHER)]
    draw.shuffle(groups)
    return [row for group in groups for row in group]


def frozen(knobs):
    """The environment that tells scripts/ilab_cpu what not to train; ilab has no options for it."""
    return {
        "TRAIN_FREEZE_EMBEDDINGS": str(knobs.get("freeze_embeddings", False)).lower(),
        "TRAIN_FREEZE_LAYERS": str(knobs.get("freeze_layers", 0)),
    }


def last_rate(history):
    """Trained tokens/s of the run recorded in `history` (models/training.jsonl), or None."""
    try:
        summary = json.loads(history.read_text().splitlines()[-1])
        return summary["tokens_per_second"]
    except (OSError, IndexError, KeyError, ValueError):
        return None


def run_ilab(command, log, checkpoints, epochs):
    """Run `command`, its output going to file `log`; returns (epoch, step, loss) of each step, and the seconds.

    Folders of finished epochs are removed while later ones train: each takes 0.7 GB at 135M parameters.
    """
    bar = Progress(
        TextColumn("training"), BarColumn(), MofNCompleteColumn(), TextColumn("loss {task.fields[loss]}"),
        TimeRemainingColumn(), disable=not sys.stdout.isatty(),
    )  # fmt: skip
    batches, started, losses = None, None, []
    with open(log, "w", buffering=1, encoding="utf-8") as out, bar:
        task = bar.add_task("", total=None, loss="-")
        process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL,
            text=True, errors="replace", preexec_fn=common.die_with_parent,
        )  # fmt: skip
        for line in process.stdout:
            out.write(line)
            if batches is None and (found := BATCHES.search(line)):
                batches, started = int(found[1]), time.monotonic()
                bar.update(task, total=batches * epochs)
            if not (found := STEP.search(line)):
                continue
            epoch, step, loss = int(found[1]), int(found[2]), float(found[3])
            losses.append((epoch, step, loss))
            bar.update(task, completed=len(losses), loss=f"{loss:.2f}")
            if step == 1 and epoch > 0:
                shutil.rmtree(checkpoints / "hf_format" / f"samples_{(epoch - 1) * 8}", ignore_errors=True)
            if bar.disable and batches and len(losses) % max(1, batches * epochs // 10) == 0:
                minutes, recent = (time.monotonic() - started) / 60, [loss for *_, loss in losses[-WINDOW:]]
                mean = sum(recent) / len(recent)
                # Later epochs may be packed into a batch more than the first.
                total = max(batches * epochs, len(losses))
                print(f"step {len(losses)} of {total}, loss {mean:.2f}, {minutes:.1f} min", flush=True)
    if process.wait() != 0:
        tail = [line for line in Path(log).read_text(errors="replace").splitlines() if line.strip()]
        last = tail[-1] if tail else "no output"
        common.fail(f"ilab model train ended with exit code {process.returncode} ({last}); see {log}")
    return losses, time.monotonic() - (started or time.monotonic())


def plot(losses, picture):
    """Draw the loss of each step, and its mean over WINDOW steps, into the file `picture`."""
    import matplotlib

    matplotlib.use("agg")
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(figsize=(7, 4), layout="constrained")
    steps = [loss for *_, loss in losses]
    recent = [steps[max(0, i + 1 - WINDOW) : i + 1] for i in range(len(steps))]
    axes.plot(steps, linewidth=0.5, alpha=0.5, label="step")
    axes.plot([sum(window) / len(window) for window in recent], label=f"mean of the last {WINDOW} steps")
    axes.set(xlabel="gradient step", ylabel="cross-entropy per answer token (nats)", ylim=(0, None))
    axes.legend()
    partial = picture.with_name(picture.name + ".partial")
    figure.savefig(partial, format="png", dpi=120)
    os.replace(partial, picture)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help='rows {"system", "user", "assistant"}, JSON lines')
    parser.add_argument("--config", type=Path, required=True, help="ilab config; its train section holds the knobs")
    parser.add_argument("--base", type=Path, required=True, help="folder made by base_model.py")
    parser.add_argument("--work", type=Path, required=True, help="scratch folder, removed at the end")
    parser.add_argument("--output", type=Path, required=True, help="the GGUF to write")
    args = parser.parse_args()
    common.die_with_parent()

    knobs = common.section(args.config, "train")
    names = ("num_epochs", "effective_batch_size", "min_steps")
    epochs, batch, min_steps = (knobs.get(name, 0 if name == "min_steps" else None) for name in names)
    if not all(isinstance(knob, int) for knob in (epochs, batch, min_steps)) or epochs < 1 or batch < 1:
        common.fail(f"{args.config}: train: needs whole numbers for {', '.join(names)}")
    share = knobs.get("interpolation", 1)
    if not isinstance(share, int | float) or not 0 < share <= 1:
        common.fail(f"{args.config}: train.interpolation is {share!r}; set a number above 0, up to 1")
    for name, only in (("pipeline", "full"), ("device", "cpu")):
        if knobs.get(name, only) != only:
            common.fail(f"{args.config}: train.{name} is {knobs[name]!r}; only {only!r} can be trained with so far")
    # ilab trains what the config says, whatever --model-path says.
    taught = common.student_model(args.config)
    if Path(path := taught.get("path", "")) != args.base / "hf":
        common.fail(f"{args.config}: the student's path is {path!r}, it must be {args.base / 'hf'}")
    rows = common.read_rows(args.data)
    if other := next((line for line, row in enumerate(rows, 1) if row["system"] != taught["system_prompt"]), None):
        common.fail(f"{args.data}:{other}: not the system prompt of {args.config}, with which the model is asked; "
                    "make the data with this CONFIG, too")  # fmt: skip
    epochs = max(epochs, math.ceil(min_steps * batch / len(rows)))
    messages = conversations(rows)
    lengths = count_tokens(messages, args.base / "hf")
    if min(lengths) < MIN_TOKENS:
        line = lengths.index(min(lengths)) + 1
        common.fail(f"{args.data}:{line}: under {MIN_TOKENS} tokens, which ilab drops; make it longer")
    if max(lengths) >= (most := knobs.get("max_seq_len") or math.inf):
        line = lengths.index(max(lengths)) + 1
        common.fail(f"{args.data}:{line}: {most} tokens or more, which ilab drops; shorten it")
    messages = shuffled(messages, (knobs.get("additional_args") or {}).get("random_seed", 42))

    # Two checkpoints of twice the base model's float32 size at most, and the GGUF.
    needed = 4 * (args.base / "hf" / "model.safetensors").stat().st_size
    args.work.mkdir(parents=True, exist_ok=True)
    args.output.parent.mkdir(parents=True, exist_ok=True)
    lock = open(args.work.with_name(args.work.name + ".lock"), "w")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        common.fail(f"another training works in {args.work}; wait for it or stop it, then run again")
    shutil.rmtree(args.work)
    free = shutil.disk_usage(args.output.parent).free
    if free < needed:
        common.fail(f"{args.output.parent}: {free / 1e9:.1f} GB free, training needs {needed / 1e9:.1f} GB; free some")

    history = args.output.with_name("training.jsonl")
    rate = last_rate(history)
    tokens = sum(lengths) * epochs
    print(
        f"{len(rows)} rows, {sum(lengths)} tokens, {epochs} epoch{'s' * (epochs > 1)} in batches of {batch}: "
        f"about {tokens / (rate or REFERENCE_RATE) / 60:.0f} min at {rate or REFERENCE_RATE:.0f} tokens/s "
        f"({'the last training here' if rate else '2 cores of a 2021 server CPU'})",
        flush=True,
    )
    args.work.mkdir(parents=True)
    data = args.work / "messages.jsonl"
    write_data(messages, data)
    checkpoints = args.work / "checkpoints"
    command = ["ilab", "--config", args.config, "model", "train", "--pipeline", "full", "--device", "cpu"]
    command += ["--num-epochs", epochs]
    command += ["--model-path", (args.base / "hf").resolve(), "--data-path", data.resolve()]
    command += ["--data-output-dir", args.work.resolve() / "data", "--ckpt-output-dir", checkpoints.resolve()]
    os.environ.update(frozen(knobs))
    losses, seconds = run_ilab([str(part) for part in command], args.work.with_suffix(".log"), checkpoints, epochs)

    checkpoint = checkpoints / "hf_format" / f"samples_{(epochs - 1) * 8}" / "pytorch_model.bin"
    candidate = args.output.with_name(args.output.name + ".candidate")
    try:
        weights = gguf_model.interpolated(checkpoint, args.base / "hf" / "model.safetensors", share)
        gguf_model.write_gguf(args.base / "model.gguf", weights, candidate)
        reply = student.answer(student.load(candidate), rows[0]["system"], rows[0]["user"])
    except (OSError, KeyError, ValueError, RuntimeError) as error:
        common.fail(f"{checkpoint}: no usable model came out ({error}); the old {args.output} stays")
    if not reply:
        common.fail(f"{candidate}: the new model answers nothing; the old {args.output} stays")
    rate = tokens / max(seconds, 1e-9)
    summary = {"rows": len(rows), "tokens": tokens, "seconds": round(seconds), "tokens_per_second": round(rate, 1)}
    steps = [{"epoch": e, "step": s, "loss": round(loss, 4)} for e, s, loss in losses]
    common.replace_text(history, "".join(json.dumps(row) + "\n" for row in [*steps, summary]))
    if losses:
        plot(losses, args.output.with_name("training.png"))
    os.replace(candidate, args.output)
    shutil.rmtree(args.work)
    print(
        f'{args.output}: trained in {seconds / 60:.1f} min, {rate:.0f} tokens/s; next: make chat, or make ask Q="..."'
    )


if __name__ == "__main__":
    main()
