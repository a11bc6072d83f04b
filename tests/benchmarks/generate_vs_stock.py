"""Compare make generate with `ilab data generate --pipeline simple`: same teacher, same pages, one after the other.

Run it on a quiet machine as python -m tests.benchmarks.generate_vs_stock. Both start a server of their own and end it.
Stock writes nothing before its end, which takes hours here, so it is stopped after --limit seconds and counted by what
its teacher had answered until then; its multiple-choice step, which comes after the pairs, is not reached. An answer is
supported, and a pair kept, by the rules of scripts/generate/curate.py, with the text of all the pages as the source of
stock's pairs. Prints a table and writes all pairs of stock to --pairs.
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

from scripts import files, ilab, program
from scripts.generate import curate, facts, raw, support, taxonomy

BASE, CONFIG, QNA = Path("models/base"), Path("config/embedded.yaml"), Path("qna.yaml")


def ours(pages, scratch):
    """Run scripts/generate/ask.py; returns (seconds, pairs made, pairs kept)."""
    section = yaml.safe_load(CONFIG.read_text())["generate"]
    settings = {"ENDPOINT": "", "PAGES": " ".join(pages)}
    given, output = scratch / "arguments", scratch / "generated/asked.json"
    given.write_text(json.dumps({"settings": settings, "config": {"generate": section}, "files": {}, "code": {}}))
    command = [sys.executable, "-m", "scripts.generate.ask", "--arguments", given, "--markdown", "markdown"]
    command += ["--qna", QNA, "--config", CONFIG, "--base", BASE, "--work", scratch / "work", "--output", output]
    command += ["--index", "none", "--finder", "none"]  # which are for a teacher behind an endpoint
    start = time.monotonic()
    subprocess.run(command, check=True)
    seconds = time.monotonic() - start
    folder = Path(json.loads(output.read_text())["teacher"])
    pairs = [pair for page in pages for pair in raw.pairs(folder, page)]
    return seconds, len(pairs), len(curate.curate(pairs, "Konflux")[0])


def write_stock(pages, scratch):
    """Lay out the pages as they are, as ilab reads them; returns the arguments of stock ilab."""
    documents = scratch / "pages"
    documents.mkdir()
    for page in pages:
        shutil.copy(Path("markdown") / f"{page}.md", documents)
    qna = yaml.safe_load(QNA.read_text())
    qna["document"] = {"repo": str(documents), "commit": taxonomy.commit_all(documents), "patterns": ["*.md"]}
    target = scratch / "taxonomy" / "knowledge" / "konflux" / "qna.yaml"
    files.replace_text(target, yaml.safe_dump(qna, sort_keys=False))
    with socket.socket() as free:  # ilab would use whatever listens on its port
        free.bind(("127.0.0.1", 0))
        server = {"host": "127.0.0.1", "port": free.getsockname()[1]}
    # The embedded config names the student and chat template; its generate section, ours, is left out.
    config = yaml.safe_load(CONFIG.read_text())
    model = str((BASE / "model.gguf").resolve())
    config["generate"] = {"teacher": {"model_path": model, "backend": "llama-cpp", "server": server}}
    config["serve"] = {"server": server, "model_path": model, "backend": "llama-cpp"}
    (scratch / "config.yaml").write_text(yaml.safe_dump(config, sort_keys=False))
    taxonomy.write_reader(Path(os.environ["XDG_DATA_HOME"]))
    command = ["--config", scratch / "config.yaml", "data", "generate", "--pipeline", "simple", "--quiet"]
    command += ["--model", model, "--taxonomy-path", target.parents[2], "--taxonomy-base", "empty"]
    return [*command, "--output-dir", scratch / "out"]


def stock(args, scratch):
    """Run stock ilab for at most --limit seconds; returns (seconds, its pairs)."""
    command = ilab.command(*write_stock(args.pages, scratch), patch="tests.benchmarks.recorder")
    record = scratch / "record.jsonl"
    args.log.parent.mkdir(parents=True, exist_ok=True)
    start = time.monotonic()
    with open(args.log, "w") as log:
        process = subprocess.Popen(command, cwd=scratch, env=ilab.environment({"RECORD": str(record)}), stdout=log,
                                   stderr=log, start_new_session=True)  # fmt: skip
        try:
            process.wait(timeout=args.limit)
        except subprocess.TimeoutExpired:
            pass
        finally:
            seconds = time.monotonic() - start
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
    if not record.exists():
        program.fail(f"stock ilab made nothing in {seconds:.0f} s; see {args.log}")
    pairs = []
    for text in files.read_json_lines(record, torn_end=True):
        # As ilab splits them: https://github.com/instructlab/sdg/blob/v0.8.3/src/instructlab/sdg/datamixing.py
        question, _, answer = text.partition("?")
        pairs.append({"user": question.strip() + "?" if answer else question.strip(), "assistant": answer.strip()})
    return seconds, pairs


def main(args):
    os.environ["PATH"] = f"{Path(sys.executable).parent}:{os.environ['PATH']}"  # where ilab is
    source = " ".join(
        text for page in args.pages for _, texts in facts.sections((Path("markdown") / f"{page}.md").read_text())
        for text, _ in texts
    )  # fmt: skip
    with tempfile.TemporaryDirectory() as folder:
        our_seconds, made, kept = ours(args.pages, Path(folder))
        seconds, pairs = stock(args, Path(folder))
    supported = 0
    for pair in pairs:
        pair["reason"] = curate.why_dropped(pair["user"], pair["assistant"], source)
        supported += bool(pair["assistant"]) and support.supported(pair["assistant"], source)
    stock_kept = sum(pair["reason"] is None for pair in pairs)
    files.write_json_lines(args.pairs, pairs)
    print(f"\n{len(args.pages)} pages: {', '.join(args.pages)}; {program.cores()} cores\n")
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
    parser.add_argument("--pairs", type=Path, default="build/work/stock-pairs.jsonl", help="stock's pairs, to read")
    parser.add_argument("--log", type=Path, default="build/work/stock.log", help="the output of stock ilab")
    main(parser.parse_args())
