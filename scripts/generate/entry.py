"""From one fact of a teacher to an entry of a facts file, or to the reason why it is dropped.

Three questions of a fact are never trained: they measure.
"""

import hashlib

from scripts.generate import rules
from scripts.generate.copies import copied
from scripts.generate.support import words

HELD_OUT = 3  # questions of a fact that are not trained


def order(text: str) -> str:
    """What texts are ordered by where the order must not depend on their place."""
    return hashlib.sha256(text.encode()).hexdigest()


def key(question: str) -> str:
    """What is the same in questions that are the same."""
    return " ".join(words(question)).lower()


def split(questions: list[str], held: int) -> tuple[list[str], list[str]]:
    """(trained, held out): the same ones whatever their order was."""
    kept_back = set(sorted(questions, key=order)[:held])
    return [it for it in questions if it not in kept_back], [it for it in questions if it in kept_back]


def paired(questions: list[str], answers: list[str]) -> tuple[list[dict], list[str]]:
    """(wordings, further questions) as facts.yaml has them: the first questions each with an answer."""
    pairs = [{"q": question, "a": answer} for question, answer in zip(questions, answers, strict=False)]
    return pairs, questions[len(pairs) :]


class Known:
    """Questions `seen` so far, those that are `lost` (of findable.lost), what was `dropped`, the words of the pages."""

    def __init__(self, lost: dict[tuple[str, str], str], parts: list[dict]):
        self.seen: set[str] = set()
        self.lost, self.dropped = lost, list[dict]()
        self.vocabulary = {word.lower() for part in parts for word in words(f"{part['text']} {part['title']}")}

    def drop(self, page: str, question: str, answer: str, reason: str) -> None:
        self.dropped.append({"page": page, "user": question, "assistant": answer, "reason": reason})


def asked(entry: dict, part: dict, product: str, known: Known) -> dict[bool, list[str]]:
    """The questions of a fact that are kept: {False: forward, True: backward}."""
    kept: dict[bool, list[str]] = {False: [], True: []}
    right, count = {*entry["right"]}, len(entry["forward"])
    for number, (question, answer) in enumerate(entry["pairs"]):
        backward = number >= count
        its = entry["name"] if backward else entry["terms"]
        reason = rules.wrong_question(question, its, entry["source"], part, product)
        reason = reason or ("not right by the teacher's own check" if number not in right else None)
        reason = reason or known.lost.get((question, entry["said"]))
        reason = reason or ("duplicate" if key(question) in known.seen else None)
        if reason:
            known.drop(part["page"], question, answer, reason)
        else:
            known.seen.add(key(question))
            kept[backward].append(question)
    return kept


def wrong(entry: dict, part: dict, answers: list[str], product: str, known: Known) -> str | None:
    """Why a fact is dropped before its questions are looked at, or None."""
    if "why" not in entry and rules.foreign(entry["forward"] + entry["answers"], known.vocabulary):
        return "not in the language of the pages"
    return entry.get("why") or rules.wrong_fact(entry, part, answers, product)


def fact(entry: dict, part: dict, product: str, known: Known) -> dict | None:
    """An entry of facts.yaml, or None when too little of what the teacher said is right."""
    entry = {**entry, "said": entry["source"], "source": copied(entry["source"], part["text"]) or ""}
    terms, source = entry.get("terms", []), entry["source"]
    answers = rules.right_answers(entry.get("answers", []), terms, source, part, product)
    reason = wrong(entry, part, answers, product, known)
    kept = {False: [], True: []} if reason else asked(entry, part, product, known)
    if not reason and len(kept[False]) < 4:
        reason = "fewer than four right questions"
    if reason:
        known.drop(part["page"], entry["fact"], entry["said"], reason)
        return None
    named = entry["name"] if entry["name"] and rules.has(entry["name"][0], source) else []
    backward_answers = rules.right_answers(entry["backward_answers"], named, source, part, product) if named else []
    both = len(kept[True]) > 2 and len(backward_answers) > 1
    forward, held_out = split(kept[False], HELD_OUT - both)
    backward, held_out_backward = split(kept[True], 1) if both else ([], [])
    wordings, questions = paired(forward, answers)
    reversed_, more = paired(backward, backward_answers)
    return {
        "id": f"{part['page']}-{order(entry['said'] + entry['fact'])[:8]}", "page": part["page"],
        "heading": part["title"], "fact": entry["fact"], "source": source,
        "key_terms": [[term] for term in terms], "reversed_key_terms": [[name] for name in named if both],
        "wordings": wordings, "reversed": reversed_, "questions": questions, "reversed_questions": more,
        "held_out": held_out, "held_out_reversed": held_out_backward,
    }  # fmt: skip
