"""make generate: which pages a teacher is asked about when, what is kept of it, and what stops it."""

import json
import os
import re

import filelock
import pytest
import yaml

from scripts import files
from tests.generate.conftest import PAGES

# More questions than a teacher gets wrong by chance.
MANY = "# Pears\n\n" + " ".join(f"The pear of garden number {n} needs {n} weeks in the cellar." for n in range(2, 30))


def failed(run):
    """What the failing `run` says on stderr: one line."""
    with pytest.raises(SystemExit) as stopped:
        run()
    assert isinstance(stopped.value.code, str) and "\n" not in stopped.value.code
    return stopped.value.code


def test_each_page_is_asked_about_once(garden):
    first = garden.generate()
    assert "3 of 3 pages to do: 6 chunks, 25 teacher calls in 3 runs of ilab, about 0.8 min\n" in first
    assert "1 of 3 pages, " in first and "3 of 3 pages, " in first
    assert garden.asked == ["apples", "pears", "plums"] == garden.pages
    assert garden.served == ["models/base/model.gguf"]
    assert "0 of 3 pages to do: 0 chunks, 0 teacher calls in 0 runs" in garden.ask()
    assert len(garden.asked) == 3 and len(garden.served) == 1


def test_the_summary_lists_pages_and_costs(garden):
    garden.ask()
    assert set(garden.summary) == {"teacher", "pages", "calls", "seconds"}
    assert garden.summary["pages"] == {
        f"markdown/{page}.md": files.sha256(garden.folder / f"markdown/{page}.md") for page in garden.asked
    }
    assert garden.summary["calls"] == 25 and garden.summary["seconds"] >= 0
    assert sorted(path.name for path in garden.teacher.iterdir()) == ["apples.jsonl", "pears.jsonl", "plums.jsonl"]


def test_times_of_files_ask_nothing(garden):
    garden.ask()
    for path in [*garden.folder.rglob("*.md"), *garden.folder.rglob("*.yaml")]:
        os.utime(path)
    for path in garden.teacher.iterdir():
        os.utime(path, (1, 1))
    assert "0 of 3 pages" in garden.ask() and len(garden.asked) == 3


def test_a_changed_page_is_asked_about_alone(garden):
    garden.generate()
    garden.write(
        "pears", "# Pears\n\nA pear ripens after the harvest in September. Each pear needs 4 weeks in the cellar."
    )
    assert "1 of 3 pages to do: 2 chunks" in garden.generate()
    assert garden.asked[3:] == ["pears"] and garden.pages == ["apples", "pears", "plums"]
    assert any("4 weeks" in row["assistant"] for row in garden.rows()) and "3 weeks" not in json.dumps(garden.rows())


def test_what_changes_no_ask_is_no_reason_to_ask_again(garden):
    garden.generate()
    before = garden.rows()
    code = "\n```yaml\npear: An example in code states nothing.\n```\n"
    garden.write("pears", PAGES["pears"].replace(" needs ", "\nneeds  ") + code)
    assert "0 of 3 pages" in garden.generate()
    assert garden.rows() == before


def edit_yaml(path, change):
    content = yaml.safe_load(path.read_text())
    change(content)
    path.write_text(yaml.safe_dump(content))


def other_seed(qna):
    qna["seed_examples"][0]["questions_and_answers"][0]["question"] = "Why?"


def other_temperature(pipeline):
    pipeline["blocks"][1]["config"]["gen_kwargs"]["temperature"] = 1


CHANGES = {
    "a seed question": ("qna.yaml", other_seed),
    "the outline, which a prompt may show": ("qna.yaml", lambda qna: qna.update(document_outline="Fruit")),
    "the prompt": ("pipelines/konflux/question.yaml", lambda prompt: prompt.update(principles="Ask.")),
    "the temperature": ("pipelines/konflux/knowledge.yaml", other_temperature),
    "the markup": ("config/embedded.yaml", lambda config: config["generate"].update(chat_markup="<u>{{ prompt }}")),
    "questions an ask": ("config/embedded.yaml", lambda config: config["generate"].update(sdg_scale_factor=2)),
}


@pytest.mark.parametrize("change", CHANGES)
def test_another_prompt_asks_about_all_pages(garden, change):
    garden.ask()
    name, edit = CHANGES[change]
    edit_yaml(garden.folder / name, edit)
    assert "3 of 3 pages" in garden.ask()
    assert garden.asked[3:] == ["apples", "pears", "plums"]


