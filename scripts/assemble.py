"""The generated rows of all pages as one set: JSON lines, without double questions and pages that are gone."""

import json
from collections import Counter

import common
from rich.console import Console
from rich.table import Table


def write_rows(path, rows):
    common.replace_text(path, "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows))


def load_rows(path):
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def assemble(pages, output):
    """The rows of all pages together, without questions that an earlier page has: (kept, rejected)."""
    kept, rejected, seen = [], [], set()
    for folder in ("pages", "rejected"):
        for path in (output / folder).glob("*.jsonl"):
            if path.stem not in {page.stem for page in pages}:
                path.unlink()
    for page in pages:
        path = output / "pages" / f"{page.stem}.jsonl"
        for row in load_rows(path) if path.exists() else []:
            if row["user"].lower() in seen:
                rejected.append({**row, "reason": "duplicate"})
            else:
                seen.add(row["user"].lower())
                kept.append(row)
        path = output / "rejected" / path.name
        rejected += load_rows(path) if path.exists() else []
    return kept, rejected


def seed_rows(qna, system):
    """The seed questions as rows, for the test file that `ilab data generate` writes beside the training one."""
    return [
        {"system": system, "user": pair["question"], "assistant": pair["answer"], "page": "qna.yaml",
         "chunk": example["context"]}
        for example in qna["seed_examples"] for pair in example["questions_and_answers"]
    ]  # fmt: skip


def report(done, seconds):
    """Print the table of this run: `done` is {page: (generated, kept, Counter of reasons)}."""
    table = Table("page", "generated", "kept")
    for column in table.columns[1:]:
        column.justify = "right"
    for page, (generated, kept, _) in done.items():
        table.add_row(page, str(generated), str(kept))
    generated, kept = (sum(row[i] for row in done.values()) for i in (0, 1))
    table.add_section()
    table.add_row(f"{len(done)} pages", str(generated), str(kept))
    table.add_row("per minute", f"{generated / seconds * 60:.0f}", f"{kept / seconds * 60:.0f}")
    table.add_section()
    for why, count in sum((row[2] for row in done.values()), Counter()).most_common():
        table.add_row(f"dropped: {why}", str(count), "")
    Console(soft_wrap=True).print(table)
