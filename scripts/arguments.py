"""Write the arguments file of a stage: its settings, its sections of the config, and hashes of its inputs and code.

The file is rewritten only when that content differs, and the stage depends on it: so a touched file, a checkout that
changes nothing, a comment, or another stage's section of the config runs nothing. Make runs this with `+`, so that
`make -n` and `make -q` tell the truth.
"""

import argparse
import ast
import glob
import hashlib
import json
from pathlib import Path

from scripts import configuration, files
from scripts.program import fail


def code_hash(path: Path) -> str:
    """The hash of what a script does: Python without its comments, docstrings and layout, other files as they are."""
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".py":
        tree = ast.parse(text)
        for node in ast.walk(tree):
            if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef) and ast.get_docstring(node) is not None:
                node.body = node.body[1:] or [ast.Pass()]
        text = ast.unparse(tree)
    return hashlib.sha256(text.encode()).hexdigest()


def hashes(patterns: list[str], hasher) -> dict[str, str]:
    """{path: hash} of the files that `patterns` match now; a name without a file is listed as missing."""
    found: dict[str, str] = {}
    for pattern in patterns:
        paths = sorted(glob.glob(pattern)) or [pattern]
        found |= {path: hasher(Path(path)) if Path(path).is_file() else "missing" for path in paths}
    return found


def read(path: Path | str) -> dict:
    """The content of an arguments file: {"settings", "config", "files", "code"}; ends the program when it has none."""
    try:
        content = json.loads(Path(path).read_text(encoding="utf-8"))
        content["settings"].items(), content["config"].items()
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        fail(f"{path}: no arguments of a stage ({error!r}); remove it and run make again")
    return content


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("output", type=Path)
    parser.add_argument("--set", nargs="*", default=[], metavar="NAME=VALUE", help="a setting of this run")
    parser.add_argument("--config", help="ilab config")
    parser.add_argument("--section", nargs="*", default=[], help="sections of the config that the stage reads")
    parser.add_argument("--file", nargs="*", default=[], help="inputs, by name or pattern")
    parser.add_argument("--code", nargs="*", default=[], help="scripts that decide what the stage makes")
    parser.add_argument("--keep", action="store_true", help="keep settings and sections that the file already has")
    args = parser.parse_args()
    content = {
        "settings": dict(setting.split("=", 1) for setting in args.set),
        "config": configuration.sections(args.config, args.section) if args.config else {},
        "files": hashes(args.file, files.sha256),
        "code": hashes(args.code, code_hash),
    }
    if args.keep and args.output.is_file():
        before = read(args.output)
        content |= {key: before[key] for key in ("settings", "config")}
    files.write_if_new(args.output, json.dumps(content, indent=1, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
