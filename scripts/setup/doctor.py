"""Say what this machine and this folder have and lack, with a remedy for each fault: exit code 1 if there is any.

Needs no environment: the Python of the system runs it.
"""

import argparse
import contextlib
import os
import platform
import shutil
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path

from scripts import program
from scripts.setup import made
from scripts.setup.made import BAD, GOOD, NOTE, Row, row

GB = 1e9
NEEDED = {True: 3, False: 12}  # GB of disk: where .venv is there, and where it is not
MEMORY = 5  # GB: the training of the embedded model takes 3 to 4
TOOLS = ("make", "git", "jq", "gcc", "g++")


def said(*command: str) -> str:
    """What a program prints first; empty when there is no such program or it fails."""
    try:
        result = subprocess.run(command, capture_output=True, text=True, timeout=30)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return result.stdout.strip().split("\n")[0] if result.returncode == 0 else ""


def machine() -> list[Row]:
    """The machine: its kind, programs, memory, cores, GPU."""
    kind = f"{platform.system()} {platform.machine()}"
    rows = [row(kind == "Linux x86_64", "machine", kind, "the lock has packages for Linux x86_64; use a container")]
    tell = "import sys; print('%d.%d' % sys.version_info[:2]); import ensurepip"
    versions = [said(name, "-c", tell) for name in ("python3.11", "python3.12", "python3")]
    usable = [version for version in versions if version in ("3.11", "3.12")]
    found = (usable or [v for v in versions if v] or [f"{platform.python_version()}, or no module ensurepip"])[0]
    rows.append(row(bool(usable), "Python", found,
                    "install Python 3.11 or 3.12: sudo apt-get install -y python3 python3-venv"))  # fmt: skip
    missing = [tool for tool in TOOLS if not shutil.which(tool)]
    rows.append(row(not missing, "programs", ", ".join(missing) + " missing" if missing else ", ".join(TOOLS),
                    f"sudo apt-get install -y {' '.join(missing)}"))  # fmt: skip
    free = memory()
    rows.append(row(free >= MEMORY, "memory", f"{free:.1f} GB free", "end other programs: training takes 4 GB", NOTE))
    rows.append((GOOD, "cores", f"{program.cores()} of {os.cpu_count()} may be used here", ""))
    gpu = said("nvidia-smi", "--query-gpu=name", "--format=csv,noheader")
    rows.append((GOOD, "GPU", gpu or "none: all stages run on cores", ""))
    return rows


def memory() -> float:
    """The GB that are free for this process: those of the machine, or of its container where these are fewer."""
    free = [float("inf")]
    with contextlib.suppress(OSError, IndexError, ValueError):
        text = Path("/proc/meminfo").read_text(encoding="ascii")
        free.append(int(text.split("MemAvailable:")[1].split()[0]) * 1024 / GB)
    with contextlib.suppress(OSError, ValueError):  # no such file, or "max"
        limit, used = (int(Path(f"/sys/fs/cgroup/memory.{name}").read_text()) for name in ("max", "current"))
        free.append((limit - used) / GB)
    return min(free)


def around(port: int, url: str) -> list[Row]:
    """What lies around: the port of the server, and the site that is crawled."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
            rows = [(GOOD, f"port {port}", "free", "")]
        except (OSError, OverflowError) as error:
            remedy = program.REFUSED.get(getattr(error, "errno", 0), f"make serve PORT={port + 1}")
            rows = [(NOTE, f"port {port}", getattr(error, "strerror", None) or str(error), remedy)]
    if not url.startswith(("http://", "https://")):
        return [*rows, row(Path(url).is_dir(), "START_URL", url, "give a web address or a folder")]
    try:
        with urllib.request.urlopen(urllib.request.Request(url, method="HEAD"), timeout=8) as reply:
            found = f"{url} answers {reply.status}"
    except urllib.error.HTTPError as error:
        found = f"{url} answers {error.code}"
    except (OSError, ValueError) as error:
        why = getattr(error, "reason", error)
        remedy = "see network and proxy; only make crawl needs it, make crawl-sample does not"
        return [*rows, (NOTE, "START_URL", f"{url}: {why}", remedy)]
    return [*rows, (GOOD, "START_URL", found, "")]


def folder(venv: Path) -> list[Row]:
    """This folder: whether it can be written, disk, environment, and what was made."""
    there = (venv / ".done").is_file()
    free, needed = shutil.disk_usage(".").free / GB, NEEDED[there]
    rows = [
        row(os.access(".", os.W_OK), "folder", Path.cwd(), "make it writable, or clone to another place"),
        row(free >= needed, "disk", f"{free:.0f} GB free", f"free {needed} GB"),
        row(there, "environment", venv if there else "not made", "make setup", NOTE),
    ]
    if not there or not os.access(".", os.W_OK):
        return rows
    return rows + made.stages(venv) + made.model_in_use(venv)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--venv", type=Path, required=True)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--start-url", required=True)
    args = parser.parse_args()
    rows = machine() + folder(args.venv) + around(args.port, args.start_url)
    for mark, what, found, remedy in rows:
        print(program.printable(f"{mark:5}{what:14}{found}" + (f" -> {remedy}" if remedy else "")))
    bad = [what for mark, what, _, _ in rows if mark == BAD]
    sys.exit(f"doctor: mend {', '.join(bad)}" if bad else 0)


if __name__ == "__main__":
    main()
