"""What a teacher said, taken apart: lines of the form "TAG: text". What has another form is left out.

Each function takes a reply and what was asked about (a section, or an entry of a list); returns a list of what is to
stand in the place of the entry: none, if the reply is of no use.
"""

import re
from collections.abc import Iterable

# Models that think aloud do so before they answer, in such marks; a reply that was cut short has no end of it.
THOUGHT = re.compile(r"<(think|thinking|reasoning|thought)>.*?(</\1>|\Z)", re.S | re.I)
# What chat models put around a line: numbers, bullets, bold.
MARKS = r"[\s>*_#`\-•]*(?:\(?\d+[.):]\s*)?[\s*_#`]*"


def thoughtless(reply: str) -> str:
    """A reply without what was thought before it."""
    text = THOUGHT.sub("", reply)
    # Some servers leave out the first mark: https://github.com/vllm-project/vllm/blob/main/docs/features/reasoning_outputs.md
    return re.split(r"</(?:think|thinking|reasoning|thought)>", text, flags=re.I)[-1]


def tagged(reply: str, tags: Iterable[str]) -> list[tuple[str, str]]:
    """(tag, text) of each line that begins with one of `tags`.

    Lines without a tag belong to the one before them, up to a blank line or the end of a fence: chat goes on there.
    """
    names = "|".join(sorted(map(re.escape, tags), key=len, reverse=True))
    begin = re.compile(rf"^{MARKS}({names})(?:\s*\d+)?[\s*_`]*:[*_]*(.*)$", re.I)
    found: list[tuple[str, list[str]]] = []
    fenced = goes_on = False
    for line in thoughtless(reply).split("\n"):
        if line.strip().startswith("```"):
            fenced, goes_on = not fenced, goes_on and not fenced
        elif match := begin.match(line):
            found.append((match[1].upper(), [match[2]]))
            goes_on = True
        elif not line.strip():
            goes_on = goes_on and fenced
        elif goes_on:
            found[-1][1].append(line)
    return [(tag, text) for tag, lines in found if (text := clean("\n".join(lines)))]


def clean(text: str) -> str:
    """A text without blanks, bold marks and quotes around it."""
    text = text.strip()
    while len(text) > 1 and (text[0], text[-1]) in (('"', '"'), ("\u201c", "\u201d"), ("*", "*"), ("_", "_")):
        text = text[1:-1].strip()
    # The other half of the mark stood before the tag.
    return text.removesuffix("**").rstrip() if text.count("**") % 2 else text


def one_line(text: str) -> str:
    return " ".join(text.split())


def facts(reply: str, section: dict) -> list[dict]:
    """FACT and SOURCE in turn -> [{"fact", "source"}]; a fact without a source is left out."""
    found: list[dict] = []
    before = ""
    for tag, text in tagged(reply, ("FACT", "SOURCE")):
        if tag == "SOURCE" and before:
            found.append({"fact": before, "source": text})
        before = one_line(text) if tag == "FACT" else ""
    return found


def questions(reply: str, fact: dict) -> list[dict]:
    """FORWARD and BACKWARD -> the fact with its "forward" and "backward" questions."""
    lines = tagged(reply, ("FORWARD", "BACKWARD"))
    forward, backward = ([one_line(text) for tag, text in lines if tag == wanted] for wanted in ("FORWARD", "BACKWARD"))
    return [{**fact, "forward": forward, "backward": backward}] if forward else []


def answers(reply: str, fact: dict) -> list[dict]:
    """KEY TERM, ANSWER, NAME, BACKWARD ANSWER -> the fact with its answers, and the "pairs" that are checked next."""
    lines = tagged(reply, ("KEY TERM", "ANSWER", "NAME", "BACKWARD ANSWER"))
    of = {tag: [one_line(text) for its, text in lines if its == tag] for tag in
          ("KEY TERM", "ANSWER", "NAME", "BACKWARD ANSWER")}  # fmt: skip
    if not of["KEY TERM"] or not of["ANSWER"]:
        return []
    pairs = [(question, of["ANSWER"][number % len(of["ANSWER"])]) for number, question in enumerate(fact["forward"])]
    if replies := of["BACKWARD ANSWER"]:
        pairs += [(question, replies[number % len(replies)]) for number, question in enumerate(fact["backward"])]
    return [{**fact, "terms": of["KEY TERM"], "name": of["NAME"][:1], "answers": of["ANSWER"],
             "backward_answers": replies, "pairs": pairs}]  # fmt: skip


def verdicts(reply: str, fact: dict) -> list[dict]:
    """Lines such as "3: YES" -> the fact with "right", the numbers of its pairs that are right, from 0 on."""
    lines = re.findall(r"^\W*(\d+)\W+(YES|NO)\b", thoughtless(reply), re.M | re.I)
    said = {int(number): word.upper() for number, word in lines}
    return [{**fact, "right": [number for number in range(len(fact["pairs"])) if said.get(number + 1) == "YES"]}]


def unanswerable(reply: str, section: dict) -> list[dict]:
    """QUESTION and ANSWER in turn -> [{"question", "answer"}]"""
    found: list[dict] = []
    before = ""
    for tag, text in tagged(reply, ("QUESTION", "ANSWER")):
        if tag == "ANSWER" and before:
            found.append({"question": before, "answer": one_line(text)})
        before = one_line(text) if tag == "QUESTION" else ""
    return found


def nowhere(reply: str, pair: dict) -> list[dict]:
    """YES or NO -> the pair with "nowhere": whether the passages do not answer its question."""
    word = re.search(r"^\W*(YES|NO)\b", thoughtless(reply), re.I | re.M)
    return [{**pair, "nowhere": word is not None and word[1].upper() == "NO"}]
