"""How every script runs and ends: inside this folder, off the network, with one line on stderr when it fails."""

import atexit
import ctypes
import errno
import os
import re
import signal
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NoReturn, TypeVar

Item = TypeVar("Item")

# What steers a terminal instead of being shown: control characters, and marks that end lines or turn the writing round.
STEERING = re.compile("[\\x00-\\x08\\x0b-\\x1f\\x7f-\\x9f\\u200e\\u200f\\u2028-\\u202e\\u2066-\\u2069\\ud800-\\udfff]")


def printable(text: str) -> str:
    """`text`, which may come from anywhere, with all that would steer a terminal replaced by U+FFFD."""
    return STEERING.sub("\N{REPLACEMENT CHARACTER}", text)


ROOT = Path(__file__).resolve().parents[1]
# Where libraries keep what they would put into the user's home. Haystack would send usage data too:
# https://github.com/deepset-ai/haystack/blob/v2.14.3/haystack/telemetry/_telemetry.py
HOME = ROOT / "build/work/home"
os.environ.update({f"XDG_{kind}_HOME": str(HOME / kind.lower()) for kind in ("CONFIG", "DATA", "CACHE", "STATE")})
os.environ.update(HF_HOME=str(HOME / "huggingface"), MPLCONFIGDIR=str(HOME / "matplotlib"), HF_HUB_OFFLINE="1")
os.environ.update(TOKENIZERS_PARALLELISM="false", HAYSTACK_TELEMETRY_ENABLED="False")


def name() -> str:
    """The name of the running script, as its messages begin: "weights" for scripts/train/weights.py."""
    return Path(sys.argv[0]).stem


def fail(message: str) -> NoReturn:
    """End the program with one line on stderr, prefixed with its name, and exit code 1."""
    sys.exit(f"{name()}: {printable(message)}")


# What the machine refuses to any script, and what to do about it.
FULL, CLOSED = "free some disk, then run it again", "make it writable for this user, then run it again"
REFUSED = {
    errno.ENOSPC: FULL, errno.EDQUOT: FULL, errno.EFBIG: FULL, errno.EROFS: CLOSED, errno.EACCES: CLOSED,
    errno.EPERM: CLOSED, errno.EIO: "see to the disk", errno.EMFILE: "raise the limit: ulimit -n 1024",
    errno.EADDRNOTAVAIL: "bring up the loopback: sudo ip link set lo up; sudo ip addr add 127.0.0.1/8 dev lo",
}  # fmt: skip


def refused(error: BaseException) -> str | None:
    """What the machine refused, and a remedy; None where `error` is a fault of the program."""
    if isinstance(error, OSError) and error.errno in REFUSED:
        return f"{error.filename or 'not done'}: {error.strerror}; {REFUSED[error.errno]}"
    if isinstance(error, MemoryError):
        return "out of memory; end other programs, then run it again"
    # safetensors, torch and SQLite tell of a full disk in exceptions of their own.
    found = re.search(
        "(No space left on device|disk is full|File too large|file write failed)|Permission denied", str(error)
    )
    return found and f"{found[0]}; {FULL if found[1] else CLOSED}"


def say_end(kind, error, trace):
    """Print one line for Ctrl-C and for what the machine refused, nothing where `| head` has read enough.

    Any other exception keeps its traceback.
    """
    if issubclass(kind, KeyboardInterrupt):
        print(f"{name()}: interrupted; run it again to go on", file=sys.stderr)
    elif issubclass(kind, BrokenPipeError):
        os._exit(1)  # at an ordinary exit Python would write what is left, and complain again
    elif said := refused(error):
        print(f"{name()}: {printable(said)}", file=sys.stderr)
    else:
        sys.__excepthook__(kind, error, trace)


def flush():
    """Write what is left for stdout; where `| head` has read enough, nobody: the work of the program is done."""
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # Python writes it once more


sys.excepthook = say_end
atexit.register(flush)
# In a locale that has not all characters, those that it lacks are shown as "?".
for stream in (sys.stdout, sys.stderr):
    if hasattr(stream, "reconfigure"):
        stream.reconfigure(errors="replace")


def progress(items: Sequence[Item], what: str) -> Iterable[Item]:
    """`items`, with a bar on a terminal that shows how many of them were taken."""
    from rich.progress import track  # here, as few scripts need it

    return track(items, what) if sys.stdout.isatty() else items


def die_with_parent() -> None:
    """On Linux, have the kernel end this process when its parent is killed, so that nothing is left running."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, signal.SIGTERM)  # PR_SET_PDEATHSIG


def cores() -> int:
    """How many cores this process may use: fewer than the machine has, under taskset or in a container."""
    allowed = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    try:  # the limit of a container, in microseconds of CPU time a period: https://docs.kernel.org/admin-guide/cgroup-v2.html
        quota, period = Path("/sys/fs/cgroup/cpu.max").read_text().split()
        return max(1, min(allowed, -(-int(quota) // int(period))))
    except (OSError, ValueError):  # no such file, or "max"
        return allowed
