"""make generate with a fake `ilab`: which pages are asked about when, what stays, and what is kept of the answers."""

import json
import os
import subprocess
import time

import pytest
from test_graph import newer, one_line

PAGES = {
    "apples": "# Apples\n\nAn apple grows on trees in the garden. Each apple holds `5` seeds in its core.\n",
    "pears": "# Pears\n\nA pear ripens after the harvest in September. Each pear needs 3 weeks in the cellar.\n",
    "plums": "# Plums\n\nA plum dries on the roof in 9 days. Each plum contains one stone in the middle.\n",
}
# More questions than a teacher can get wrong by chance.
MANY = "# Pears\n\n" + " ".join(f"The pear of garden number {n} needs {n} weeks in the cellar." for n in range(2, 30))


@pytest.fixture
def garden(clone):
    """A clone whose corpus is three small pages, one page a run of ilab."""
    for page in (clone.folder / "markdown").glob("*.md"):
        page.unlink()
    for name, text in PAGES.items():
        (clone.folder / "markdown" / f"{name}.md").write_text(text)
    config = clone.folder / "config" / "embedded.yaml"
    config.write_text(config.read_text().replace("pages_per_run: 4", "pages_per_run: 1"))
    return clone


def rows(clone, name="train_konflux.jsonl"):
    return [json.loads(line) for line in (clone.folder / "generated" / name).read_text().splitlines()]


def pages_of(clone):
    return sorted({row["page"] for row in rows(clone)})


def no_server_left(clone):
    return subprocess.run(["pgrep", "-f", str(clone.bin / "ilab")], stdout=subprocess.DEVNULL).returncode != 0


def test_generate_runs_once_and_again_only_for_what_changed(garden):
    first = garden.make("generate")
    assert first.returncode == 0, first.stderr
    assert "3 of 3 pages to do: 6 chunks" in first.stdout and "min" in first.stdout
    assert garden.asked == ["apples", "pears", "plums"] and no_server_left(garden)
    assert pages_of(garden) == ["apples", "pears", "plums"]
    for row in rows(garden):
        assert set(row) == {"system", "user", "assistant", "page", "chunk"} and row["assistant"] in row["chunk"]
    assert len(rows(garden, "test_konflux.jsonl")) == 15
    reasons = {row["reason"] for row in rows(garden, "rejected.jsonl")}
    assert reasons and all(f"dropped: {reason}" in first.stdout for reason in reasons)
    assert garden.make("-q", "generate").returncode == 0
    assert garden.make("generate").returncode == 0 and len(garden.asked) == 3

    text = PAGES["pears"].replace("3 weeks", "4 weeks")
    (garden.folder / "markdown/pears.md").write_text(text)
    newer(garden.folder / "markdown/pears.md", -0.001)
    assert garden.make("-q", "generate").returncode == 1
    assert "1 of 3 pages to do" in garden.make("generate").stdout
    assert garden.asked[3:] == ["pears"]
    assert any("4 weeks" in row["assistant"] for row in rows(garden)) and "3 weeks" not in json.dumps(rows(garden))
    assert pages_of(garden) == ["apples", "pears", "plums"]


@pytest.mark.parametrize("change", ["qna.yaml", "config/embedded.yaml", "pipelines/konflux/question.yaml"])
def test_a_changed_input_of_all_pages_regenerates_all(garden, change):
    assert garden.make("generate").returncode == 0
    newer(garden.folder / change, -0.001)
    assert garden.make("-q", "generate").returncode == 1
    assert garden.make("generate").returncode == 0
    assert garden.asked[3:] == ["apples", "pears", "plums"]
    assert garden.make("-q", "generate").returncode == 0


def test_another_config_is_another_teacher(garden):
    assert garden.make("generate").returncode == 0
    other = garden.folder / "config/other.yaml"
    other.write_text((garden.folder / "config/embedded.yaml").read_text())
    os.utime(other, (1, 1))
    assert garden.make("generate", "CONFIG=config/other.yaml").returncode == 0
    assert len(garden.asked) == 6
    assert garden.make("-q", "generate", "CONFIG=config/other.yaml").returncode == 0


def test_rows_of_a_removed_page_vanish(garden):
    assert garden.make("generate").returncode == 0
    (garden.folder / "markdown/plums.md").unlink()
    assert garden.make("-q", "generate").returncode == 1
    assert garden.make("generate").returncode == 0
    assert pages_of(garden) == ["apples", "pears"] and len(garden.asked) == 3
    assert not (garden.folder / "generated/pages/plums.jsonl").exists()
    assert "plums" not in {row["page"] for row in rows(garden, "rejected.jsonl")}
    assert garden.make("-q", "generate").returncode == 0


def test_chosen_pages_and_then_the_rest(garden):
    assert garden.make("generate", "PAGES=pears").returncode == 0
    assert pages_of(garden) == ["pears"]
    assert garden.make("-q", "generate", "PAGES=pears").returncode == 0
    assert garden.make("generate").returncode == 0
    assert garden.asked == ["pears", "apples", "plums"]
    assert "no page quinces" in one_line(garden.make("generate", "PAGES=quinces"))


