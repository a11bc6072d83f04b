"""The report shows the training of the very file that was measured, and no other."""

import json

import pytest

from scripts import files
from scripts.measure import training

ROW = {"system": "s", "user": "q?", "assistant": "The documentation does not say.", "id": "unanswerable", "page": "a"}


@pytest.fixture
def model(tmp_path, monkeypatch):
    """A measured model with the record and the history of its training, and the rows that it was made of."""
    monkeypatch.chdir(tmp_path)
    rows = [ROW, *({**ROW, "user": f"{n}?", "assistant": "It is five.", "id": f"f{n}", "page": "b"} for n in range(3))]
    (tmp_path / "rows").mkdir()
    files.write_json_lines("rows/train_konflux.jsonl", rows)
    folder = tmp_path / "models/a"
    folder.mkdir(parents=True)
    record = {
        "name": "a", "data": "rows", "training": {"rows": 4, "tokens": 600, "seconds": 90},
        "arguments": {"files": {"rows/train_konflux.jsonl": files.sha256("rows/train_konflux.jsonl")}},
        "sha256": {"weights.safetensors": "2" * 64, "model.gguf": "1" * 64},
    }  # fmt: skip
    (folder / "record.json").write_text(json.dumps(record))
    steps = [{"step": n + 1, "loss": round(3 / (n + 1) + 0.2, 4)} for n in range(30)]
    files.write_json_lines(folder / "training.jsonl", [*steps, {"weights": "2" * 64, "tokens": 600}])
    return {"name": "a", "path": "models/a/model.gguf", "sha256": "1" * 64, "record": {}}


def changed(path, change):
    content = json.loads(open(path).read())
    change(content)
    open(path, "w").write(json.dumps(content))


def test_all_of_it(model):
    shown = training.beside(model)
    assert shown["record"]["training"]["tokens"] == 600 and shown["curve"]["steps"] == 30
    assert shown["data"]["counts"] == {
        "different questions": 4, "facts": 3, "pages": 2, "rows that decline": 1, "words an answer, on average": 3.5,
    }  # fmt: skip
    assert shown["data"]["sha256"] == files.sha256("rows/train_konflux.jsonl")


def test_another_training_since(model):
    changed("models/a/record.json", lambda record: record["sha256"].update({"model.gguf": "3" * 64}))
    assert "is not that of the model measured here" in training.beside(model)["missing"]


@pytest.mark.parametrize("hashes", [None, {}, "1"])
def test_a_record_that_proves_nothing(model, hashes):
    changed("models/a/record.json", lambda record: record.update(sha256=hashes))
    assert "is not that of the model measured here" in training.beside(model)["missing"]


@pytest.mark.parametrize("content", [None, {}, {"name": "base", "sha256": {"model.gguf": "1" * 64}}])
def test_no_training(model, content):
    path = training.Path("models/a/record.json")
    path.unlink() if content is None else path.write_text(json.dumps(content))
    assert training.beside(model)["missing"] == "No record of a training lies beside models/a/model.gguf."


def test_weights_trained_since_have_another_curve(model):
    """The training was run again, and stopped before it made the model."""
    files.write_json_lines("models/a/training.jsonl", [{"loss": 1.0}, {"weights": "4" * 64}])
    shown = training.beside(model)
    assert shown["curve"] is None and shown["record"]["name"] == "a"


@pytest.mark.parametrize("lines", ["", '{"tokens": 1}\n', '{"loss": "much"}\n', "[]\n"])
def test_no_losses(model, lines):
    training.Path("models/a/training.jsonl").write_text(lines)
    assert training.beside(model)["curve"] is None
    training.Path("models/a/training.jsonl").unlink()
    assert training.beside(model)["curve"] is None


def test_a_history_that_a_kill_tore(model):
    with open("models/a/training.jsonl", "a") as file:
        file.write('{"loss": 1')
    assert training.beside(model)["curve"]["steps"] == 30


def test_rows_that_have_changed_since_are_not_counted(model):
    with open("rows/train_konflux.jsonl", "a") as file:
        file.write(json.dumps(ROW) + "\n")
    assert training.beside(model)["data"]["counts"] is None
    training.Path("rows/train_konflux.jsonl").unlink()
    assert training.beside(model)["data"]["counts"] is None


def test_a_record_without_data(model):
    changed("models/a/record.json", lambda record: record.pop("data"))
    assert training.beside(model)["data"] is None


def test_counts_leave_out_what_is_not_there():
    rows = [{"user": "A?", "assistant": "one two", "page": ""}, {"user": "a", "assistant": "one two three", "id": ""}]
    assert training.counts(rows) == {"different questions": 1, "words an answer, on average": 2.5}


@pytest.mark.parametrize("losses", [[2.0], [0.0, 0.0], [9.7, 3.1, 0.02], [1e-3, 2e-3], [5.0] * 40])
def test_a_curve_stays_in_its_frame(losses):
    left, top, right, bottom = training.FRAME
    curve = training.loss_curve(losses)
    points = [tuple(map(float, point.split(","))) for point in curve["points"].split()]
    assert all(left <= x <= right and top <= y <= bottom for x, y in points)
    assert len(points) == len(losses) and 2 <= len(curve["ticks"]) <= 20
    assert len(curve["means"]) <= training.PARTS and points[0][0] == left
    if len(losses) > 1:
        assert points[-1][0] == right
    if losses[0] == max(losses) > 0:
        assert points[0][1] < (top + bottom) / 2, "the highest loss is drawn high"


def test_means_and_ticks():
    curve = training.loss_curve([4.0] * 10 + [2.0] * 10)
    assert [mean["label"] for mean in curve["means"]][:2] == ["steps 1 to 2: 4.00", "steps 3 to 4: 4.00"]
    assert curve["means"][-1]["label"] == "steps 19 to 20: 2.00"
    assert [tick["label"] for tick in curve["ticks"]] == ["0", "1", "2", "3", "4"]
    left, _, right, _ = training.FRAME
    assert curve["means"][0]["x"] == round(left + (right - left) * 0.5 / 19, 1), "in the middle of its steps"
    assert [tick["label"] for tick in training.loss_curve([2.5])["ticks"]] == ["0", "0.5", "1", "1.5", "2", "2.5"]
    assert curve["ticks"][0]["y"] == training.FRAME[3] and curve["ticks"][-1]["y"] == training.FRAME[1]
