"""Numbers of an evaluation: which questions are asked, the shares and their intervals, and the table of them."""

import random
from collections import defaultdict
from itertools import zip_longest

from rich.table import Table

KINDS = ("trained", "held-out", "untrained", "unanswerable", "general")
RESAMPLES = 2000


def sample(questions, limit):
    """At most `limit` questions of each kind, the same every time: facts evenly spread, a wording each, then another.

    The wordings of a fact have one id up to the last dot. What is chosen stays in its order.
    """
    draw, chosen = random.Random(0), set()
    for kind in dict.fromkeys(question["kind"] for question in questions):
        facts = defaultdict(list)
        for number, question in enumerate(questions):
            if question["kind"] == kind:
                facts[question["id"].rpartition(".")[0]].append(number)
        for wordings in facts.values():
            draw.shuffle(wordings)
        room = limit
        for wave in zip_longest(*facts.values()):
            wave = [number for number in wave if number is not None]
            take = min(room, len(wave))
            chosen.update(wave[i * len(wave) // take] for i in range(take))
            room -= take
    return [question for number, question in enumerate(questions) if number in chosen]


def interval(hits, confidence=0.95):
    """Percentile bootstrap interval of the mean of `hits`, a list of 0 and 1; the same for the same list."""
    draw = random.Random(0)
    means = sorted(sum(draw.choices(hits, k=len(hits))) / len(hits) for _ in range(RESAMPLES))
    tail = (1 - confidence) / 2
    return means[int(tail * RESAMPLES)], means[int((1 - tail) * RESAMPLES) - 1]


def summary(answers):
    """Per kind of question: n, the shares of right, wrong and declined answers, and the interval of right ones."""
    kinds = {}
    for kind in sorted({a["kind"] for a in answers}, key=lambda k: (KINDS.index(k) if k in KINDS else 9, k)):
        verdicts = [a["verdict"] for a in answers if a["kind"] == kind]
        low, high = interval([int(v == "right") for v in verdicts])
        shares = {v: round(verdicts.count(v) / len(verdicts), 4) for v in ("right", "wrong", "declined")}
        kinds[kind] = {"n": len(verdicts), **shares, "low": round(low, 4), "high": round(high, 4)}
        found = [a["found"] for a in answers if a["kind"] == kind and "found" in a]
        if found:
            kinds[kind]["found"] = round(sum(found) / len(found), 4)
    return kinds


def table(models):
    """The result as a rich table: a row a model, a column a kind."""
    kinds = list(next(iter(models.values()))["kinds"])
    result = Table("model", *(f"{kind}\nright (95%)" for kind in kinds), "unanswerable\nmade up", "wrongly\ndeclined")
    for name, model in models.items():
        cells = [f"{k['right']:.0%} ({k['low']:.0%}-{k['high']:.0%})\nn={k['n']}" for k in model["kinds"].values()]
        made_up = model["kinds"].get("unanswerable", {}).get("wrong")
        known = [k for kind, k in model["kinds"].items() if kind in ("trained", "held-out")]
        asked = sum(k["n"] for k in known)
        declined = sum(k["declined"] * k["n"] for k in known) / asked if asked else None
        result.add_row(name, *cells, *("-" if share is None else f"{share:.0%}" for share in (made_up, declined)))
    return result
