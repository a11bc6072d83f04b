"""The index of the pages: all their text gets into it, and a page that cannot be read is named."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from scripts import files
from scripts.retrieve import index
from tests.serve.conftest import ask, chat

ROOT = Path(__file__).resolve().parents[2]
PAGES = Path(__file__).parent / "pages"
PHRASES = {
    "limits": (
        "eight gibibytes", "fifty pods", "ninety gigabytes", "kept whole", "strict | relaxed | off",
        "strict is the default", "seven users", "thirty users", "a | b", "twelve users", "Memory", "the project limits",
    ),
    "marks": (
        "before its heading", "<name> with forty letters", "snake_case_names & a | b", "takes a lantern along",
        "a boat of reed", "a rope of hemp", "strict | off <br>", "seven gulls", "warning about tides", "bold words",
        "a link", "a | b in code",
    ),
    "stub": ("Moved to another shore",),
}  # fmt: skip


def make_index(markdown, folder, **options):
    """Run the script that make runs, with all it writes in `folder`."""
    command = [sys.executable, "-m", "scripts.retrieve.index", "--markdown", markdown, "--work", folder / "work"]
    command += ["--config", ROOT / "config/embedded.yaml", "--output", folder / "index.json"]
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    environment = {**os.environ, "PATH": path, "http_proxy": "http://127.0.0.1:9"}
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, env=environment, **options)


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A folder with the index of PAGES."""
    folder = tmp_path_factory.mktemp("rag")
    (folder / "index.json").write_text("an old index")
    result = make_index(PAGES, folder)
    assert result.returncode == 0, result.stderr
    return folder


@pytest.mark.slow
def test_every_phrase_reaches_the_index(made):
    documents = json.loads((made / "index.json").read_text())["documents"]
    for page, phrases in PHRASES.items():
        passages = [it["content"] for it in documents if it["meta"]["origin"]["filename"] == f"{page}.html"]
        text = " ".join(" ".join(passages).split())
        assert [phrase for phrase in phrases if phrase not in text] == [], text
        assert "RawText" not in text and text.count("takes a lantern along") == (page == "marks")
    assert sorted(path.name for path in (made / "work").iterdir()) == ["convert.log", "ingest.log"]


def test_what_looks_like_html_is_text():
    page = index.as_html("# T\n\nA <b>c</b> <script> &lt;d>\n\n<div>\n\ne<br/>f `<br>`\n", "name")
    assert page.startswith("<h1>T</h1>") and "&lt;b&gt;c&lt;/b&gt; &lt;script&gt; &lt;d&gt;" in page
    assert "<p>&lt;div&gt;</p>" in page and "e f <code>&lt;br&gt;</code>" in page


def test_text_before_the_first_heading_gets_one():
    assert index.as_html("Text\n\n# T", "a&b").startswith("<h1>a&amp;b</h1>\n<p>Text</p>")


@pytest.mark.parametrize(
    "name, content, said",
    [
        ("empty.md", b" \n", "empty.md: empty"),
        ("latin.md", "# é\n".encode("latin-1"), "latin.md: cannot be read"),
        ("none.txt", b"", "no pages to index"),
    ],
)
def test_a_bad_page_is_named(tmp_path, name, content, said):
    markdown = tmp_path / "markdown"
    markdown.mkdir()
    (markdown / "good.md").write_text("# Good\n\nText.\n") if name != "none.txt" else None
    (markdown / name).write_bytes(content)
    (tmp_path / "index.json").write_text("an old index")
    result = make_index(markdown, tmp_path)
    assert result.returncode == 1 and result.stderr.count("\n") == 1 and said in result.stderr, result.stderr
    assert (tmp_path / "index.json").read_text() == "an old index"


def test_a_page_without_passages_is_found(tmp_path):
    store = {"documents": [{"meta": {"origin": {"filename": f"{name}.html"}}} for name in ("a", "a", "b.c")]}
    (tmp_path / "index.json").write_text(json.dumps(store))
    assert index.indexed(tmp_path / "index.json") == {"a.md": 2, "b.c.md": 1}
    (tmp_path / "index.json").write_text("{")
    assert index.indexed(tmp_path / "index.json") == {}


def test_a_second_run_waits_for_its_turn(tmp_path):
    with files.lock(tmp_path / "work.lock", "make rag"):
        result = make_index(PAGES, tmp_path)
    assert result.returncode == 1 and "another make rag is running" in result.stderr


@pytest.mark.slow
def test_chat_and_ask_put_the_same_passages_before_a_question(made, run, recorder, tmp_path):
    questions, rag = ("Who reviews a release?", "How much memory does a worker get?"), ("--rag", made / "index.json")
    chat(run, recorder.model, recorder.port, tmp_path / "work", questions, *rag)
    result = ask(run, recorder.model, questions[1], recorder.port, *rag)
    assert result.returncode == 0, result.stderr
    _, chatted, asked = recorder.asked
    assert chatted["messages"] == asked["messages"] and len(asked["messages"]) == 3
    assert "eight gibibytes" in asked["messages"][1]["content"]
