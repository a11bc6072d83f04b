"""Fine-tune the student with `ilab model train`: rows -> weights.safetensors, and training.jsonl with its losses.

A stopped training goes on from its last saved state when it is run again with the same arguments. The old weights stay
until the new ones are whole.
"""

import json
import shutil
from pathlib import Path

from scripts import arguments, files, ilab
from scripts.program import cores, die_with_parent, fail
from scripts.train import accelerated, checkpoint, folder, gpus, history, options, progress, rows

# Tokens/s of the first estimate: 135M parameters, batches of 8, 2 cores of an EPYC with AVX2, 2026: 230 with 10 frozen
# layers, less the twelfth by which 5 are slower (371 against 400 on another machine).
# From the second training on, the figure that this machine reached is used.
REFERENCE_RATE = 210
# glibc gives large blocks back to the kernel at once and gets them anew, zeroed, at every step of the training:
# keeping them, in huge pages, makes it a third faster. Other C libraries ignore the variable.
MALLOC = {"GLIBC_TUNABLES": "glibc.malloc.hugetlb=1:glibc.malloc.mmap_max=0:glibc.malloc.trim_threshold=100000000000"}


def prepare(work: Path, arguments: Path, base: Path, output: Path) -> bool:
    """Keep what a stopped run with the same arguments left in the folder `work`, else empty it; whether it goes on."""
    made_with, text = work / "arguments.json", arguments.read_text(encoding="utf-8")
    goes_on = (work / "state.pt").exists() and made_with.exists() and made_with.read_text(encoding="utf-8") == text
    if not goes_on:
        shutil.rmtree(work, ignore_errors=True)
        files.replace_text(made_with, text)
    for scratch in ("checkpoints", "data"):
        shutil.rmtree(work / scratch, ignore_errors=True)
    # Two states, ilab's checkpoint, the weights, and the GGUF with what it is made of, each of the student's float32
    # size or a little more.
    held = folder.weight_files(base / "hf")
    needed, free = 6 * sum(file.stat().st_size for file in held), shutil.disk_usage(work).free
    if free < needed:
        fail(f"{work}: {free / 1e9:.1f} GB free, training needs {needed / 1e9:.1f} GB; free some")
    output.parent.mkdir(parents=True, exist_ok=True)
    return goes_on


def train(conversed, epochs: int, knobs: dict, flash: bool, args) -> list[dict]:
    """Run `ilab model train` on the conversations; returns the steps {"epoch", "step", "loss", "seconds"}."""
    data = args.work / "messages.jsonl"
    rows.write_data(rows.shuffled(conversed, knobs["additional_args"].get("random_seed", 42)), data)
    each, steps, bar = progress.follow(epochs, args.work / "steps.jsonl")
    if knobs["device"] == "cuda":
        way = accelerated.options(knobs, flash, (args.nnodes, args.node_rank, args.rdzv_endpoint))
        patch, look = "scripts.train.gpu_patch", accelerated.follow(args.checkpoints, each, args.node_rank)
        more = {"CUDA_VISIBLE_DEVICES": gpus.visible(knobs["nproc_per_node"])}
    else:
        way, patch, look = ["--pipeline", "full", "--device", "cpu"], "scripts.train.patch", each
        settings = {name: knobs[name] for name in ("freeze_embeddings", "freeze_layers")}
        settings |= {"state": str((args.work / "state.pt").resolve()), "save_every": args.save_every}
        more = {**MALLOC, "TRAIN_PATCH": json.dumps(settings), "OMP_NUM_THREADS": str(cores())}
    with bar:
        ilab.run(
            "--config", args.config, "model", "train", *way, "--num-epochs", epochs,
            "--model-path", (args.base / "hf").resolve(), "--data-path", data.resolve(),
            "--data-output-dir", (args.work / "data").resolve(), "--ckpt-output-dir", args.checkpoints.resolve(),
            log=Path(f"{args.work}.log"), patch=patch, each=look, more=more,
        )  # fmt: skip
        look("")
    return steps


def estimate(tokens: int, device: str, rate: float | None) -> str:
    """How long the training of `tokens` takes, at the tokens/s that the last training on `device` reached here."""
    where = "the last training here" if rate else "2 cores of a 2021 server CPU"
    if not rate and device == "cuda":
        return "how long that takes is known after the first training on this device"
    rate = rate or REFERENCE_RATE
    return f"about {tokens / rate / 60:.0f} min at {rate:.0f} tokens/s ({where})"


def main():
    args = options.parse(__doc__)
    die_with_parent()
    losses, digest = args.output.with_name("training.jsonl"), files.sha256(args.arguments)
    if args.output.exists() and (made := history.summary(losses)).get("arguments") == digest:
        if made["weights"] == files.sha256(args.output):
            args.output.touch()
            return print(f"{args.output}: made with the same arguments, nothing to train")
    history.check_name(args.output.with_name("record.json"), str(args.data.parent), str(args.config))
    knobs = rows.knobs(args.config, args.base)
    conversed, lengths = rows.read(args.data, args, knobs["max_seq_len"])
    lock = files.lock(Path(f"{args.work}.lock"), "training of this model")
    goes_on = prepare(args.work, args.arguments, args.base, args.output)
    batch = knobs["effective_batch_size"]
    epochs = max(knobs["num_epochs"], round(knobs["min_steps"] * batch / len(conversed)))
    tokens, rate = sum(lengths) * epochs, history.last_rate(args.output.parents[1], knobs["device"])
    print(f"{len(conversed)} rows, {sum(lengths)} tokens, {epochs} epoch{'s' * (epochs > 1)} in batches of {batch}: "
          + estimate(tokens, knobs["device"], rate) + ", less what is done" * goes_on, flush=True)  # fmt: skip
    flash = False
    if knobs["device"] == "cuda":
        accelerated.check_batches(args.config, lengths, knobs, args.nnodes)
        accelerated.check_unused(args.checkpoints, args.node_rank)
        flash = gpus.check(args.config, args.base / "hf", knobs)
    steps = train(conversed, epochs, knobs, flash, args)
    if args.node_rank:
        shutil.rmtree(args.work)
        return print(f"node {args.node_rank} is done; node 0 makes the model")
    if not steps:
        fail(f"ilab took no step; see {args.work}.log; the old model stays")
    seconds = steps[-1]["seconds"]
    made = {"rows": len(conversed), "tokens": tokens, "seconds": round(seconds), "arguments": digest,
            "tokens_per_second": round(tokens / max(seconds, 1e-9), 1), "question": conversed[0][1]["content"],
            "data": str(args.data.parent), "config": str(args.config),
            "made_with": arguments.read(args.arguments)}  # fmt: skip
    with files.replacing(args.output) as partial:
        checkpoint.convert(args.checkpoints, partial)
        made["weights"] = files.sha256(partial)
        files.write_json_lines(losses, [*steps, made])
    shutil.rmtree(args.work)
    lock.release()
    print(f"{args.output}: trained in {seconds / 60:.1f} min, {made['tokens_per_second']:.0f} tokens/s", flush=True)


if __name__ == "__main__":
    main()
