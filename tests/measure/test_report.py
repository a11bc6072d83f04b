"""The report page, made of an evaluation that was made up, and looked at in a real browser."""

import html
import json
import re
import subprocess
import sys

import pytest

from scripts import files
from scripts.measure import report
from tests.browser import check_fit, needed

NAME = "sample-embedded"
RECORD = {
    "name": NAME, "data": "made-up", "training": {"rows": 4, "tokens": 600, "seconds": 90, "tokens_per_second": 6.7},
    "sha256": {"model.gguf": "1" * 64},
}  # fmt: skip


@pytest.fixture
def page(tmp_path, monkeypatch, measured):
    """Make the page of an evaluation whose model was trained here; returns its HTML."""
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "models" / NAME
    folder.mkdir(parents=True)
    (folder / "record.json").write_text(json.dumps(RECORD))
    files.write_json_lines(folder / "training.jsonl", [{"loss": round(3 / (n + 1), 4)} for n in range(30)])

    def make(evaluation=measured):
        (tmp_path / "evaluation.json").write_text(json.dumps(evaluation))
        monkeypatch.setattr(sys, "argv", ["report", "--evaluation", "evaluation.json", "--output", "report.html"])
        report.main()
        return (tmp_path / "report.html").read_text(encoding="utf-8")

    return make


def text(source):
    """The words of a page, without markup."""
    return " ".join(html.unescape(re.sub(r"(?s)<style>.*?</style>|<[^>]+>", " ", source)).split())


def rows(source):
    """{model: cells} of the table of numbers."""
    table = re.search(r'(?s)<table class="cards numbers">.*?<tbody>(.*?)</tbody>', source)[1]
    found = re.findall(r'(?s)<tr><th scope="row">(.*?)</th>(.*?)</tr>', table)
    return {
        html.unescape(name): [text(cell) for cell in re.findall(r"(?s)<td.*?</td>", cells)] for name, cells in found
    }


def test_the_numbers_of_each_model(page, measured):
    source = page()
    table = rows(source)
    assert list(table) == ["base", NAME, "pages"]
    for name, model in measured["models"].items():
        for cell, numbers in zip(table[name], model["kinds"].values(), strict=False):
            assert cell.startswith(f"{numbers['right']:.0%} {numbers['low']:.0%} to {numbers['high']:.0%}, n=5")
            assert ("declined" in cell) == bool(numbers["declined"])
            assert ("in one of the first three" in cell) == ("found" in numbers)
        assert table[name][-1] == f"{model['kinds']['unanswerable']['wrong']:.0%}"
    assert table["pages"][0].endswith("in one of the first three 80%")
    assert len(set(map(tuple, table.values()))) == 3, "the made-up answers differ"


def test_what_pages_is(page, measured):
    words = text(page())
    assert "of 2 models. They had nothing at hand." in words
    assert "pages is no model: it looked the answer up in the crawled pages and says what they say." in words
    assert "In one of the first three”: how often one of the three best sources held the key terms." in words
    del measured["models"]["pages"]
    words = text(page(measured))
    assert "of 2 models." in words and "crawled pages" not in words and "In one of the first three" not in words


def test_all_unanswerable_kinds(page, measured):
    """Of 5 and 15 questions, 40% and 80% were answered: 2 and 12 of 20."""
    for model in measured["models"].values():
        model["kinds"]["unanswerable"].update(n=5, wrong=0.4)
        model["kinds"]["foreign_unanswerable"] = {**model["kinds"]["unanswerable"], "n": 15, "wrong": 0.8}
        model["answers"] = [{**answer, "kind": "foreign_unanswerable"} for answer in model["answers"][15:20]]
    source = page(measured)
    assert {cells[-1] for cells in rows(source).values()} == {"70%"}
    assert "80% made up" in re.search(r"(?s)<h3>foreign_unanswerable</h3>.*?</svg>", source)[0]
    assert "right: declined" in text(source) and "wrong: made up" in text(source)


def test_without_unanswerable_questions_nothing_is_made_up(page, measured):
    for model in measured["models"].values():
        del model["kinds"]["unanswerable"]
    assert "made up where there is no answer" not in page(measured)


