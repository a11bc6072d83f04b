"""How a teacher is asked: `ilab data generate`, with our own server for a GGUF file, or with an endpoint."""

import contextlib
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import yaml

from scripts import configuration, endpoint, files, ilab, program
from scripts.generate import patch, taxonomy
from scripts.serve import llama, local_server


class Teacher(NamedTuple):
    """Who is asked, and with what."""

    section: dict  # generate: of the ilab config
    endpoint: str  # its address, "" for our own server
    config: Path  # the ilab config
    base: Path  # folder made by base_model.py
    work: Path  # scratch folder
    model: str  # the GGUF file, or the name that the endpoint knows


def check(section: dict, where: Path, endpoint_url: str) -> None:
    """End the program when the generate: section lacks what is read here, or names a model that cannot be asked."""
    if not isinstance(section, dict):
        program.fail(f"{where}: needs a section generate:; config/embedded.yaml shows one")
    for key in ("pipeline", "chat_markup"):
        if not isinstance(section.get(key), str):
            program.fail(f"{where}: generate: needs {key}, text")
    for key in ("sdg_scale_factor", "pages_per_run"):
        value = section.get(key)
        if not isinstance(value, int) or isinstance(value, bool) or value < 1:
            program.fail(f"{where}: generate: needs {key}, a whole number of 1 or more")
    if endpoint_url:
        endpoint.check(endpoint_url)
        return
    known = section.get("teacher")
    if not (isinstance(known, dict) and isinstance(known.get("model_path"), str) and known["model_path"].strip()):
        program.fail(f"{where}: generate: needs teacher: with model_path, a GGUF file")
    if not Path(known["model_path"]).is_file():
        program.fail(f"{where}: generate.teacher.model_path: no file {known['model_path']}; or set ENDPOINT=")
    llama.check_gguf(Path(known["model_path"]))


def pipeline(section: dict) -> dict[str, dict]:
    """The pipeline that ilab runs for the teacher in a GGUF file: {file name: content}."""
    # llama-cpp-python's server makes words of the prompt less likely unless told otherwise, and questions take theirs
    # from the sentence: https://github.com/abetlen/llama-cpp-python/blob/v0.3.6/llama_cpp/server/types.py
    return taxonomy.pipeline(section["pipeline"], section["chat_markup"], {"repeat_penalty": 1.0})


@contextlib.contextmanager
def serving(teacher: Teacher) -> Iterator[str]:
    """The address at which our own server answers for the teacher while the block runs."""
    with local_server.serving(Path(teacher.model), teacher.config.resolve(), teacher.work / "server.log") as url:
        yield url


def arguments(teacher: Teacher, url: str, qna: dict, asks: list[dict], work: Path) -> list:
    """Write what ilab reads, but for the pipeline, into the folder `work`; returns the arguments for ilab.

    asks: {"page", "fact", "opening"}, what each chunk is to hold.
    """
    # The section is that of the arguments file, which may be of an earlier run with another config.
    settings = {**configuration.read_yaml(teacher.config), "generate": teacher.section}
    files.replace_text(work / "ilab.yaml", yaml.safe_dump(settings, sort_keys=False, allow_unicode=True))
    given = ["--config", work / "ilab.yaml", "data", "generate", "--quiet", "--endpoint-url", url]
    # By this name ilab looks for a tokenizer too, on disk, for the lengths of chunks:
    # https://github.com/instructlab/instructlab/blob/v0.26.1/src/instructlab/data/generate_data.py
    given += ["--model", (teacher.base / "hf").resolve()]
    given += ["--taxonomy-path", taxonomy.write_taxonomy(qna, asks, work), "--taxonomy-base", "empty"]
    return [*given, "--output-dir", work / "out"]


def run(given: list, work: Path, patch_of, key: str | None, each: Callable[[str], None] | None = None) -> None:
    """Run ilab with the arguments `given` in `work`, patched by the module `patch_of`; `key` is kept out of the log."""
    home = Path(os.environ["XDG_DATA_HOME"])
    shutil.rmtree(work / "out", ignore_errors=True)
    taxonomy.write_reader(home)
    try:
        ilab.run(*given, log=work / "ilab.log", patch=patch_of.__name__, more={endpoint.KEY: key or ""},
                 cwd=work, secret=key, each=each)  # fmt: skip
    finally:  # ilab keeps a log of its own there, with whatever the endpoint said
        shutil.rmtree(home / "instructlab/logs/generation", ignore_errors=True)


def rows(work: Path) -> Iterator[tuple[int, dict]]:
    """(number of the ask, row) for each row that ilab wrote; ends the program at one that it was not given."""
    for row in (row for path in (work / "out").glob("*/generated_*/*.jsonl") for row in files.read_json_lines(path)):
        number = taxonomy.number(row["document"])
        if number is None:
            program.fail(f"ilab gave back a chunk that is not ours ({row['document'][:60]!r}); see {work}/ilab.log")
        yield number, row


def command(teacher: Teacher, url: str, qna: dict, asks: list[dict], work: Path) -> list:
    """Write what ilab reads into the folder `work`; returns the arguments for ilab."""
    given = arguments(teacher, url, qna, asks, work)
    given += ["--pipeline", taxonomy.write_pipeline(pipeline(teacher.section), work / "pipeline")]
    # llama.cpp answers one call at a time.
    return [*given, "--sdg-scale-factor", teacher.section["sdg_scale_factor"], "--batch-size", 0]


def ask(teacher: Teacher, url: str, qna: dict, asks: list[dict]) -> list[dict]:
    """Run ilab once over `asks` (of facts.asks); returns each with what was "said", in their order."""
    work = teacher.work.resolve()
    run(command(teacher, url, qna, asks, work), work, patch, None)
    said = []
    for number, row in rows(work):
        if number >= len(asks):
            program.fail(f"ilab gave back chunk {number} of {len(asks)}; see {work}/ilab.log")
        said.append((number, row["question"]))
    return [{**asks[number], "said": words} for number, words in sorted(said, key=lambda reply: reply[0])]
