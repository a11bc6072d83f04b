"""A teacher in a GGUF file: it is asked about what the pages state, through `ilab data generate`.

A page is asked about when it, a prompt or the seed examples changed since this teacher was last asked about it. A few
pages go into each run of ilab, and what is finished is kept.
"""

import sys
import time
from collections import Counter
from pathlib import Path

from scripts import program
from scripts.generate import curate, pages, raw, teacher

# First estimate: seconds of a teacher call and of ilab's start (docs/generate-experiments.md), later the measured ones.
SECONDS_A_CALL, SECONDS_A_RUN = 0.14, 15
# Curation keeps every fourth question of the embedded teacher. Where it keeps none of this many, the teacher or the
# prompt is broken.
ENOUGH = 20


def estimate(folder: Path, calls: int, runs: int) -> float:
    """The seconds that `calls` may take: by what this teacher took so far, else by what the embedded one takes."""
    heads = [raw.head(folder, path.stem) for path in folder.glob("*.jsonl")]
    known = [(head["calls"], head["seconds"]) for head in heads if head and head["calls"]]
    if not known:
        return calls * SECONDS_A_CALL + runs * SECONDS_A_RUN
    return calls * sum(seconds for _, seconds in known) / sum(count for count, _ in known)


def blame(log: Path, names: str, rejected: list[dict], others: list[list[dict]], product: str) -> None:
    """Say that the teacher made nothing usable of the pages `names`; end the program unless it did of the `others`."""
    counts = Counter(row["reason"] for row in rejected).most_common()
    said = ", ".join(f"{count} {reason}" for reason, count in counts) or "it said nothing"
    what = f"the teacher made nothing usable of {names} ({said}); see {log}"
    if not any(curate.curate(pairs, product)[0] for pairs in others):
        program.fail(f"{what}, then try another teacher or prompt, or begin with PAGES= of more prose")
    print(program.printable(f"{program.name()}: {what}"), file=sys.stderr)


def ask_about(stale: list[pages.Page], fresh: list[pages.Page], asked: teacher.Teacher, qna: dict, folder: Path,
              prompt: str) -> None:  # fmt: skip
    """Ask about the pages `stale`, several a run of ilab, and keep the raw pairs in `folder`, which has the `fresh`."""
    step, scale, product = asked.section["pages_per_run"], asked.section["sdg_scale_factor"], qna["domain"]
    began, finished, kept = time.monotonic(), list(fresh), 0
    with teacher.serving(asked) as url:
        for run in (stale[i : i + step] for i in range(0, len(stale), step)):
            asks = [ask for page in run for ask in page.asks]
            start = time.monotonic()
            replies = teacher.ask(asked, url, qna, asks) if asks else []
            seconds = (time.monotonic() - start) / max(1, len(asks))
            usable, rejected = curate.curate([raw.pair(reply["page"], reply) for reply in replies], product)
            if len(asks) >= ENOUGH and not usable:
                others = [raw.pairs(folder, page.name) for page in finished]
                blame(asked.work / "ilab.log", ", ".join(page.name for page in run), rejected, others, product)
            for page in run:
                head = {"page": page.name, "text": page.text, "asks": page.asked, "prompt": prompt,
                        "calls": len(page.asks) * scale, "seconds": round(len(page.asks) * seconds, 3)}  # fmt: skip
                raw.write(folder, head, [reply for reply in replies if reply["page"] == page.name])
            finished += run
            kept += len(usable)
            print(f"{len(finished) - len(fresh)} of {len(stale)} pages, {kept} pairs kept, "
                  f"{(time.monotonic() - began) / 60:.1f} min", flush=True)  # fmt: skip


def summary(folder: Path, all_pages: list[pages.Page]) -> dict:
    """What asked.json says: whose raw pairs there are of which pages, and what they cost.

    "pages" is {path: hash of the file that the raw pairs are of}, which is no longer the page's if it changed since.
    """
    heads = [(page, head) for page in all_pages if (head := raw.head(folder, page.name))]
    return {
        "teacher": str(folder),
        "pages": {str(page.path): page.text if head["asks"] == page.asked else head["text"] for page, head in heads},
        "calls": sum(head["calls"] for _, head in heads),
        "seconds": round(sum(head["seconds"] for _, head in heads), 1),
    }


def ask_own(asked: teacher.Teacher, names: list[str], qna: dict, markdown: Path, code: dict, output: Path) -> dict:
    """Have our own server answer for the teacher, a GGUF file; returns what asked.json says."""
    all_pages, chosen = pages.read_all(markdown, names)
    folder = output.parent / "teachers" / raw.folder(asked.model, "")
    prompt = pages.prompt(asked.section, qna, code)
    fresh = [page for page in chosen if pages.up_to_date(folder, page, prompt)]
    stale = [page for page in chosen if page not in fresh]
    calls = sum(len(page.asks) for page in stale) * asked.section["sdg_scale_factor"]
    runs = -(-len(stale) // asked.section["pages_per_run"])
    chunks = len({(ask["page"], ask["fact"]) for page in stale for ask in page.asks})
    print(f"{len(stale)} of {len(all_pages)} pages to do: {chunks} chunks, {calls} teacher calls in {runs} runs of "
          f"ilab, about {estimate(folder, calls, runs) / 60:.1f} min", flush=True)  # fmt: skip
    if stale:
        ask_about(stale, fresh, asked, qna, folder, prompt)
    return summary(folder, all_pages)
