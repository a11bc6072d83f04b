"""What `ilab model train` prints, as losses and as a progress bar."""

import math
import re
import sys
import time
from pathlib import Path

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from scripts import files
from scripts.program import fail

# Steps that a printed or drawn mean of the loss is over.
WINDOW = 50
STEP = re.compile(r"Epoch: (\d+), Step: (\d+), .*Actual Loss Per Batch = ([^\s,]+)")
BATCHES = re.compile(r"num_batches: (\d+)")
AS_ILAB = "as ilab does it"  # the end of what patch.py says when it leaves something as it is
GOES_ON = re.compile(r"goes on at epoch (\d+), batch (\d+)")


def mean(losses: list[float]) -> float:
    """The mean of the last WINDOW of `losses`, in nats a token of the answers."""
    recent = losses[-WINDOW:]
    return sum(recent) / len(recent)


def show(bar: Progress, task, steps: list[dict], total: int) -> None:
    """Show how far the training is: in the bar, or as a line for each tenth where no terminal shows a bar."""
    losses, done = [step["loss"] for step in steps], len(steps)
    bar.update(task, completed=done, loss=f"{mean(losses):.2f}")
    # Later epochs may be packed into a batch more than the first.
    if bar.disable and total and done % max(1, total // 10) == 0:
        minutes = steps[-1]["seconds"] / 60
        print(f"step {done} of {max(total, done)}, loss {mean(losses):.2f}, {minutes:.1f} min", flush=True)


def follow(epochs: int, kept: Path):
    """A function for each line that ilab prints, the list of steps that it fills, and the progress bar.

    A step is {"epoch", "step", "loss", "seconds"}: the loss in nats a token of the answers, the time since the first
    batch without that when nothing ran. kept: a file with the steps as far as an earlier run of this training came.
    """
    steps: list[dict] = files.read_json_lines(kept, torn_end=True) if kept.exists() else []
    bar = Progress(
        TextColumn("training"), BarColumn(), MofNCompleteColumn(), TextColumn("loss {task.fields[loss]}"),
        TimeRemainingColumn(), disable=not sys.stdout.isatty(),
    )  # fmt: skip
    task, total, began, start = bar.add_task("", total=None, loss="-"), 0, time.monotonic(), (0, 0)

    def go_on(epoch: int, batch: int):
        nonlocal began, start
        steps[:] = [step for step in steps if (step["epoch"], step["step"]) <= (epoch, batch)]
        start, began = (epoch, batch), time.monotonic() - (steps[-1]["seconds"] if steps else 0)
        files.write_json_lines(kept, steps)
        print(f"goes on after step {len(steps)} of {total}, where it was stopped", flush=True)

    def add(epoch: int, number: int, loss: float):
        # ilab counts the steps of a resumed epoch from 1.
        number += start[1] if epoch == start[0] else 0
        if not math.isfinite(loss):
            bar.stop()
            fail(f"the loss of step {number} in epoch {epoch} is {loss}; lower train.additional_args.learning_rate")
        seconds = round(time.monotonic() - began, 1)
        steps.append({"epoch": epoch, "step": number, "loss": round(loss, 4), "seconds": seconds})
        with open(kept, "a", encoding="utf-8") as file:
            file.write(files.json_lines(steps[-1:]))
        show(bar, task, steps, total)

    def each(line: str):
        nonlocal total, began
        if found := BATCHES.search(line):
            total, began = int(found[1]) * epochs, time.monotonic()
            bar.update(task, total=total)
        elif found := GOES_ON.search(line):
            go_on(int(found[1]), int(found[2]))
        elif line.rstrip().endswith(AS_ILAB):
            print(line.rstrip(), flush=True)
        elif found := STEP.search(line):
            add(int(found[1]), int(found[2]), float(found[3]))

    return each, steps, bar
