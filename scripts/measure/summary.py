"""Numbers of scored answers: the shares of each kind of question, and how certain they are."""

from collections.abc import Iterable, Mapping, Sequence

from scripts.measure.questions import KINDS

VERDICTS = ("right", "wrong", "declined")
RESAMPLES = 2000


def interval(hits: Sequence[int], confidence: float = 0.95) -> tuple[float, float]:
    """Percentile bootstrap interval of the mean of `hits`, zeros and ones; the same for the same list."""
    if len(set(hits)) == 1:  # all alike, also a single one, which scipy refuses
        return float(hits[0]), float(hits[0])
    import numpy
    import scipy.stats

    found = scipy.stats.bootstrap(
        (hits,), numpy.mean, n_resamples=RESAMPLES, confidence_level=confidence, method="percentile", rng=0
    ).confidence_interval
    return float(found.low), float(found.high)


def in_order(kinds: Iterable[str]) -> list[str]:
    """Kinds of questions as they are shown: those of KINDS first, then others by name."""
    known = list(KINDS)
    return sorted(set(kinds), key=lambda kind: (known.index(kind) if kind in known else len(known), kind))


def summary(answers: Sequence[Mapping]) -> dict[str, dict]:
    """{kind: {"n", "right", "wrong", "declined", "low", "high"}} of answers {"kind", "verdict"}; shares from 0 to 1.

    low and high bound the 95% interval of the right ones. "found", of answers from the pages: the share of those with
    the key terms in one of the sources.
    """
    kinds = {}
    for kind in in_order(answer["kind"] for answer in answers):
        its = [answer for answer in answers if answer["kind"] == kind]
        verdicts = [answer["verdict"] for answer in its]
        low, high = interval([int(verdict == "right") for verdict in verdicts])
        shares = {verdict: round(verdicts.count(verdict) / len(its), 4) for verdict in VERDICTS}
        kinds[kind] = {"n": len(its), **shares, "low": round(low, 4), "high": round(high, 4)}
        if found := [answer["found"] for answer in its if "found" in answer]:
            kinds[kind]["found"] = round(sum(found) / len(found), 4)
    return kinds
