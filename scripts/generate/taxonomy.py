"""Write what one run of `ilab data generate` reads: a taxonomy, a repository with documents, and a pipeline folder."""

import os
import shutil
import subprocess
from pathlib import Path

import yaml

from scripts import configuration, files, ilab, program

# The commit of a run is nobody's: the user's git settings, hooks and identity are left out of it.
GIT = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
AUTHOR = ["-c", "user.name=konflux-taxonomy", "-c", "user.email=none@localhost", "-c", "init.defaultBranch=main"]


def label(number: int) -> str:
    """The heading over ask `number` of a run; it comes back in every generated row."""
    return f"Ask {number}"


def number(document: str) -> int | None:
    """The inverse: the number of the ask that a chunk, as ilab returns it, was made from; None if it has none."""
    first = document.split("\n", 1)[0].split()
    return int(first[1]) if len(first) == 2 and first[0] == "Ask" and first[1].isdecimal() else None


def commit_all(folder: Path) -> str:
    """Make a new git repository of `folder` with all that is in it; returns the commit."""

    def git(*arguments: str) -> str:
        command = ["git", *AUTHOR, "-C", str(folder), *arguments]
        # ilab.environment() leaves out git's own variables: in a git hook, they would lead the commit elsewhere.
        environment = {**ilab.environment(), **GIT}
        return subprocess.run(command, env=environment, check=True, capture_output=True, text=True).stdout

    try:
        git("init", "--quiet")
        git("add", "--all")
        git("commit", "--quiet", "--message", "pages of this run")
        return git("rev-parse", "HEAD").strip()
    except subprocess.CalledProcessError as error:
        program.fail(f"git could not store the pages of the run in {folder}: {error.stderr.strip()}")


def write_documents(asks: list[dict], folder: Path) -> str:
    """Write `asks` (of facts.asks) as Markdown, one file a page, into a new git repository; returns its commit.

    ilab makes one chunk a heading, so each ask gets one: a sentence and the opening of a question about it. They are
    fenced because ilab's reader tears other text apart at inline code and takes a "|" for a table:
    https://github.com/docling-project/docling/blob/v2.37.0/docling/backend/md_backend.py
    """
    pages: dict[str, list[str]] = {}
    for index, ask in enumerate(asks):
        pages.setdefault(ask["page"], []).append(f"## {label(index)}\n\n```\n{ask['fact']}\n{ask['opening']}\n```\n")
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for page, parts in pages.items():
        (folder / f"{page}.md").write_text("\n".join(parts), encoding="utf-8")
    return commit_all(folder)


def write_taxonomy(qna: dict, asks: list[dict], work: Path) -> Path:
    """Write the taxonomy with `qna` and the documents of `asks` into folder `work`; returns the taxonomy's folder.

    ilab writes documents beside a qna.yaml that is not under knowledge/ to the root of the file system:
    https://github.com/instructlab/sdg/blob/v0.8.3/src/instructlab/sdg/utils/taxonomy.py
    """
    documents = (work / "documents").resolve()
    document = {"repo": str(documents), "commit": write_documents(asks, documents), "patterns": ["*.md"]}
    shutil.rmtree(work / "taxonomy", ignore_errors=True)
    target = work / "taxonomy" / "knowledge" / "konflux" / "qna.yaml"
    content = {**qna, "document": document}
    files.replace_text(target, yaml.safe_dump(content, sort_keys=False, width=100, allow_unicode=True))
    return target.parents[2].resolve()


def pipeline(source: str, markup: str, options: dict) -> dict[str, dict]:
    """The pipeline folder `source` with `markup` as its chat markup: {file name: content}.

    options: what else to send with each request, outside of OpenAI's own parameters.

    ilab knows the markup of a few families of models only, and takes Merlinite's for any other:
    https://github.com/instructlab/sdg/blob/v0.8.3/src/instructlab/sdg/utils/models.py
    """
    found = {path.name: configuration.read_yaml(path) for path in sorted(Path(source).glob("*.yaml"))}
    if "knowledge.yaml" not in found:
        program.fail(f"{source}/: no knowledge.yaml; generate.pipeline names the folder of a pipeline")
    for name, content in found.items():
        blocks = content.get("blocks", []) if isinstance(content, dict) else None
        if not isinstance(blocks, list) or not all(isinstance(block, dict) for block in blocks):
            program.fail(f"{source}/{name}: no file of an ilab pipeline; pipelines/konflux/ shows one")
        for block in blocks:
            if block.get("type") == "LLMBlock":
                block["config"] = {**block.get("config", {}), "model_prompt": markup}
                if options:
                    block["config"].setdefault("gen_kwargs", {})["extra_body"] = options
    return found


def write_pipeline(content: dict[str, dict], folder: Path) -> Path:
    """Write a pipeline, as pipeline() gives it, to `folder`; returns the folder."""
    shutil.rmtree(folder, ignore_errors=True)
    for name, part in content.items():
        files.replace_text(folder / name, yaml.safe_dump(part, sort_keys=False, width=1000))
    return folder.resolve()


def write_reader(data_home: Path) -> None:
    """Keep ilab from downloading layout models, which Markdown never uses: name any folder as theirs.

    data_home: its XDG_DATA_HOME.
    https://github.com/instructlab/sdg/blob/v0.8.3/src/instructlab/sdg/generate_data.py, _locate_docling_models
    """
    folder = data_home / "instructlab" / "sdg" / "models"
    files.replace_text(folder / "config.yaml", yaml.safe_dump({"models": [{"path": str(folder.resolve())}]}))
