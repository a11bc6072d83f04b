"""Draw an evaluation as a picture for the README: a panel a kind of question, a bar a model."""

import argparse
import io
from pathlib import Path

import common
import report

COLOURS = {"right": "#0a7d5a", "declined": "#9aa4b0", "wrong": "#c23b12"}
LABELS = {"wrong": "wrong, or made up"}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--evaluation", type=Path, required=True, help="what evaluate.py wrote")
    parser.add_argument("--output", type=Path, required=True, help="SVG file to write")
    args = parser.parse_args()
    models = report.read_evaluation(args.evaluation)["models"]

    import matplotlib

    matplotlib.use("agg")
    # The same bytes for the same numbers, and text that a browser sets in its own font.
    matplotlib.rcParams.update({"svg.hashsalt": "", "svg.fonttype": "none", "font.size": 9})
    import matplotlib.pyplot as plt

    names, kinds = list(models)[::-1], list(next(iter(models.values()))["kinds"])
    size = (9, 0.6 + 0.3 * len(names))
    figure, axes = plt.subplots(1, len(kinds), figsize=size, sharey=True, layout="constrained", squeeze=False)
    for panel, kind in zip(axes[0], kinds, strict=True):
        left = [0.0] * len(names)
        for verdict, colour in COLOURS.items():
            widths = [100 * models[name]["kinds"][kind][verdict] for name in names]
            panel.barh(names, widths, left=left, color=colour, label=LABELS.get(verdict, verdict))
            left = [a + b for a, b in zip(left, widths, strict=True)]
        panel.set(title=kind, xlim=(0, 100), xticks=(0, 50, 100))
    figure.legend(*axes[0][0].get_legend_handles_labels(), loc="outside lower center", ncols=3, frameon=False)
    # White behind it: it is read in dark windows too.
    picture = io.StringIO()
    figure.savefig(picture, format="svg", facecolor="white", metadata={"Date": None})
    common.replace_text(args.output, picture.getvalue())
    print(f"{args.output}: {len(models)} models, {len(kinds)} kinds of questions, in percent")


if __name__ == "__main__":
    main()
