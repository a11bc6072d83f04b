"""What a teacher said, taken apart: texts with tags, in any form that forms.py knows. What has no form is left out.

Each function takes a reply and what was asked about (a section, or an entry of a list); returns a list of what is to
stand in the place of the entry. An entry that is of no use has the reason under "why", and is asked about no more.
"""

import re

from scripts.generate.forms import entries, thoughtless, values

# What a model that repeats itself may say at most; a prompt with all of it would not fit into its context.
MOST_FACTS, MOST_QUESTIONS, MOST_ANSWERS = 60, 40, 12
# "YES", alone or after such a word.
VERDICT = r"(?:(?:answer|verdict|result|conclusion|judg(?:e)?ment)\b(?: is)?\W*)?(YES|NO)\b"


def one_line(text: str) -> str:
    return " ".join(text.split())


def in_turn(reply: str, first: str, second: str, most: int) -> list[tuple[str, str]]:
    """The texts of two tags that come in turn; a first one without its second is left out."""
    found: list[tuple[str, str]] = []
    before = ""
    for tag, text in entries(reply, (first, second)):
        if tag == second and before:
            found.append((before, text))
        before = one_line(text) if tag == first else ""
    return list(dict.fromkeys(found))[:most]


def several(found: list[tuple[str, str]], tag: str, most: int) -> list[str]:
    """The texts of a tag, each once."""
    return list(dict.fromkeys(one_line(text) for its, text in found if its == tag))[:most]


def facts(reply: str, section: dict) -> list[dict]:
    """FACT and SOURCE in turn -> [{"fact", "source"}]; a fact without a source is left out."""
    return [{"fact": fact, "source": source} for fact, source in in_turn(reply, "FACT", "SOURCE", MOST_FACTS)]


def questions(reply: str, fact: dict) -> list[dict]:
    """FORWARD and BACKWARD -> the fact with its "forward" and "backward" questions."""
    found = entries(reply, ("FORWARD", "BACKWARD"))
    forward, backward = (several(found, tag, MOST_QUESTIONS) for tag in ("FORWARD", "BACKWARD"))
    return [
        {**fact, "forward": forward, "backward": backward} | ({} if forward else {"why": "no questions in the reply"})
    ]


def answers(reply: str, fact: dict) -> list[dict]:
    """KEY TERM, ANSWER, NAME, BACKWARD ANSWER -> the fact with its answers, and the "pairs" that are checked next."""
    tags = ("KEY TERM", "ANSWER", "NAME", "BACKWARD ANSWER")
    found = entries(reply, tags)
    terms, ahead, name, back = (several(found, tag, MOST_ANSWERS) for tag in tags)
    if not terms or not ahead:
        return [{**fact, "why": "no answers in the reply"}]
    pairs = [(question, ahead[number % len(ahead)]) for number, question in enumerate(fact["forward"])]
    if back:
        pairs += [(question, back[number % len(back)]) for number, question in enumerate(fact["backward"])]
    return [{**fact, "terms": terms, "name": name[:1], "answers": ahead, "backward_answers": back, "pairs": pairs}]


def words_of(value) -> list[tuple[int, str]]:
    """(number, YES or NO) of a JSON value such as {"1": "YES"} or [{"number": 1, "verdict": "YES"}]."""
    if isinstance(value, list):
        return [pair for inner in value for pair in words_of(inner)]
    if not isinstance(value, dict):
        return []
    plain = {key: {True: "YES", False: "NO"}[it] if isinstance(it, bool) else str(it).strip().upper()
             for key, it in value.items() if not isinstance(it, dict | list)}  # fmt: skip
    number = next((int(it) for it in plain.values() if it.isdecimal()), None)
    said = [(int(key) if str(key).isdecimal() else number, it) for key, it in plain.items() if it in ("YES", "NO")]
    deeper = [pair for it in value.values() if isinstance(it, dict | list) for pair in words_of(it)]
    return [(key, it) for key, it in said if key is not None] + deeper


def numbered(text: str) -> list[tuple[int, str]]:
    """(number, YES or NO) of lines such as "3: YES", "| 3 | YES |" or "3. Because of the text: YES"."""
    found = []
    for block in re.split(r"^(?=\W{0,9}\d{1,3}\b)", text, flags=re.M):
        if begin := re.match(r"\W*(\d{1,3})\W+", block):
            rest = block[begin.end() :]
            words = re.findall(rf"^\W*{VERDICT}", rest, re.M | re.I) or re.findall(r"\b(YES|NO)\W*$", rest)
            found += [(int(begin[1]), word.upper()) for word in words]
    return found


def verdicts(reply: str, fact: dict) -> list[dict]:
    """Lines such as "3: YES" -> the fact with "right", the numbers of its pairs that are right, from 0 on."""
    text, count = thoughtless(reply), len(fact["pairs"])
    said = [pair for value in values(text) for pair in words_of(value)] or numbered(text)
    alone = re.findall(r"^\W*(YES|NO)\W*$", text, re.M | re.I)
    if not said and len(alone) == count:
        said = [(number, word.upper()) for number, word in enumerate(alone, 1)]
    denied = {number for number, word in said if word == "NO"}
    return [
        {**fact, "right": sorted({number - 1 for number, _ in said if 0 < number <= count} - {it - 1 for it in denied})}
    ]


def unanswerable(reply: str, section: dict) -> list[dict]:
    """QUESTION and ANSWER in turn -> [{"question", "answer"}]"""
    found = in_turn(reply, "QUESTION", "ANSWER", MOST_FACTS)
    return [{"question": question, "answer": one_line(answer)} for question, answer in found]


def nowhere(reply: str, pair: dict) -> list[dict]:
    """YES or NO -> the pair with "nowhere": whether the passages do not answer its question."""
    pattern = rf"^\W*(?:\d{{1,3}}\W+)?(?:final )?{VERDICT}"
    words = {word.upper() for word in re.findall(pattern, thoughtless(reply), re.I | re.M)}
    return [{**pair, "nowhere": words == {"NO"}}]
