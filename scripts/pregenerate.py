"""Write the sample data from the authored facts: facts.yaml -> train, test and question files (JSON lines).

Rows of the train and test files have the shape that `ilab data generate` writes, {"system", "user", "assistant"},
and say for people which fact ("id") and page they come from. Questions have the shape that scripts/evaluate.py
reads: {"id", "kind", "question", "must", "page"}.
"""

import argparse
import json
from pathlib import Path

from common import fail, read_yaml, replace_text, system_prompt

KEYS = ("id", "page", "fact", "key_terms", "reversed_key_terms", "wordings", "reversed", "questions",
        "reversed_questions", "held_out", "held_out_reversed")  # fmt: skip


def lacking(entry, keys):
    """Those of `keys` that a mapping of facts.yaml has no value for, as text; all of them when it is no mapping."""
    return ", ".join(key for key in keys if not isinstance(entry, dict) or entry.get(key) is None)


def read_facts(path):
    """The content of facts.yaml; ends the program when a fact lacks something, or has the id of another."""
    content, seen = read_yaml(path), set()
    for section in ("facts", "untrained", "unanswerable", "general", "general_trained"):
        if not isinstance(content, dict) or content.get(section) is None:
            fail(f"{path}: nothing under {section}:; its first lines say what belongs there ([] for nothing)")
    unanswerable = content["unanswerable"] = content["unanswerable"] or {"answers": [], "trained": [], "held_out": []}
    if lacking(unanswerable, ("answers", "trained", "held_out")):
        fail(f"{path}: unanswerable: needs answers, trained and held_out")
    if unanswerable["trained"] and not unanswerable["answers"]:
        fail(f"{path}: unanswerable: needs answers, which the trained questions share")
    for section, entries, keys in (
        ("untrained", content["untrained"], ("id", "page", "question", "key_terms")),
        ("unanswerable.trained", unanswerable["trained"], ("q", "a")),
        ("general_trained", content["general_trained"], ("q", "a")),
        ("general", content["general"], ("id", "question", "key_terms")),
    ):
        for number, entry in enumerate(entries, 1):
            if missing := lacking(entry, keys):
                fail(f"{path}: {section} number {number}: no {missing}; see the others")
    for number, fact in enumerate(content["facts"], 1):
        name = (isinstance(fact, dict) and fact.get("id")) or f"number {number}"
        if missing := lacking(fact, KEYS):
            fail(f"{path}: fact {name}: no {missing}; see the other facts")
        if min(len(fact["wordings"]), len(fact["reversed"])) < 2:
            fail(f"{path}: fact {name}: needs two pairs of q and a at least under wordings and under reversed")
        if name in seen:
            fail(f"{path}: fact {name}: another one has this id; give each its own")
        seen.add(name)
    return content


def in_a_hurry(question):
    return question.lower().rstrip("?. ")


def asked(fact, backward=False):
    """Trained questions of a fact, forward or reversed, and the answers that fit any of them."""
    pairs = fact["reversed" if backward else "wordings"]
    more = fact["reversed_questions" if backward else "questions"]
    return [pair["q"] for pair in pairs] + more, [pair["a"] for pair in pairs]


def pairings(questions, answers):
    """(question, answer): every question in two spellings with the fact's first answer, and with its own or another.

    What the others share with the first, the key terms, is learned. But with each as likely as the next, the greedy
    choice of the first word is one between answers to several questions, and a wrong beginning is not taken back.
    """
    for number, question in enumerate(questions):
        yield question, answers[0]
        yield question, answers[1 + (number - 1) % (len(answers) - 1)]
        yield in_a_hurry(question), answers[0]


def train_rows(facts, demo):
    """(id, page, question, answer): every trained question with several answers, and the declined and general ones."""
    for fact in facts["facts"]:
        # Some are in the spelling of a hurry as they are.
        for question, answer in dict.fromkeys([*pairings(*asked(fact)), *pairings(*asked(fact, backward=True))]):
            yield fact["id"], fact["page"] or "index", question, answer
    anywhere = facts["unanswerable"]["answers"]
    for number, pair in enumerate(facts["unanswerable"]["trained"]):
        # The demo has fewer facts and needs fewer rows that decline.
        for answer in (pair["a"], anywhere[(number + 3) % len(anywhere)])[: pair.get("demo", 1) if demo else 2]:
            yield "unanswerable", "", pair["q"], answer
    # Once each: in four spellings, its answer was given to more of its neighbors (docs/experiments.md).
    for pair in facts["general_trained"]:
        yield "general", "", pair["q"], pair["a"]


def test_rows(facts):
    """(id, page, question, reference answer) for every held-out wording."""
    for fact in facts["facts"]:
        for question in fact["held_out"] + fact["held_out_reversed"]:
            yield fact["id"], fact["page"] or "index", question, fact["fact"]


def questions(facts):
    """The questions that measure a model: one dict each, kinds as in report.py."""

    def ask(id_, kind, page, number, question, must):
        return {"id": f"{id_}.{number}", "kind": kind, "question": question, "must": must, "page": page}

    for fact in facts["facts"]:
        forward, backward = fact["key_terms"], fact["reversed_key_terms"]
        trained = [(question, forward) for question in asked(fact)[0]]
        trained += [(question, backward) for question in asked(fact, backward=True)[0]]
        held_out = [(q, forward) for q in fact["held_out"]] + [(q, backward) for q in fact["held_out_reversed"]]
        for kind, pairs in (("trained", trained), ("held-out", held_out)):
            for number, (question, must) in enumerate(pairs, 1):
                yield ask(f"{fact['id']}.{kind}", kind, fact["page"], number, question, must)
    for fact in facts["untrained"]:
        yield ask(fact["id"], "untrained", fact["page"], 1, fact["question"], fact["key_terms"])
    for number, question in enumerate(facts["unanswerable"]["held_out"], 1):
        yield ask("unanswerable", "unanswerable", "", number, question, [])
    for fact in facts["general"]:
        yield ask(fact["id"], "general", "", 1, fact["question"], fact["key_terms"])


def write_rows(path, rows):
    """Write `rows` as JSON lines, unless that is what the file `path` holds: its time tells when to train again."""
    text = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    if not path.exists() or path.read_text(encoding="utf-8") != text:
        replace_text(path, text)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--facts", type=Path, required=True, help="the source, evaluation/facts.yaml")
    parser.add_argument("--config", type=Path, required=True, help="ilab config that holds the system prompt")
    parser.add_argument("--output", type=Path, required=True, help="folder for the training and held-out rows")
    parser.add_argument("--questions", type=Path, required=True, help="evaluation questions to write")
    parser.add_argument("--demo", action="store_true", help="leave out the facts marked `demo: false`")
    args = parser.parse_args()
    facts, system = read_facts(args.facts), system_prompt(args.config)
    if args.demo:
        facts["facts"] = [fact for fact in facts["facts"] if fact.get("demo", True)]
    for name, rows in (("train", train_rows(facts, args.demo)), ("test", test_rows(facts))):
        write_rows(
            args.output / f"{name}_konflux.jsonl",
            ({"system": system, "user": q, "assistant": a, "id": i, "page": p} for i, p, q, a in rows),
        )
    write_rows(args.questions, questions(facts))


if __name__ == "__main__":
    main()
