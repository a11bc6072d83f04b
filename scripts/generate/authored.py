"""Write the sample data from the authored facts: facts.yaml -> train, test and question files (JSON lines).

Rows of the train and test files have the shape that `ilab data generate` writes, {"system", "user", "assistant"},
and say for people which fact ("id") and page they come from. Questions are {"id", "kind", "question", "must", "page"}.
The demo, a smaller sample, leaves out the facts marked `demo: false`.
"""

import argparse
from collections.abc import Iterator
from pathlib import Path

from scripts import configuration, files
from scripts.generate import facts_file

DEMO_GENERAL = 4  # each fourth row of common knowledge is in the demo: docs/experiments.md, Recipe
Row = tuple[str, str, str, str]  # id, page, question, answer


def in_a_hurry(question: str) -> str:
    """The question as somebody in a hurry types it."""
    return question.lower().rstrip("?. ")


def asked(fact: dict, backward: bool = False) -> tuple[list[str], list[str]]:
    """Trained questions of a fact, forward or reversed, and the answers that fit any of them."""
    pairs = fact["reversed" if backward else "wordings"]
    more = fact["reversed_questions" if backward else "questions"]
    return [pair["q"] for pair in pairs] + more, [pair["a"] for pair in pairs]


def pairings(questions: list[str], answers: list[str]) -> Iterator[tuple[str, str]]:
    """(question, answer): each question in two spellings with the fact's first answer, and once with another answer.

    The answers have the key terms in common, and these are learned. But if every answer were as frequent as the others,
    the model would have to choose between them at the first word, and it does not take back a wrong beginning.
    """
    for number, question in enumerate(questions if answers else []):
        yield question, answers[0]
        yield question, answers[1 + (number - 1) % (len(answers) - 1)]
        yield in_a_hurry(question), answers[0]


def train_rows(facts: dict, demo: bool) -> Iterator[Row]:
    """Every trained question with several answers, and the declined and general ones."""
    for fact in facts["facts"]:
        # A question that was written in lower case comes twice otherwise.
        for question, answer in dict.fromkeys([*pairings(*asked(fact)), *pairings(*asked(fact, backward=True))]):
            yield fact["id"], fact["page"] or "index", question, answer
    anywhere = facts["unanswerable"]["answers"]
    for number, pair in enumerate(facts["unanswerable"]["trained"]):
        # The demo has fewer facts and needs fewer rows that decline.
        for answer in (pair["a"], anywhere[(number + 3) % len(anywhere)])[: pair.get("demo", 1) if demo else 2]:
            yield "unanswerable", "", pair["q"], answer
    # One row each: in four spellings, their answers were given to similar questions too (docs/experiments.md).
    for pair in facts["general_trained"][:: DEMO_GENERAL if demo else 1]:
        yield "general", "", pair["q"], pair["a"]


def test_rows(facts: dict) -> Iterator[Row]:
    """Every held-out question, with the fact as the reference answer."""
    for fact in facts["facts"]:
        for question in fact["held_out"] + fact["held_out_reversed"]:
            yield fact["id"], fact["page"] or "index", question, fact["fact"]


def questions(facts: dict) -> Iterator[dict]:
    """The questions that measure a model; their kinds are trained, held-out, untrained, unanswerable and general."""

    def ask(id_: str, kind: str, page: str, number: int, question: str, must: list) -> dict:
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


def write(facts: dict, system: str, demo: bool, folder: Path, asking: Path) -> None:
    """Write the rows to `folder` and the questions to the file `asking`; a file with these bytes keeps its time."""
    if demo:
        facts = {**facts, "facts": [fact for fact in facts["facts"] if fact.get("demo", True)]}
    texts = {asking: files.json_lines(questions(facts))}
    for name, rows in (("test", test_rows(facts)), ("train", train_rows(facts, demo))):
        texts[folder / f"{name}_konflux.jsonl"] = files.json_lines(
            {"system": system, "user": q, "assistant": a, "id": i, "page": p} for i, p, q, a in rows
        )
    for path, text in texts.items():
        if files.write_if_new(path, text):
            print(f"{path}: {text.count(chr(10))} lines")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--facts", type=Path, required=True, help="the source, evaluation/facts.yaml")
    parser.add_argument("--config", type=Path, required=True, help="ilab config that holds the system prompt")
    parser.add_argument("--output", type=Path, default="pre-generated", help="folder for the rows (%(default)s)")
    parser.add_argument("--done", type=Path, required=True, help="file to touch at the end")
    args = parser.parse_args()
    facts, system = facts_file.read(args.facts), configuration.system_prompt(args.config)
    write(facts, system, False, args.output, args.facts.with_name("questions.jsonl"))
    write(facts, system, True, args.output / "demo", args.output / "demo" / "questions.jsonl")
    args.done.parent.mkdir(parents=True, exist_ok=True)
    args.done.touch()


if __name__ == "__main__":
    main()
