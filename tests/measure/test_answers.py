"""What is asked, of whom, and how often; with stand-ins for the server and the pages, which answer and count."""

import contextlib
import hashlib
import json
import os
import sys

import pytest

from scripts.measure import answers, evaluation
from scripts.retrieve import answers as from_pages
from scripts.serve import llama, local_server

CONFIG = "general: {student_model_id: x}\nmodels: [{id: x, system_prompt: Be brief.}]\nserve: {chat_template: auto}\n"
CONFIG += "rag: {threshold: 0.65}\n"
QUESTIONS = [
    {"id": f"{kind}.{n}", "kind": kind, "question": f"{kind} question {n}?", "must": [["7"]], "page": ""}
    for kind in ("held-out", "general")
    for n in range(3)
]


SOURCES = [
    from_pages.Source("It is 7. It was 6.", "It is 7.", "Numbers", "Seven", "https://x/numbers#:~:text=Seven", 0.71),
    from_pages.Source("It is 8.", "It is 8.", "Numbers", "", "", 0.7),
]


class House:
    """A folder with a base model and a trained one, and what the stand-ins for server and pages were asked."""

    def __init__(self, folder):
        self.folder, self.asked, self.servers, self.fail_after = folder, [], [], 10**6
        self.looked_up, self.opened = [], []

    def write(self, path, content):
        path = self.folder / path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content if isinstance(content, str) else "".join(json.dumps(row) + "\n" for row in content))
        return path

    def model(self, path, record=None):
        gguf = self.write(path, f"GGUF{path}")
        if record is not None:
            sha256 = {"model.gguf": hashlib.sha256(gguf.read_bytes()).hexdigest()}
            self.write(f"{gguf.parent}/record.json", json.dumps({**record, "sha256": sha256}))

    @contextlib.contextmanager
    def serving(self, gguf, config, log):
        self.servers.append(str(gguf))
        yield str(gguf)

    def answer(self, url, system, question):
        if len(self.asked) == self.fail_after:
            raise OSError("stopped")
        self.asked.append((url, system, question))
        return f"It is {len(self.asked)}."

    def answerer(self, index, finder, config):
        self.opened.append((str(index), str(finder), str(config)))
        return self.look_up

    def look_up(self, question):
        self.looked_up.append(question)
        return from_pages.judged(SOURCES, 0.6)

    def run(self, model="models/a/model.gguf", output="models/a", parallel=1, **settings):
        """Ask anew; returns the answers that were written."""
        self.asked, self.servers, self.looked_up, self.opened = [], [], [], []
        content = {"settings": settings, "config": {}, "files": {}, "code": {}}
        self.write("arguments", json.dumps(content))
        sys.argv = ["answers", "--arguments", "arguments", "--base", "models/base/model.gguf"]
        sys.argv += ["--model", model] if model else ["--parallel", str(parallel)]
        sys.argv += ["--index", "index.json", "--finder", "finder.safetensors", "--config", "config.yaml"]
        sys.argv += ["--work", "work", "--output", f"{output}/answers.json"]
        answers.main()
        return json.loads((self.folder / output / "answers.json").read_text())


@pytest.fixture
def house(tmp_path, monkeypatch):
    house = House(tmp_path)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "argv", [])
    monkeypatch.setattr(local_server, "serving", house.serving)
    monkeypatch.setattr(llama, "answer_through", house.answer)
    monkeypatch.setattr(from_pages, "answerer", house.answerer)
    house.write("config.yaml", CONFIG)
    house.write("index.json", "{}")
    house.write("evaluation/questions.jsonl", QUESTIONS)
    house.model("models/base/model.gguf", {"name": "base"})
    house.model("models/a/model.gguf", {"name": "a", "data": "rows", "system_prompt": "Be trained.", "training": {}})
    return house


def test_both_models_and_the_pages(house):
    raw = house.run(LIMIT="2", QUESTIONS="")
    assert list(raw["answers"]) == ["base", "a", "pages"]
    assert len(house.asked) == 2 * 4 and house.servers == ["models/base/model.gguf", "models/a/model.gguf"]
    assert {(url, system) for url, system, _ in house.asked} == {
        ("models/base/model.gguf", "Be brief."), ("models/a/model.gguf", "Be trained."),
    }  # fmt: skip
    first = raw["questions"][0]
    assert first in QUESTIONS and {"answer", "seconds"} == set(raw["answers"]["a"][first["id"]])
    # Each question is looked up once, and not asked of a model together with what was found.
    assert house.looked_up == [question["question"] for question in raw["questions"]]
    assert {question for *_, question in house.asked} == set(house.looked_up)
    assert house.opened == [("index.json", "finder.safetensors", "config.yaml")]
    assert "verdict" not in json.dumps(raw), "scoring is another step"
    kinds = evaluation.evaluate(raw)["models"]["pages"]["kinds"]
    assert kinds["held-out"]["n"] == 2 and kinds["held-out"]["found"] == 1


