"""One decision of a person about a fact, added to the decisions so far."""

import copy
from typing import Literal

import pydantic
from starlette.exceptions import HTTPException

from scripts.generate import decisions
from scripts.review import shown


class Form(pydantic.BaseModel):
    """What is decided about the text of a fact (its statement, where none is named): a decision, or other words."""

    model_config = pydantic.ConfigDict(extra="forbid", strict=True)
    id: str
    text: str | None = None
    decision: Literal["accepted", "rejected", ""] | None = None
    edit: str | None = pydantic.Field(None, max_length=1000)


def texts_of(gathered: dict, name: str) -> tuple[str, set[str]]:
    """The statement of the fact `name`, and its questions and answers."""
    if name == decisions.NOWHERE:
        nowhere = gathered["unanswerable"]
        return "", {*nowhere["held_out"], *(text for pair in nowhere["trained"] for text in pair.values())}
    for fact in gathered["facts"]:
        if fact["id"] == name:
            return fact["fact"], {text for group in shown.groups(fact) for text in group["texts"]}
    raise HTTPException(404, f"no fact {name}; the facts were made anew: start make review again")


def decide(gathered: dict, decided: dict, form: Form) -> dict:
    """The decisions with that of `form`; ValueError where it leaves something that cannot be trained."""
    statement, texts = texts_of(gathered, form.id)
    made = copy.deepcopy(decided)
    entry = made.setdefault(form.id, {})
    rejected, edited = entry.setdefault("rejected", []), entry.setdefault("edited", {})
    new = None if form.edit is None else " ".join(form.edit.split())
    if new == "":
        raise ValueError("no text; to leave it out, reject it")
    if form.text is None:
        if form.decision is not None:
            entry["decision"] = form.decision
        if new or form.decision == "":
            entry["statement"] = "" if new == statement else new or ""
    elif form.text not in texts:
        raise HTTPException(404, "no such text of this fact; start make review again")
    else:
        entry["rejected"] = sorted({*rejected} - {form.text} | ({form.text} if form.decision == "rejected" else set()))
        if new or form.decision == "":
            edited.pop(form.text, None)
        if new and new != form.text:
            edited[form.text] = new
    made = {name: kept for name, it in made.items() if (kept := {key: value for key, value in it.items() if value})}
    for row in decisions.apply(gathered, made)[1]:
        if row["id"] == form.id and row["reason"] != decisions.REJECTED:
            raise ValueError(row["reason"])
    return made
