"""From what a teacher said of the parts of pages to facts in the form of evaluation/facts.yaml: rules, and a split.

Nobody is asked anything. What is dropped has a named reason. Three questions of a fact are never trained: they measure.
"""

import hashlib
import re
from collections.abc import Iterator

from scripts.generate import curate
from scripts.generate.support import missing_name, stems, words
from scripts.measure import scoring

PRONOUN = re.compile(r"\b(it|its|they|them|their)\b", re.I)
IDENTIFIER = re.compile(r"\d|[_/@*=]|^--|\w\.\w|[a-z][A-Z]")
HELD_OUT = 3  # questions of a fact that are not trained
SHARE = 3  # of the questions without an answer each third is not trained
GENERAL = 6  # rows of common knowledge a fact, about as many as the sample has
# Answers that fit whatever the site does not say.
DECLINING = (
    "The {} documentation does not say.",
    "The {} documentation says nothing about this.",
    "I cannot tell, as the {} documentation does not say.",
    "That is not in the {} documentation.",
    "I would have to guess; the {} documentation does not say.",
    "I found no answer to this in the {} documentation.",
)


def order(text: str) -> str:
    """What texts are ordered by where the order must not depend on their place."""
    return hashlib.sha256(text.encode()).hexdigest()


def key(question: str) -> str:
    """What is the same in questions that are the same."""
    return " ".join(words(question)).lower()


def flat(text: str) -> str:
    return " ".join(text.split())


def quoted(source: str, text: str) -> bool:
    """Whether `source` is a copy of something in `text`, apart from blanks and the mark of a list item."""
    source = flat(source).lstrip("-*• ").strip()
    return len(source) > 2 and source in flat(text)


def has(term: str, text: str) -> bool:
    """Whether `term` is in `text` as the key term of an answer."""
    return scoring.holds([[term]], text)


def leans(question: str) -> bool:
    """Whether a question speaks about a text, or has a pronoun for its subject: "What does it need?"."""
    pronoun = PRONOUN.search(question)
    return bool(curate.DEICTIC.search(question)) or pronoun is not None and not stems(question[: pronoun.start()])


def invents(text: str, known: str) -> bool:
    """Whether `text` has a number, an identifier or a file name that is not in `known`.

    Other names are let pass: people write "PR" for what the page calls a pull request.
    """
    name = missing_name(" ".join(word for word in text.split() if IDENTIFIER.search(word)), known)
    return name is not None


def wrong_question(question: str, its: list[str], part: dict, product: str) -> str | None:
    """Why a question is dropped, or None. its: the terms that answer it."""
    count = len(question.split())
    if not 2 <= count <= curate.MAX_QUESTION_WORDS:
        return "over-long" if count > 2 else "not a question"
    if leans(question):
        return "does not stand alone"
    if all(has(term, question) for term in its):
        return "holds its answer"
    if invents(question, f"{part['text']} {part['title']} {product}"):
        return "question not supported"
    if not ({*stems(question)} - {*stems(product)}) & {*stems(f"{part['text']} {part['title']}")}:
        return "shares no word with its part"
    return None


def right_answers(answers: list[str], its: list[str], part: dict, product: str) -> list[str]:
    """Those of `answers` that hold all terms, and no name or number that the part does not have."""
    known = f"{part['text']} {part['title']} {product}"
    return [
        answer for answer in dict.fromkeys(answers)
        if len(answer.split()) <= curate.MAX_ANSWER_WORDS and all(has(term, answer) for term in its)
        and not curate.DEICTIC.search(answer) and not invents(answer, known)
    ]  # fmt: skip


def split(questions: list[str], held: int) -> tuple[list[str], list[str]]:
    """(trained, held out): the same ones whatever their order was."""
    kept_back = set(sorted(questions, key=order)[:held])
    return [it for it in questions if it not in kept_back], [it for it in questions if it in kept_back]


def paired(questions: list[str], answers: list[str]) -> tuple[list[dict], list[str]]:
    """(wordings, further questions) as facts.yaml has them: the first questions each with an answer."""
    pairs = [{"q": question, "a": answer} for question, answer in zip(questions, answers, strict=False)]
    return pairs, questions[len(pairs) :]


class Known:
    """Questions `seen` so far, those that are `lost` (of findable.lost), and what was `dropped`."""

    def __init__(self, lost: set[tuple[str, str]]):
        self.seen: set[str] = set()
        self.lost, self.dropped = lost, list[dict]()

    def drop(self, page: str, question: str, answer: str, reason: str) -> None:
        self.dropped.append({"page": page, "user": question, "assistant": answer, "reason": reason})


