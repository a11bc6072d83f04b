"""A scripted teacher: a server for chat that answers the prompts of pipelines/facts from the authored facts.

It plays a good one, and those that people meet. In what they say: "sloppy" (wrong sources, missing lines), "refusing"
to help with every fourth fact, and those of LIES, whose own checks say YES to all. In how they say it: those of
manners.py. In how they serve it: those of servers.py.
python -m tests.generate.teachers good prints the address of one.
"""

import re
import sys
import threading
from functools import cache
from pathlib import Path

import yaml

from scripts.generate.support import stems
from scripts.measure import scoring
from tests.generate import manners

ROOT = Path(__file__).resolve().parents[2]
STEPS = {  # words of the prompt, as some servers leave out the system message: the step
    "List the facts": "facts", "questions that this fact answers": "questions", "KEY TERM": "answers",
    "numbered questions with answers": "check", "Write two questions": "unanswerable", "YES or NO": "nowhere",
}  # fmt: skip


@cache
def authored():
    return yaml.load((ROOT / "evaluation/facts.yaml").read_text(), yaml.CSafeLoader)["facts"]


@cache
def source_of(fact_id: str, text: str) -> str:
    """The line or sentence of `text` that says what the fact says, or nothing."""
    fact = next(it for it in authored() if it["id"] == fact_id)
    lines = [part for line in text.split("\n") for part in re.split(r"(?<=[.!?]) ", line)]
    holding = [line for line in lines if scoring.holds(fact["key_terms"], line)]
    wanted = set(stems(fact["fact"]))
    best = max(holding, key=lambda line: len(wanted & set(stems(line))), default="")
    return best if len(wanted & set(stems(best))) >= len(wanted) / 2 else ""


def part_of(prompt: str) -> str:
    """The text of the part in a prompt, below its title."""
    return prompt.partition("\nPart: ")[2].partition("\n")[2]


def fact_in(prompt: str) -> dict:
    stated = re.search(r"^Fact: (.*)$", prompt, re.M)[1]
    return next(fact for fact in authored() if fact["fact"] == stated)


def term(groups, source):
    """Of each group of key terms the alternative that stands in the source."""
    return [next((it for it in group if scoring.holds([[it]], source)), group[0]) for group in groups]


def questions_of(fact: dict) -> tuple[list[str], list[str]]:
    """(forward, backward) questions of an authored fact."""
    forward = [pair["q"] for pair in fact["wordings"]] + fact["questions"] + fact["held_out"]
    return forward, [pair["q"] for pair in fact["reversed"]] + fact["reversed_questions"] + fact["held_out_reversed"]


def twisted(text: str, number: int) -> str:
    """A text that says another number, another unit or the contrary; itself where it has nothing to twist."""
    units = {"hours": "minutes", "days": "weeks", "minutes": "days", "GB": "TB", "MB": "GB", "day": "hour"}
    found = [
        re.sub(r"\b(\d+)\b", lambda match: str(int(match[1]) * 10 + 1), text, count=1),
        re.sub(rf"\b({'|'.join(units)})\b", lambda match: units[match[1]], text, count=1),
        re.sub(r"\b(is|are|has|can|must|may|will|does)\b", r"\1 not", text, count=1),
        re.sub(r"\b(not|never|no) ", "", text, count=1),
    ]
    changed = [it for it in found if it != text]
    return changed[number % len(changed)] if changed else text


def step_of(prompt: str) -> str:
    return next((step for words, step in STEPS.items() if words in prompt), "")


VAGUE = ["What does it do?", "How does that work?", "What is the default value?", "Which command do I use?",
         "How do I change it?", "Why does this happen?", "What is the name of the file?"]  # fmt: skip
LIES = ("lying", "misquoting", "twisting", "confusing", "vague", "answerable")


