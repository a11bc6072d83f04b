"""How a teacher is asked: `ilab data generate`, with our own server for a GGUF file or with an endpoint."""

import contextlib
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import yaml

from scripts import configuration, files, ilab, program
from scripts.generate import endpoint, patch, taxonomy
from scripts.serve import llama, local_server


class Teacher(NamedTuple):
    """Who is asked, and with what."""

    section: dict  # generate: of the ilab config
    endpoint: str  # its address, "" for our own server
    config: Path  # the ilab config
    base: Path  # folder made by base_model.py
    work: Path  # scratch folder

    @property
    def model(self) -> str:
        """The GGUF file, or the name that the endpoint knows."""
        return self.section["teacher"]["model_path"]


def check(teacher: Teacher) -> None:
    """End the program when the generate: section lacks what is read here, or names a model that cannot be asked."""
    section, where = teacher.section, teacher.config
    if not isinstance(section, dict):
        program.fail(f"{where}: needs a section generate:; config/embedded.yaml shows one")
    for key in ("pipeline", "chat_markup"):
        if not isinstance(section.get(key), str):
            program.fail(f"{where}: generate: needs {key}, text")
    for key, least in (("sdg_scale_factor", 1), ("num_cpus", 1), ("batch_size", 0), ("pages_per_run", 1)):
        value = section.get(key)
        if not isinstance(value, int) or isinstance(value, bool) or value < least:
            program.fail(f"{where}: generate: needs {key}, a whole number of {least} or more")
    known = section.get("teacher")
    if not (isinstance(known, dict) and isinstance(known.get("model_path"), str) and known["model_path"].strip()):
        program.fail(f"{where}: generate: needs teacher: with model_path, a GGUF file or the endpoint's name for it")
    name = Path(teacher.model)
    if teacher.endpoint:
        endpoint.check(teacher.endpoint)
        if name.is_absolute() or ".." in name.parts or not name.parts:
            program.fail(f"{where}: generate.teacher.model_path: give the name that the endpoint knows, not {name}")
    elif not name.is_file():
        program.fail(f"{where}: generate.teacher.model_path: no file {name}; or set ENDPOINT=")
    else:
        llama.check_gguf(name)


def pipeline(teacher: Teacher) -> dict[str, dict]:
    """The pipeline that ilab runs for the teacher: {file name: content}."""
    # llama-cpp-python's server makes words of the prompt less likely unless told otherwise, and questions take theirs
    # from the sentence: https://github.com/abetlen/llama-cpp-python/blob/v0.3.6/llama_cpp/server/types.py
    options = {} if teacher.endpoint else {"repeat_penalty": 1.0}
    return taxonomy.pipeline(teacher.section["pipeline"], teacher.section["chat_markup"], options)


@contextlib.contextmanager
def serving(teacher: Teacher) -> Iterator[str]:
    """The address at which the teacher answers while the block runs; our own server is started and ended."""
    if teacher.endpoint:
        yield teacher.endpoint
    else:
        with local_server.serving(Path(teacher.model), teacher.config.resolve(), teacher.work / "server.log") as url:
            yield url


def model_name(teacher: Teacher, folder: Path) -> Path | str:
    """What ilab is given as --model when it runs in `folder`.

    It gives one name to the endpoint and to its tokenizer, which it looks for on disk, for the lengths of chunks only:
    https://github.com/instructlab/instructlab/blob/v0.26.1/src/instructlab/data/generate_data.py
    """
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    tokenizer = (teacher.base / "hf").resolve()
    if not teacher.endpoint:
        return tokenizer
    link = folder / teacher.model
    link.parent.mkdir(parents=True, exist_ok=True)
    link.symlink_to(tokenizer)
    return teacher.model


def command(teacher: Teacher, url: str, qna: dict, asks: list[dict], work: Path) -> list:
    """Write what ilab reads into the folder `work`; returns the arguments for ilab, without the key."""
    section = teacher.section
    # The section is that of the arguments file, which may be of an earlier run with another config.
    settings = {**configuration.read_yaml(teacher.config), "generate": section}
    files.replace_text(work / "ilab.yaml", yaml.safe_dump(settings, sort_keys=False, allow_unicode=True))
    arguments = ["--config", work / "ilab.yaml", "data", "generate", "--quiet", "--endpoint-url", url]
    arguments += ["--model", model_name(teacher, work / "names")]
    arguments += ["--taxonomy-path", taxonomy.write_taxonomy(qna, asks, work), "--taxonomy-base", "empty"]
    arguments += ["--pipeline", taxonomy.write_pipeline(pipeline(teacher), work / "pipeline")]
    arguments += ["--output-dir", work / "out", "--sdg-scale-factor", section["sdg_scale_factor"]]
    # llama.cpp answers one call at a time; an endpoint takes several.
    batch = section["batch_size"] if teacher.endpoint else 0
    return [*arguments, "--num-cpus", section["num_cpus"], "--batch-size", batch]


def ask(teacher: Teacher, url: str, qna: dict, asks: list[dict]) -> list[dict]:
    """Run ilab once over `asks` (of facts.asks); returns each with what was "said", in their order."""
    work, key = teacher.work.resolve(), endpoint.key() if teacher.endpoint else None
    log, home = work / "ilab.log", Path(os.environ["XDG_DATA_HOME"])
    shutil.rmtree(work / "out", ignore_errors=True)
    arguments = command(teacher, url, qna, asks, work)
    taxonomy.write_reader(home)
    more = {patch.KEY: key or ""}
    try:
        ilab.run(*arguments, log=log, patch=patch.__name__, more=more, cwd=work / "names", secret=key)
    finally:  # ilab keeps a log of its own there, with whatever the endpoint said
        shutil.rmtree(home / "instructlab/logs/generation", ignore_errors=True)
    said = []
    for row in (row for path in (work / "out").glob("*/generated_*/*.jsonl") for row in files.read_json_lines(path)):
        number = taxonomy.number(row["document"])
        if number is None or number >= len(asks):
            program.fail(f"ilab gave back a chunk that it was not given ({row['document'][:60]!r}); see {log}")
        said.append((number, row["question"]))
    return [{**asks[number], "said": words} for number, words in sorted(said, key=lambda reply: reply[0])]
