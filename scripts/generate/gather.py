"""From what a teacher said of the parts of pages to facts in the form of evaluation/facts.yaml.

Nobody is asked anything. What is dropped has a named reason.
"""

from collections.abc import Iterator

from scripts.generate import curate, rules
from scripts.generate.entry import Known, fact, key, order
from scripts.measure import scoring

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


def unanswerable(parts: list[dict], product: str, known: Known) -> Iterator[dict]:
    """The questions {"q", "a"} that no page answers, as far as the nearest passages tell.

    Where the teacher's answer says more than that, one that only declines stands in its place.
    """
    for part in parts:
        for pair in part["unanswerable"]:
            question, answer = pair["question"], pair["answer"]
            if (
                rules.leans(question)
                or rules.foreign([question], known.vocabulary)
                or len(question.split()) > curate.MAX_QUESTION_WORDS
            ):
                reason = "does not stand alone"
            elif not pair["nowhere"] or (question, "") in known.lost:
                reason = "a page may answer it"
            elif key(question) in known.seen:
                reason = "duplicate"
            else:
                known.seen.add(key(question))
                if not scoring.declines(answer) or rules.invents(answer, f"{part['text']} {part['title']} {question}"):
                    answer = DECLINING[len(known.seen) % len(DECLINING)].format(product)
                yield {"q": question, "a": answer}
                continue
            known.drop(part["page"], question, answer, reason)


def questions(parts: list[dict]) -> tuple[list[tuple[str, str, str]], list[str]]:
    """(question, page, source as the teacher copied it) of all facts, and the questions that no page is to answer."""
    asked = {(question, part["page"], entry["source"]) for part in parts for entry in part["facts"]
             for question, _ in entry.get("pairs", [])}  # fmt: skip
    return sorted(asked), sorted({pair["question"] for part in parts for pair in part["unanswerable"]})


def gather(
    parts: list[dict], product: str, authored: dict, lost: dict[tuple[str, str], str]
) -> tuple[dict, list[dict]]:
    """The content of a facts file from the parts of asked.json, and what was dropped, as rows of rejected.jsonl.

    authored: evaluation/facts.yaml, whose questions of common knowledge are taken over. lost: of findable.lost.
    """
    known, sources, found = Known(lost, parts), set(), []
    for part in parts:
        if not part["facts"]:
            known.drop(part["page"], part["title"], "", "no fact in the reply")
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
