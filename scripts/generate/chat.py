"""A teacher behind an endpoint: from parts of pages to facts with questions, through `ilab data generate`."""

import json
import sys
import time
from pathlib import Path

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from scripts import endpoint, files, program
from scripts.generate import chat_patch, limits, parts, probe, raw, taxonomy, teacher
from scripts.generate.chat_settings import settings

# What two pages of the sample took (docs/generate-experiments.md): requests, words, and tokens a request.
REQUESTS_A_PART, REQUESTS_A_FACT, WORDS_A_FACT, TOKENS = 4, 3, 36, {"in": 790, "out": 150}


def estimate(shown: list[parts.Part], prices: dict | None) -> str:
    """What asking about the parts may cost, in words."""
    facts = sum(len(part.text.split()) for part in shown) / WORDS_A_FACT
    requests = round(REQUESTS_A_PART * len(shown) + REQUESTS_A_FACT * facts)
    tokens = {side: requests * count for side, count in TOKENS.items()}
    return f"{len(shown)} parts, about {requests} requests, {limits.told(tokens, prices)}"


def pipeline(source: str, run: Path) -> tuple[dict[str, dict], str]:
    """The pipeline folder `source` whose blocks know the file of the run, and the name of the last block."""
    found = taxonomy.pipeline(source, "", {})
    blocks = found["knowledge.yaml"]["blocks"]
    for block in blocks:
        if block.get("type") == "AskBlock":
            block["config"]["run"] = str(run.resolve())
    return found, blocks[-1]["name"]


def command(asked: teacher.Teacher, qna: dict, shown: list[parts.Part], threads: int, work: Path) -> list:
    """Write what ilab reads into the folder `work`; returns the arguments for ilab, without the key."""
    # ilab's reader of Markdown changes text, so a chunk holds a hash of its part, and the block takes the text itself.
    stage = [{"page": part.page, "fact": raw.digest(part), "opening": ""} for part in shown]
    # A part a batch: each goes through all blocks in a thread of its own.
    return [*teacher.arguments(asked, asked.endpoint, qna, stage, work), "--pipeline", work / "pipeline",
            "--sdg-scale-factor", 1, "--num-cpus", threads, "--batch-size", 1]  # fmt: skip


def follow(total: int, what: str):
    """A function for each line that ilab prints, the counts that it keeps, and the bar."""
    counts = {"done": 0, "calls": 0, "in": 0, "out": 0}
    bar = Progress(TextColumn(what), BarColumn(), MofNCompleteColumn(), TextColumn("{task.fields[said]}"),
                   TimeRemainingColumn(), disable=not sys.stdout.isatty())  # fmt: skip
    task = bar.add_task("", total=total, said="")

    def each(line: str) -> None:
        words = line.split()
        if len(words) == 5 and words[0] == "done" and all(word.isdecimal() for word in words[1:]):
            counts["done"] += int(words[1])
            for name, count in zip(("calls", "in", "out"), map(int, words[2:]), strict=True):
                counts[name] = max(counts[name], count)  # lines of several threads come in any order
            bar.update(task, completed=counts["done"], said=f"{counts['calls']} requests")
            if bar.disable and words[1] != "0" and counts["done"] % max(1, total // 10) == 0:
                print(f"{counts['done']} of {total} {what}, {counts['calls']} requests", flush=True)

    return each, counts, bar


def gathered(work: Path, shown: list[parts.Part]) -> list[dict]:
    """What the teacher said of each part: {"page", "title", "text", "facts", "unanswerable"}."""
    rows = dict(teacher.rows(work))
    if missing := [number for number in range(len(shown)) if number not in rows]:
        program.fail(f"ilab gave back {len(rows)} of {len(shown)} parts, not number {missing[0]}; see {work}/ilab.log")
    return [{**part._asdict(), **{key: json.loads(rows[number].get(key) or "[]") for key in ("facts", "unanswerable")}}
            for number, part in enumerate(shown)]  # fmt: skip


def run_ilab(given: list, work: Path, total: int, patch_of, what: str, prices: dict | None) -> dict:
    """Run ilab, patched by the module `patch_of`, over `total` of `what`; returns {"calls", "tokens", "seconds"}.

    Where the asker stopped it, its reason ends the program in the place of ilab's.
    """
    stopped, began = work / "stopped", time.monotonic()
    stopped.unlink(missing_ok=True)
    each, counts, bar = follow(total, what)
    try:
        with bar:
            teacher.run(given, work, patch_of, endpoint.key(), each)
    except SystemExit:
        if stopped.is_file():
            program.fail(f"{stopped.read_text(encoding='utf-8')}; {counts['done']} of {total} {what} are done, and "
                         "make generate goes on from there")  # fmt: skip
        raise
    tokens, seconds = {side: counts[side] for side in ("in", "out")}, round(time.monotonic() - began, 1)
    print(f"{counts['calls']} requests, {limits.told(tokens, prices)}, {seconds / 60:.1f} min")
    return {"calls": counts["calls"], "tokens": tokens, "seconds": seconds}


def ask(asked: teacher.Teacher, given: dict, qna: dict, markdown: Path, site: tuple[Path, Path], output: Path) -> dict:
    """Ask about the pages that `given`, make's settings, chooses; returns what asked.json says of it.

    site: the index of all pages, and the weights of the finder.
    """
    shown, work = parts.read(markdown, given["PAGES"].split()), asked.work.resolve()
    run = settings(given, asked.section, asked.config)
    asked = asked._replace(endpoint=probe.address_of(asked.endpoint))
    with endpoint.client(asked.endpoint, timeout=probe.SECONDS) as client:
        asked = asked._replace(model=probe.name_of(client, given.get("TEACHER", "").strip()))
        longest = max((part.text for part in shown), key=len, default="")
        probe.route(client, asked.model, run, longest)
    folder = output.parent / "teachers" / raw.folder(asked.model, asked.endpoint)
    blocks, last = pipeline(run["pipeline"], work / "run.json")
    run |= {
        "last": last, "product": qna["domain"], "replies": str(folder.resolve()), "stopped": str(work / "stopped"),
        "index": str(site[0].resolve()), "finder": str(site[1].resolve()),
        "parts": [{**part._asdict(), "most": part.most} for part in shown],
    }  # fmt: skip
    files.replace_text(work / "run.json", json.dumps(run, ensure_ascii=False))
    taxonomy.write_pipeline(blocks, work / "pipeline")
    print(
        f"{asked.model}, asked by {run['route']}: {estimate(shown, run['price'])}, less what {folder} has already",
        flush=True,
    )
    given_to = command(asked, qna, shown, run["threads"], work)
    cost = run_ilab(given_to, work, len(shown), chat_patch, "parts", run["price"])
    return {"teacher": str(folder), **cost, "parts": gathered(work, shown)}
