"""From the parts of pages to facts with a teacher behind an endpoint, as make generate ENDPOINT=... does."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
from argparse import Namespace
from pathlib import Path

import pytest
import yaml

from scripts import endpoint
from scripts.generate import asker, authored, chat, fact_rows, facts_file, findable, gather, nearest, parts, teacher
from scripts.measure import scoring
from tests.conftest import untrained_finder
from tests.generate import servers, teachers
from tests.generate.conftest import ROOT

pytestmark = pytest.mark.slow
PAGES = ("mintmaker", "building-secrets")
CONFIG = ROOT / "config/embedded.yaml"
QNA = yaml.safe_load((ROOT / "qna.yaml").read_text())
AUTHORED = facts_file.read(ROOT / "evaluation/facts.yaml")


def run_pipeline(given, work, patch_of, key, each=None):
    """In the place of teacher.run(): ilab's own pipeline in this process, without the rest of ilab."""
    from datasets import Dataset
    from instructlab.sdg.pipeline import Pipeline, PipelineBlockError, PipelineContext

    from scripts.generate import block  # noqa: F401

    option = dict(zip(map(str, given), map(str, given[1:]), strict=False))
    example = QNA["seed_examples"][0]["questions_and_answers"]
    style = {f"icl_query_{number}": pair["question"] for number, pair in enumerate(example, 1)}
    count = len(json.loads((work / "run.json").read_text())["parts"])
    samples = Dataset.from_list([{"document": f"Ask {number}\n", **style} for number in range(count)])
    client = endpoint.client(option["--endpoint-url"])
    context = PipelineContext(client, batch_size=1, batch_num_workers=int(option["--num-cpus"]))
    try:
        made = Pipeline.from_file(context, str(Path(option["--pipeline"], "knowledge.yaml"))).generate(samples)
    except PipelineBlockError as error:
        raise SystemExit(f"ilab data generate ended with exit code 1 ({error})") from error
    folder = work / "out/date/generated_date"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "rows.jsonl").write_text("".join(json.dumps(row) + "\n" for row in made))


class Flow:
    """Runs of chat.ask() in a folder, each with a teacher."""

    def __init__(self, folder):
        self.folder = folder

    def ask(self, played, **options):
        with servers.serving(played) as url:
            return self.ask_at(url, **options)

    def ask_at(self, url, pages=PAGES, budget="", **settings):
        section = yaml.safe_load(CONFIG.read_text())["generate"]
        section["facts"].update(settings)
        self.work = self.folder / f"work{len(list(self.folder.iterdir()))}"
        asked = teacher.Teacher(section, url, CONFIG, self.folder / "models/base", self.work, "")
        (self.folder / "models/base/hf").mkdir(parents=True, exist_ok=True)
        given = {"PAGES": " ".join(pages), "TEACHER": "", "WORDINGS": "", "BUDGET": budget}
        site = self.folder / "index.json", self.folder / "finder.safetensors"
        return chat.ask(asked, given, QNA, self.folder / "markdown", site, self.folder / "generated/asked.json")

    def kept(self):
        """How many replies are kept."""
        return sum(1 for path in (self.folder / "generated/teachers/org-scripted").iterdir() for _ in open(path))

    def gather(self, content, lost=None):
        return gather.gather(content["parts"], "Konflux", AUTHORED, lost or {})

    def lost(self, content):
        """The questions that lead to other pages of the whole sample, by the encoder as it is before its training."""
        untrained_finder(self.folder)
        finder = self.folder / "models/finder/model.safetensors"
        output, arguments = self.folder / "index.json", self.folder / "arguments"
        arguments.write_text('{"settings": {}, "config": {}, "code": {}}')
        command = [sys.executable, "-m", "scripts.retrieve.index", "--markdown", "markdown", "--output", output]
        subprocess.run([*command, "--arguments", arguments, "--finder", finder], cwd=ROOT, check=True)
        return findable.lost(*gather.questions(content["parts"]), output, finder)


@pytest.fixture
def flow(tmp_path, monkeypatch):
    (tmp_path / "markdown").mkdir()
    for page in PAGES:
        (tmp_path / "markdown" / f"{page}.md").write_bytes((ROOT / "markdown" / f"{page}.md").read_bytes())
    monkeypatch.setattr(teacher, "run", run_pipeline)
    monkeypatch.setattr(findable, "ANSWERED", 2.0)  # the score of an encoder without its training says nothing of that
    # One folder of replies for all ports.
    monkeypatch.setattr(chat.raw, "folder", lambda model, url: model.replace("/", "-"))
    monkeypatch.setattr(nearest, "finder", lambda index, weights: lambda question: "No passage.")
    monkeypatch.chdir(ROOT)
    return Flow(tmp_path)


