"""What people decided about generated facts, applied to them.

An id is made from a fact's source and statement, and texts are found by what the teacher wrote, so decisions hold when
the facts are made anew. One about a fact that is gone does nothing.
"""

from collections import Counter

from scripts.generate.entry import key, paired
from scripts.measure import scoring

REJECTED = "rejected in review"
NOWHERE = "unanswerable"  # in the place of an id: the questions that no page answers
SIDES = (
    ("wordings", "questions", "held_out", "key_terms"),
    ("reversed", "reversed_questions", "held_out_reversed", "reversed_key_terms"),
)


def of_side(fact: dict, side: tuple) -> tuple[list[str], list[str], list[str]]:
    """(trained questions, held-out questions, answers) of a fact, forward or backward."""
    pairs, more, held_out, _ = side
    return [pair["q"] for pair in fact[pairs]] + fact[more], fact[held_out], [pair["a"] for pair in fact[pairs]]


def asked(content: dict) -> list[tuple[str, str]]:
    """(fact id, question) of all questions."""
    found = [(fact["id"], question) for fact in content["facts"] for side in SIDES
             for questions in of_side(fact, side)[:2] for question in questions]  # fmt: skip
    nowhere = content["unanswerable"]
    return found + [(NOWHERE, it) for it in [pair["q"] for pair in nowhere["trained"]] + nowhere["held_out"]]


class Changes:
    """One entry of the decisions, applied to texts. taken: how often each question is there after all decisions."""

    def __init__(self, name: str, page: str, entry: dict, taken: Counter):
        self.name, self.page, self.taken, self.dropped = name, page, taken, list[dict]()
        self.rejected, self.edited = entry.get("rejected", []), entry.get("edited", {})

    def drop(self, reason: str, text: str, answer: str = "") -> None:
        row = {"page": self.page, "user": text, "assistant": answer, "reason": reason}
        self.dropped.append({**row, "id": self.name})

    def keeps(self, text: str) -> bool:
        """Whether a text stays. A question that was edited into another one would be asked, or trained, twice."""
        if text in self.rejected:
            self.drop(REJECTED, text)
        elif text in self.edited and self.taken[key(self.edited[text])] > 1:
            self.drop("another question has this text", self.edited[text])
        else:
            return True
        return False

    def all(self, texts: list[str]) -> list[str]:
        return [self.edited.get(text, text) for text in texts if self.keeps(text)]


def changed(fact: dict, entry: dict, changes: Changes) -> dict | None:
    """A fact with what was decided about it; None when it was rejected, or is no longer a fact."""
    made = {**fact, "fact": entry.get("statement", fact["fact"])}
    if entry.get("decision") == "rejected":
        changes.drop(REJECTED, fact["fact"], fact["source"])
        return None
    for side in SIDES:
        pairs, more, held_out, terms = side
        trained, held, answers = map(changes.all, of_side(fact, side))
        made[pairs], made[more] = paired(trained, answers)
        made[held_out] = held
        fault = ""
        if any(not scoring.holds(fact[terms], answer) for answer in answers):
            fault = f"each answer must hold the key terms of its fact: {', '.join(group[0] for group in fact[terms])}"
        elif len(made[pairs]) < 2 and side == SIDES[0]:
            fault = "a fact needs two answers, and two questions that are trained"
        if fault:
            changes.drop(fault, made["fact"], fact["source"])
            return None
        if len(made[pairs]) < 2:
            made[pairs], made[more], made[held_out], made[terms] = [], [], [], []
    return made


def apply(content: dict, decided: dict) -> tuple[dict, list[dict]]:
    """The content of a facts file with what was `decided`, and what is left out, as rows of rejected.jsonl."""
    taken, dropped, found = Counter[str](), list[dict](), []
    for name, question in asked(content):
        entry = decided.get(name, {})
        if question not in entry.get("rejected", []) and entry.get("decision") != "rejected":
            taken[key(entry.get("edited", {}).get(question, question))] += 1
    for fact in content["facts"]:
        entry = decided.get(fact["id"], {})
        changes = Changes(fact["id"], fact["page"], entry, taken)
        if made := changed(fact, entry, changes) if entry else fact:
            found.append(made)
        dropped += changes.dropped
    changes, nowhere = Changes(NOWHERE, "", decided.get(NOWHERE, {}), taken), content["unanswerable"]
    trained = [{"q": changes.edited.get(pair["q"], pair["q"]), "a": changes.edited.get(pair["a"], pair["a"])}
               for pair in nowhere["trained"] if changes.keeps(pair["q"])]  # fmt: skip
    nowhere = {**nowhere, "trained": trained, "held_out": changes.all(nowhere["held_out"])}
    return {**content, "facts": found, "unanswerable": nowhere}, dropped + changes.dropped
