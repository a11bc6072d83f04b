"""The Makefile: settings, quoting, what runs when, and several goals at once."""

import json
import re
import shutil

import pytest

from tests.conftest import Clone, untrained_finder

NASTY = """it's "so" $HOME $(HOME) `id` \\n * ? [a] ;&|<> #x %y !z ~ äß"""
SHOW = """#!/bin/sh
log=$(dirname "$0")/shown
"$REAL" -c 'import json, sys; open(sys.argv[1], "a").write(json.dumps(sys.argv[2:]) + "\\n")' "$log" "$@"
"""


class Shown(Clone):
    """A clone in which Python only tells how it was called."""

    def shown(self, *arguments):
        """The arguments of the last call of Python by `make ARGUMENTS`."""
        (self.bin / "show").write_text(SHOW.replace("$REAL", str(self.bin / "python")))
        (self.bin / "show").chmod(0o755)
        result = self.make("PYTHON=../venv/bin/show", *arguments)
        assert result.returncode == 0, result.stderr
        return json.loads((self.bin / "shown").read_text().splitlines()[-1])


@pytest.fixture(scope="module")
def clone(tmp_path_factory, tiny_base):
    return Shown(tmp_path_factory.mktemp("made"), tiny_base)


def test_help_lists_every_phony_target(clone):
    makefile = (clone.folder / "Makefile").read_text()
    phony = set(re.search(r"\.PHONY: ((?:.*\\\n)*.*)", makefile)[1].replace("\\\n", " ").split()) - {"FORCE", "help"}
    listed = {line.split()[1] for line in clone.make().stdout.splitlines()}
    assert phony <= listed and len(phony) > 20


@pytest.mark.parametrize("setting, goal, option", [
    ("Q", "ask", "--question"), ("SELECTOR", "crawl", "--content-selector"), ("START_URL", "crawl", "crawl.py"),
    ("INCLUDE", "crawl", "--include"), ("EXCLUDE", "crawl", "--exclude"), ("DELAY", "crawl", "--delay"),
    ("MAX_PAGES", "crawl", "--max-pages"), ("MAX_TIME", "crawl", "--max-time"),
])  # fmt: skip
def test_a_setting_reaches_the_script_as_it_was_typed(clone, setting, goal, option):
    shown = clone.shown(goal, f"{setting}={NASTY}")
    assert shown[shown.index(option) + 1] == NASTY
    several = clone.shown(goal, f"{setting}=one\ntwo")
    assert several[several.index(option) + 1] == "one two"


def test_settings_of_the_teacher_reach_the_arguments_file(clone):
    result = clone.make("build/args/generate", "generate", "-n", f"ENDPOINT={NASTY}", f"PAGES={NASTY}")
    assert result.returncode == 0, result.stderr
    written = json.loads((clone.folder / "build/args/generate").read_text())
    none = {"ENDPOINT": "", "TEACHER": "", "WORDINGS": "", "PIPELINE": "", "PAGES": ""}
    assert written["settings"] == {**none, "ENDPOINT": NASTY, "PAGES": NASTY}
    # `make train` uses the rows with the settings that they were made with.
    clone.make("build/args/generate", "ENDPOINT=x")
    assert json.loads((clone.folder / "build/args/generate").read_text()) == written
    assert clone.make("generate", "-n").returncode == 0
    assert json.loads((clone.folder / "build/args/generate").read_text())["settings"] == none


