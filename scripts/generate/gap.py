"""Whether a question asks for a part of its answer: read as a statement, it is that sentence with a gap.

"What does MintMaker look for?" is "MintMaker looks for [outdated dependencies]". The words around the gap must be those
of the sentence in their order, and the gap must begin like what is asked for: "when" before "after each build", "what"
before a noun. No parser and no model: what these patterns do not know counts as no question about the sentence.
"""

import re

from scripts.generate.after_verb import TWO_OBJECTS, asks_after_auxiliary, asks_for
from scripts.generate.grammar import AUXILIARY, PEOPLE, base_form, head, imperative, subject, third_person
from scripts.generate.phrases import DETERMINERS, PREPOSITIONS, PUNCTUATION, ends, noun, same, tokens

# "What do two comments control?" has other answers too.
VAGUE = set(
    """two three four five one some several many most more few all any no everything people anybody nobody
    somebody what which who whoever whatever""".split()
)
# "What does it do?" needs something that is done.
STATES = set("apply be belong carry contain consist count exist have hold mean need require say stand".split())


def asks_for_clause(question: str, answer: str) -> bool:
    """Whether the question takes a condition or purpose whole from the answer: "What happens when ...?"."""
    said = tokens(answer)
    condition = re.match(r"(what happens|what should you do) ((?:when|if) .+)\?$", question, re.I)
    if condition:
        clause = tokens(condition[2])
        instructs = imperative(answer.partition(", ")[2])
        return same([*clause, ","], said[: len(clause) + 1]) and instructs == ("should" in condition[1].lower())
    purpose = re.match(r"how do you (.+)\?$", question, re.I)
    if not purpose:
        return False
    clause = tokens(purpose[1])
    if same(["to", *clause, ","], said[: len(clause) + 2]):
        return True
    places = [i for i in range(2, len(said)) if said[i - 1] == "to" and said[i : i + len(clause)] == clause]
    return imperative(answer) and any(ends(said[i:], len(clause)) for i in places)


def asks_for_subject(asked: list[str], name: str, verb: str, rest: list[str]) -> bool:
    """Whether "what" or "who" stands for the subject `name` and the rest of the question is that of the sentence."""
    who, *asked = asked
    if asked[:1] != [third_person(verb)] or verb in ("means", "do", "does", "cannot", "see", "sees"):
        return False
    if {"its", "their", "it", "they"} & set(asked) or name.split()[0].lower() in VAGUE:
        return False
    if (who.lower() == "who") != bool(PEOPLE.match(head(name))):
        return False
    # "What runs the pipeline?" does not say which one, and "What points to a pipeline?" has many answers.
    if len([word for word in asked[1:] if word.lower() not in PREPOSITIONS | DETERMINERS | {"the", "only"}]) < 2:
        return False
    count = len(asked) - 1
    if asked[1:] != rest[:count] or verb in ("is", "are") and not rest[0].endswith("ed"):
        return False
    whole = count == len(rest) or rest[count] in PUNCTUATION
    return whole or base_form(verb) not in TWO_OBJECTS and ends(rest, count)


def is_gap(question: str, answer: str, section: str = "") -> bool:
    """Whether `question` is `answer`, one sentence, with a gap; `section` helps to tell names from words."""
    if asks_for_clause(question, answer):
        return True
    known, asked, said = subject(answer, section), tokens(question), tokens(answer)
    if not known or len(asked) < 3:
        return False
    name, verb = tokens(known[0]), known[1]
    rest = said[len(name) + 1 :]
    if not name or not rest or not same([*name, verb], said[: len(name) + 1]):
        return False
    if asked[0].lower() in ("what", "who") and asks_for_subject(asked, known[0], verb, rest):
        return True
    size = 2 if asked[:2] == ["How", "often"] else 1
    kind, auxiliary, body = " ".join(asked[:size]).lower(), asked[size], asked[size + 1 :]
    if name[0].lower() in VAGUE or not same(name, body[: len(name)]):
        return False
    body = body[len(name) :]
    if verb in AUXILIARY and verb != "has":
        return asks_after_auxiliary(kind, auxiliary, verb, body, rest)
    if not body or auxiliary != ("does" if verb.endswith("s") else "do"):
        return False
    if kind == "what" and body == ["do"]:
        return noun(rest) and base_form(verb) not in STATES and not PEOPLE.match(head(known[0]))
    return body[0] == base_form(verb) and asks_for(kind, body[1:], body[0], rest)