def test_the_pictures(page, measured):
    source = page()
    for kind in measured["models"]["base"]["kinds"]:
        picture = re.search(rf"(?s)<h3>{kind}</h3>.*?</svg>", source)[0]
        for name, model in measured["models"].items():
            numbers = model["kinds"][kind]
            label = re.search(rf">{re.escape(name)}</text>\s*<text[^>]*>([^<]*)<", picture)[1]
            assert label.startswith(f"{numbers['right']:.0%} right")
        widths = {name: [float(w) for w in re.findall(rf'<rect class="{name}"[^>]*width="([0-9.]+)"', picture)]
                  for name in ("right", "declined", "wrong")}  # fmt: skip
        for right, declined, wrong, model in zip(*widths.values(), measured["models"].values(), strict=True):
            assert right + declined + wrong == pytest.approx(338, abs=0.3)
            assert right == pytest.approx(338 * model["kinds"][kind]["right"], abs=0.1)
            assert declined == pytest.approx(338 * model["kinds"][kind]["declined"], abs=0.1)


def test_a_long_name_is_cut_where_it_has_no_room(page, measured):
    """In the pictures, beside the numbers. Its end tells more than its beginning."""
    path = "build/models/of-somebody-else/model.gguf"
    measured["models"] = {key.replace(NAME, path): model for key, model in measured["models"].items()}
    measured["run"]["model"]["name"] = path
    source = page(measured)
    assert source.count(f">&hellip;{path[-19:]}<title>{path}</title></text>") == 5
    assert list(rows(source)) == ["base", path, "pages"]


def test_questions_side_by_side(page, measured):
    source = page()
    found = re.findall(r'(?s)<tr><td data-label=".*?</tr>', source)
    assert len(found) == report.QUESTIONS and f"{report.QUESTIONS} questions, side by side" in text(source)
    for row in found:
        question = text(re.search(r"(?s)<b>(.*?)</b>", row)[1])
        cells = [text(cell) for cell in re.findall(r"(?s)<td.*?</td>", row)]
        for name, cell in zip(measured["models"], cells[1:], strict=True):
            answer = next(a for a in measured["models"][name]["answers"] if a["question"] == question)
            assert cell.startswith(f"{report.word(answer['kind'], answer['verdict'])} {answer['answer']}")
    assert "right: declined" in text(source) and "wrong: made up" in text(source)
    assert "right with term 1 or word 1" in text(source)


def cell_of(source, number):
    """What is shown of the answer from the pages to a question."""
    row = re.search(rf'(?s)<tr><td data-label="[^"]*"><b>{re.escape(number)}</b>.*?</tr>', source)[0]
    return text(re.findall(r"(?s)<td.*?</td>", row)[-1])


def test_where_an_answer_from_the_pages_stands(page, measured):
    """Title and heading of the best source; of a declined answer it is merely the nearest one."""
    for model in measured["models"].values():
        model["answers"] = model["answers"][:5]
    answers = measured["models"]["pages"]["answers"]
    for answer, (title, heading) in zip(
        answers, [("A & B", "<C>"), ("D", ""), ("E", "F"), ("G", "H"), ("", "")], strict=True
    ):
        answer.update(title=title, heading=heading)
    source = page(measured)
    cells = [cell_of(source, answer["question"]) for answer in answers]
    assert cells[0] == "right Made up: term 1. A & B > <C>" and cells[1] == "right Made up: term 2. D"
    assert cells[2].startswith("wrong Something else") and cells[2].endswith(".html E > F")
    assert cells[3] == "declined The documentation does not say. nearest: G > H"
    assert cells[4] == "declined The documentation does not say.", "nothing was found"


def points(source, name):
    """The points of a line in the figure of thresholds."""
    line = re.search(rf'<polyline class="{name}" points="([^"]*)"', source)[1]
    return [tuple(map(float, point.split(","))) for point in line.split()]


