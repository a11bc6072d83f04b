"""Hashes of what a stage depends on: of an input its bytes, of code what it does."""

import ast
import glob
import hashlib
from collections.abc import Callable
from pathlib import Path


def of_code(path: Path) -> str:
    """The hash of what a script does: Python without its comments, docstrings and layout, other files as they are."""
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".py":
        tree = ast.parse(text)
        for node in ast.walk(tree):
            if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef) and ast.get_docstring(node) is not None:
                node.body = node.body[1:] or [ast.Pass()]
        text = ast.unparse(tree)
    return hashlib.sha256(text.encode()).hexdigest()


def of_files(patterns: list[str], hasher: Callable[[Path], str]) -> dict[str, str]:
    """{path: hash} of the files that `patterns` match now; a name without a file is listed as missing."""
    found: dict[str, str] = {}
    for pattern in patterns:
        paths = sorted(glob.glob(pattern)) or [pattern]
        found |= {path: hasher(Path(path)) if Path(path).is_file() else "missing" for path in paths}
    return found