NO_CHANGES = {
    "the source of the pages": ("qna.yaml", lambda qna: qna["document"].update(commit="0123")),
    "the training": ("config/embedded.yaml", lambda config: config["train"].update(num_epochs=9)),
    "the speed": ("config/embedded.yaml", lambda config: config["generate"]["facts"].update(requests_at_once=9)),
    "how many pages a run": ("config/embedded.yaml", lambda config: config["generate"].update(pages_per_run=9)),
}


@pytest.mark.parametrize("change", NO_CHANGES)
def test_what_the_teacher_is_not_shown_asks_nothing(garden, change):
    garden.ask()
    name, edit = NO_CHANGES[change]
    edit_yaml(garden.folder / name, edit)
    assert "0 of 3 pages" in garden.ask()


def test_other_code_that_makes_the_prompt_asks_again_and_other_code_does_not(garden):
    garden.ask()
    path = garden.folder / "build/args/generate"
    for name, pages in (("scripts/generate/ask.py", 0), ("scripts/generate/taxonomy.py", 3)):
        content = json.loads(path.read_text())
        full = next(known for known in content["code"] if known.endswith(name))
        path.write_text(json.dumps({**content, "code": {**content["code"], full: "other"}}))
        garden.run_ask()
        assert f"{pages} of 3 pages" in garden.printed(), name


def test_chosen_pages_and_then_the_rest(garden):
    garden.generate(PAGES="pears")
    assert garden.pages == ["pears"]
    garden.generate(PAGES=" pears\tplums ")
    assert garden.asked == ["pears", "plums"]
    garden.generate()
    assert garden.asked == ["pears", "plums", "apples"] and garden.pages == ["apples", "pears", "plums"]


def test_an_unknown_page_is_named(garden):
    assert "no page pears.md, quinces in markdown/" in failed(lambda: garden.ask(PAGES="quinces pears.md"))


def test_rows_of_a_removed_page_vanish_and_its_answers_stay(garden):
    garden.generate()
    (garden.folder / "markdown/plums.md").unlink()
    garden.generate()
    assert garden.pages == ["apples", "pears"] and len(garden.asked) == 3
    assert "plums" not in {row["page"] for row in garden.rows("rejected.jsonl")}
    garden.write(
        "plums", "# Plums\n\nA plum dries on the roof in 9 days. Each plum contains one stone in the middle.\n"
    )
    garden.generate()
    assert garden.pages == ["apples", "pears", "plums"] and len(garden.asked) == 3


def test_settings_and_section_of_the_last_make_generate_are_kept(garden):
    (garden.folder / "large.gguf").write_bytes(b"GGUF of a large model")
    garden.configure("large", teacher={"model_path": "large.gguf"}, pages_per_run=2)
    garden.ask("config/large.yaml", PAGES="pears plums")
    garden.write("pears", "# Pears\n\nA pear needs 8 weeks in the cellar.\n")
    garden.write("plums", "# Plums\n\nA plum needs 8 weeks in the cellar.\n")
    garden.ask("config/embedded.yaml", keep=True)
    assert garden.asked == ["pears plums", "pears plums"] and garden.served == ["large.gguf", "large.gguf"]
    config = yaml.safe_load((garden.folder / "build/work/generate/ilab.yaml").read_text())
    assert config["generate"]["teacher"] == {"model_path": "large.gguf"} and config["train"]


@pytest.mark.parametrize("name", ["TEACHER", "WORDINGS"])
def test_a_setting_for_an_endpoint_without_one_is_named(garden, name):
    with pytest.raises(SystemExit, match=f"{name}= is for a teacher behind an endpoint; give ENDPOINT= too"):
        garden.ask(**{name: "9"})
    assert not garden.asked


def test_another_config_with_the_same_section_is_no_other_teacher(garden):
    garden.ask()
    garden.configure("other")
    assert "0 of 3 pages" in garden.ask("config/other.yaml") and "0 of 3 pages" in garden.ask("./config/embedded.yaml")


