"""Have the teacher ask about what the pages state, through `ilab data generate`, and keep what the pages support.

Only pages that changed are asked about again; a few pages go into each run of ilab, and what is finished stays.
"""

import argparse
import contextlib
import fcntl
import json
import os
import re
import shutil
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import assemble
import common
import curate
import facts
import stage
import student

# First estimate: seconds of a teacher call and of ilab's start (docs/generate-experiments.md), later the measured ones.
SECONDS_A_CALL, SECONDS_A_RUN = 0.14, 15
# The embedded teacher gets every fourth question right: so many without any come from a broken teacher or prompt.
ENOUGH = 20


def settings_of(config):
    """The generate: section of the ilab config, checked for what this program reads."""
    settings = common.section(config, "generate")
    for key, kind in (("pipeline", str), ("chat_markup", str), ("sdg_scale_factor", int), ("num_cpus", int),
                      ("batch_size", int), ("pages_per_run", int)):  # fmt: skip
        if not isinstance(settings.get(key), kind):
            common.fail(f"{config}: generate: needs {key}, {'text' if kind is str else 'a whole number'}")
    if not (isinstance(settings.get("teacher"), dict) and isinstance(settings["teacher"].get("model_path"), str)):
        common.fail(f"{config}: generate: needs teacher: with model_path, a GGUF file or the endpoint's name for it")
    return settings


def stale_pages(pages, inputs, output):
    """Those of `pages` (Markdown files) whose file of rows is missing or older than the page or one of `inputs`."""
    newest = max(path.stat().st_mtime_ns for path in inputs)
    stale = []
    for page in pages:
        rows = output / "pages" / f"{page.stem}.jsonl"
        if not rows.exists() or rows.stat().st_mtime_ns < max(newest, page.stat().st_mtime_ns):
            stale.append(page)
    return stale


def run_ilab(command, log, work):
    """Run `ilab data generate`; returns the rows that its pipeline made, an empty list when there are none."""
    environment = {**stage.without_git(), **common.without_proxy()}
    shim = str(Path(__file__).resolve().parent / "ilab_generate")
    environment["PYTHONPATH"] = os.pathsep.join([shim, *filter(None, [os.environ.get("PYTHONPATH")])])
    with open(log, "w", encoding="utf-8") as out:
        code = subprocess.run(
            [str(part) for part in command], cwd=work, env=environment, stdin=subprocess.DEVNULL, stdout=out,
            stderr=subprocess.STDOUT, preexec_fn=common.die_with_parent,
        ).returncode  # fmt: skip
    if code:
        lines = [line for line in log.read_text(errors="replace").splitlines() if line.strip()]
        common.fail(f"ilab data generate ended with exit code {code} ({(lines or ['no output'])[-1][:300]}); see {log}")
    made = list((work / "out").glob("*/generated_*/*.jsonl"))
    return [row for path in made for row in assemble.load_rows(path)]


