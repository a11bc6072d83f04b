"""The real Makefile from markdown/ to generated/, with a fake `ilab` first on PATH."""

import json
import subprocess
import time

import pytest

from tests.conftest import one_line, processes, wait_for_the_end
from tests.generate.conftest import PAGES

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def planted(fresh, tmp_path_factory):
    """A clone whose corpus is three small pages, one page a run of ilab."""
    clone = fresh.copy(tmp_path_factory.mktemp("planted"))
    for page in (clone.folder / "markdown").glob("*.md"):
        page.unlink()
    for name, text in PAGES.items():
        (clone.folder / "markdown" / f"{name}.md").write_text(text)
    clone.edit("config/embedded.yaml", "pages_per_run: 4", "pages_per_run: 1")
    return clone


@pytest.fixture
def orchard(planted, tmp_path):
    return planted.copy(tmp_path)


@pytest.fixture(scope="module")
def once(planted, tmp_path_factory):
    """The orchard after `make generate`, whose result is its `first`."""
    clone = planted.copy(tmp_path_factory.mktemp("harvested"))
    clone.first = clone.make("generate")
    assert clone.first.returncode == 0 and not processes(clone), clone.first.stderr
    return clone


@pytest.fixture
def harvested(once, tmp_path):
    return once.copy(tmp_path)


def pages_of(clone):
    rows = (clone.folder / "generated/train_konflux.jsonl").read_text().splitlines()
    return sorted({json.loads(row)["page"] for row in rows})


def test_it_runs_once_and_again_only_for_what_changed(harvested):
    orchard = harvested
    assert "3 of 3 pages to do" in orchard.first.stdout
    assert orchard.asked == ["apples", "pears", "plums"] == pages_of(orchard)
    assert orchard.make("-q", "generate").returncode == 0
    for path in orchard.folder.rglob("*.md"):
        path.touch()
    assert orchard.make("-q", "generate").returncode == 0
    orchard.edit("markdown/pears.md", "3 weeks", "4 weeks")
    assert orchard.make("-q", "generate").returncode == 1
    assert "1 of 3 pages to do" in orchard.make("generate").stdout
    (orchard.folder / "markdown/plums.md").unlink()
    assert orchard.make("generate").returncode == 0 and pages_of(orchard) == ["apples", "pears"]
    assert orchard.asked == ["apples", "pears", "plums", "pears"]


def test_a_system_prompt_or_a_rule_makes_rows_and_asks_nobody(harvested):
    orchard = harvested
    orchard.edit("config/embedded.yaml", "You answer questions about Konflux.", "You know fruit.")
    assert orchard.make("-q", "generate").returncode == 1
    result = orchard.make("generate")
    assert "scripts.generate.rows" in result.stdout and "scripts.generate.ask" not in result.stdout
    assert "You know fruit." in (orchard.folder / "generated/train_konflux.jsonl").read_text()
    orchard.edit("scripts/generate/curate.py", "MAX_ANSWER_WORDS = 28, 60", "MAX_ANSWER_WORDS = 28, 8")
    assert "over-long" in orchard.make("generate").stdout and len(orchard.asked) == 3


def test_rows_of_a_teacher_elsewhere_follow_the_pages_and_the_finder(orchard):
    made = orchard.folder / "build/args/curate"

    def curate():
        assert orchard.make("build/args/curate").returncode == 0
        return made.read_bytes()

    embedded = curate()
    (orchard.folder / "generated").mkdir(exist_ok=True)
    (orchard.folder / "generated/facts.yaml").write_text("facts: []")
    elsewhere = curate()
    assert elsewhere != embedded and curate() == elsewhere
    orchard.edit("scripts/retrieve/training.py", "PRODUCTS = 8", "PRODUCTS = 9")
    assert (new_finder := curate()) != elsewhere
    orchard.edit("markdown/pears.md", "3 weeks", "4 weeks")
    assert curate() != new_finder
    (orchard.folder / "generated/facts.yaml").unlink()
    assert curate() == embedded