def authored_of(facts):
    """The ids of the authored facts whose statement is among `facts`."""
    stated = {fact["fact"] for fact in facts}
    return {fact["id"] for fact in AUTHORED["facts"] if fact["fact"] in stated}


@pytest.mark.parametrize("manner, server", [("plain", "good"), ("chatty", "good"), ("plain", "limiting")])
def test_a_good_teacher_gives_what_people_wrote(flow, manner, server):
    content, _ = flow.gather(flow.ask(teachers.Teacher("good", PAGES, manner=manner, server=server)))
    there = {fact["id"] for fact in AUTHORED["facts"] if fact["site"] in PAGES}
    assert len(authored_of(content["facts"])) >= 0.95 * len(there) == 19
    for fact in content["facts"]:
        page = (flow.folder / "markdown" / f"{fact['page']}.md").read_text()
        assert any(fact["source"] in " ".join(part.text.split()) for part in parts.of_page(fact["page"], page))
        assert all(scoring.holds([group], fact["source"]) for group in fact["key_terms"] + fact["reversed_key_terms"])
        assert len(fact["wordings"]) + len(fact["questions"]) + len(fact["reversed"]) >= 10
        held_out = fact["held_out"] + fact["held_out_reversed"]
        trained = [q for backward in (False, True) for q in authored.asked(fact, backward)[0]]
        assert len(held_out) == 3 and not set(held_out) & set(trained)
    assert content["unanswerable"]["trained"] and content["unanswerable"]["held_out"]


def test_a_lying_teacher_gets_nothing_false_into_the_rows(flow):
    played = teachers.Teacher("lying", PAGES)
    asked = flow.ask(played)
    content, _ = flow.gather(asked, flow.lost(asked))
    kept = list(authored.train_rows({**content, "general_trained": []}, demo=False))
    assert len(played.lies) > 30 and len(kept) > 500
    false = [row for row in kept if row[2] in played.lies or row[3] in played.lies]
    assert len(false) <= 0.01 * len(kept), false[:5]


def test_a_sloppy_teacher_loses_what_it_does_not_quote(flow):
    content, dropped = flow.gather(flow.ask(teachers.Teacher("sloppy", PAGES)))
    assert 0 < len(content["facts"]) < 10 and all("indeed" not in fact["source"] for fact in content["facts"])
    assert {row["reason"] for row in dropped} >= {"source not in the page"}


def test_a_dying_teacher_is_asked_nothing_twice(flow, monkeypatch):
    monkeypatch.setattr(asker, "RETRIES", 1)
    with pytest.raises(SystemExit) as stopped:
        flow.ask(teachers.Teacher("good", PAGES, server="dying"), requests_at_once=1)
    assert "the endpoint fails with status 500 (out of memory)" in stopped.value.code
    assert "of 10 parts are done, and make generate goes on from there" in stopped.value.code
    kept = flow.kept()
    played = teachers.Teacher("good", PAGES)
    flow.ask(played)
    assert kept == 19 and len(played.requests) == flow.kept() - kept > 60
    again = teachers.Teacher("good", PAGES)
    flow.ask(again)
    assert again.requests == []


class Deadly(teachers.Teacher):
    """Kills the process group `child` at the second request of the step `deadly`; `answered` has the other prompts."""

    deadly, child, count = "", 0, 0

    def say(self, prompt):
        if teachers.step_of(prompt) == self.deadly:
            self.count += 1
            if self.count == 2:
                os.killpg(self.child, signal.SIGKILL)
                os.waitpid(self.child, 0)
                self.died.set()
        if self.count < 2 and "READY" not in prompt:
            self.answered.append(prompt)
        return super().say(prompt)

    def kill_in(self, step, run):
        """Fork a process group that does `run`; returns when it was killed in `step`."""
        self.deadly, self.count, self.died = step, 0, threading.Event()
        self.child = os.fork()
        if not self.child:
            os.setsid()
            with contextlib.suppress(BaseException):
                run()
            os._exit(1)
        return self.died.wait(60)