def test_the_environment_changes_no_setting(clone):
    makefile = "".join((clone.folder / name).read_text() for name in ("Makefile", "scripts/settings.mk"))
    names = (
        re.findall(r"^([A-Z_]+) *:=", makefile, re.M)
        + re.search(r"^UNSET *:= ((?:.*\\\n)*.*)", makefile, re.M)[1].replace("\\", "").split()
    )
    assert {"CONFIG", "DATA", "MODEL", "PORT", "Q", "RAG", "NAME", "VENV", "PYTHON"} <= set(names)
    for goal in ("ask", "train", "crawl", "generate", "evaluate", "help"):
        plain, other = (clone.make("-n", goal, "Q=Hello?", environment=environment)
                        for environment in ({}, dict.fromkeys({*names} - {"PATH", "SHELL"}, "gpt-4")))  # fmt: skip
        assert plain.returncode == other.returncode == 0 and plain.stdout == other.stdout, other.stderr
    # What Python compiles is kept, whatever a container has set: each start of ilab would compile a thousand files.
    shutil.rmtree(clone.folder / "scripts/__pycache__", ignore_errors=True)
    clone.make("build/args/base", environment={"PYTHONDONTWRITEBYTECODE": "1", "PYTHONPYCACHEPREFIX": ""})
    assert list((clone.folder / "scripts/__pycache__").glob("arguments.*.pyc"))


@pytest.mark.parametrize("setting", [
    "DATA=my rows", "DATA=it's", "CONFIG=config/a$b.yaml", "MODEL=a;b", "QUESTIONS=q?.jsonl", "MODEL=a:b", "PORT=80 80",
    "LIMIT=`id`", "NAME=a#b",
])  # fmt: skip
def test_a_path_that_make_cannot_name_is_refused_in_one_line(clone, setting):
    result = clone.make("-n", "ask", setting)
    assert result.returncode != 0 and len(result.stderr.splitlines()) == 1, result.stderr
    assert f"{setting}: take out blanks and" in result.stderr


def test_paths_are_what_they_look_like(clone):
    def targets(*settings):
        return re.findall(r"models/\S+/model\.gguf", clone.make("-n", "train", *settings).stdout)

    expected = targets("DATA=pre-generated/demo")
    assert "models/pre-generated-demo-embedded/model.gguf" in expected
    assert targets("DATA=./pre-generated/demo/", "CONFIG=./config/embedded.yaml") == expected
    assert clone.shown("ask", "Q=a", "RAG=0", "MODEL=base")[3] == "models/base/model.gguf"
    assert clone.shown("ask", "Q=a", "RAG=0")[3] == "models/in-use/model.gguf"
    assert clone.shown("ask", "Q=a", "RAG=0", "MODEL=kept/x.gguf")[3] == "kept/x.gguf"
    assert "--index" not in clone.shown("ask", "Q=a", "RAG=0")


def test_pages_are_answered_from_also_where_no_model_was_trained(clone):
    def asked(*settings):
        return clone.make("-n", "ask", "Q=a", *settings).stdout.splitlines()

    plan = asked()
    stages = re.findall(r"-m scripts\.(?!arguments)(\S+)", "\n".join(plan))
    assert stages == ["retrieve.training", "retrieve.reader", "retrieve.index", "serve.ask"]
    assert "--model models/base/model.gguf" in plan[-1] and "--index build/rag/index.json" in plan[-1]
    assert "--model kept/x.gguf" in asked("MODEL=kept/x.gguf")[-1]


@pytest.mark.parametrize("goal, stages", [
    ("evaluate", ["measure.answers", "measure.evaluation", "measure.gate"]),  # it trains no model
    ("report", ["measure.answers", "measure.evaluation", "measure.report"]),
    ("chart", ["measure.answers", "measure.evaluation", "measure.chart"]),
    ("demo", ["train.weights", "train.model", "train.curve", "train.use", "serve.demo"]),
])  # fmt: skip
def test_what_a_goal_runs(clone, goal, stages):
    plan = clone.make("-n", goal)
    assert plan.returncode == 0, plan.stderr
    found = re.findall(r"-m scripts\.(?!arguments)(\S+)", plan.stdout)
    made = {"retrieve.training", "retrieve.reader", "retrieve.index", "generate.authored", "setup.base_model"}
    assert [stage for stage in found if stage not in made] == stages