def asked(entry: dict, part: dict, product: str, known: Known) -> dict[bool, list[str]]:
    """The questions of a fact that are kept: {False: forward, True: backward}."""
    kept: dict[bool, list[str]] = {False: [], True: []}
    right, count = {*entry["right"]}, len(entry["forward"])
    for number, (question, answer) in enumerate(entry["pairs"]):
        backward = number >= count
        reason = wrong_question(question, entry["name"] if backward else entry["terms"], part, product)
        reason = reason or ("not right by the teacher's own check" if number not in right else None)
        reason = reason or ("leads to another page" if (question, part["page"]) in known.lost else None)
        reason = reason or ("duplicate" if key(question) in known.seen else None)
        if reason:
            known.drop(part["page"], question, answer, reason)
        else:
            known.seen.add(key(question))
            kept[backward].append(question)
    return kept


def wrong_fact(entry: dict, part: dict, answers: list[str], product: str) -> str | None:
    """Why a fact is dropped before its questions are looked at, or None. answers: the right ones."""
    if not quoted(entry["source"], part["text"]):
        return "source not in the page"
    if invents(entry["fact"], f"{part['text']} {part['title']} {product}"):
        return "fact not supported"
    if not all(has(term, entry["source"]) for term in entry["terms"]):
        return "key term not in the source"
    return "fewer than two right answers" if len(answers) < 2 else None


def fact(entry: dict, part: dict, product: str, known: Known) -> dict | None:
    """An entry of facts.yaml, or None when too little of what the teacher said is right."""
    answers = right_answers(entry["answers"], entry["terms"], part, product)
    reason = wrong_fact(entry, part, answers, product)
    kept = {False: [], True: []} if reason else asked(entry, part, product, known)
    if not reason and len(kept[False]) < 4:
        reason = "fewer than four right questions"
    if reason:
        known.drop(part["page"], entry["fact"], entry["source"], reason)
        return None
    named = entry["name"] if entry["name"] and has(entry["name"][0], entry["source"]) else []
    backward_answers = right_answers(entry["backward_answers"], named, part, product) if named else []
    both = len(kept[True]) > 2 and len(backward_answers) > 1
    forward, held_out = split(kept[False], HELD_OUT - both)
    backward, held_out_backward = split(kept[True], 1) if both else ([], [])
    wordings, questions = paired(forward, answers)
    reversed_, more = paired(backward, backward_answers)
    return {
        "id": f"{part['page']}-{order(entry['source'] + entry['fact'])[:8]}", "page": part["page"],
        "heading": part["title"], "fact": entry["fact"], "source": flat(entry["source"]),
        "key_terms": [[term] for term in entry["terms"]], "reversed_key_terms": [[name] for name in named if both],
        "wordings": wordings, "reversed": reversed_, "questions": questions, "reversed_questions": more,
        "held_out": held_out, "held_out_reversed": held_out_backward,
    }  # fmt: skip


def unanswerable(parts: list[dict], product: str, known: Known) -> Iterator[dict]:
    """The questions {"q", "a"} that no page answers, as far as the nearest passages tell.

    Where the teacher's answer says more than that, one that only declines stands in its place.
    """
    for part in parts:
        for pair in part["unanswerable"]:
            question, answer = pair["question"], pair["answer"]
            if leans(question) or len(question.split()) > curate.MAX_QUESTION_WORDS:
                reason = "does not stand alone"
            elif not pair["nowhere"]:
                reason = "a page may answer it"
            elif key(question) in known.seen:
                reason = "duplicate"
            else:
                known.seen.add(key(question))
                if not scoring.declines(answer) or invents(answer, f"{part['text']} {part['title']} {question}"):
                    answer = DECLINING[len(known.seen) % len(DECLINING)].format(product)
                yield {"q": question, "a": answer}
                continue
            known.drop(part["page"], question, answer, reason)


def gather(parts: list[dict], product: str, authored: dict, lost: set[tuple[str, str]]) -> tuple[dict, list[dict]]:
    """The content of a facts file from the parts of asked.json, and what was dropped, as rows of rejected.jsonl.

    authored: evaluation/facts.yaml, whose questions of common knowledge are taken over. lost: of findable.lost.
    """
    known, sources, found = Known(lost), set(), []
    for part in parts:
        for entry in part["facts"]:
            made = fact(entry, part, product, known)
            if made and made["id"] not in sources:
                sources.add(made["id"])
                found.append(made)
    nowhere = list(unanswerable(parts, product, known))
    held = {pair["q"] for pair in sorted(nowhere, key=lambda pair: order(pair["q"]))[: len(nowhere) // SHARE]}
    content = {
        "facts": found, "untrained": [],
        "unanswerable": {
            "answers": [text.format(product) for text in DECLINING],
            "trained": [pair for pair in nowhere if pair["q"] not in held],
            "held_out": [pair["q"] for pair in nowhere if pair["q"] in held],
        },
        "general": authored["general"], "general_trained": authored["general_trained"][: GENERAL * len(found)],
    }  # fmt: skip
    return content, known.dropped
