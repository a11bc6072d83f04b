"""What the page to review shows, from gathered.json and the decisions so far."""

import json
import re
from collections import Counter
from pathlib import Path

from scripts import program
from scripts.generate import decisions
from scripts.generate.copies import copied

LABELS = ("Questions", "Questions that measure: never trained", "Answers")


def read(path: Path) -> dict:
    """The content of gathered.json, which fact_rows.py writes; ends the program where there is none."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        program.fail(f"no facts to review: {path} is missing; make generate ENDPOINT=... makes facts, and the embedded "
                     "teacher makes none (make inspect shows its rows)")  # fmt: skip
    except (OSError, ValueError) as error:
        program.fail(f"{path}: {error}; remove generated/train_konflux.jsonl and run make generate")


def pages(gathered: dict, decided: dict) -> list[dict]:
    """The pages in their order: {"name", "facts", "decided", "dropped"}, with counts."""
    facts = Counter(fact["page"] for fact in gathered["facts"])
    done = Counter(fact["page"] for fact in gathered["facts"] if decided.get(fact["id"], {}).get("decision"))
    dropped = Counter(row["page"] for row in gathered["dropped"])
    names = dict.fromkeys(part["page"] for part in gathered["parts"])
    return [{"name": it, "facts": facts[it], "decided": done[it], "dropped": dropped[it]} for it in names]


def groups(fact: dict) -> list[dict]:
    """The texts of a fact under their labels: {"label", "texts"}."""
    found = []
    for side, ahead in zip(decisions.SIDES, ("", "The other way round: "), strict=True):
        for label, texts in zip(LABELS, decisions.of_side(fact, side), strict=True):
            found.append({"label": ahead + (label.lower() if ahead else label), "texts": texts})
    return [group for group in found if group["texts"]]


def place(source: str, text: str) -> tuple[int, int] | None:
    """Where `source`, whose blanks were changed, is in `text`."""
    match = re.search(r"\s+".join(map(re.escape, source.lstrip("-*• ").split())), text)
    return match.span() if match else None


def pieces(text: str, facts: list[dict]) -> list[dict]:
    """`text` in pieces, each with the ids of the facts whose source it belongs to: {"text", "facts"}."""
    spans = [(fact["id"], span) for fact in facts if (span := place(fact["source"], text))]
    cuts = sorted({0, len(text), *(end for _, span in spans for end in span)})
    return [
        {"text": text[begin:end], "facts": [name for name, span in spans if span[0] <= begin and end <= span[1]]}
        for begin, end in zip(cuts, cuts[1:], strict=False)
    ]


def page(gathered: dict, decided: dict, name: str) -> dict:
    """All of a page: its parts with their facts, its questions without an answer, what was dropped by its reason."""
    parts, left = [], [fact for fact in gathered["facts"] if fact["page"] == name]
    for part in (it for it in gathered["parts"] if it["page"] == name):
        its = [fact for fact in left if fact["heading"] == part["title"] and copied(fact["source"], part["text"])]
        left = [fact for fact in left if fact not in its]
        facts = [{"id": fact["id"], "fact": fact["fact"], "source": fact["source"], "groups": groups(fact),
                  "terms": [group[0] for group in fact["key_terms"]], "entry": decided.get(fact["id"], {})}
                 for fact in its]  # fmt: skip
        parts.append({"title": part["title"], "pieces": pieces(part["text"], its), "facts": facts})
    of, nowhere = gathered["pages"], gathered["unanswerable"]
    pairs = [[pair["q"], pair["a"]] for pair in nowhere["trained"] if of[pair["q"]] == name]
    found = [{"label": "Answered with", "texts": pair} for pair in pairs]
    if held_out := [question for question in nowhere["held_out"] if of[question] == name]:
        found.append({"label": LABELS[1], "texts": held_out})
    reasons: dict[str, list] = {}
    for row in (it for it in gathered["dropped"] if it["page"] == name):
        reasons.setdefault(row["reason"], []).append([row["user"], row["assistant"]])
    return {
        "name": name, "parts": parts, "dropped": sorted(reasons.items(), key=lambda it: -len(it[1])),
        "nowhere": {"id": decisions.NOWHERE, "groups": found, "entry": decided.get(decisions.NOWHERE, {})},
    }  # fmt: skip