def test_killed_in_the_middle_keeps_finished_pages(garden):
    (garden.bin / "sleep-on").write_text("plums.md")
    process = subprocess.Popen(
        ["make", f"VENV={garden.bin.parent}", "generate"], cwd=garden.folder, start_new_session=True
    )
    while len(garden.asked) < 2 or len(garden.calls) < 3:
        time.sleep(0.05)
    process.kill()  # SIGKILL to make alone: neither ilab nor the server must live on
    process.wait()
    deadline = time.monotonic() + 10
    while not no_server_left(garden):
        assert time.monotonic() < deadline, "ilab outlived make"
        time.sleep(0.1)
    assert not (garden.folder / "generated/train_konflux.jsonl").exists()
    (garden.bin / "sleep-on").unlink()
    result = garden.make("generate")
    assert result.returncode == 0 and "1 of 3 pages to do" in result.stdout
    assert garden.asked == ["apples", "pears", "plums"] and pages_of(garden) == ["apples", "pears", "plums"]


def test_a_failing_ilab_keeps_the_old_rows(garden):
    assert garden.make("generate").returncode == 0
    before = rows(garden)
    newer(garden.folder / "qna.yaml", -0.001)
    (garden.bin / "fail").touch()
    result = garden.make("generate")
    assert result.returncode != 0 and "told to fail" in one_line(result) and no_server_left(garden)
    assert rows(garden) == before


def test_a_teacher_that_says_nothing_usable_is_named(garden):
    (garden.bin / "silent").touch()
    result = garden.make("generate")
    assert result.returncode != 0 and "nothing usable of" in one_line(result), result.stderr
    assert not (garden.folder / "generated/train_konflux.jsonl").exists()


def test_a_broken_teacher_is_not_asked_for_the_rest(garden):
    (garden.folder / "markdown/apples.md").write_text(MANY)
    (garden.bin / "silent").touch()
    assert "nothing usable of apples" in one_line(garden.make("generate"))
    assert garden.asked == ["apples"]


def test_a_page_without_anything_usable_stops_no_other(garden):
    (garden.folder / "markdown/pears.md").write_text(MANY)
    (garden.bin / "silent").write_text("pears")
    result = garden.make("generate")
    assert result.returncode == 0 and "nothing usable of pears" in result.stderr, result.stderr
    assert pages_of(garden) == ["apples", "plums"]
    assert garden.make("-q", "generate").returncode == 0


def test_an_endpoint_is_used_and_no_server_started(garden):
    result = garden.make("generate", "ENDPOINT=http://127.0.0.1:1/v1")
    assert result.returncode == 0, result.stderr
    assert all("--endpoint-url http://127.0.0.1:1/v1" in call for call in garden.calls)
    assert all("--model models/base/model.gguf" in call for call in garden.calls)


def test_our_own_server_is_never_port_8000(garden):
    assert garden.make("generate").returncode == 0
    assert all("--endpoint-url http://127.0.0.1:" in call and ":8000/" not in call for call in garden.calls)


def test_broken_settings_are_named(garden):
    config = garden.folder / "config/embedded.yaml"
    config.write_text(config.read_text().replace("  pages_per_run: 1\n", ""))
    assert "needs pages_per_run" in one_line(garden.make("generate"))


def test_training_follows_from_the_pages(garden):
    assert garden.make("train").returncode == 0
    newer(garden.model, 5)
    assert garden.make("-q", "train").returncode == 0
    (garden.folder / "markdown/pears.md").write_text(PAGES["pears"].replace("3 weeks", "4 weeks"))
    newer(garden.folder / "markdown/pears.md", -0.001)
    assert garden.make("-q", "train").returncode == 1


def test_only_generate_asks_anew_for_other_arguments(garden):
    assert garden.make("generate", "PAGES=pears").returncode == 0 and len(garden.asked) == 1
    assert garden.make("inspect").returncode == 0
    assert garden.make("-q", "generated/train_konflux.jsonl").returncode == 0
    assert garden.make("-q", "generate").returncode == 1 and len(garden.asked) == 1


def test_rows_of_another_teacher_are_not_thrown_away(garden):
    assert garden.make("generate", "PAGES=pears plums").returncode == 0 and len(garden.asked) == 2
    # A newer setting is no reason to ask anew, and a newer page none to replace what a larger teacher made.
    newer(garden.folder / "config/embedded.yaml", -0.001)
    assert garden.make("-q", "generated/train_konflux.jsonl").returncode == 0
    newer(garden.folder / "markdown/pears.md", -0.001)
    result = garden.make("train")
    assert result.returncode != 0 and "config/embedded.yaml pears plums;" in " ".join(result.stderr.split())
    assert "run make generate" in result.stderr and len(garden.asked) == 2 and pages_of(garden) == ["pears", "plums"]
    # Nor what it made until it was stopped.
    (garden.folder / "generated/.generated-with").unlink()
    (garden.folder / "generated/.teacher").write_text("config/large.yaml https://host/v1\n")
    assert "config/large.yaml https://host/v1;" in garden.make("train").stderr and len(garden.asked) == 2


def test_no_commit_leaves_the_scratch_folder(tmp_path, monkeypatch):
    import stage

    for name in ("own", "documents"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "page.md").write_text(name)
    stage.commit_all(tmp_path / "own")
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "own/.git"))
    before = (tmp_path / "own/.git/logs/HEAD").read_text()
    stage.commit_all(tmp_path / "documents")
    assert (tmp_path / "documents/.git").is_dir() and (tmp_path / "own/.git/logs/HEAD").read_text() == before
