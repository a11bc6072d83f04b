"""From what a teacher behind an endpoint said to training rows, by way of a facts file; nobody is asked anything."""

import argparse
import json
from collections import Counter
from pathlib import Path

from scripts import configuration, files, program
from scripts.generate import authored, decisions, decisions_file, facts_file, gather
from scripts.generate.counts import report

# Beside the rows; `GATHERED` is what make review shows, before anything is decided.
FACTS, QUESTIONS, GATHERED = "facts.yaml", "questions.jsonl", "gathered.json"


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
