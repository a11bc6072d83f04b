"""Reading, replacing and locking files: each done in one way, here."""

import contextlib
import fcntl
import hashlib
import json
import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from scripts.program import fail


def claimed(path: Path) -> int:
    """A descriptor of the file `path`, made where it is missing, with a lock: waits for a process that writes there."""
    while True:
        held = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
        fcntl.flock(held, fcntl.LOCK_EX)
        with contextlib.suppress(FileNotFoundError):
            if os.path.samestat(os.stat(path), os.fstat(held)):
                return held
        os.close(held)  # the other process has renamed it meanwhile


@contextlib.contextmanager
def replacing(path: Path | str) -> Iterator[Path]:
    """Yield a path beside `path` to write to; rename it to `path` if the block ends well, else remove it.

    A reader sees the old file or the whole new one, also after a power cut. Of two that write at once, one waits.
    """
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f"{path.name}.partial")
    held = claimed(partial)
    try:
        yield partial
        with open(partial, "rb") as file:
            os.fsync(file.fileno())
        os.replace(partial, path)
    except BaseException as error:
        partial.unlink(missing_ok=True)
        if isinstance(error, OSError):
            error.filename = error.filename or str(path)  # what could not be written to a full disk has no name
        raise
    finally:
        os.close(held)


def replace_text(path: Path | str, text: str) -> None:
    """Make `text` the content of the file `path`, in one step."""
    with replacing(path) as partial:
        partial.write_text(text, encoding="utf-8")


def write_if_new(path: Path | str, text: str) -> bool:
    """Write `text` to `path` unless the file holds it; whether it was written. The time of an equal file stays."""
    path = Path(path)
    if path.is_file() and path.read_bytes() == text.encode():
        return False
    replace_text(path, text)
    return True


def json_lines(rows: Iterable) -> str:
    """`rows` as text, one JSON value a line."""
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


def write_json_lines(path: Path | str, rows: Iterable) -> None:
    """Make `rows` the content of the file `path`, one JSON value a line."""
    replace_text(path, json_lines(rows))


def read_json_lines(path: Path | str, keys: Iterable[str] = (), torn_end: bool = False) -> list:
    """The values of a JSON-lines file; ends the program at a line that is none, or lacks text under one of `keys`.

    torn_end: leave out a last line that a kill cut short. Only a newline ends a line: JSON may hold U+2028 and U+0085,
    at which str.splitlines() splits.
    """
    rows = []
    try:
        text = Path(path).read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        fail(f"{path}: {error}")
    lines = text.split("\n")
    complete, keys = lines[:-1] if torn_end else lines, list(keys)
    for number, line in enumerate(complete, 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except json.JSONDecodeError as error:
            fail(f"{path}:{number}: not JSON ({error.msg}); correct or remove the line")
        for key in keys:
            if not (isinstance(row, dict) and isinstance(row.get(key), str) and row[key].strip()):
                fail(f'{path}:{number}: no text under "{key}"; a row is {{{", ".join(keys)}}}')
        rows.append(row)
    return rows


def read_rows(path: Path | str, keys: Iterable[str] = ("system", "user", "assistant")) -> list[dict]:
    """The rows of a JSON-lines file, each with text under all of `keys`; ends the program when it has none."""
    rows = read_json_lines(path, keys)
    if not rows:
        fail(f"{path}: no rows; write the data first (make generate, or DATA=pre-generated)")
    return rows


@contextlib.contextmanager
def undamaged(path: Path | str, remedy: str) -> Iterator[None]:
    """A block that reads the safetensors file `path`; ends the program with `remedy` when the file is damaged."""
    from safetensors import SafetensorError  # here, as few scripts need it

    try:
        yield
    except (SafetensorError, FileNotFoundError) as error:
        fail(f"{path}: cannot be read ({error}); {remedy}")


def sha256(path: Path | str) -> str:
    """The SHA-256 of a file's bytes, in hexadecimal."""
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def lock(path: Path | str, what: str):
    """Hold the lock file `path` until the program ends; end it now if another one holds it, with `what` it does."""
    import filelock  # here, as it takes longer than all that most scripts do

    held = filelock.FileLock(str(path), blocking=False, mode=0o644)
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    try:
        held.acquire()
    except filelock.Timeout:
        fail(f"another {what} is running here; wait for it or stop it, then run this again")
    return held
