#!/usr/bin/env python3
"""Compare make generate with `ilab data generate --pipeline simple`: same teacher, same pages, one after the other.

Both start a server of their own and end it. Stock writes nothing before its end, which takes hours here, so it is
stopped after --limit seconds and counted by what its teacher had answered until then; its multiple-choice step, which
comes after the pairs, is not reached. An answer is supported, and a pair kept, by the rules of scripts/curate.py, with
the text of all the pages as the source of stock's pairs. Prints a table and writes all pairs of stock to --pairs.
"""

import argparse
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "scripts"))

import curate  # noqa: E402
import facts  # noqa: E402
import stage  # noqa: E402

# Python imports this by itself: each completion that ilab gets goes into a file, as stock keeps them in memory.
RECORDER = """
import json, os, openai
create = openai.resources.completions.Completions.create
def recorded(self, **options):
    reply = create(self, **options)
    with open(os.environ["RECORD"], "a") as file:
        file.writelines(json.dumps(choice.text) + "\\n" for choice in reply.choices)
    return reply
openai.resources.completions.Completions.create = recorded
"""


def ours(args, scratch, environment):
    """Run scripts/generate.py; returns (seconds, pairs made, pairs kept)."""
    command = [
        sys.executable,
        ROOT / "scripts/generate.py",
        "--markdown",
        ROOT / "markdown",
        "--qna",
        ROOT / "qna.yaml",
    ]
    command += ["--config", ROOT / "config/embedded.yaml", "--base", ROOT / "models/base", "--work", scratch / "work"]
    command += ["--output", scratch / "generated", "--inputs", ROOT / "qna.yaml", "--pages", *args.pages]
    start = time.monotonic()
    subprocess.run([str(part) for part in command], cwd=ROOT, env=environment, check=True)
    seconds = time.monotonic() - start
    made = json.loads((scratch / "generated/history.jsonl").read_text().splitlines()[-1])
    return seconds, made["generated"], made["kept"]


def stage_stock(args, scratch, environment):
    """Lay out the pages as they are, as ilab reads them; returns the command line of stock ilab."""
    documents = scratch / "pages"
    documents.mkdir()
    for page in args.pages:
        shutil.copy(ROOT / "markdown" / f"{page}.md", documents)
    commit = stage.commit_all(documents)
    qna = yaml.safe_load((ROOT / "qna.yaml").read_text())
    qna["document"] = {"repo": str(documents), "commit": commit, "patterns": ["*.md"]}
    taxonomy = scratch / "taxonomy" / "knowledge" / "konflux"
    taxonomy.mkdir(parents=True)
    (taxonomy / "qna.yaml").write_text(yaml.safe_dump(qna, sort_keys=False))
    with socket.socket() as free:  # ilab would use whatever listens on its port
        free.bind(("127.0.0.1", 0))
        server = {"host": "127.0.0.1", "port": free.getsockname()[1]}
    # The embedded config names the student and chat template; its generate section, ours, is left out.
    config = yaml.safe_load((ROOT / "config/embedded.yaml").read_text())
    model = str(ROOT / "models/base/model.gguf")
    config["generate"] = {"teacher": {"model_path": model, "backend": "llama-cpp", "server": server}}
    config["serve"] = {"server": server, "model_path": model, "backend": "llama-cpp"}
    (scratch / "config.yaml").write_text(yaml.safe_dump(config, sort_keys=False))
    stage.stage_reader(Path(environment["XDG_DATA_HOME"]), scratch)
    command = ["ilab", "--config", scratch / "config.yaml", "data", "generate", "--pipeline", "simple", "--quiet"]
    command += ["--model", model, "--taxonomy-path", taxonomy.parents[1], "--taxonomy-base", "empty"]
    return [str(part) for part in [*command, "--output-dir", scratch / "out"]]


def stock(args, scratch, environment):
    """Run stock ilab for at most --limit seconds; returns (seconds, its pairs)."""
    command = stage_stock(args, scratch, environment)
    (scratch / "recorder").mkdir()
    (scratch / "recorder" / "sitecustomize.py").write_text(RECORDER)
    record = scratch / "record.jsonl"
    environment = {**environment, "PYTHONPATH": str(scratch / "recorder"), "RECORD": str(record)}
    start = time.monotonic()
    with open(args.log, "w") as log:
        process = subprocess.Popen(
            command, cwd=scratch, env=environment, stdout=log, stderr=log, start_new_session=True
        )
        try:
            process.wait(timeout=args.limit)
        except subprocess.TimeoutExpired:
            pass
        finally:
            seconds = time.monotonic() - start
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
    if not record.exists():
        sys.exit(f"generate_vs_stock.py: stock ilab made nothing in {seconds:.0f} s; see {args.log}")
    pairs = []
    for line in record.read_text().splitlines():
        # As ilab splits them: https://github.com/instructlab/sdg/blob/v0.8.3/src/instructlab/sdg/datamixing.py
        question, _, answer = json.loads(line).partition("?")
        pairs.append({"user": question.strip() + "?" if answer else question.strip(), "assistant": answer.strip()})
    return seconds, pairs


def main(args):
    source = " ".join(
        text for page in args.pages for _, texts in facts.sections((ROOT / f"markdown/{page}.md").read_text())
        for text, _ in texts
    )  # fmt: skip
    with tempfile.TemporaryDirectory() as folder:
        scratch = Path(folder)
        environment = {
            **os.environ, "HF_HUB_OFFLINE": "1", "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
            **{f"XDG_{kind}_HOME": str(scratch / "xdg" / kind.lower()) for kind in ("CONFIG", "DATA", "CACHE")},
        }  # fmt: skip
        our_seconds, made, kept = ours(args, scratch, environment)
        seconds, pairs = stock(args, scratch, environment)
    supported = 0
    for pair in pairs:
        pair["reason"] = curate.reason(pair["user"], pair["assistant"], source)
        supported += bool(pair["assistant"]) and curate.supported(pair["assistant"], source)
    stock_kept = sum(pair["reason"] is None for pair in pairs)
    args.pairs.write_text("".join(json.dumps(pair) + "\n" for pair in pairs))
    print(f"\n{len(args.pages)} pages: {', '.join(args.pages)}; {os.cpu_count()} cores\n")
    print("|  | time | pairs | supported answers | a minute | kept pairs | a minute |")
    print("| --- | --- | --- | --- | --- | --- | --- |")
    ours_row = ("make generate", our_seconds, made, made, kept)
    for name, spent, all_, *counts in (ours_row, ("ilab, simple", seconds, len(pairs), supported, stock_kept)):
        rates = [f"{count} | {count / spent * 60:.1f}" for count in counts]
        print(f"| {name} | {spent:.0f} s | {all_} | {' | '.join(rates)} |")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pages", nargs="+", default=["mintmaker", "testing-third-parties"], help="pages of markdown/")
    parser.add_argument("--limit", type=float, default=600, metavar="SECONDS", help="for stock ilab (default: 600)")
    parser.add_argument("--pairs", type=Path, default=ROOT / "build/stock-pairs.jsonl", help="stock's pairs, to read")
    parser.add_argument("--log", type=Path, default=ROOT / "build/stock.log", help="the output of stock ilab")
    main(parser.parse_args())