def test_a_dry_run_runs_nothing_and_a_second_one_says_the_same(clone):
    first = clone.make("-n", "train", "DATA=pre-generated").stdout
    assert first == clone.make("-n", "train", "DATA=pre-generated").stdout and "scripts.train.weights" in first
    assert not (clone.folder / "models/pre-generated-embedded").exists() and not clone.calls
    assert clone.make("-q", "train", "DATA=pre-generated").returncode == 1


PAGE = "<html><head><title>{0}</title></head><body><main><h1>{0}</h1><p>What is told of {0} here.</p>{1}</main></body>"


@pytest.mark.slow
def test_several_goals_are_right_whatever_the_first_changes(fresh, tmp_path):
    """A page that the crawl removes is gone for the goals after it, in the same run of make."""
    clone = fresh.copy(tmp_path)
    site, markdown = clone.folder / "site", clone.folder / "markdown"
    for folder in (site, markdown):
        shutil.rmtree(folder)

    def write(*pages):
        links = "".join(f'<p><a href="/{page}/">About {page}</a></p>' for page in pages)
        for page in ("", *pages):
            (site / page).mkdir(parents=True, exist_ok=True)
            (site / page / "index.html").write_text(PAGE.format(page or "all", links))

    write("apples", "pears", "plums")
    assert clone.make("crawl-sample").returncode == 0 and len(list(markdown.glob("*.md"))) == 4
    shutil.rmtree(site)
    write("apples", "pears")
    result = clone.make(*untrained_finder(clone.folder), "crawl-sample", "rag")
    assert result.returncode == 0 and "1 removed" in result.stdout, result.stdout + result.stderr
    assert " passages of 3 pages" in result.stdout


def test_a_model_behind_an_endpoint_is_measured_apart(clone):
    named = ("ENDPOINT=http://127.0.0.1:8000/v1", "ENDPOINT_MODEL=org/m:1")
    plan = clone.make("-n", "evaluate", "PARALLEL=3", *named).stdout
    asked = next(line for line in plan.splitlines() if "scripts.measure.answers" in line)
    assert "--parallel 3" in asked and "--model" not in asked
    assert "build/models/endpoint-org-m-1/evaluation.json" in plan
    written = json.loads((clone.folder / "build/args/evaluate-endpoint-org-m-1").read_text())["settings"]
    assert written == {"LIMIT": "60", "QUESTIONS": "", **dict(setting.split("=", 1) for setting in named)}
    assert clone.make("-n", "evaluate", named[0], "ENDPOINT_MODEL=a;b").returncode != 0


def test_the_export_has_the_name_of_the_model(clone):
    """Also where models/in-use leads to it; and a GGUF file that was measured there gets its scores into the card."""
    (clone.folder / "models/one").mkdir()
    (clone.folder / "models/in-use").symlink_to("one")
    measured = clone.folder / "build/models/build-export-one-model-Q8_0.gguf/evaluation.json"
    measured.parent.mkdir(parents=True)
    measured.touch()
    try:
        plans = [clone.make("-n", "export", *settings).stdout for settings in ((), ("MODEL=one",))]
    finally:
        (clone.folder / "models/in-use").unlink()
        shutil.rmtree(measured.parent)
    for plan in plans:
        assert "--model models/one --" in plan
        assert "--output build/export/one\n" in plan and f"--evaluations {measured.relative_to(clone.folder)}" in plan


def test_no_rows_are_one_line(clone):
    result = clone.make("inspect", "DATA=nowhere")
    assert result.returncode != 0 and result.stderr.splitlines()[0].startswith("make: no rows in nowhere/; DATA is a")


def test_the_endpoint_is_the_teachers_where_rows_are_generated(clone):
    def asked(*goals):
        shown = clone.make("-n", *goals, "ENDPOINT=http://127.0.0.1:1/v1", "ENDPOINT_MODEL=m").stdout
        return next(line for line in shown.splitlines() if "scripts.measure.answers" in line)

    assert "--model models/in-use/model.gguf" in asked("generate", "train", "evaluate")
    assert "--model" not in asked("evaluate") and "endpoint-m" in asked("evaluate")
