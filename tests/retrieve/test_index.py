"""The index of the pages: what gets into it, what is made anew, and bad pages."""

import json
import shutil

import pytest

from scripts import files
from tests.retrieve.conftest import PAGES, make_index

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


def texts(folder):
    """{page: all text of its passages}"""
    pages = json.loads((folder / "index.json").read_text())["pages"]
    return {name: "\n".join([*(text for headings, _ in page["chunks"] for text in headings),
                             *(unit[0] for _, units in page["chunks"] for unit in units)])
            for name, page in pages.items()}  # fmt: skip


def test_every_phrase_reaches_the_index(made):
    for page, phrases in PHRASES.items():
        text = " ".join(texts(made)[f"{page}.md"].replace("`", "").split())
        assert [phrase for phrase in phrases if phrase not in text] == [], text


@pytest.mark.slow
def test_only_changed_pages_are_encoded_anew(tmp_path, finder):
    pages = shutil.copytree(PAGES, tmp_path / "pages")
    assert "3 of them new or changed" in make_index(pages, tmp_path, finder).stdout
    first = (tmp_path / "index.json").read_bytes()
    (pages / "manifest.json").write_text('{"pages": {"stub.md": {"url": "https://x/stub"}}}')
    (pages / "limits.md").write_text("# Limits\n\nNine pods at most.\n")
    (pages / "marks.md").unlink()
    result = make_index(pages, tmp_path, finder)
    assert "2 pages, 1 of them new or changed" in result.stdout and "2 passages" in result.stdout, result.stdout
    second = json.loads((tmp_path / "index.json").read_text())["pages"]
    assert second["stub.md"] == {**json.loads(first)["pages"]["stub.md"], "url": "https://x/stub"}
    assert second["limits.md"]["chunks"] == [[["Limits"], [["Nine pods at most.", ""]]]]
    # Another way to cut or encode makes all anew.
    assert "2 of them new or changed" in make_index(pages, tmp_path, finder, code="2").stdout


@pytest.mark.parametrize(
    "name, content, said",
    [
        ("empty.md", b" \n", "empty.md: empty"),
        ("latin.md", "# é\n".encode("latin-1"), "latin.md: cannot be read"),
        ("none.txt", b"", "no pages to index"),
    ],
)
def test_a_bad_page_is_named(tmp_path, finder, name, content, said):
    markdown = tmp_path / "markdown"
    markdown.mkdir()
    (markdown / "good.md").write_text("# Good\n\nText.\n") if name != "none.txt" else None
    (markdown / name).write_bytes(content)
    (tmp_path / "index.json").write_text("an old index")
    result = make_index(markdown, tmp_path, finder)
    assert result.returncode == 1 and result.stderr.count("\n") == 1 and said in result.stderr, result.stderr
    assert (tmp_path / "index.json").read_text() == "an old index"


def test_a_second_run_waits_for_its_turn(tmp_path, finder):
    with files.lock(tmp_path / "index.lock", "make rag"):
        result = make_index(PAGES, tmp_path, finder)
    assert result.returncode == 1 and "another make rag is running" in result.stderr
