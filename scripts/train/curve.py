"""Draw the loss of a training: training.jsonl -> a picture."""

import argparse
from pathlib import Path

from scripts import files
from scripts.train.progress import WINDOW, mean


def plot(losses: list[float], output: Path) -> None:
    """Draw the loss of each step, and its mean over WINDOW steps, into the PNG file `output`."""
    import matplotlib

    matplotlib.use("agg")
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(figsize=(7, 4), layout="constrained")
    axes.plot(losses, linewidth=0.5, alpha=0.5, label="step")
    axes.plot([mean(losses[: i + 1]) for i in range(len(losses))], label=f"mean of the last {WINDOW} steps")
    axes.set(xlabel="gradient step", ylabel="cross-entropy per answer token (nats)", ylim=(0, None))
    axes.legend()
    with files.replacing(output) as partial:
        figure.savefig(partial, format="png", dpi=120)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--training", type=Path, required=True, help="training.jsonl of a model")
    parser.add_argument("--output", type=Path, required=True, help="PNG file to write")
    args = parser.parse_args()
    plot([step["loss"] for step in files.read_json_lines(args.training) if "loss" in step], args.output)


if __name__ == "__main__":
    main()