class Teacher:
    """What the server knows; `requests` has the step of each request that it answered.

    kind: what it says. manner: how. server: how it is served.
    """

    def __init__(self, kind="good", pages=(), watch="", manner="plain", server="good"):
        self.kind, self.pages, self.requests, self.lock = kind, pages, [], threading.Lock()
        self.manner, self.server = getattr(manners, manner), server
        self.seen, self.lies = 0, set()
        # `watch`: what no command line of this machine may hold, and whether one did.
        self.watch, self.watched, self.authorizations = watch.encode(), False, []

    def facts(self, prompt):
        text = part_of(prompt)
        known = [fact for fact in authored() if fact["site"] in self.pages and source_of(fact["id"], text)]
        sources = [source_of(fact["id"], text) for fact in known]
        lines = []
        for number, (fact, source) in enumerate(zip(known, sources, strict=True)):
            if self.kind == "sloppy" and number % 3 == 0:
                source = source.replace(" the ", " a ", 1) + " indeed"
            if self.kind == "misquoting" and number % 2:
                source = sources[number - 1]
            lines.append(("FACT", fact["fact"]))
            lines += [("SOURCE", source)] * (self.kind != "sloppy" or number % 3 != 1)
        return lines

    def questions(self, prompt):
        fact = fact_in(prompt)
        forward, backward = questions_of(fact)
        here = [it for it in authored() if it["site"] == fact["site"] and it["id"] != fact["id"]]
        away = [it for it in authored() if it["site"] != fact["site"]]
        others = {"lying": away, "confusing": here}.get(self.kind, [])
        for number in range(0, len(forward), 3 if self.kind == "confusing" else 5):
            if others:
                its = questions_of(others[len(fact["id"]) * 7 % len(others)])[0]
                forward[number] = its[number % len(its)]
            elif self.kind == "vague":
                forward[number] = VAGUE[number % len(VAGUE)]
            elif self.kind == "twisting":
                forward[number] = twisted(forward[number], number)
        self.lies |= {*forward} - {*questions_of(fact)[0]}
        return [("FORWARD", it) for it in forward] + [("BACKWARD", it) for it in backward]

    def answers(self, prompt):
        fact = fact_in(prompt)
        if self.kind == "refusing" and len(fact["id"]) % 4 == 0:
            return []
        source = re.search(r"^Its source: (.*)$", prompt, re.M)[1]
        lines = [("KEY TERM", it) for it in term(fact["key_terms"], source)]
        replies = [pair["a"] for pair in fact["wordings"]]
        others = [it for it in authored() if it["id"] != fact["id"]]
        for number in range(0, len(replies), 2 if self.kind == "twisting" else 5):
            if self.kind == "lying":
                replies[number] = others[len(fact["id"]) % len(others)]["wordings"][0]["a"]
            elif self.kind == "twisting":
                replies[number] = twisted(replies[number], number)
        self.lies |= {*replies} - {pair["a"] for pair in fact["wordings"]}
        lines += [("ANSWER", it) for it in replies]
        if scoring.holds(fact["reversed_key_terms"], source):
            lines += [("NAME", it) for it in term(fact["reversed_key_terms"][:1], source)]
            lines += [("BACKWARD ANSWER", pair["a"]) for pair in fact["reversed"]]
        return lines

    def check(self, prompt):
        return [(number, "YES") for number in re.findall(r"^(\d+)\. Question:", prompt, re.M)]

    def unanswerable(self, prompt):
        name = re.search(r"documentation of (\w+)", prompt)[1]
        title = prompt.partition("\nPart: ")[2].partition("\n")[0].split(" > ")[-1]
        first = f"Who invented what {name} calls {title}?"
        if self.kind == "answerable":
            known = [fact for fact in authored() if source_of(fact["id"], part_of(prompt))]
            first = known[0]["held_out"][0] if known else first
        told = f"The {name} documentation does not say"
        return [("QUESTION", first), ("ANSWER", f"{told} who invented that; it describes {title}."),
                ("QUESTION", f"How do I start the teleporter of {name} for {title}?"),
                ("ANSWER", f"{told} anything of a teleporter; it describes {title}.")]  # fmt: skip

    def nowhere(self, prompt):
        return [("", "NO")]

    def say(self, prompt):
        """The reply to a prompt, in the manner of this teacher."""
        if "READY" in prompt:
            return "READY"
        step = step_of(prompt)
        with self.lock:
            self.requests.append(step)
        lines = getattr(self, step)(prompt)
        return self.manner(lines, step) if lines else "I'm sorry, but I can't help with that."


if __name__ == "__main__":
    from tests.generate import servers

    given = dict(word.split("=", 1) for word in sys.argv[1:] if "=" in word)
    kind = next((word for word in sys.argv[1:] if "=" not in word), "good")
    pages = tuple(given.pop("pages", "mintmaker building-secrets").split())
    with servers.serving(Teacher(kind, pages, **given)) as url:
        print(url, flush=True)
        threading.Event().wait()