@pytest.mark.slow
def test_killed_in_any_step_it_asks_nothing_twice(flow):
    played = Deadly("good", ("building-secrets",))
    played.answered = []

    def run():
        return flow.ask_at(url, pages=("building-secrets",), requests_at_once=1)

    with servers.serving(played) as url:
        for step in teachers.STEPS.values():
            assert played.kill_in(step, run), step
        before = len(played.answered)
        played.deadly, played.count = "", 0
        content = run()
    assert 20 < before < len(played.answered) == len({*played.answered}) == flow.kept()
    good = flow.ask(teachers.Teacher("good", ("building-secrets",)), pages=("building-secrets",))
    assert good["parts"] == content["parts"] and good["calls"] == 0


def test_a_reply_that_a_kill_cut_short_is_asked_for_again(flow):
    flow.ask(teachers.Teacher("good", PAGES))
    path = flow.folder / "generated/teachers/org-scripted/mintmaker.jsonl"
    path.write_bytes(path.read_bytes()[:-5])
    played = teachers.Teacher("good", PAGES)
    flow.ask(played)
    assert len(played.requests) == 1


def test_an_edited_section_costs_its_own_requests(flow):
    flow.ask(teachers.Teacher("good", PAGES))
    path = flow.folder / "markdown/mintmaker.md"
    edited = path.read_text().replace("prConcurrentLimit", "prConcurrentLimits")
    path.write_text("# New first part\n\nMintMaker has a new part with some words in it.\n\n" + edited)
    played = teachers.Teacher("good", PAGES)
    flow.ask(played)
    assert 0 < played.requests.count("facts") <= 2 and len(played.requests) < 30


def test_the_budget_stops_it_and_nothing_is_lost(flow):
    with pytest.raises(SystemExit, match="the budget is spent"):
        flow.ask(teachers.Teacher("good", PAGES), budget="20k", requests_at_once=1)
    kept = flow.kept()
    played = teachers.Teacher("good", PAGES)
    flow.ask(played)
    assert 0 < kept and len(played.requests) == flow.kept() - kept > 60


def test_a_limit_of_requests_a_minute_is_kept(flow):
    import time

    began, played = time.monotonic(), teachers.Teacher("good", ("building-secrets",))
    flow.ask(played, pages=("building-secrets",), requests_per_minute=1200)
    assert time.monotonic() - began > (len(played.requests) - 1) * 60 / 1200


@pytest.mark.parametrize("change, message", [
    ({"wordings": 3}, "give a number from 6 to 40"), ({"requests_at_once": 0}, "requests_at_once is 0"),
    ({"requests_per_minute": "x"}, "requests_per_minute is 'x'"), ({"request": [1]}, "generate.facts.request holds"),
    ({"pipeline": None}, "needs generate.facts with pipeline:"), ({"price": 3}, "needs in: and out:"),
])  # fmt: skip
def test_a_setting_that_cannot_be_is_named(flow, change, message):
    with pytest.raises(SystemExit, match=message):
        flow.ask(teachers.Teacher("good", PAGES), **change)


def test_a_part_depends_on_the_text_below_its_heading_only():
    page = "# A\n\nOne two three four five six seven.\n\n## B\n\nEight nine ten eleven twelve thirteen.\n"
    first, second = parts.of_page("p", page)
    assert (first.title, second.title) == ("A", "A > B")
    assert parts.of_page("p", page.replace("One", "Zero"))[1] == second


def test_the_rows_are_made_from_the_facts(flow, monkeypatch, capsys):
    asked = flow.ask(teachers.Teacher("good", PAGES))
    monkeypatch.setattr(findable, "lost", lambda *given: {})
    output = flow.folder / "generated/train_konflux.jsonl"
    given = Namespace(asked="asked.json", output=output, config=CONFIG, authored=ROOT / "evaluation/facts.yaml",
                      review=flow.folder / "review.yaml", index=None, finder=None)  # fmt: skip
    fact_rows.write_facts(asked, QNA, given)
    content = facts_file.read(flow.folder / "generated/facts.yaml")
    made = [json.loads(line) for line in output.read_text().splitlines()]
    assert {row["system"] for row in made} == {"You answer questions about Konflux."} and len(content["facts"]) == 19
    questions = [json.loads(line) for line in (flow.folder / "generated/questions.jsonl").read_text().splitlines()]
    held_out = {question["question"] for question in questions if question["kind"] == "held-out"}
    assert len(held_out) == 3 * 19 and not held_out & {row["user"] for row in made}
