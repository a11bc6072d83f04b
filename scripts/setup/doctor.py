"""Say what this machine and this folder have and lack, with a remedy for each fault: exit code 1 if there is any.

Needs no environment: the Python of the system runs it.
"""

import argparse
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

GOOD, NOTE, BAD = "ok", "note", "BAD"
Row = tuple[str, str, str, str]  # mark, what, found, remedy
GB = 1e9
NEEDED = {True: 3, False: 12}  # GB of disk: where .venv is there, and where it is not
MEMORY = 5  # GB: the training of the embedded model takes 3 to 4
TOOLS = ("make", "git", "jq", "gcc", "g++")


def row(good: bool, what: str, found: object, remedy: str, otherwise: str = BAD) -> Row:
    return (GOOD if good else otherwise, what, str(found), "" if good else remedy)


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
    versions = [said(name, "-c", "import sys; print('%d.%d' % sys.version_info[:2])")
                for name in ("python3.11", "python3.12", "python3")]  # fmt: skip
    usable = [version for version in versions if version in ("3.11", "3.12")]
    rows.append(row(bool(usable), "Python", (usable or [v for v in versions if v] or ["none"])[0],
                    "install Python 3.11 or 3.12: sudo apt-get install -y python3 python3-venv"))  # fmt: skip
    missing = [tool for tool in TOOLS if not shutil.which(tool)]
    rows.append(row(not missing, "programs", ", ".join(missing) + " missing" if missing else ", ".join(TOOLS),
                    f"sudo apt-get install -y {' '.join(missing)}"))  # fmt: skip
    try:
        text = Path("/proc/meminfo").read_text(encoding="ascii")
        free = int(text.split("MemAvailable:")[1].split()[0]) * 1024 / GB
        rows.append(
            row(free >= MEMORY, "memory", f"{free:.1f} GB free", "end other programs: training takes 4 GB", NOTE)
        )
    except (OSError, IndexError, ValueError):
        rows.append((NOTE, "memory", "not known", "training takes 4 GB"))
    rows.append((GOOD, "cores", str(program.cores()), ""))
    gpu = said("nvidia-smi", "--query-gpu=name", "--format=csv,noheader")
    rows.append((GOOD, "GPU", gpu or "none: all stages run on cores", ""))
    return rows


def around(port: int, url: str) -> list[Row]:
    """What lies around: the port of the server, and the site that is crawled."""
    with socket.socket() as probe:
        probe.settimeout(2)
        taken = probe.connect_ex(("127.0.0.1", port)) == 0
    rows = [row(not taken, f"port {port}", "taken" if taken else "free", f"make serve PORT={port + 1}", NOTE)]
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
    if not there:
        return rows
    for goal, path in (("base", "models/base/record.json"), ("finder", "models/finder/model.safetensors"),
                       ("rag", "build/rag/index.json")):  # fmt: skip
        if not Path(path).is_file():
            rows.append((NOTE, goal, "not made yet", f"make {goal}; what needs it makes it too"))
        else:
            fresh = subprocess.run(["make", "-q", f"VENV={venv}", path], capture_output=True).returncode == 0
            rows.append(
                row(fresh, goal, "up to date" if fresh else "older than what it is made of", f"make {goal}", NOTE)
            )
    model = Path("models/in-use")
    rows.append(row(model.exists(), "model in use", model.resolve().name if model.exists() else "none trained",
                    "make train DATA=pre-generated; make ask does without", NOTE))  # fmt: skip
    return rows


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
