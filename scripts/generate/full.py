"""ilab's own pipeline `full`: InstructLab's data from the pages as they are.

Each page is a leaf of the taxonomy, with the seed examples of qna.yaml. The prompts are ilab's; a chat model gets each
as a message. The answers are in the teacher's own words, so rows.py checks once more what the teacher let pass.
"""

import contextlib
import importlib.util
import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import yaml

from scripts import endpoint, files, program
from scripts.generate import chat, full_patch, pages, probe, raw, taxonomy, teacher
from scripts.generate.chat_settings import settings

LEAST = 20  # words of a page that ilab makes a chunk of
WORDS_A_CHUNK = 1000
# A chunk is read as it is and with its spelling corrected, beside each of five seed examples: ten requests for pairs,
# and up to three more to check each pair.
REQUESTS_A_CHUNK, REQUESTS_A_PAIR = 11, 3


def folder_of(name: str) -> Path:
    """The folder of ilab's pipeline `name`, found without importing ilab, which takes seconds."""
    spec = importlib.util.find_spec("instructlab.sdg")
    places = [Path(place, "pipelines", name) for place in (spec and spec.submodule_search_locations) or []]
    if not name.isalpha() or not any((place / "knowledge.yaml").is_file() for place in places):
        program.fail(f"PIPELINE={name}: ilab has no such pipeline; give PIPELINE=full, or none for ours")
    return places[0]


def pipeline(name: str) -> dict[str, dict]:
    """ilab's pipeline `name` without markup around its prompts: {file name: content}."""
    source = folder_of(name)
    found = taxonomy.pipeline(str(source), "", {})
    for block in (block for content in found.values() for block in content["blocks"]):
        if path := block.get("config", {}).get("config_path"):
            block["config"]["config_path"] = str((source / path).resolve())
    return found


def write_taxonomy(qna: dict, chosen: list[Path], work: Path) -> Path:
    """Write a taxonomy with a leaf a page, and a repository of the pages, into `work`; returns the taxonomy."""
    documents, root = work / "documents", work / "taxonomy"
    for folder in (documents, root):
        shutil.rmtree(folder, ignore_errors=True)
    documents.mkdir(parents=True)
    for page in chosen:
        shutil.copy(page, documents)
    commit = taxonomy.commit_all(documents)
    for page in chosen:
        document = {"repo": str(documents), "commit": commit, "patterns": [page.name]}
        text = yaml.safe_dump({**qna, "document": document}, sort_keys=False, width=100, allow_unicode=True)
        files.replace_text(root / "knowledge" / "konflux" / page.stem / "qna.yaml", text)
    return root


@contextlib.contextmanager
def address(asked: teacher.Teacher) -> Iterator[str]:
    """Where the teacher answers while the block runs: its endpoint, or a server of our own."""
    if asked.endpoint:
        yield probe.address_of(asked.endpoint)
    else:
        with teacher.serving(asked) as url:
            yield url


def said(work: Path, chosen: list[Path]) -> list[dict]:
    """The pairs that ilab made, as curate() takes them; "chunk" is what a pair was made from."""
    found = []
    for page in chosen:
        for path in (work / "out").glob(f"*/generated_*/knowledge_konflux_{page.stem}.jsonl"):
            found += [
                {"user": row["question"], "assistant": row["response"].strip(), "page": page.stem,
                 "chunk": row.get("raw_document") or row["document"]}
                for row in files.read_json_lines(path)
            ]  # fmt: skip
    return found


def ask(asked: teacher.Teacher, given: dict, qna: dict, markdown: Path, output: Path) -> dict:
    """Have the teacher go through the pipeline of `given`, make's settings; returns what asked.json says of it."""
    name, work = given["PIPELINE"].strip(), asked.work.resolve()
    blocks, run = pipeline(name), settings(given, asked.section, asked.config)
    words = {page: len(text.split()) for page, text in pages.texts(markdown, given["PAGES"].split())}
    chosen = [page for page, count in words.items() if count >= LEAST]
    if not chosen:
        program.fail(f"no page of {LEAST} words or more to ask about; choose others with PAGES=")
    chunks = sum(-(-words[page] // WORDS_A_CHUNK) for page in chosen)
    with address(asked) as url:
        with endpoint.client(url, timeout=probe.SECONDS) as client:
            known = probe.name_of(client, given.get("TEACHER", "").strip()) if asked.endpoint else "base"
            probe.route(client, known, run, "")
        folder = output.parent / "teachers" / f"{raw.folder(asked.model or known, asked.endpoint)}-{name}"
        run |= {"replies": str(folder.resolve()), "stopped": str(work / "stopped")}
        files.replace_text(work / full_patch.RUN, json.dumps(run, ensure_ascii=False))
        print(f"{known}, pipeline {name}: pages: {len(chosen)}, chunks of up to {WORDS_A_CHUNK} words: {chunks}, about "
              f"{chunks * REQUESTS_A_CHUNK} requests and up to {REQUESTS_A_PAIR} for each pair, less what {folder} has",
              flush=True)  # fmt: skip
        command = ["--config", asked.config.resolve(), "data", "generate", "--quiet", "--endpoint-url", url,
                   "--model", (asked.base / "hf").resolve(), "--taxonomy-path", write_taxonomy(qna, chosen, work),
                   "--taxonomy-base", "empty", "--output-dir", work / "out",
                   "--pipeline", taxonomy.write_pipeline(blocks, work / "pipeline"),
                   "--num-cpus", run["threads"], "--batch-size", 1]  # fmt: skip
        hashes = {str(page): files.sha256(page) for page in chosen}
        cost = chat.run_ilab(command, work, len(chosen), full_patch, "pages", run["price"])
    return {"teacher": str(folder), "pages": hashes, **cost, "pairs": said(work, chosen)}
