"""Write the sample data from the authored facts: facts.yaml -> train, test and question files (JSON lines).

Rows of the train and test files have the shape that `ilab data generate` writes, {"system", "user", "assistant"},
and say for people which fact ("id") and page they come from. Questions have the shape that scripts/evaluate.py
reads: {"id", "kind", "question", "must", "page"}.
"""

import argparse
import json
from pathlib import Path

from common import read_yaml, replace_text, system_prompt

# Answers a question is trained with. Paired with one alone, a question is learned as a cue for a string; with
# several of its fact's answers, what they share is learned: the key terms.
ANSWERS = 3


def taught(facts):
    """The facts of the sample; those marked `taught: later` wait for a larger training budget."""
    return [fact for fact in facts["facts"] if fact.get("taught") != "later"]


def pairings(wordings):
    """(question, answer) for each wording with its own and the next answers but one, ANSWERS of them or all."""
    count = len(wordings)
    step = 2 if count % 2 else 1
    for number, wording in enumerate(wordings):
        for turn in range(min(ANSWERS, count)):
            yield wording["q"], wordings[(number + turn * step) % count]["a"]


def train_rows(facts):
    """(id, page, question, answer): every trained wording with several answers, and the declined questions."""
    for fact in taught(facts):
        for question, answer in [*pairings(fact["wordings"]), *pairings(fact["reversed"])]:
            yield fact["id"], fact["page"] or "index", question, answer
    anywhere = facts["unanswerable"]["answers"]
    for number, pair in enumerate(facts["unanswerable"]["trained"]):
        yield "unanswerable", "", pair["q"], pair["a"]
        yield "unanswerable", "", pair["q"], anywhere[number % len(anywhere)]


def test_rows(facts):
    """(id, page, question, reference answer) for every held-out wording."""
    for fact in taught(facts):
        for question in fact["held_out"] + fact["held_out_reversed"]:
            yield fact["id"], fact["page"] or "index", question, fact["fact"]


def questions(facts):
    """The questions that measure a model: one dict each, kinds as in the README of evaluation/."""

    def ask(id_, kind, page, number, question, must):
        return {"id": f"{id_}.{number}", "kind": kind, "question": question, "must": must, "page": page}

    for fact in taught(facts):
        forward, backward = fact["key_terms"], fact["reversed_key_terms"]
        trained = [(pair["q"], forward) for pair in fact["wordings"]]
        trained += [(pair["q"], backward) for pair in fact["reversed"]]
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


def jsonl(rows):
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--facts", type=Path, required=True, help="the source, evaluation/facts.yaml")
    parser.add_argument("--config", type=Path, required=True, help="ilab config that holds the system prompt")
    parser.add_argument("--train", type=Path, required=True, help="training rows to write")
    parser.add_argument("--test", type=Path, required=True, help="held-out rows to write")
    parser.add_argument("--questions", type=Path, required=True, help="evaluation questions to write")
    args = parser.parse_args()
    facts, system = read_yaml(args.facts), system_prompt(args.config)
    for path, rows in ((args.train, train_rows(facts)), (args.test, test_rows(facts))):
        replace_text(
            path,
            jsonl({"system": system, "user": q, "assistant": a, "id": i, "page": p} for i, p, q, a in rows),
        )
    replace_text(args.questions, jsonl(questions(facts)))


if __name__ == "__main__":
    main()
