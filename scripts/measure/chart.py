"""Draw an evaluation as a picture for the README: a panel a kind of question, a bar a model."""

import argparse
import io
from pathlib import Path

from scripts import files, program
from scripts.measure import evaluation

COLOURS = {"right": "#0a7d5a", "declined": "#9aa4b0", "wrong": "#c23b12"}
LABELS = {"wrong": "wrong, or made up"}


def draw(models: dict) -> str:
    """The picture of the models of an evaluation, as SVG: the same text for the same numbers."""
    import matplotlib

    matplotlib.use("agg")
    # Text that a browser sets in its own font, and in which a "$" begins no formula.
    matplotlib.rcParams.update({"svg.hashsalt": "", "svg.fonttype": "none", "font.size": 9, "text.parse_math": False})
    import matplotlib.pyplot as plt

    names, kinds = list(models)[::-1], list(next(iter(models.values()))["kinds"])
    size = (9, 0.6 + 0.3 * len(names))
    figure, axes = plt.subplots(1, len(kinds), figsize=size, sharey=True, layout="constrained", squeeze=False)
    for panel, kind in zip(axes[0], kinds, strict=True):
        left = [0.0] * len(names)
        for verdict, colour in COLOURS.items():
            widths = [100 * models[name]["kinds"][kind][verdict] for name in names]
            panel.barh(range(len(names)), widths, left=left, color=colour, label=LABELS.get(verdict, verdict))
            left = [a + b for a, b in zip(left, widths, strict=True)]
        panel.set(title=program.printable(kind), xlim=(0, 100), xticks=(0, 50, 100))
    axes[0][0].set_yticks(range(len(names)), [program.printable(name) for name in names])
    figure.legend(*axes[0][0].get_legend_handles_labels(), loc="outside lower center", ncols=3, frameon=False)
    # White behind it: it is read in dark windows too.
    picture = io.StringIO()
    figure.savefig(picture, format="svg", facecolor="white", metadata={"Date": None})
    plt.close(figure)
    return picture.getvalue()


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--evaluation", type=Path, required=True, help="what scripts.measure.evaluation wrote")
    parser.add_argument("--output", type=Path, required=True, help="SVG file to write")
    args = parser.parse_args()
    models = evaluation.read(args.evaluation)["models"]
    files.replace_text(args.output, draw(models))
    kinds = next(iter(models.values()))["kinds"]
    print(f"{args.output}: {len(models)} models, {len(kinds)} kinds of questions, in percent")


if __name__ == "__main__":
    main()
