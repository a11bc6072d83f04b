"""The picture of an evaluation."""

import json
import re
import sys
import xml.etree.ElementTree as ElementTree

import pytest

from scripts.measure import chart


def words(svg):
    """What is written in the picture, and that it is XML."""
    return ["".join(e.itertext()).strip() for e in ElementTree.fromstring(svg).iter("{http://www.w3.org/2000/svg}text")]


def test_it_shows_all_models_and_kinds(measured):
    found = words(chart.draw(measured["models"]))
    kinds = measured["models"]["base"]["kinds"]
    for label in [*measured["models"], *kinds, "right", "declined", "wrong, or made up"]:
        assert found.count(label) == 1, label
    assert found.count("100") == len(kinds)


def bars(svg, colour):
    """The lengths of the bars of a colour, from the top down in each panel, as shares of the longest bar of all."""
    paths = re.findall(r'd="M ([\d.]+) [\d.]+ \nL ([\d.]+) [^"]*"[^>]*style="fill: (#\w+)"', svg)
    return [round(float(b) - float(a), 1) for a, b, fill in paths if fill == colour]


def test_bars_are_as_long_as_the_shares(measured):
    models = {"base": measured["models"]["base"], "other": measured["models"]["sample-embedded"]}
    svg = chart.draw(models)
    lengths = {verdict: bars(svg, colour) for verdict, colour in chart.COLOURS.items()}
    # A bar for each model and kind, from the last model to the first, and one in the legend.
    shares = {
        verdict: [
            models[name]["kinds"][kind][verdict] for kind in models["base"]["kinds"] for name in ("other", "base")
        ]
        for verdict in chart.COLOURS
    }
    full = next(length / share for length, share in zip(lengths["right"], shares["right"], strict=False) if share)
    for verdict, found in lengths.items():
        assert found[: len(shares[verdict])] == pytest.approx([full * share for share in shares[verdict]], abs=0.3), (
            verdict
        )


def test_the_same_numbers_make_the_same_picture(measured):
    assert chart.draw(measured["models"]) == chart.draw(measured["models"])


def test_names_are_text(measured):
    """No formula, no markup, no control characters, and two names that look alike keep their bars."""
    base = measured["models"]["base"]
    base["kinds"]["$\\frac{<b>&\x1b"] = base["kinds"].pop("general")
    found = words(chart.draw({"$x\x00": base, "$x\x1b": base}))
    assert "$\\frac{<b>&\N{REPLACEMENT CHARACTER}" in found and found.count("$x\N{REPLACEMENT CHARACTER}") == 2


def test_the_script(tmp_path, monkeypatch, measured):
    (tmp_path / "evaluation.json").write_text(json.dumps(measured))
    arguments = ["--evaluation", str(tmp_path / "evaluation.json"), "--output", str(tmp_path / "docs/results.svg")]
    monkeypatch.setattr(sys, "argv", ["chart", *arguments])
    chart.main()
    assert (tmp_path / "docs/results.svg").read_text() == chart.draw(measured["models"])
    (tmp_path / "evaluation.json").write_text("{}")
    with pytest.raises(SystemExit, match="run make evaluate"):
        chart.main()
