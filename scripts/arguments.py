"""Write the arguments file of a stage: its settings, its sections of the config, and hashes of its inputs and code.

The file is rewritten only when that content differs, and the stage depends on it: so a touched file, a checkout that
changes nothing, a comment, or another stage's section of the config runs nothing. Make runs this with `+`, so that
`make -n` and `make -q` tell the truth.

It runs several times in each make, mostly to find that nothing has changed. So it first looks whether the command, and
the times and sizes of all files that the command names, are those of the last time. Only then it imports and reads.
"""

import glob
import os
import sys
import time

SETTLED = 1e9  # ns. A file that has changed this shortly ago may change again within one tick of its clock.


def read(path) -> dict:
    """The content of an arguments file: {"settings", "config", "files", "code"}; ends the program when it has none."""
    import json

    from scripts.program import fail

    try:
        with open(path, encoding="utf-8") as file:
            content = json.load(file)
        content["settings"].items(), content["config"].items()
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        fail(f"{path}: no arguments of a stage ({error!r}); remove it and run make again")
    return content


def write(words: list[str]) -> None:
    """Write the arguments file that the words of the command line ask for, if it is another than before."""
    import argparse
    import json
    from pathlib import Path

    from scripts import configuration, files, hashes

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("output", type=Path)
    parser.add_argument("--set", nargs="*", default=[], metavar="NAME=VALUE", help="a setting of this run")
    parser.add_argument("--config", help="ilab config")
    parser.add_argument("--section", nargs="*", default=[], help="sections of the config that the stage reads")
    parser.add_argument("--file", nargs="*", default=[], help="inputs, by name or pattern")
    parser.add_argument("--code", nargs="*", default=[], help="scripts that decide what the stage makes")
    parser.add_argument("--keep", action="store_true", help="keep settings and sections that the file already has")
    args = parser.parse_args(words)
    content = {
        "settings": dict(setting.split("=", 1) for setting in args.set),
        "config": configuration.sections(args.config, args.section) if args.config else {},
        "files": hashes.of_files(args.file, files.sha256),
        "code": hashes.of_files(args.code, hashes.of_code),
    }
    if args.keep and args.output.is_file():
        content |= {key: value for key, value in read(args.output).items() if key in ("settings", "config")}
    files.write_if_new(args.output, json.dumps(content, indent=1, ensure_ascii=False) + "\n")


def seen(words: list[str]) -> tuple[str, int]:
    """The command with the times, sizes and inodes of all files that it names or runs, and the newest of the times.

    A change of a file's content changes its ctime, which no program can set.
    """
    ours = f"{glob.escape(os.path.dirname(__file__))}/*.py"
    paths = {path for word in (*words, ours) for path in glob.glob(word) if os.path.exists(path)}
    found = {path: os.stat(path) for path in paths}
    stamps = [(path, it.st_ctime_ns, it.st_mtime_ns, it.st_size, it.st_ino) for path, it in found.items()]
    return repr((words, sorted(stamps))), max(it.st_ctime_ns for it in found.values())


def main():
    words = sys.argv[1:]
    output = words[0] if words else ""
    last = os.path.join(os.path.dirname(output), f".{os.path.basename(output)}")
    look, newest = seen(words[1:])  # without the output, which changes here
    try:
        with open(last, "rb") as then, open(output, "rb") as now:
            if then.read() == look.encode() + now.read():
                return
    except OSError:
        pass
    write(words)
    if newest < time.time_ns() - SETTLED:
        from scripts import files

        with open(output, encoding="utf-8") as file:
            files.replace_text(last, look + file.read())


if __name__ == "__main__":
    main()