def test_what_is_looked_up_keeps_its_sources(house):
    """All that the report tells of them, as JSON, the best first."""
    raw = house.run(LIMIT="1")
    found = raw["answers"]["pages"][raw["questions"][0]["id"]]
    assert set(found) == {"answer", "seconds", "sources"} and found["seconds"] >= 0
    assert found["answer"] == "It is 7. It was 6."
    assert found["sources"] == [
        {
            "text": "It is 7. It was 6.", "sentence": "It is 7.", "title": "Numbers", "heading": "Seven",
            "url": "https://x/numbers#:~:text=Seven", "score": 0.71,
        },
        {"text": "It is 8.", "sentence": "It is 8.", "title": "Numbers", "heading": "", "url": "", "score": 0.7},
    ]  # fmt: skip


@pytest.mark.parametrize("sources", [SOURCES, []])
def test_a_declined_answer_keeps_what_was_nearest(house, monkeypatch, sources):
    monkeypatch.setattr(house, "look_up", lambda question: from_pages.judged(sources, 0.72))
    row = house.run(LIMIT="1")["answers"]["pages"][QUESTIONS[0]["id"]]
    assert row["answer"] == from_pages.DECLINED and [it["score"] for it in row["sources"]] == [s.score for s in sources]


def test_the_run_is_recorded(house, monkeypatch):
    monkeypatch.setattr(answers.program, "cores", lambda: 7)
    run = house.run(LIMIT="1")["run"]
    assert run["threshold"] == 0.65
    assert run["cores"] == 7 and run["limit"] == 1 and run["config"] == {"path": "config.yaml", "text": CONFIG}
    assert run["model"]["name"] == "a" and run["model"]["path"] == "models/a/model.gguf"
    assert run["model"]["record"]["data"] == "rows" and run["base"]["name"] == "base"
    for part, path in (
        ("model", "models/a/model.gguf"),
        ("index", "index.json"),
        ("questions", "evaluation/questions.jsonl"),
    ):
        assert run[part]["sha256"] == hashlib.sha256((house.folder / path).read_bytes()).hexdigest()
    assert {"python", "llama-cpp-python", "instructlab"} <= set(run["versions"])


def test_nothing_is_asked_twice(house):
    before = house.run(LIMIT="2")["answers"]
    (house.folder / "models/a/answers.json").unlink()
    after = house.run(LIMIT="2")["answers"]
    assert after == before and not house.asked and not house.servers and not house.looked_up and not house.opened
    # Another limit asks what is new, and no limit all the rest.
    more = house.run(LIMIT="3")
    assert len(house.asked) == 2 * 2 and len(more["answers"]["a"]) == len(more["answers"]["pages"]) == 6
    house.run(LIMIT="0")
    assert not house.asked


@pytest.mark.parametrize("changed", ["index.json", "finder.safetensors", "reader.gguf", "config.yaml"])
def test_pages_are_looked_up_anew_with_another_index_finder_reader_or_threshold(house, changed):
    house.run(LIMIT="1")
    house.write(changed, CONFIG.replace("0.65", "0.66") if changed == "config.yaml" else '{"pages": {}}')
    house.run(LIMIT="1")
    assert len(house.looked_up) == 2 and len(house.opened) == 1
    house.run(LIMIT="1")
    assert not house.looked_up


def test_the_base_model_is_asked_once_for_all(house):
    house.run(LIMIT="1")
    house.model("models/b/model.gguf", {"name": "b", "data": "rows"})
    raw = house.run("models/b/model.gguf", "models/b", LIMIT="1")
    assert house.servers == ["models/b/model.gguf"] and list(raw["answers"])[:2] == ["base", "b"]


def test_another_model_in_its_place_is_asked_anew(house):
    house.run(LIMIT="1")
    house.write("models/a/model.gguf", "GGUFtrained again")
    house.run(LIMIT="1")
    assert house.servers == ["models/a/model.gguf"] and len(house.asked) == 2


def test_another_system_prompt_is_asked_anew(house):
    house.run(LIMIT="1")
    house.model("models/a/model.gguf", {"name": "a", "system_prompt": "Be trained otherwise."})
    house.run(LIMIT="1")
    assert {(url, system) for url, system, _ in house.asked} == {("models/a/model.gguf", "Be trained otherwise.")}


