"""YAML files, and what the scripts read from the ilab config: the student, its system prompt, a stage's section."""

from collections.abc import Hashable
from pathlib import Path
from typing import Any

import yaml

from scripts import record
from scripts.program import fail

CONTEXT = 4096  # tokens, ilab's own default


class Loader(yaml.CSafeLoader):
    """PyYAML's loader, which keeps the last of two equal keys and says nothing; here the second is an error."""

    def construct_mapping(self, node, deep=False):
        seen = set()
        for key_node, _ in node.value:
            if key_node.tag == "tag:yaml.org,2002:merge":
                continue
            key = self.construct_object(key_node, deep=True)
            if not isinstance(key, Hashable):
                continue
            if key in seen:
                raise yaml.constructor.ConstructorError(
                    problem=f"the key {key!r} is there twice", problem_mark=key_node.start_mark
                )
            seen.add(key)
        return super().construct_mapping(node, deep)


def read_yaml(path: Path | str) -> Any:
    """The content of a YAML file; ends the program when it cannot be read, is not YAML, or has a key twice."""
    try:
        return yaml.load(Path(path).read_text(encoding="utf-8-sig"), Loader)
    except OSError as error:
        fail(f"{path}: {error.strerror}")
    except (yaml.YAMLError, UnicodeDecodeError, ValueError) as error:
        mark = getattr(error, "problem_mark", None)
        where, what = f"{path}:{mark.line + 1}" if mark else path, getattr(error, "problem", None) or str(error)
        fail(f"{where}: not valid YAML ({' '.join(what.split())}); correct it and run again")


def section(path: Path | str, name: str) -> dict:
    """The section `name` of the ilab config `path`; empty when there is none."""
    settings = read_yaml(path) or {}
    found = (settings.get(name) or {}) if isinstance(settings, dict) else None
    if not isinstance(found, dict):
        fail(f"{path}: {name}: is no section of keys and values; config/embedded.yaml shows one")
    return found


def sections(path: Path | str, names: list[str]) -> dict:
    """What the ilab config `path` has under each of `names`, whatever it is; null where it has nothing."""
    settings = read_yaml(path) or {}
    if not isinstance(settings, dict):
        fail(f"{path}: no sections of keys and values; config/embedded.yaml shows some")
    return {name: settings.get(name) for name in names}


def student(path: Path | str) -> dict:
    """The student's entry in the ilab config: {"id", "path", "family", "system_prompt"}."""
    settings = read_yaml(path)
    try:
        wanted = settings["general"]["student_model_id"]
        return next(model for model in settings["models"] if model["id"] == wanted and model["system_prompt"])
    except (KeyError, TypeError, StopIteration):
        fail(f"{path}: needs general.student_model_id and a system_prompt under models: for that id")


def student_path(path: Path | str) -> Path:
    """The Hugging Face folder of the student in the ilab config."""
    found = student(path).get("path")
    if not isinstance(found, str) or not found:
        fail(f"{path}: the student under models: needs a path, a Hugging Face folder such as models/base/hf")
    return Path(found)


def system_prompt(path: Path | str, gguf: Path | str | None = None) -> str:
    """The one system prompt of training, serving, chatting and evaluation: that of the student in the ilab config.

    gguf: a model; what it was trained with is taken from the record.json beside its file, where that names one.
    """
    prompt = record.read(Path(gguf).resolve().parent).get("system_prompt") if gguf else None
    return prompt if isinstance(prompt, str) and prompt.strip() else student(path)["system_prompt"]


def context_size(path: Path | str) -> int:
    """How many tokens system prompt, passages, question and answer may have: serve.llama_cpp.max_ctx_size."""
    settings = section(path, "serve").get("llama_cpp") or {}
    size = settings.get("max_ctx_size", CONTEXT) if isinstance(settings, dict) else settings
    if not isinstance(size, int) or size < 1:
        fail(f"{path}: serve.llama_cpp.max_ctx_size is {size!r}; give a number of tokens, such as {CONTEXT}")
    return size