def test_the_figure_of_thresholds(page, measured):
    source = page()
    left, top, right, bottom = report.FRAME
    for name in report.LINES:
        found = points(source, name)
        # The lowest score of the made-up answers is 0 and the highest 0.95: the axis is from 0 to 1.
        assert found == [
            (round(left + (right - left) * it["threshold"], 1), round(bottom - (bottom - top) * it[name], 1))
            for it in measured["curve"]
        ], name
    x = round(left + (right - left) * 0.6, 1)
    assert f'<path class="in-use" d="M{x} ' in source and ">in use: 0.6</text>" in source
    label = re.search(r'<svg class="lines"[^>]*role="img" aria-label="([^"]*)"', source)[1]
    assert "from 0.0 to 0.95" in label and "the threshold in use is 0.6" in label
    assert all(words in label and f"</i>{words}</span>" in source for words in report.LINES.values())
    figure = re.search(r'(?s)<svg class="lines".*?</svg>', source)[0]
    assert re.findall(r'text-anchor="middle">([\d.]+)</text>', figure) == ["0", "0.2", "0.4", "0.6", "0.8", "1"]


def test_the_numbers_of_the_thresholds(page, measured):
    table = re.search(r'(?s)<details><summary>.*?<table class="thresholds">.*?<tbody>(.*?)</tbody>', page())[1]
    found = [text(row).split(" ") for row in re.findall("(?s)<tr>.*?</tr>", table)]
    assert 8 <= len(found) <= 9 and len(measured["curve"]) > 9
    in_use = [row for row in found if "(in" in row]
    by_threshold = {f"{point['threshold']:.2f}": point for point in measured["curve"]}
    assert len(in_use) == 1 and in_use[0][:3] == ["0.60", "(in", "use)"]
    assert [found[0][0], found[-1][0]] == ["0.00", "0.95"] and sorted(found) == found
    for row in found:
        assert row[-3:] == [f"{by_threshold[row[0]][name]:.0%}" for name in report.LINES]


def point(threshold, *shares):
    return dict(zip(("threshold", *report.LINES), (threshold, *shares), strict=True)) | {"declined": None}


@pytest.mark.parametrize("in_use", [-1, 0, 0.35, 0.505, 0.6, 2])
@pytest.mark.parametrize("values", [[0.3, 0.31], [-0.2, 0.5, 1.3], [n / 100 for n in range(20, 130)]])
def test_all_stays_in_the_frame(in_use, values):
    """Also where the threshold in use is above or below all scores."""
    shown = report.thresholds([point(value, 0.5, 0.0, 1.0) for value in values], in_use)
    left, top, right, bottom = report.FRAME
    for line in shown["lines"].values():
        found = [tuple(map(float, it.split(","))) for it in line.split()]
        assert len(found) == len(values) and found == sorted(found)
        assert all(left <= x <= right and top <= y <= bottom for x, y in found)
    assert left <= shown["x"] <= right
    assert 2 <= len(shown["across"]) <= report.TICKS and all(left <= tick["x"] <= right for tick in shown["across"])
    assert min(len(values), report.ROWS) <= len(shown["rows"]) <= report.ROWS + 1
    assert [row["threshold"] for row in shown["rows"] if row["in_use"]] == [it for it in values if it == in_use]


@pytest.mark.parametrize("curve", [[], [point(0.5, 1.0, 0.0, 1.0)], [point(n, None, None, None) for n in (0.1, 0.2)]])
def test_no_figure_without_a_line(page, measured, curve):
    source = page({**measured, "curve": curve})
    assert "polyline" not in re.sub(r'(?s)aria-label="loss by.*?</svg>|<style>.*?</style>', "", source)
    assert "The threshold" not in text(source)


def test_no_line_of_questions_that_nobody_asked(page, measured):
    source = page({**measured, "curve": [point(n, 0.5, 0.5, None) for n in (0.1, 0.2)]})
    assert points(source, "right") and points(source, "wrong") and "unanswerable, declined" not in source
    assert "<td>50%</td><td>50%</td><td>-</td>" in source


def test_what_was_run(page):
    words = text(page())
    assert "num_epochs: 3" in words and "instructlab 0.0.0" in words and "made-up/questions.jsonl" in words
    assert f"models/{NAME}/model.gguf sha256 {'1' * 64} system prompt: Made-up system prompt." in words
    assert f"models/base/model.gguf sha256 {'0' * 64} system prompt: Made-up system prompt of the base model." in words
    assert f"asking {NAME} 25 answers in 12.5 s" in words and "asking pages 25 answers in 6.2 s" in words
    assert "2 cores; at most 5 questions of each kind" in words


