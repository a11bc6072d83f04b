"""Lay out what one `ilab data generate` reads: a taxonomy, a repository with documents, and a pipeline directory."""

import os
import shutil
import subprocess
from pathlib import Path

import common
import validate
import yaml

# The staged commit is nobody's: the user's git settings, hooks and identity are left out of it.
GIT = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
AUTHOR = ["-c", "user.name=konflux-taxonomy", "-c", "user.email=none@localhost", "-c", "init.defaultBranch=main"]


def without_git():
    """The environment without git's own variables: in a git hook, they would lead our commits elsewhere."""
    return {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}


def label(number):
    """The heading over ask `number` of a run; it comes back in every generated row."""
    return f"Ask {number}"


def number(document):
    """The inverse: the number of the ask that a chunk, as ilab returns it, was made from; None if it has none."""
    first = document.split("\n", 1)[0].split()
    return int(first[1]) if len(first) == 2 and first[0] == "Ask" and first[1].isdigit() else None


def commit_all(folder):
    """Make a new git repository of `folder` with all that is in it; returns the commit."""

    def git(*arguments):
        command = ["git", *AUTHOR, "-C", folder, *arguments]
        return subprocess.run(command, env={**without_git(), **GIT}, check=True, capture_output=True, text=True).stdout

    try:
        git("init", "--quiet")
        git("add", "--all")
        git("commit", "--quiet", "--message", "pages of this run")
        return git("rev-parse", "HEAD").strip()
    except subprocess.CalledProcessError as error:
        common.fail(f"git could not store the pages of the run in {folder}: {error.stderr.strip()}")


def stage_documents(asks, folder):
    """Write `asks` (of facts.asks) as Markdown, one file a page, into a new git repository; returns its commit.

    ilab makes one chunk a heading, so each ask gets one: a sentence and the opening of a question about it. They are
    fenced because ilab's reader tears other text apart at inline code and takes a "|" for a table:
    https://github.com/docling-project/docling/blob/v2.37.0/docling/backend/md_backend.py
    """
    pages = {}
    for index, ask in enumerate(asks):
        pages.setdefault(ask["page"], []).append(f"## {label(index)}\n\n```\n{ask['fact']}\n{ask['opening']}\n```\n")
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for page, parts in pages.items():
        (folder / f"{page}.md").write_text("\n".join(parts), encoding="utf-8")
    return commit_all(folder)


def stage_taxonomy(qna, asks, work):
    """Write the taxonomy with `qna` and the documents of `asks` into folder `work`; returns the taxonomy's folder.

    ilab writes documents beside a qna.yaml that is not under knowledge/ to the root of the file system:
    https://github.com/instructlab/sdg/blob/v0.8.3/src/instructlab/sdg/utils/taxonomy.py
    """
    if found := validate.problems(qna):
        common.fail(f"qna.yaml: {found[0][:300]}; make validate lists all")
    documents = (work / "documents").resolve()
    commit = stage_documents(asks, documents)
    staged = {**qna, "document": {"repo": str(documents), "commit": commit, "patterns": ["*.md"]}}
    shutil.rmtree(work / "taxonomy", ignore_errors=True)
    target = work / "taxonomy" / "knowledge" / "konflux" / "qna.yaml"
    common.replace_text(target, yaml.safe_dump(staged, sort_keys=False, width=100, allow_unicode=True))
    return target.parents[2].resolve()


def stage_pipeline(source, markup, folder, options=None):
    """Copy the pipeline directory `source` to `folder`, with `markup` as its chat markup; returns the new folder.

    options: what else to send with each request, outside of OpenAI's own parameters.

    ilab knows the markup of a few families of models only, and takes Merlinite's for any other:
    https://github.com/instructlab/sdg/blob/v0.8.3/src/instructlab/sdg/utils/models.py
    """
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for file in sorted(Path(source).glob("*.yaml")):
        content = common.read_yaml(file)
        for block in content.get("blocks", []):
            if block["type"] == "LLMBlock":
                block["config"]["model_prompt"] = markup
                if options:
                    block["config"].setdefault("gen_kwargs", {})["extra_body"] = options
        common.replace_text(folder / file.name, yaml.safe_dump(content, sort_keys=False, width=1000))
    return folder.resolve()


def stage_reader(data_home, work):
    """Keep ilab from downloading layout models, which Markdown never uses: name any folder as theirs.

    https://github.com/instructlab/sdg/blob/v0.8.3/src/instructlab/sdg/generate_data.py, _locate_docling_models
    """
    empty = work / "no-layout-models"
    empty.mkdir(parents=True, exist_ok=True)
    config = {"models": [{"path": str(empty.resolve())}]}
    common.replace_text(data_home / "instructlab" / "sdg" / "models" / "config.yaml", yaml.safe_dump(config))
