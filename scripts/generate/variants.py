"""Other wordings of a kept question, by rules: the sentence that answers it has the words in another order already.

"What does MintMaker look for?", answered by "MintMaker looks for outdated dependencies.", is asked as "Tell me what
MintMaker looks for." and "MintMaker looks for what?" too.
"""

from scripts.generate.authored import in_a_hurry
from scripts.generate.grammar import AUXILIARY, subject
from scripts.generate.phrases import same, tokens
from scripts.generate.support import EMPTY_WORDS

INDIRECT = ("Tell me {}.", "Do you know {}?", "I would like to know {}.", "Can you explain {}?")


def statement(question: str, answer: str, section: str) -> tuple[str, str] | None:
    """(question word, the question as a statement up to its gap), such as ("what", "MintMaker looks for"), or None."""
    known, asked = subject(answer, section), tokens(question)
    if not known or len(asked) < 4:
        return None
    size = 2 if asked[:2] == ["How", "often"] else 1
    kind, auxiliary, body = " ".join(asked[:size]).lower(), asked[size], asked[size + 1 :]
    name, verb = tokens(known[0]), known[1]
    if kind == "who" or not same(name, body[: len(name)]):
        return None
    rest = [word for word in body[len(name) :] if word != "?"]
    # "does look for" is "looks for"; "is stored in" keeps its words.
    if auxiliary in ("do", "does") and rest:
        rest = [verb, *rest[1:]]
    elif auxiliary in AUXILIARY:
        rest = [auxiliary, *rest]
    else:
        return None
    return kind, " ".join([known[0], *rest])


def variants(question: str, answer: str, section: str) -> list[str]:
    """The wordings of `question`, itself first."""
    found = [question, in_a_hurry(question)]
    if parts := statement(question, answer, section):
        kind, stated = parts
        lowered = stated if stated[:2].lower() != "a " and stated.split()[0] not in ("The", "An", "Each") else (
            stated[0].lower() + stated[1:]
        )  # fmt: skip
        found += [form.format(f"{kind} {lowered}") for form in INDIRECT]
        found.append(f"{stated} {kind}?")
    elif question[:5].lower() in ("what ", "who d"):
        found.append(f"Name {question[0].lower()}{question[1:].rstrip('?')}.")
    found.append(" ".join(word for word in in_a_hurry(question).split() if word not in EMPTY_WORDS))
    return list(dict.fromkeys(filter(None, found)))
