"""What changed since the last evaluation: which facts are new, gone or stated otherwise, and which pages got worse."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path

from scripts import configuration
from scripts.generate.curate import similar
from scripts.measure.models import PAGES

ALIKE = 0.5  # of two statements of a page, of which one went and one came: it was changed
# Right answers fewer than before, for a page to count as worse: a model's answers differ by chance from one training to
# the next, and those that are looked up do not.
FEWER = {"pages": 2, "looked_up": 1}
ROUNDING = 1e-9  # of shares
FACTS = Path("evaluation/facts.yaml")
RECALL = ("trained", "held-out")


def facts_of(questions: Path, asked: Sequence[dict]) -> dict[str, dict]:
    """{id: {"page", "fact", "terms"}} of the facts that the `asked` questions of the file `questions` are about.

    They stand in the facts.yaml beside the questions, or in the authored one; questions of one's own have none.
    """
    path = next((path for path in (questions.with_name("facts.yaml"), FACTS) if path.is_file()), None)
    found = configuration.read_yaml(path)["facts"] if path else []
    ids = {question["id"].partition(f".{question['kind']}.")[0] for question in asked}
    return {it["id"]: {"page": it["page"] or "index", "fact": it["fact"], "terms": it["key_terms"]}
            for it in found if it["id"] in ids}  # fmt: skip


def pages_of(answers: Sequence[dict]) -> dict[str, dict]:
    """{page: {"n", "right"}} of the answers to questions about facts."""
    found: dict[str, dict] = defaultdict(lambda: {"n": 0, "right": 0})
    for answer in answers:
        if answer["kind"] in RECALL:
            its = found[answer.get("page") or "index"]
            its["n"] += 1
            its["right"] += answer["verdict"] == "right"
    return dict(found)


def told(evaluation: dict) -> dict:
    """What the next evaluation needs to know of this one: {"started", "facts", "pages", "looked_up"}.

    "pages" is what the model answers about each page, and "looked_up" what is found in the pages.
    """
    run, measured = evaluation["run"], evaluation["models"]
    found = {kind: pages_of(measured[name]["answers"])
             for kind, name in (("pages", run["model"]["name"]), ("looked_up", PAGES)) if name in measured}  # fmt: skip
    return {"started": run["started"], "facts": run.get("facts", {}), **found}


def worse(before: dict, now: dict) -> Iterator[dict]:
    """{"page", "was", "is", "looked_up"} of the pages about which less is right in `now` than `before`, of told()."""
    for kind, fewer in FEWER.items():
        for page, its in now.get(kind, {}).items():
            was = before.get(kind, {}).get(page)
            if not was:
                continue
            # In shares, as the number of questions may be another.
            lost = (was["right"] / was["n"] - its["right"] / its["n"]) * min(was["n"], its["n"])
            if lost >= fewer - ROUNDING:
                yield {"page": page, "was": was, "is": its, "looked_up": kind == "looked_up"}


def since(before: dict, now: dict) -> dict:
    """{"since", "added", "dropped", "changed", "worse"} of two results of told().

    A fact is {"page", "fact"}, a changed one has "was" too.
    """
    old, new = before["facts"], now["facts"]
    added, dropped = ([its[name] for name in its if name not in other] for its, other in ((new, old), (old, new)))
    changed = [{**new[name], "was": old[name]["fact"]} for name in new if name in old and new[name] != old[name]]
    for fact in list(added):
        twin = max((it for it in dropped if it["page"] == fact["page"]), default=None,
                   key=lambda it: similar(it["fact"], fact["fact"]))  # fmt: skip
        if twin and similar(twin["fact"], fact["fact"]) >= ALIKE:
            added.remove(fact)
            dropped.remove(twin)
            changed.append({**fact, "was": twin["fact"]})
    return {"since": before["started"], "added": added, "dropped": dropped, "changed": changed,
            "worse": list(worse(before, now))}  # fmt: skip


def carried(evaluation: dict, last: dict) -> dict:
    """The entries "before" and "changes" of an evaluation. last: the one that it takes the place of, or {}.

    An evaluation that was only scored anew is compared with what it was compared with before.
    """
    if not last:
        return {}
    again = last["run"]["started"] == evaluation["run"]["started"]
    before = last.get("before") if again else told(last)
    return {"before": before, "changes": since(before, told(evaluation))} if before else {}


def lines(changes: dict) -> list[str]:
    """The changes as lines of text."""
    counts = [f"{len(changes[kind])} {kind}" for kind in ("added", "dropped", "changed") if changes[kind]]
    text = [f"facts since {changes['since']}: {', '.join(counts) or 'the same'}"]
    for kind, sign in (("added", "+"), ("dropped", "-"), ("changed", "~")):
        text += [f"  {sign} {it['page']}: {it['fact']}" for it in changes[kind][:5]]
        text += [f"    ... {len(changes[kind]) - 5} more {kind}; make report shows all"] * (len(changes[kind]) > 5)
    return text + [
        f"  page {it['page']} got worse{', looked up' * it['looked_up']}: right {it['was']['right']} of "
        f"{it['was']['n']}, now {it['is']['right']} of {it['is']['n']}" for it in changes["worse"]
    ]  # fmt: skip
