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
from scripts.generate import authored, curate, decisions, decisions_file, facts_file, gather, raw, validate

# Beside the rows; `GATHERED` is what make review shows, before anything is decided.
FACTS, QUESTIONS, GATHERED = "facts.yaml", "questions.jsonl", "gathered.json"


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


def write_pairs(asked: dict, qna: dict, config: Path, output: Path, where: Path) -> None:
    """The rows of the embedded way: each pair is a question and the sentence that answers it."""
    system = configuration.system_prompt(config)
    pairs, changed = read_pairs(asked)
    kept, rejected = curate.curate(pairs, qna["domain"])
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
    files.write_json_lines(output.with_name("rejected.jsonl"), rejected)
    files.write_json_lines(output.with_name("test_konflux.jsonl"), seed_rows(qna, system))
    files.write_json_lines(output, ({"system": system, **{key: row[key] for key in keys}} for row in kept))
    print(f"{output}: {len(kept)} rows from {len({row['page'] for row in kept})} pages, {len(rejected)} rejected; "
          "next: make inspect, make train")  # fmt: skip


def write_gathered(path: Path, parts: list[dict], content: dict, dropped: list[dict]) -> None:
    """Write what make review shows: the facts as the teacher left them, what was dropped, and the text of the parts."""
    pages = {pair["question"]: part["page"] for part in parts for pair in part["unanswerable"]}
    shown = {
        "parts": [{key: part[key] for key in ("page", "title", "text")} for part in parts], "dropped": dropped,
        "facts": content["facts"], "unanswerable": content["unanswerable"], "pages": pages,
    }  # fmt: skip
    files.replace_text(path, json.dumps(shown, ensure_ascii=False))


def write_facts(asked: dict, qna: dict, args: argparse.Namespace) -> None:
    """The rows of a teacher behind an endpoint, by way of a facts file. args: of main()."""
    from scripts.generate import findable  # here, as importing torch takes three seconds

    lost = findable.lost(*gather.questions(asked["parts"]), args.index, args.finder)
    content, dropped = gather.gather(asked["parts"], qna["domain"], facts_file.read(args.authored), lost)
    if not content["facts"]:
        reasons = Counter(row["reason"] for row in dropped).most_common(3)
        why = ", ".join(f"{count} {reason}" for reason, count in reasons) or "it stated none"
        program.fail(f"no facts: nothing of what the teacher said is right ({why}); try another TEACHER=, or remove "
                     f"{args.asked} and {asked['teacher']} to ask again")  # fmt: skip
    output = args.output
    write_gathered(output.with_name(GATHERED), asked["parts"], content, dropped)
    content, left_out = decisions.apply(content, decisions_file.read(args.review))
    dropped += left_out
    if not content["facts"]:
        program.fail(f"no facts: {args.review} rejects all of them; make review shows them")
    kept = [{"page": fact["page"]} for fact in content["facts"]]
    report(kept, dropped, 0)
    files.write_json_lines(output.with_name("rejected.jsonl"), dropped)
    facts_file.write(output.with_name(FACTS), content)
    authored.write(content, configuration.system_prompt(args.config), False, output.parent, output.with_name(QUESTIONS))
    output.touch()
    print(f"{output.with_name(FACTS)}: {len(kept)} facts of {len({row['page'] for row in kept})} pages; next: "
          "make review, make train")  # fmt: skip


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
