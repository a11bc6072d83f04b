"""What several scripts share: reading YAML and JSON lines with clear errors, and replacing a file in one step."""

import ctypes
import json
import os
import signal
import sys
from pathlib import Path

import yaml


def fail(message):
    """End the program with one line on stderr, prefixed with its name, and exit code 1."""
    sys.exit(f"{Path(sys.argv[0]).stem}: {message}")


def excepthook(kind, error, trace):
    """Ctrl-C is no error to trace: one line for it, too."""
    if issubclass(kind, KeyboardInterrupt):
        print(f"{Path(sys.argv[0]).stem}: interrupted; run it again", file=sys.stderr)
    else:
        sys.__excepthook__(kind, error, trace)


sys.excepthook = excepthook


def read_yaml(path):
    try:
        return yaml.safe_load(Path(path).read_text(encoding="utf-8"))
    except OSError as error:
        fail(f"{path}: {error.strerror}")
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        mark = getattr(error, "problem_mark", None)
        where = f"{path}:{mark.line + 1}" if mark else path
        fail(f"{where}: not valid YAML ({getattr(error, 'problem', None) or error}); correct it and run again")


def read_rows(path, keys=("system", "user", "assistant")):
    """The rows of a JSON-lines file, each a dict whose `keys` are non-empty strings; ends the program otherwise."""
    rows = []
    try:
        lines = Path(path).read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        fail(f"{path}: {error}")
    for number, line in enumerate(lines, 1):
        try:
            row = json.loads(line)
        except json.JSONDecodeError as error:
            fail(f"{path}:{number}: not JSON ({error.msg}); correct or remove the line")
        for key in keys:
            if not (isinstance(row, dict) and isinstance(row.get(key), str) and row[key].strip()):
                fail(f'{path}:{number}: no text under "{key}"; a row is {{{", ".join(keys)}}}')
        rows.append(row)
    if not rows:
        fail(f"{path}: no rows; write the data first (make generate, or DATA=pre-generated)")
    return rows


def section(config, name):
    """The section `name` of the YAML file `config`, a dict; empty when there is none."""
    found = (settings.get(name) or {}) if isinstance(settings := read_yaml(config) or {}, dict) else None
    if not isinstance(found, dict):
        fail(f"{config}: {name}: is no section of keys and values; config/embedded.yaml shows one")
    return found


def student_model(config):
    """The student's entry in the ilab config: {"id", "path", "family", "system_prompt"}."""
    settings = read_yaml(config)
    try:
        student = settings["general"]["student_model_id"]
        return next(model for model in settings["models"] if model["id"] == student and model["system_prompt"])
    except (KeyError, TypeError, StopIteration):
        fail(f"{config}: needs general.student_model_id and a system_prompt under models: for that id")


def system_prompt(config):
    """The one system prompt of training, serving, chatting and evaluation: that of the student in the ilab config."""
    return student_model(config)["system_prompt"]


def replace_text(path, text):
    """Write `text` beside `path` and rename it, so that a reader sees the old file or the new one."""
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(path.name + ".partial")
    partial.write_text(text, encoding="utf-8")
    os.replace(partial, path)


def without_proxy():
    """Environment for a child that asks a server on this machine: that address goes through no proxy."""
    known = os.environ.get("no_proxy") or os.environ.get("NO_PROXY")
    return dict.fromkeys(("no_proxy", "NO_PROXY"), ",".join(filter(None, [known, "127.0.0.1"])))


def die_with_parent():
    """On Linux, have the kernel end this process when its parent is killed, so that nothing is left running."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, signal.SIGTERM)  # PR_SET_PDEATHSIG
