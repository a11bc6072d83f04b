"""Which files make would make anew, and why."""

import json
import os
import re
import shutil
import subprocess
from pathlib import Path

ARGUMENTS = Path("build/args")


def plan(venv: Path, goals: list[str]) -> tuple[str, dict[str, str]]:
    """What make tells that it would do for `goals`, and {arguments file: why make would write it anew}.

    make writes these files also when it only tells. They are put back, with their times: so it can tell again.
    """
    kept = Path("build/work/doctor")
    shutil.rmtree(kept, ignore_errors=True)
    kept.mkdir(parents=True)
    files = [path for path in (*ARGUMENTS.glob("*"), venv.with_name(f"{venv.name}.arguments")) if path.is_file()]
    before = {path: Path(shutil.copy2(path, kept / path.name)) for path in files}
    command = ["make", "-n", "--debug=b", f"VENV={venv}", *goals]
    try:
        told = subprocess.run(
            command, capture_output=True, text=True, errors="replace", env={**os.environ, "LC_ALL": "C"}
        )
        return told.stdout, {str(path): difference(copy, path) for path, copy in before.items()}
    finally:
        for path, copy in before.items():
            os.replace(copy, path)


def difference(old: Path, new: Path) -> str:
    """What two arguments files of a stage do not share: names of settings, sections, inputs and scripts."""
    try:
        before, after = (json.loads(path.read_text(encoding="utf-8")) for path in (old, new))
        names = [name for kind in after for name in {**before[kind], **after[kind]}
                 if before[kind].get(name) != after[kind].get(name)]  # fmt: skip
    except (OSError, ValueError, LookupError, TypeError, AttributeError):
        return "" if old.read_bytes() == new.read_bytes() else "the lock or TORCH_BACKEND changed"
    more = f" and {len(names) - 3} more" if len(names) > 3 else ""
    return f"{', '.join(names[:3])}{more} changed" if names else ""


def stale(venv: Path, files: list[str], settings: list[str]) -> dict[str, str]:
    """{file: why} for each of the `files` that make would make anew with `settings`."""
    told, changes = plan(venv, [*settings, *files])
    newer: dict[str, list[str]] = {}
    for prerequisite, target in re.findall(r"Prerequisite ['`](.*?)' is newer than target ['`](.*?)'", told):
        newer.setdefault(target, []).append(prerequisite)

    def why(target: str) -> str:
        causes = [changes.get(name) or why(name) or of_before(name) for name in newer.get(target, [])]
        return ", ".join(dict.fromkeys(causes))

    def of_before(name: str) -> str:
        return "its settings, inputs or code changed" if name in changes else f"{name} is newer"

    remade = set(re.findall(r"Must remake target ['`](.*?)'", told))
    return {file: why(file) or "something that it is made of is missing" for file in files if file in remade}
