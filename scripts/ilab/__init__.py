"""Run `ilab` as a child: isolated, without a terminal, its output in a log, with a patch of ours where it needs one."""

import importlib
import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

from scripts.program import ROOT, die_with_parent, fail

# The words of ilab's command line that say in messages what it did.
COMMANDS = ("model", "data", "train", "generate", "serve", "chat")


def command(*arguments, patch: str | None = None) -> list[str]:
    """The command line for `ilab ARGUMENTS`; patch: a module such as scripts.train.patch, applied by __main__.py."""
    start = [sys.executable, "-m", "scripts.ilab", patch] if patch else ["ilab"]
    return [str(part) for part in [*start, *arguments]]


def environment(more: Mapping[str, str] | None = None) -> dict[str, str]:
    """The environment of `ilab`: a server on this machine is asked through no proxy, a git hook leads no commit away.

    scripts/ is importable from any folder. What ilab prints comes at once: else its progress comes late, and after the
    error that it ends with. more: variables to add.
    """
    known = os.environ.get("no_proxy") or os.environ.get("NO_PROXY")
    local = dict.fromkeys(("no_proxy", "NO_PROXY"), ",".join(filter(None, [known, "127.0.0.1", "localhost"])))
    path = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")]))
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    return {**kept, **local, "PYTHONPATH": path, "PYTHONUNBUFFERED": "1", **(more or {})}


def last_line(log: Path) -> str:
    """What a program said last, for an error message."""
    lines = [line for line in log.read_text(encoding="utf-8", errors="replace").splitlines() if line.strip()]
    return (lines or ["no output"])[-1][:300]


def run(
    *arguments,
    log: Path,
    patch: str | None = None,
    more: Mapping[str, str] | None = None,
    cwd: Path | None = None,
    each: Callable[[str], None] | None = None,
    secret: str | None = None,
) -> None:
    """Run `ilab ARGUMENTS` to its end; its output goes to the file `log`, and line by line to the function `each`.

    secret: what must not get into the log, such as a key that a server repeats when it refuses it.
    Ends the program when ilab fails, or when the log does not show that `patch` was applied.
    """
    log.parent.mkdir(parents=True, exist_ok=True)
    process = subprocess.Popen(
        command(*arguments, patch=patch), cwd=cwd, env=environment(more), preexec_fn=die_with_parent,
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace",
    )  # fmt: skip
    with open(log, "w", buffering=1, encoding="utf-8") as out:
        assert process.stdout
        for line in process.stdout:
            if secret:
                line = line.replace(secret, "***")
            out.write(line)
            if each:
                each(line)
    what = " ".join(word for word in map(str, arguments) if word in COMMANDS) or "command"
    if process.wait():
        fail(f"ilab {what} ended with exit code {process.returncode} ({last_line(log)}); see {log}")
    if patch and applied(patch) not in log.read_text(encoding="utf-8", errors="replace"):
        fail(f"ilab {what} ran without {patch}, so its output is not used; see {log}")


def applied(patch: str) -> str:
    """The line that __main__.py prints when it has applied `patch`."""
    return f"{patch} applied to {importlib.import_module(patch).TARGET}"
