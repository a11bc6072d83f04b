"""From the raw pairs of a teacher to training rows: what the pages support is kept, once; nobody is asked anything.

Beside the training rows it writes rejected.jsonl, what was dropped and why, and test_konflux.jsonl, the seed questions.
"""

import argparse
import json
from pathlib import Path

from scripts import configuration, files, program
from scripts.generate import curate, raw, validate
from scripts.generate.counts import report
from scripts.generate.entry import split
from scripts.generate.fact_rows import FACTS, GATHERED, QUESTIONS, write_facts

TENTH = 10


def pairs_of(asked: dict, page: str) -> list[dict]:
    """The pairs of a page: those of ilab's own pipeline stand in `asked` itself."""
    if "pairs" in asked:
        return [pair for pair in asked["pairs"] if pair["page"] == page]
    return raw.pairs(Path(asked["teacher"]), page)


def read_pairs(asked: dict) -> tuple[list[dict], list[str]]:
    """The raw pairs that `asked` (asked.json) lists, and the names of the pages that changed or went since."""
    pairs: list[dict] = []
    changed = []
    for path, text in asked["pages"].items():
        page = Path(path)
        if page.is_file() and files.sha256(page) == text:
            pairs += pairs_of(asked, page.stem)
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


def write_pairs(asked: dict, qna: dict, config: Path, output: Path, where: Path) -> None:
    """The rows of pairs: each is a question and the sentence that answers it, or what ilab's own pipeline made.

    Of the latter each tenth is not trained. It goes into the test file, beside the seed questions.
    """
    system, own_words = configuration.system_prompt(config), "pairs" in asked
    pairs, changed = read_pairs(asked)
    kept, rejected = curate.curate(pairs, qna["domain"], copied=not own_words)
    if changed:
        names = program.printable(", ".join(changed))
        print(f"without {names}: changed since the teacher was asked; make generate asks again")
    if not kept:
        program.fail(f"no rows: the pages hold no sentences to ask about, or the teacher made nothing usable of them; "
                     f"to ask again, remove {where} and {asked['teacher']}")  # fmt: skip
    report(kept, rejected, asked["seconds"])
    for name in (FACTS, QUESTIONS, GATHERED):  # of another teacher
        output.with_name(name).unlink(missing_ok=True)
    keys = ("user", "assistant", "page", "chunk")
    rows = [{"system": system, **{key: row[key] for key in keys}} for row in kept]
    held = set(split([row["user"] for row in rows], len(rows) // TENTH if own_words else 0)[1])
    test = [row for row in rows if row["user"] in held]
    files.write_json_lines(output.with_name("rejected.jsonl"), rejected)
    files.write_json_lines(output.with_name("test_konflux.jsonl"), [*test, *seed_rows(qna, system)])
    files.write_json_lines(output, (row for row in rows if row["user"] not in held))
    apart = f", {len(test)} held out" * bool(test)
    print(f"{output}: {len(rows) - len(test)} rows from {len({row['page'] for row in kept})} pages, {len(rejected)} "
          f"rejected{apart}; next: make inspect, make train")  # fmt: skip


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--asked", type=Path, required=True, help="asked.json of ask.py")
    parser.add_argument("--qna", type=Path, required=True, help="the seed questions, qna.yaml")
    parser.add_argument("--config", type=Path, required=True, help="ilab config that holds the system prompt")
    parser.add_argument("--output", type=Path, required=True, help="training rows to write")
    facts = parser.add_argument_group("for the facts of a teacher behind an endpoint")
    facts.add_argument("--authored", type=Path, required=True, help="facts file whose general questions are added")
    facts.add_argument("--review", type=Path, required=True, help="the decisions of make review, if there are any")
    facts.add_argument("--index", type=Path, required=True, help="index of all pages")
    facts.add_argument("--finder", type=Path, required=True, help="weights that the index was made with")
    args = parser.parse_args()
    asked = json.loads(args.asked.read_text(encoding="utf-8"))
    qna = validate.read(args.qna)
    if "parts" in asked:
        write_facts(asked, qna, args)
    else:
        write_pairs(asked, qna, args.config, args.output, args.asked)


if __name__ == "__main__":
    main()
