"""From the raw pairs of a teacher to training rows: what the pages support is kept, once; nobody is asked anything.

Beside the training rows it writes rejected.jsonl, what was dropped and why, and test_konflux.jsonl, the seed questions.
"""

import argparse
import json
from collections import Counter
from pathlib import Path

from rich.console import Console
from rich.table import Table

from scripts import configuration, files, program
from scripts.generate import curate, raw, validate


def read_pairs(asked: dict) -> tuple[list[dict], list[str]]:
    """The raw pairs that `asked` (asked.json) lists, and the names of the pages that changed or went since."""
    pairs: list[dict] = []
    changed = []
    for path, text in asked["pages"].items():
        page = Path(path)
        if page.is_file() and files.sha256(page) == text:
            pairs += raw.pairs(Path(asked["teacher"]), page.stem)
        else:
            changed.append(page.stem)
    return pairs, changed


def seed_rows(qna: dict, system: str) -> list[dict]:
    """The seed questions as rows, for the test file that `ilab data generate` writes beside the training one."""
    return [
        {"system": system, "user": pair["question"], "assistant": pair["answer"], "page": "qna.yaml",
         "chunk": example["context"]}
        for example in qna["seed_examples"] for pair in example["questions_and_answers"]
    ]  # fmt: skip


def report(kept: list[dict], rejected: list[dict], seconds: float) -> None:
    """Print how many pairs each page gave, how many were kept, and why the others were dropped."""
    table = Table("page", "generated", "kept")
    for column in table.columns[1:]:
        column.justify = "right"
    per_page = Counter(row["page"] for row in kept + rejected)
    kept_of = Counter(row["page"] for row in kept)
    for page, generated in sorted(per_page.items()):
        table.add_row(program.printable(page), str(generated), str(kept_of[page]))
    table.add_section()
    table.add_row(f"{len(per_page)} pages", str(per_page.total()), str(len(kept)))
    if seconds:
        table.add_row("per minute", *(f"{count / seconds * 60:.0f}" for count in (per_page.total(), len(kept))))
    table.add_section()
    for reason, count in Counter(row["reason"] for row in rejected).most_common():
        table.add_row(f"dropped: {reason}", str(count), "")
    # The name of a page is no markup.
    Console(soft_wrap=True, markup=False, emoji=False).print(table)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--asked", type=Path, required=True, help="asked.json of ask.py")
    parser.add_argument("--qna", type=Path, required=True, help="the seed questions, qna.yaml")
    parser.add_argument("--config", type=Path, required=True, help="ilab config that holds the system prompt")
    parser.add_argument("--output", type=Path, required=True, help="training rows to write")
    args = parser.parse_args()
    asked = json.loads(args.asked.read_text(encoding="utf-8"))
    qna, system = validate.read(args.qna), configuration.system_prompt(args.config)
    pairs, changed = read_pairs(asked)
    kept, rejected = curate.curate(pairs, qna["domain"])
    if changed:
        names = program.printable(", ".join(changed))
        print(f"without {names}: changed since the teacher was asked; make generate asks again")
    if not kept:
        program.fail(f"no rows: the pages hold no sentences to ask about, or the teacher made nothing usable of them; "
                     f"to ask again, remove {args.asked} and {asked['teacher']}")  # fmt: skip
    report(kept, rejected, asked["seconds"])
    keys = ("user", "assistant", "page", "chunk")
    files.write_json_lines(args.output.with_name("rejected.jsonl"), rejected)
    files.write_json_lines(args.output.with_name("test_konflux.jsonl"), seed_rows(qna, system))
    files.write_json_lines(args.output, ({"system": system, **{key: row[key] for key in keys}} for row in kept))
    print(f"{args.output}: {len(kept)} rows from {len({row['page'] for row in kept})} pages, {len(rejected)} rejected; "
          "next: make inspect, make train")  # fmt: skip


if __name__ == "__main__":
    main()
