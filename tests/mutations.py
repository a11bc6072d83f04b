"""Change the code in small ways, one at a time, and tell which changes no test notices: python -m tests.mutations

Each mutation is a file, a piece of it, what it becomes, and the tests that have to fail then. A mutation that no test
notices survives, and the exit code is 1. Takes some seconds a mutation.
"""

import argparse
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import yaml
from rich.progress import track

ROOT = Path(__file__).resolve().parent.parent
IGNORED = shutil.ignore_patterns(".git", ".venv*", "build", "models", "generated", "__pycache__")


def notices(folder: Path, tests: list[str]) -> bool:
    """Whether one of `tests` fails in the copy of the repository `folder`; ends the program when none of them runs."""
    command = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", *tests]
    result = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    if result.returncode not in (0, 1, 2):
        sys.exit(f"mutations: {' '.join(tests)}: {result.stdout[-300:]}")
    return result.returncode != 0


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", default="", help="mutations of files whose name holds this")
    only = parser.parse_args().only
    mutations = [m for m in yaml.safe_load((ROOT / "tests/mutations.yaml").read_text()) if only in m["file"]]
    survived = []
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch, "copy")
        shutil.copytree(ROOT, folder, ignore=IGNORED)
        (folder / "models").symlink_to(ROOT / "models")
        for tests in {mutation["tests"] for mutation in mutations}:
            if notices(folder, tests.split()):
                sys.exit(f"mutations: {tests}: fails without a mutation, so it would notice each; mend it first")
        for mutation in track(mutations, disable=not sys.stdout.isatty()):
            path = folder / mutation["file"]
            text = path.read_text(encoding="utf-8")
            if text.count(mutation["from"]) != 1:
                sys.exit(
                    f"mutations: {mutation['file']}: {mutation['from']!r} is there {text.count(mutation['from'])} times"
                )
            path.write_text(text.replace(mutation["from"], mutation["to"]), encoding="utf-8")
            if not notices(folder, mutation["tests"].split()):
                survived.append(mutation)
                print(f"survived: {mutation['file']}: {mutation['from']!r} -> {mutation['to']!r}", flush=True)
            path.write_text(text, encoding="utf-8")
    print(f"{len(mutations) - len(survived)} of {len(mutations)} mutations noticed")
    sys.exit(bool(survived))


if __name__ == "__main__":
    main()
