"""The questions that measure a model: read and checked, and a sample of them that is spread over the facts."""

import json
import random
from collections import defaultdict
from itertools import zip_longest
from pathlib import Path

from scripts import files, program
from scripts.measure import terms

# In the order in which they are shown; a file of questions may have others.
KINDS = {
    "trained": "questions as they stood in the training data",
    "held-out": "the same facts, asked in wordings that were not trained",
    "untrained": "facts of the documentation that nobody taught it: the negative control",
    "unanswerable": "the documentation has no answer; declining is right",
    "general": "common knowledge: has it forgotten the world?",
}
EXAMPLE = 'e.g. [["1 hour", "1h"]]'


def fault(question: dict) -> str | None:
    """What is wrong with a question, or None."""
    try:
        json.dumps(question, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return "it holds half of a surrogate pair, which is no character"
    must = question.get("must")
    if question["kind"].endswith("unanswerable") and not must:
        return None
    if not must:
        return f'no "must"; list groups of alternatives, {EXAMPLE}'
    if not isinstance(must, list) or not all(isinstance(group, list) and group for group in must):
        return f'"must" is not a list of groups of alternatives, {EXAMPLE}'
    for term in (term for group in must for term in group):
        if not isinstance(term, str) or terms.pattern(term) is None:
            return f'"must" has {term!r}, and can only have texts that are not blank, {EXAMPLE}'
    return None


def read(path: Path | str) -> list[dict]:
    """The questions of a JSON-lines file, {"id", "kind", "question", "must", "page"}; "page" may be missing.

    "must" lists groups of alternative key terms, and is of no use where the kind ends in "unanswerable". Ends the
    program at the first question that is none, or has the id of another.
    """
    questions, ids = files.read_json_lines(path, keys=("id", "kind", "question")), set()
    if not questions:
        program.fail(f"{path}: no questions; evaluation/questions.jsonl shows some")
    for question in questions:
        if why := fault(question):
            program.fail(f"{path}: question {question['id']!r}: {why}")
        if question["id"] in ids:
            program.fail(f"{path}: the id {question['id']!r} is there twice; give each question its own")
        ids.add(question["id"])
    return questions


def sample(questions: list[dict], limit: int) -> list[dict]:
    """At most `limit` questions of each kind, the same every time: facts evenly spread, a wording each, then another.

    The wordings of a fact have one id up to the last dot. What is chosen stays in its order. 0 chooses all.
    """
    if not limit:
        return questions
    draw = random.Random(0)
    chosen: set[int] = set()
    for kind in dict.fromkeys(question["kind"] for question in questions):
        facts = defaultdict(list)
        for number, question in enumerate(questions):
            if question["kind"] == kind:
                facts[question["id"].rpartition(".")[0] or question["id"]].append(number)
        for wordings in facts.values():
            draw.shuffle(wordings)
        room = limit
        for wave in zip_longest(*facts.values()):
            numbers = [number for number in wave if number is not None]
            take = min(room, len(numbers))
            chosen.update(numbers[i * len(numbers) // take] for i in range(take))
            room -= take
    return [question for number, question in enumerate(questions) if number in chosen]
