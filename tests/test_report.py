"""The report page, made from an evaluation that was made up for this test, and looked at in a real browser."""

import html
import json
import re
import shutil
import subprocess
import sys

import pytest
import report
from conftest import ROOT

MADE_UP = ROOT / "tests/fixtures/made_up_evaluation.json"
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)


def make_report(folder, evaluation=MADE_UP):
    """The page with a made-up training of 3 epochs and 4 rows of data, as (result, path)."""
    steps = [{"epoch": n // 10, "step": n % 10 + 1, "loss": round(3 / (n + 1) + 0.2, 4)} for n in range(30)]
    summary = {"rows": 4, "tokens": 600, "seconds": 90, "tokens_per_second": 6.7}
    (folder / "training.jsonl").write_text("".join(json.dumps(row) + "\n" for row in [*steps, summary]))
    row = {
        "system": "s",
        "user": "q?",
        "assistant": "The documentation does not say.",
        "id": "unanswerable",
        "page": "a",
    }
    data = [row, *({**row, "user": f"{n}?", "assistant": "It is five.", "id": f"f{n}"} for n in range(3))]
    (folder / "data.jsonl").write_text("".join(json.dumps(row) + "\n" for row in data))
    command = [sys.executable, ROOT / "scripts/report.py", "--evaluation", evaluation, "--data", folder / "data.jsonl"]
    command += ["--training", folder / "training.jsonl", "--output", folder / "report.html"]
    return subprocess.run(command, capture_output=True, text=True), folder / "report.html"


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    result, path = make_report(tmp_path_factory.mktemp("report"))
    assert result.returncode == 0, result.stderr
    return path


def text(path):
    """The words of the page, without markup."""
    return " ".join(html.unescape(re.sub(r"(?s)<style>.*?</style>|<[^>]+>", " ", path.read_text())).split())


def test_all_parts_are_there(page):
    words, evaluation = text(page), json.loads(MADE_UP.read_text())
    for name, model in evaluation["models"].items():
        assert name in words
        for kind, numbers in model["kinds"].items():
            assert f"{kind}, right" in words and f"{numbers['right']:.0%} right" in words
    assert "right: declined" in words and "wrong: made up" in words and "steps 28 to 30:" in words
    assert "20 questions, side by side" in words and page.read_text().count('<tr><td data-label="') == 20
    assert "rows 4" in words and "facts 3" in words and "rows that decline 1" in words and "600, all epochs" in words
    assert "num_epochs: 3" in words and "0" * 64 in words and "instructlab 0.0.0" in words


def test_it_needs_no_network_and_escapes_answers(page):
    source = page.read_text()
    assert not re.search(r"<script|<link(?! rel=\"icon\" href=\"data:,\")|src=|@import|url\(", source)
    assert "made-up &lt;b&gt;answer" in source and "made-up <b>answer" not in source


def test_the_same_evaluation_makes_the_same_page(page, tmp_path):
    _, again = make_report(tmp_path)
    assert again.read_text().replace(str(tmp_path), "") == page.read_text().replace(str(page.parent), "")


def test_chart_is_the_same_for_the_same_numbers(tmp_path):
    models = json.loads(MADE_UP.read_text())["models"]
    charts = []
    for name in ("first.svg", "second.svg"):
        command = [sys.executable, ROOT / "scripts/chart.py", "--evaluation", MADE_UP, "--output", tmp_path / name]
        assert subprocess.run(command, capture_output=True).returncode == 0
        charts.append((tmp_path / name).read_text())
    assert charts[0] == charts[1] and all(
        f">{name}<" in charts[0] for name in [*models, "held-out", "wrong, or made up"]
    )


def test_without_training_and_with_one_model(tmp_path):
    evaluation = json.loads(MADE_UP.read_text())
    evaluation["models"] = {"base": evaluation["models"]["base"]}
    (tmp_path / "one.json").write_text(json.dumps(evaluation))
    command = [sys.executable, ROOT / "scripts/report.py", "--evaluation", tmp_path / "one.json"]
    command += ["--training", tmp_path / "none.jsonl", "--output", tmp_path / "report.html"]
    result = subprocess.run(command, capture_output=True, text=True)
    assert result.returncode == 0, result.stderr
    assert "of 1 model." in text(tmp_path / "report.html") and "The training" not in text(tmp_path / "report.html")


def test_bad_input_is_named(tmp_path):
    for content in ("{", "{}", '{"models": {}}', '{"models": {"a": {"answers": []}}, "run": {}}'):
        (tmp_path / "bad.json").write_text(content)
        result, path = make_report(tmp_path, tmp_path / "bad.json")
        assert result.returncode == 1 and "run make evaluate first" in result.stderr, content
        assert len(result.stderr.splitlines()) == 1 and not path.exists()


def test_loss_curve_stays_in_its_frame():
    left, top, right, bottom = report.FRAME
    for losses in ([2.0], [0.0, 0.0], [9.7, 3.1, 0.02], [1e-3, 2e-3]):
        curve = report.loss_curve(losses)
        points = [tuple(map(float, point.split(","))) for point in curve["points"].split()]
        assert all(left <= x <= right and top <= y <= bottom for x, y in points), losses
        assert len(points) == len(losses) and 2 <= len(curve["ticks"]) <= 20


@pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on PATH")
@pytest.mark.parametrize("width", [400, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_in_a_browser(page, tmp_path, width, scheme):
    """Nothing sticks out at either width, and the page has the background of the scheme."""
    # Chromium's own windows are never as narrow as 400 pixels, a frame is.
    probe = """<!DOCTYPE html><body style="margin:0"><iframe style="border:0" width="{width}" height="4000" onload="
      const page = this.contentDocument, at = page.documentElement.clientWidth;
      const out = [...page.body.querySelectorAll('*')].filter(e => !e.closest('pre')
        && e.getBoundingClientRect().right > at + 1).map(e => e.outerHTML.slice(0, 80));
      document.title = JSON.stringify([page.documentElement.scrollWidth - at, out.slice(0, 3),
        this.contentWindow.getComputedStyle(page.body).backgroundColor])" srcdoc="{source}"></iframe>"""
    (tmp_path / "probe.html").write_text(probe.format(width=width, source=html.escape(page.read_text())))
    command = [CHROMIUM, "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]
    command += [f"--user-data-dir={tmp_path / 'profile'}", f"--window-size={max(width, 600)},4000"]
    command += [f"--blink-settings=preferredColorScheme={0 if scheme == 'dark' else 1}"]
    command += [f"--screenshot={tmp_path / 'page.png'}", "--dump-dom", (tmp_path / "probe.html").as_uri()]
    result = subprocess.run(command, capture_output=True, text=True, timeout=120)
    title = re.search(r"<title>(.*?)</title>", result.stdout)
    assert title, result.stderr
    over, out, background = json.loads(html.unescape(title[1]))
    assert over == 0 and not out
    assert background == {"light": "rgb(255, 255, 255)", "dark": "rgb(18, 22, 27)"}[scheme]