def test_another_teacher_overwrites_nothing(garden):
    garden.generate()
    first = garden.teacher
    before = {path: path.read_bytes() for path in first.iterdir()}
    (garden.folder / "large.gguf").write_bytes(b"GGUF of a large model")
    garden.configure(teacher={"model_path": "large.gguf"})
    garden.says = lambda page, fact, opening: " at all?"
    garden.ask()
    assert garden.teacher != first and len(garden.asked) == 6
    assert {path: path.read_bytes() for path in first.iterdir()} == before
    garden.configure(teacher={"model_path": "models/base/model.gguf"})
    garden.ask()
    assert garden.teacher == first and len(garden.asked) == 6


def test_another_file_under_the_same_name_is_another_teacher(garden):
    garden.ask()
    first = garden.teacher
    (garden.folder / "models/base/model.gguf").write_bytes(b"GGUF of another model")
    garden.ask()
    assert garden.teacher != first and len(garden.asked) == 6 and len(list(first.iterdir())) == 3


def test_finished_runs_are_kept_and_not_asked_again(garden):
    garden.generate()
    rows = garden.rows()
    edit_yaml(garden.folder / "qna.yaml", other_seed)
    garden.says = lambda page, fact, opening: None if page == "plums" else "?"
    assert "ended with exit code 1" in failed(garden.ask)
    assert garden.rows() == rows
    garden.says = lambda page, fact, opening: "?"
    assert "1 of 3 pages to do" in garden.ask()
    assert garden.asked == ["apples", "pears", "plums", "apples", "pears", "plums"]


def test_the_estimate_follows_this_teacher(garden):
    garden.ask(PAGES="pears")
    path = garden.teacher / "pears.jsonl"
    head, *replies = path.read_text().split("\n")
    head = {**json.loads(head), "calls": 6, "seconds": 180}
    path.write_text("\n".join([json.dumps(head), *replies]))
    first = garden.ask(PAGES="plums")
    calls = int(re.search(r"(\d+) teacher calls", first)[1])
    assert f"about {calls * 30 / 60:.1f} min" in first


def test_a_broken_teacher_is_named_and_not_asked_for_the_rest(garden):
    garden.write("apples", MANY)
    garden.says = lambda page, fact, opening: ""
    message = failed(garden.ask)
    assert message.startswith("scripts.generate.ask: the teacher made nothing usable of apples (")
    assert "not a question); see build/work/generate/ilab.log, then try another teacher or prompt" in message
    # Nothing of it counts as asked.
    assert garden.asked == ["apples"] and not list(garden.folder.glob("generated/teachers/*/*"))
    assert not (garden.folder / "generated/asked.json").exists()


def test_a_teacher_may_fail_at_one_page(garden):
    garden.write("pears", MANY)
    garden.says = lambda page, fact, opening: "" if page == "pears" else "?"
    garden.ask()
    assert garden.asked == ["apples", "pears", "plums"]
    assert "nothing usable of pears" in garden.err
    garden.curate()
    assert garden.pages == ["apples", "plums"]


def test_few_questions_may_all_be_wrong(garden):
    garden.says = lambda page, fact, opening: ""
    garden.ask()
    assert garden.asked == ["apples", "pears", "plums"]


def test_a_page_of_no_sentences_is_asked_nothing(garden):
    garden.write("pears", "# Pears\n\n```\nonly code\n```\n")
    garden.generate()
    assert garden.asked == ["apples", "plums"] and "markdown/pears.md" in garden.summary["pages"]
    assert "0 of 3 pages" in garden.ask()


def test_pages_that_cannot_be_read_are_named(garden):
    (garden.folder / "markdown/pears.md").write_bytes(b"# Pears\n\nA p\xear.\n")
    assert "markdown/pears.md: " in failed(garden.ask)
    for page in (garden.folder / "markdown").iterdir():
        page.unlink()
    assert "no pages in markdown/; run make crawl" in failed(garden.ask)


def test_a_spoiled_file_of_raw_pairs_is_named(garden):
    garden.ask()
    (garden.teacher / "pears.jsonl").write_text('{"page": "pears"}\n')
    assert "pears.jsonl:1: not the head of raw pairs; remove the file" in failed(garden.ask)


def test_two_at_once_are_refused(garden):
    held = filelock.FileLock(garden.folder / "build/work/generate.lock")
    (garden.folder / "build/work").mkdir(parents=True)
    held.acquire()
    assert "another make generate is running here" in failed(garden.ask)
    held.release()
    garden.ask()
