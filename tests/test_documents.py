"""What the documents tell people to type, open and click is there."""

import re
import subprocess

import pytest

from tests.conftest import ROOT

TRACKED = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split("\n")
DOCUMENTS = [name for name in TRACKED if re.fullmatch(r"(?!markdown/|tests/|pre-generated/demo/).*\.md", name)]
MAKEFILE = "\n".join((ROOT / name).read_text(encoding="utf-8") for name in ("Makefile", "scripts/settings.mk"))
TARGETS = set(re.findall(r"^([a-z][a-z-]*):", MAKEFILE, re.M))
UNSET = re.search(r"^UNSET *:= ((?:.*\\\n)*.*)", MAKEFILE, re.M)
SETTINGS = {*re.findall(r"^(?:override )?([A-Z_]+) *:?=", MAKEFILE, re.M), *UNSET[1].replace("\\", "").split()}
MADE = ("build/", "generated/", "models/", "node_modules/", ".venv")  # what lies there is made, not committed


def text(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def commands(name: str) -> list[str]:
    """What follows `make ` in code: lines of blocks, and spans."""
    joined = text(name).replace("\\\n", " ")
    blocks = re.findall(r"^(?: {4}|\$ |\+ )(make(?: .*)?)$", joined, re.M)
    fenced = [line for block in re.findall(r"^```\w*\n(.*?)^```", joined, re.M | re.S) for line in block.split("\n")]
    return [*blocks, *re.findall(r"`(make [^`]*)`", joined), *(line for line in fenced if line.startswith("make "))]


@pytest.mark.parametrize("name", DOCUMENTS)
def test_each_command_names_targets_and_settings_that_are_there(name):
    for command in commands(name):
        words = re.sub(r"#.*|\"[^\"]*\"|'[^']*'|<[^>]*>|&&.*|;.*|\|.*", "", command).split()[1:]
        goals = [word for word in words if re.fullmatch(r"[a-z][a-z-]*", word)]
        assert set(goals) <= TARGETS, (command, set(goals) - TARGETS)
        given = {word.split("=")[0] for word in words if "=" in word}
        assert given <= SETTINGS, (command, given - SETTINGS)


def test_the_check_of_commands_finds_some():
    found = [command for name in DOCUMENTS for command in commands(name)]
    assert len(found) > 80 and {"make demo", "make test FAST=1"} <= set(found)


def anchors(name: str) -> set[str]:
    """The names that GitHub gives to the headings of a document."""
    headings = re.findall(r"^#+ (.*)", re.sub(r"^```.*?^```", "", text(name), flags=re.M | re.S), re.M)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("name", DOCUMENTS)
def test_each_link_and_each_path_leads_somewhere(name):
    here = (ROOT / name).parent
    for target in re.findall(r"\]\(([^)\s]+)\)", text(name)):
        if re.match(r"[a-z]+:", target):
            continue
        path, _, anchor = target.partition("#")
        found = (here / path).resolve() if path else ROOT / name
        assert found.exists(), (name, target)
        assert not anchor or anchor in anchors(str(found.relative_to(ROOT))), (name, target)
    top = {path.split("/")[0] for path in TRACKED if "/" in path}
    for span in re.findall(r"`([\w.-]+/[\w./-]*)`", text(name)):
        if span.split("/")[0] in top and not span.startswith(MADE) and not re.search(r"NAME|FILE|yours", span):
            assert (ROOT / span).exists() or (here / span).exists(), (name, span)