def test_other_goals_use_the_settings_of_the_last_make_generate(orchard):
    assert orchard.make("generate", "PAGES=pears").returncode == 0 and orchard.asked == ["pears"]
    assert orchard.make("inspect").returncode == 0 and orchard.make("inspect", "ENDPOINT=https://x/v1").returncode == 0
    orchard.edit("markdown/pears.md", "3 weeks", "4 weeks")
    assert orchard.make("inspect").returncode == 0 and orchard.asked == ["pears", "pears"]
    assert orchard.make("-q", "generate").returncode == 1


def test_settings_reach_the_script_as_they_are(orchard):
    result = orchard.make("generate", "PAGES=pears' $$(touch hacked) `touch hacked`; touch hacked #\"*")
    assert "in markdown/; PAGES takes names without .md" in one_line(result) and "*" in result.stderr
    result = orchard.make("generate", "ENDPOINT=https://h' ; touch hacked '")
    assert "no address of a server" in one_line(result)
    assert not (orchard.folder / "hacked").exists() and not orchard.calls


def test_killed_in_the_middle_it_leaves_nothing_running_and_keeps_what_is_finished(orchard):
    (orchard.bin / "sleep-on").write_text("plums.md")
    process = subprocess.Popen(orchard.command("generate"), cwd=orchard.folder, start_new_session=True)
    while len(orchard.calls) < 3:
        assert process.poll() is None, "make ended early"
        time.sleep(0.05)
    process.kill()  # SIGKILL to make alone: neither ilab nor the server must live on
    process.wait()
    wait_for_the_end(orchard)
    assert not (orchard.folder / "generated/train_konflux.jsonl").exists()
    (orchard.bin / "sleep-on").unlink()
    result = orchard.make("generate")
    assert result.returncode == 0 and "1 of 3 pages to do" in result.stdout, result.stderr
    assert orchard.asked == ["apples", "pears", "plums"] == pages_of(orchard)


def test_a_failing_ilab_keeps_the_old_rows(harvested):
    orchard = harvested
    before = (orchard.folder / "generated/train_konflux.jsonl").read_bytes()
    orchard.edit("markdown/pears.md", "3 weeks", "4 weeks")
    (orchard.bin / "fail").touch()
    result = orchard.make("generate")
    assert result.returncode != 0 and "told to fail" in one_line(result) and not processes(orchard)
    assert (orchard.folder / "generated/train_konflux.jsonl").read_bytes() == before
    (orchard.bin / "fail").unlink()
    (orchard.bin / "unpatched").touch()
    assert "runs without scripts.serve.patch" in one_line(orchard.make("generate"))
    # Nothing is made before an endpoint answers.
    (orchard.bin / "unpatched").unlink()
    result = orchard.make("generate", "ENDPOINT=http://127.0.0.1:1/v1")
    assert "no endpoint answers" in one_line(result) and not (orchard.folder / "models/finder").exists()
    assert (orchard.folder / "generated/train_konflux.jsonl").read_bytes() == before


def test_edited_facts_reach_the_rows_before_they_are_used(clone):
    rows = clone.folder / "pre-generated/train_konflux.jsonl"
    before = rows.read_bytes()
    assert clone.make("inspect", "DATA=pre-generated").returncode == 0 and rows.read_bytes() == before
    clone.edit(
        "evaluation/facts.yaml", "a: Konflux is an open source CI/CD system", "a: Konflux is a free CI/CD system"
    )
    assert clone.make("-q", "pre-generated/train_konflux.jsonl").returncode == 1
    assert clone.make("inspect", "DATA=pre-generated").returncode == 0
    assert b"Konflux is a free CI/CD system" in rows.read_bytes() and rows.read_bytes() != before
    assert clone.make("-q", "pre-generated/train_konflux.jsonl").returncode == 0
    clone.edit("evaluation/facts.yaml", "facts:\n\n- id: start-konflux", "facts:\n\n- id:")
    result = clone.make("inspect", "DATA=pre-generated")
    assert result.returncode != 0 and "facts number 1: id: None is not of type 'string'" in one_line(result)