def test_a_stopped_run_goes_on(house):
    house.fail_after = 5
    with pytest.raises(
        SystemExit, match=r": a: no answer to question '.*' \(stopped\); see .*; the answers so far are kept"
    ):
        house.run(LIMIT="2")
    assert not (house.folder / "models/a/answers.json").exists()
    with open(house.folder / "models/base/asked.jsonl", "a") as file:
        file.write('{"key": "torn')
    house.fail_after = 10**6
    house.run(LIMIT="2")
    assert len(house.asked) == 8 - 5


def test_only_the_base_model(house):
    raw = house.run("models/base/model.gguf", "models/base", LIMIT="1")
    assert list(raw["answers"]) == ["base", "pages"] and house.servers == ["models/base/model.gguf"]
    # By its file it is the same model, whose answers are known.
    raw = house.run("models/base/model.gguf", "build/models/models-base-model.gguf", LIMIT="1")
    assert list(raw["answers"]) == ["base", "pages"] and not house.servers


def test_the_model_in_use_is_named_and_kept_where_it_lies(house):
    os.symlink("a", house.folder / "models/in-use")
    raw = house.run("models/in-use/model.gguf", "models/in-use", LIMIT="1")
    assert list(raw["answers"])[1] == "a" and raw["run"]["model"]["path"] == "models/a/model.gguf"
    assert (house.folder / "models/a/answers.json").exists() and (house.folder / "models/a/asked.jsonl").exists()


def test_another_model_taken_into_use_meanwhile_does_not_get_the_answers(house, monkeypatch):
    house.model("models/b/model.gguf", {"name": "b", "data": "rows"})
    link = house.folder / "models/in-use"
    os.symlink("a", link)

    def switched(*arguments):
        link.unlink(missing_ok=True)
        os.symlink("b", link)
        return "It is 7."

    monkeypatch.setattr(llama, "answer_through", switched)
    with pytest.raises(FileNotFoundError):
        house.run("models/in-use/model.gguf", "models/in-use", LIMIT="1")
    assert (house.folder / "models/a/answers.json").exists() and not list((house.folder / "models/b").glob("a*"))


@pytest.mark.parametrize("path", ["x/base.gguf", "config.gguf", "questions.gguf", "pages.gguf"])
def test_a_file_from_elsewhere_keeps_apart_from_all_else(house, path):
    house.model(path)
    folder = "build/models/" + path.replace("/", "-")
    raw = house.run(path, folder, LIMIT="1")
    assert list(raw["answers"]) == ["base", path, "pages"]
    assert (
        raw["run"]["config"]["path"] == "config.yaml"
        and raw["run"]["questions"]["path"] == "evaluation/questions.jsonl"
    )
    assert (house.folder / folder / "asked.jsonl").exists()


def test_which_questions(house):
    own = [{**QUESTIONS[0], "id": "own", "kind": "my kind", "question": "Own?"}]
    house.write("own.jsonl", own)
    assert house.run(LIMIT="1", QUESTIONS="own.jsonl")["questions"] == own
    house.write("rows/questions.jsonl", [{**own[0], "id": "beside"}])
    assert [q["id"] for q in house.run(LIMIT="1")["questions"]] == ["beside"]


def test_a_question_that_is_there_twice_is_asked_once(house):
    """It is so where two kinds of question share a wording. Both get the answer."""
    twice = [QUESTIONS[0], {**QUESTIONS[0], "id": "again", "kind": "my kind"}, QUESTIONS[1]]
    house.write("twice.jsonl", twice)
    raw = house.run(LIMIT="0", QUESTIONS="twice.jsonl")
    assert [question for url, _, question in house.asked if "/a/" in url] == [q["question"] for q in twice[::2]]
    for name in ("base", "a"):
        given = raw["answers"][name]
        assert list(given) == [question["id"] for question in twice]
        assert given["again"] == given["held-out.0"] != given["held-out.1"]
    assert list(raw["answers"]["pages"]) == [question["id"] for question in twice]
    assert len((house.folder / "models/a/asked.jsonl").read_text().splitlines()) == 2


@pytest.mark.parametrize("limit", ["many", "-1", "1.5", "²"])
def test_a_limit_is_a_number(house, limit):
    with pytest.raises(SystemExit, match=f"LIMIT={limit}: give the number"):
        house.run(LIMIT=limit)


def test_without_a_limit_all_are_asked(house):
    assert len(house.run(LIMIT="")["questions"]) == len(QUESTIONS)


def test_missing_input_is_named_before_anything_is_asked(house):
    with pytest.raises(SystemExit, match="none.jsonl"):
        house.run(LIMIT="1", QUESTIONS="none.jsonl")
    with pytest.raises(SystemExit, match="none/model.gguf"):
        house.run("models/none/model.gguf", "models/none", LIMIT="1")
    assert not house.asked and not house.looked_up and not (house.folder / "models/none").exists()