def ask_teacher(asks, settings, qna, args, url):
    """Run ilab once over `asks` (of facts.asks); returns one pair a generated row, in the order of the asks."""
    work = args.work
    shutil.rmtree(work / "out", ignore_errors=True)
    name = settings["teacher"]["model_path"]
    if args.endpoint:
        # ilab gives one name to the endpoint and to its tokenizer, which it looks for on disk, for chunk lengths only:
        # https://github.com/instructlab/instructlab/blob/v0.26.1/src/instructlab/data/generate_data.py
        if Path(name).is_absolute() or ".." in Path(name).parts:
            common.fail(
                f"{args.config}: generate.teacher.model_path: give the name that the endpoint knows, not {name}"
            )
        link = work / name
        link.parent.mkdir(parents=True, exist_ok=True)
        if not link.is_symlink():
            link.symlink_to((args.base / "hf").resolve())
    else:
        name = (args.base / "hf").resolve()
    command = ["ilab", "--config", args.config.resolve(), "data", "generate", "--quiet", "--endpoint-url", url]
    command += ["--model", name, "--taxonomy-path", stage.stage_taxonomy(qna, asks, work), "--taxonomy-base", "empty"]
    # llama-cpp-python's server makes words of the prompt less likely unless told otherwise, and questions take theirs
    # from the sentence: https://github.com/abetlen/llama-cpp-python/blob/v0.3.6/llama_cpp/server/types.py
    options = {} if args.endpoint else {"repeat_penalty": 1.0}
    markup, folder = settings["chat_markup"], work / "pipeline"
    command += ["--pipeline", stage.stage_pipeline(settings["pipeline"], markup, folder, options)]
    command += ["--output-dir", (work / "out").resolve(), "--sdg-scale-factor", settings["sdg_scale_factor"]]
    # llama.cpp answers one call at a time; an endpoint takes several.
    command += ["--num-cpus", settings["num_cpus"], "--batch-size", settings["batch_size"] if args.endpoint else 0]
    if key := os.environ.get("ENDPOINT_API_KEY"):
        command += ["--api-key", key]
    pairs = []
    for row in run_ilab(command, work / "ilab.log", work):
        index = stage.number(row["document"])
        if index is None or index >= len(asks):
            common.fail(f"ilab gave back a chunk that was not staged ({row['document'][:60]!r}); see {work}/ilab.log")
        ask = asks[index]
        question = f"{ask['opening']} {row['question'].strip()}".strip().split("\n")[0]
        question = re.sub(r"\s+([?,])", r"\1", question)
        pairs.append((index, {"user": question, "assistant": ask["fact"], "page": ask["page"],
                              "chunk": ask["section"], "context": ask["title"]}))  # fmt: skip
    return [pair for _, pair in sorted(pairs, key=lambda item: item[0])]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--markdown", type=Path, required=True, help="folder with the pages")
    parser.add_argument("--qna", type=Path, required=True, help="the seed questions, qna.yaml")
    parser.add_argument("--config", type=Path, required=True, help="ilab config; its generate section holds the knobs")
    parser.add_argument("--base", type=Path, required=True, help="folder made by base_model.py")
    parser.add_argument("--work", type=Path, required=True, help="scratch folder")
    parser.add_argument("--output", type=Path, required=True, help="folder to write")
    parser.add_argument("--pages", nargs="*", default=[], help="only these pages, e.g. index mintmaker")
    parser.add_argument("--endpoint", default="", help="OpenAI-compatible server of the teacher, e.g. http://host/v1")
    parser.add_argument("--inputs", nargs="*", type=Path, default=[], help="files that all pages depend on")
    args = parser.parse_args()
    common.die_with_parent()
    settings, qna = settings_of(args.config), common.read_yaml(args.qna)
    system = common.system_prompt(args.config)
    pages = sorted(args.markdown.glob("*.md"))
    if unknown := set(args.pages) - {page.stem for page in pages}:
        common.fail(f"no page {', '.join(sorted(unknown))} in {args.markdown}/; PAGES takes names without .md")
    if not pages:
        common.fail(f"no pages in {args.markdown}/; run make crawl or make crawl-sample")
    args.work.mkdir(parents=True, exist_ok=True)
    lock = open(args.work.with_name(args.work.name + ".lock"), "w")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        common.fail(f"another make generate works in {args.work}; wait for it or stop it, then run again")

    # Another teacher is a changed input too: this file's time says since when it is the one.
    teacher = args.output / ".teacher"
    identity = f"{args.config} {args.endpoint}\n"
    if not teacher.exists() or teacher.read_text() != identity:
        common.replace_text(teacher, identity)
    started = time.time_ns()
    chosen = [page for page in pages if not args.pages or page.stem in args.pages]
    asks = {
        page: facts.asks(facts.read_facts(page)) for page in stale_pages(chosen, [teacher, *args.inputs], args.output)
    }
    step = settings["pages_per_run"]
    runs = [list(asks)[i : i + step] for i in range(0, len(asks), step)]
    calls = sum(map(len, asks.values())) * settings["sdg_scale_factor"]
    chunks = len({(page, ask["fact"]) for page in asks for ask in asks[page]})
    history = args.output / "history.jsonl"
    last = assemble.load_rows(history)[-1] if history.exists() else {}
    known = last.get("teacher") == identity and last["seconds"] / max(1, last["calls"])
    seconds = calls * known if known else calls * SECONDS_A_CALL + len(runs) * SECONDS_A_RUN
    print(f"{len(asks)} of {len(pages)} pages to do: {chunks} chunks, {calls} teacher calls in {len(runs)} runs of "
          f"ilab, about {seconds / 60:.1f} min", flush=True)  # fmt: skip

    done, clock = {}, time.monotonic()
    with contextlib.ExitStack() as stack:
        if asks:
            stage.stage_reader(Path(os.environ["XDG_DATA_HOME"]), args.work)
        url = args.endpoint
        if asks and not url:
            gguf = Path(settings["teacher"]["model_path"])
            if not gguf.is_file():
                common.fail(f"{args.config}: generate.teacher.model_path: no file {gguf}; or set ENDPOINT=")
            student.check_gguf(gguf)
            url = stack.enter_context(student.serving(gguf, args.config.resolve(), args.work / "server.log"))
        for run in runs:
            wanted = [ask for page in run for ask in asks[page]]
            pairs = ask_teacher(wanted, settings, qna, args, url) if wanted else []
            kept, rejected = curate.curate(pairs, qna["domain"])
            if len(wanted) >= ENOUGH and not kept:
                counts = Counter(row["reason"] for row in rejected).most_common()
                said = ", ".join(f"{count} {why}" for why, count in counts) or "it said nothing"
                names = ", ".join(page.stem for page in run)
                what = f"the teacher made nothing usable of {names} ({said}); see {args.work}/ilab.log"
                # No matter where the same teacher made something of other pages.
                finished = [page for page in chosen if page not in asks or page.stem in done]
                if not any((args.output / "pages" / f"{page.stem}.jsonl").stat().st_size for page in finished):
                    common.fail(f"{what}, then try another teacher or prompt, or begin with PAGES= of more prose")
                print(f"generate: {what}", file=sys.stderr)
            for page in run:
                made = [[row for row in rows if row["page"] == page.stem] for rows in (kept, rejected)]
                keys = ("user", "assistant", "page", "chunk")
                assemble.write_rows(args.output / "rejected" / f"{page.stem}.jsonl", made[1])
                rows = args.output / "pages" / f"{page.stem}.jsonl"
                assemble.write_rows(rows, [{"system": system, **{key: row[key] for key in keys}} for row in made[0]])
                # Made of the page as it was at the start: an edit since then makes it stale.
                os.utime(rows, ns=(started, started))
                done[page.stem] = sum(map(len, made)), len(made[0]), Counter(row["reason"] for row in made[1])
            count, spent = sum(row[1] for row in done.values()), (time.monotonic() - clock) / 60
            print(f"{len(done)} of {len(asks)} pages, {count} pairs kept, {spent:.1f} min", flush=True)
    spent = time.monotonic() - clock

    kept, rejected = assemble.assemble(pages, args.output)
    if not kept:
        common.fail(f"no rows: {args.markdown}/ holds no sentences to ask about, or the teacher made nothing usable of "
                    f"them; see {args.output}/rejected/ and {args.work}/ilab.log")  # fmt: skip
    assemble.write_rows(args.output / "rejected.jsonl", rejected)
    assemble.write_rows(args.output / "test_konflux.jsonl", assemble.seed_rows(qna, system))
    train = args.output / "train_konflux.jsonl"
    assemble.write_rows(train, kept)
    os.utime(train, ns=(started, started))
    if done:
        assemble.report(done, spent)
        made = [sum(row[i] for row in done.values()) for i in (0, 1)]
        entry = {"teacher": identity, "pages": len(done), "calls": calls, "generated": made[0], "kept": made[1],
                 "seconds": round(spent, 1)}  # fmt: skip
        common.replace_text(history, (history.read_text() if history.exists() else "") + json.dumps(entry) + "\n")
    print(f"{train}: {len(kept)} rows from {len({row['page'] for row in kept})} pages, {len(rejected)} rejected; "
          "next: make inspect, make train")  # fmt: skip


if __name__ == "__main__":
    main()