def test_the_training_of_the_measured_model(page, measured):
    words = text(page())
    assert f"The training of {NAME}" in words and "steps 28 to 30:" in words and "tokens per second 6.7" in words
    assert "rows 4" in words and "these rows have changed since" in words
    measured["run"]["model"]["sha256"] = "5" * 64
    words = text(page(measured))
    assert "is not that of the model measured here" in words
    assert "steps 28 to 30:" not in words and "tokens per second" not in words


def test_of_the_base_model_alone(page, measured):
    measured["run"]["model"] = measured["run"]["base"]
    measured["models"] = {"base": measured["models"]["base"]}
    words = text(page(measured))
    assert "of 1 model." in words and "No record of a training lies beside models/base/model.gguf." in words
    assert words.count("models/base/model.gguf sha256") == 1


def test_it_needs_no_network(page):
    assert not re.search(r"<script|<link(?! rel=\"icon\" href=\"data:,\")|src=|@import|url\(", page())


HOSTILE = "<script>alert(1)</script>&amp;\"'{{ 7 * 7 }}\x00\x1b[2J\u202egnp\ud800"


def test_what_others_wrote_is_text(page, measured):
    """No markup, no template, no control characters, whoever wrote it: models, questions, files, names."""
    for model in measured["models"].values():
        for answer in model["answers"]:
            answer.update(answer=HOSTILE, question=HOSTILE, must=[[HOSTILE, HOSTILE]])
            if "score" in answer:
                answer.update(title=HOSTILE, heading=HOSTILE)
        model["kinds"] = {HOSTILE if kind == "general" else kind: numbers for kind, numbers in model["kinds"].items()}
        for answer in model["answers"]:
            answer["kind"] = HOSTILE if answer["kind"] == "general" else answer["kind"]
    run = measured["run"]
    run["config"]["text"] = run["model"]["system"] = run["questions"]["path"] = HOSTILE
    run["versions"][HOSTILE] = HOSTILE
    measured["models"] = {key.replace(NAME, HOSTILE): model for key, model in measured["models"].items()}
    run["model"]["name"] = HOSTILE
    record = json.loads(open(f"models/{NAME}/record.json").read())
    record.update(data=HOSTILE, training={HOSTILE: HOSTILE})
    open(f"models/{NAME}/record.json", "w").write(json.dumps(record))
    source = page(measured)
    assert "<script" not in source and not re.search("[\x00-\x08\x0b-\x1f\u202e]", source)
    assert "&lt;script&gt;alert(1)&lt;/script&gt;&amp;amp;" in source and "{{ 7 * 7 }}" in source
    assert not re.search(r'="[^"]*<', source), "an attribute was left"


def test_the_same_evaluation_makes_the_same_page(page):
    assert page() == page()


def test_bad_input_is_named_and_the_old_page_stays(page, tmp_path):
    before = page()
    (tmp_path / "evaluation.json").write_text("{}")
    with pytest.raises(SystemExit, match="evaluation.json: not an evaluation .* run make evaluate"):
        report.main()
    assert (tmp_path / "report.html").read_text() == before


def test_the_script_as_make_runs_it(page, tmp_path):
    before = page()
    root = report.Path(report.__file__).resolve().parents[2]
    command = [sys.executable, "-m", "scripts.measure.report", "--evaluation", tmp_path / "evaluation.json"]
    result = subprocess.run([*command, "--output", tmp_path / "other.html"], cwd=root, capture_output=True, text=True)
    assert result.returncode == 0 and result.stderr == "" and "open it in a browser" in result.stdout
    assert rows((tmp_path / "other.html").read_text()) == rows(before)


@pytest.mark.slow
@needed
@pytest.mark.parametrize("width", [400, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_in_a_browser(page, measured, tmp_path, width, scheme):
    """Nothing sticks out at either width, and the page has the background of the scheme."""
    long = "a/very/long/path/to/a/model/that/cannot/be/broken/anywhere/but/inside/model.gguf"
    measured["models"] = {key.replace(NAME, long): model for key, model in measured["models"].items()}
    measured["run"]["model"]["name"] = long
    for answer in measured["models"]["pages"]["answers"]:
        answer.update(title=long, heading=long)
    source = page(measured).replace("<details>", "<details open>")
    check_fit(source, tmp_path, width, scheme)
