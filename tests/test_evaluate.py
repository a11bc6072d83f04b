"""What is asked, how it is counted, and when the gate closes; then the real thing with a tiny model."""

import copy
import json
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
import scoring
import summarize
import yaml
from conftest import ROOT

MADE_UP = json.loads((ROOT / "tests/fixtures/made_up_evaluation.json").read_text())
QUESTIONS = [json.loads(row) for row in (ROOT / "evaluation/questions.jsonl").read_text().splitlines()]
# The real ilab of the environment that runs the tests.
ILAB = Path(sys.executable).parent / "ilab"


def test_a_sample_is_spread_over_the_facts():
    def facts(kind, questions):
        return Counter(q["id"].rpartition(".")[0] for q in questions if q["kind"] == kind)

    for limit in (1, 7, 60, 400):
        chosen = summarize.sample(QUESTIONS, limit)
        assert chosen == summarize.sample(QUESTIONS, limit)
        every, some = (Counter(q["kind"] for q in questions) for questions in (QUESTIONS, chosen))
        assert some == {kind: min(limit, n) for kind, n in every.items()}
        assert [QUESTIONS.index(q) for q in chosen] == sorted(QUESTIONS.index(q) for q in chosen)
        for kind in ("trained", "held-out"):
            assert max(facts(kind, chosen).values()) <= -(-limit // len(facts(kind, QUESTIONS)))
    held_out = [q for q in summarize.sample(QUESTIONS, 60) if q["kind"] == "held-out"]
    wordings = Counter(q["id"].rpartition(".")[2] for q in held_out)
    assert min(wordings.values()) >= 10, "one of the three wordings is hardly asked"
    assert summarize.sample(QUESTIONS, 10**6) == QUESTIONS


def rescored(answers, questions):
    return [{**a, "verdict": scoring.verdict(q, a["answer"])} for a, q in zip(answers, questions, strict=True)]


def test_spoiled_key_terms_lower_the_score_by_as_much():
    answers = MADE_UP["models"]["tuned"]["answers"]
    right = [a for a in answers if a["verdict"] == "right" and a["must"]][:10]
    spoiled = copy.deepcopy(answers)
    for question in spoiled:
        if question["id"] in {a["id"] for a in right}:
            question["must"] = [["no such word"]]

    def score(rows):
        return sum(kind["right"] * kind["n"] for kind in summarize.summary(rows).values())

    assert score(rescored(answers, answers)) == pytest.approx(score(answers))
    assert score(rescored(answers, spoiled)) == pytest.approx(score(answers) - len(right))


def test_shares_and_interval():
    numbers = summarize.summary(
        [{"kind": "held-out", "verdict": v} for v in ["right"] * 6 + ["wrong"] * 3 + ["declined"]]
    )
    assert numbers["held-out"]["right"] == 0.6 and numbers["held-out"]["declined"] == 0.1
    assert 0.2 <= numbers["held-out"]["low"] <= 0.4 and 0.8 <= numbers["held-out"]["high"] <= 1
    assert summarize.interval([1, 1]) == (1, 1) and summarize.interval([0]) == (0, 0)


def gate(folder, least, evaluation=MADE_UP, model="tuned"):
    (folder / "evaluation.json").write_text(json.dumps(evaluation))
    (folder / "gate.yaml").write_text(yaml.safe_dump({"min_held_out_recall": least}))
    command = [sys.executable, ROOT / "scripts/gate.py", "--evaluation", folder / "evaluation.json"]
    command += ["--gate", folder / "gate.yaml", "--model", model]
    return subprocess.run(command, capture_output=True, text=True)


def test_the_gate(tmp_path):
    recall = MADE_UP["models"]["tuned"]["kinds"]["held-out"]["right"]
    passed = gate(tmp_path, recall)
    assert passed.returncode == 0 and "tuned+rag" in passed.stdout, passed.stderr
    failed = gate(tmp_path, recall + 0.01)
    assert failed.returncode == 1 and failed.stderr.startswith("gate: tuned: held-out recall")
    assert gate(tmp_path, 1, model="absent").returncode == 0
    # The order of the models changes nothing.
    turned = {**MADE_UP, "models": dict(reversed(MADE_UP["models"].items()))}
    assert gate(tmp_path, recall, turned).returncode == 0 and gate(tmp_path, recall + 0.01, turned).returncode == 1
    for least in (None, "many", 40, True):
        bad = gate(tmp_path, least)
        assert bad.returncode == 1 and "set a number from 0 to 1" in bad.stderr, least
    assert "run make evaluate" in gate(tmp_path, 0.5, {"models": {"tuned": {"kinds": {}}}}).stderr


def test_a_stopped_evaluation_goes_on(tmp_path, monkeypatch):
    import evaluate
    import student

    asked, questions = [], [q for q in QUESTIONS if q["kind"] == "general"][:4]

    def answer(url, system, question, context):
        if len(asked) == 2:
            raise OSError("stopped")
        asked.append(question)
        return "It is 7."

    def ask(model, system="Be brief."):
        return evaluate.ask_all("url", system, questions, {}, "tuned", model, tmp_path / "answers.jsonl")

    monkeypatch.setattr(student, "answer_through", answer)
    with pytest.raises(OSError):
        ask("a")
    with open(tmp_path / "answers.jsonl", "a") as file:
        file.write('["torn')
    monkeypatch.setattr(student, "answer_through", lambda *_: "It is 8.")
    assert [a["answer"] for a in ask("a")[0]] == ["It is 7."] * 2 + ["It is 8."] * 2
    # Another model and another system prompt are asked anew.
    assert {a["answer"] for a in ask("b")[0] + ask("a", "Be wordy.")[0]} == {"It is 8."}


def test_a_question_id_is_there_once(tmp_path):
    import evaluate

    (tmp_path / "questions.jsonl").write_text((json.dumps(QUESTIONS[0]) + "\n") * 2)
    with pytest.raises(SystemExit, match=r"questions.jsonl:2: the id .* is there twice"):
        evaluate.read_questions(tmp_path / "questions.jsonl")


def test_ilab_reads_the_config():
    from instructlab.configuration import Config

    settings = yaml.safe_load((ROOT / "config/embedded.yaml").read_text())
    config = Config(**settings)
    assert config.rag.retriever.top_k == settings["rag"]["retriever"]["top_k"]
    assert config.train.additional_args == settings["train"]["additional_args"]


FAKE_RAG = """#!{python}
# Stands in for `ilab rag`: one document a page, and an index of them; logs how it was called.
import json, os, pathlib, sys
root = pathlib.Path(__file__).resolve().parent
with open(root / "ilab.log", "a") as log:
    print(*sys.argv[1:], file=log)
assert os.environ["ILAB_FEATURE_SCOPE"] == "DevPreviewNoUpgrade"
option = dict(zip(sys.argv, sys.argv[1:]))
pages = sorted(pathlib.Path(option["--input-dir"]).iterdir())
if "convert" in sys.argv:
    out = pathlib.Path(option["--output-dir"])
    out.mkdir()
    for page in pages:
        (out / page.with_suffix(".json").name).write_text("{{}}")
elif not (root / "fail").exists():  # the real one logs that it failed and exits 0
    pathlib.Path(option["--document-store-uri"]).write_text(json.dumps({{"documents": [{{}} for _ in pages]}}))
"""


def test_rag_is_made_once_and_again_when_pages_change(clone):
    (clone.bin / "ilab").write_text(FAKE_RAG.format(python=sys.executable))
    index = clone.folder / "build/rag/index.json"
    first = clone.make("rag")
    assert first.returncode == 0 and "23 passages" in first.stdout, first.stderr
    assert [call.split()[2:4] for call in clone.calls] == [["rag", "convert"], ["rag", "ingest"]]
    assert clone.make("rag").returncode == 0 and len(clone.calls) == 2
    assert not (clone.folder / "build/rag/work").exists()

    before = index.read_bytes()
    manifest = clone.folder / "markdown/manifest.json"
    pages = json.loads(manifest.read_text())
    pages["pages"].popitem()
    manifest.write_text(json.dumps(pages))
    (clone.bin / "fail").touch()
    failed = clone.make("rag")
    assert failed.returncode != 0 and "rag: ilab rag ingest wrote no passages" in failed.stderr
    assert index.read_bytes() == before
    (clone.bin / "fail").unlink()
    assert "22 passages" in clone.make("rag").stdout
    manifest.write_text("{}")
    failed = clone.make("rag")
    assert failed.returncode != 0 and "no pages to index" in failed.stderr and "Traceback" not in failed.stderr


def test_evaluate_takes_the_tuned_model_as_it_stands(clone):
    # Without DATA nothing may be trained, with DATA the model is made of it first.
    result = clone.make("evaluate")
    assert result.returncode != 0 and "make train DATA=pre-generated" in result.stderr and not clone.calls
    assert clone.train().returncode == 0
    (clone.folder / "build/rag").mkdir(parents=True)
    (clone.folder / "build/rag/index.json").write_text("{}")
    plan = clone.make("-n", "evaluate").stdout
    assert "evaluate.py" in plan and "train.py" not in plan and "--questions evaluation/questions.jsonl" in plan
    # What the demo did not teach is not asked after it.
    (clone.folder / "models/.trained-with").write_text("pre-generated/demo config/embedded.yaml\n")
    assert "--questions evaluation/questions-demo.jsonl" in clone.make("-n", "evaluate").stdout
    plan = clone.make("-n", "evaluate", "DATA=other-sample")
    assert "train.py" in plan.stdout or "other-sample" in plan.stderr


@pytest.fixture(scope="module")
def indexed(tmp_path_factory, tiny_base):
    """A clone with the real ilab, a tiny base model and the index that `make rag` made of the committed pages."""
    from conftest import Clone

    if not ILAB.exists():
        pytest.skip("no ilab beside the interpreter")
    clone = Clone(tmp_path_factory.mktemp("indexed"), tiny_base)
    (clone.bin / "ilab").write_text(f'#!/bin/sh\nexec {ILAB} "$@"\n')
    home = clone.folder.parent / "home"
    home.mkdir()
    clone.make = lambda *arguments, make=clone.make: make(f"HOME={home}", *arguments)
    result = clone.make("rag")
    assert result.returncode == 0 and "passages" in result.stdout, result.stderr
    clone.home = home
    return clone


def test_retrieval_finds_the_passage(indexed):
    import retrieval

    index, config = indexed.folder / "build/rag/index.json", indexed.folder / "config/embedded.yaml"
    assert len(json.loads(index.read_text())["documents"]) > 100
    find = retrieval.finder(index, config)
    assert "hermetic" in find("Which parameter takes the network away from a build?")
    asked = [q for q in summarize.sample(QUESTIONS, 60) if q["kind"] in ("held-out", "untrained")]
    found = {kind: [scoring.holds(q["must"], find(q["question"])) for q in asked if q["kind"] == kind]
             for kind in ("held-out", "untrained")}  # fmt: skip
    shares = {kind: sum(hits) / len(hits) for kind, hits in found.items()}
    print(shares)
    # The bundled pages hold every taught fact and none of the control.
    assert shares["held-out"] > 0.6 and shares["untrained"] < 0.1


def test_evaluate_and_report_with_a_real_server(indexed):
    answers = []
    # A proxy is not for servers on this machine.
    for proxy in ("", "http://127.0.0.1:1"):
        result = indexed.make("evaluate", "MODEL=base", "LIMIT=1", f"http_proxy={proxy}", "no_proxy=")
        assert result.returncode == 0 and "base+rag" in result.stdout and "not evaluated" in result.stdout, (
            result.stderr
        )
        evaluation = json.loads((indexed.folder / "models/evaluation.json").read_text())
        answers.append([model["answers"] for model in evaluation["models"].values()])
        assert list(evaluation["models"]) == ["base", "base+rag"] and evaluation["run"]["limit"] == 1
        (indexed.folder / "models/evaluation.json").unlink()
    assert answers[0] == answers[1] and len(answers[0][0]) == 5
    assert any("found" in answer for answer in answers[0][1])
    assert not (indexed.folder / "build/evaluate/answers.jsonl").exists()
    result = indexed.make("report", "MODEL=base", "LIMIT=1")
    assert result.returncode == 0 and (indexed.folder / "models/report.html").exists(), result.stderr
    assert indexed.make("-q", "report", "MODEL=base").returncode == 0
    # It shows the evaluation that is there, also where no model is tuned.
    assert indexed.make("-q", "report").returncode == 0
    assert "evaluate.py" not in indexed.make("-n", "evaluate", "MODEL=base", "LIMIT=1").stdout
    assert "--limit 2" in indexed.make("-n", "evaluate", "MODEL=base", "LIMIT=2").stdout
    # Random weights may well answer nothing.
    result = indexed.make("ask", "MODEL=base", "RAG=1", "Q=What is hermetic?")
    assert result.returncode == 0 and result.stdout.endswith("\n"), result.stderr
    assert not list(indexed.home.iterdir()), "something was written into the home folder"
