"""How much a teacher may cost: BUDGET as tokens or money, and what was spent."""

import re

from scripts import program

UNITS = {"": 1, "k": 1000, "m": 1_000_000}


def price(section: dict, where) -> dict | None:
    """generate.facts.price of the config: {"in", "out"}, in money a million tokens; None when it is not set."""
    found = section.get("price")
    if found is None:
        return None
    if not isinstance(found, dict) or not all(isinstance(found.get(side), int | float) for side in ("in", "out")):
        program.fail(
            f"{where}: generate.facts.price needs in: and out:, what a million tokens cost, such as 0.15 and 0.6"
        )
    return {side: float(found[side]) for side in ("in", "out")}


def budget(text: str, prices: dict | None, where) -> dict:
    """{"tokens"} or {"money"} of BUDGET, such as 500000, 2M or 3.50USD; {} when there is no limit."""
    text = text.strip()
    if not text:
        return {}
    if match := re.fullmatch(r"(\d+(?:\.\d+)?)\s*(k|m|)", text, re.I):
        return {"tokens": int(float(match[1]) * UNITS[match[2].lower()])}
    if match := re.fullmatch(r"(\d+(?:\.\d+)?)\s*[A-Z]{3}", text, re.I):
        if not prices:
            program.fail(
                f"BUDGET={text}: {where} does not say what tokens cost; set generate.facts.price, or give tokens"
            )
        return {"money": float(match[1])}
    program.fail(f"BUDGET={text}: give a number of tokens, such as 500000 or 2M, or money, such as 3.50USD")


def cost(tokens: dict, prices: dict) -> float:
    """What {"in", "out"} tokens cost."""
    return sum(tokens[side] * prices[side] for side in ("in", "out")) / 1e6


def spent(tokens: dict, limit: dict, prices: dict | None) -> bool:
    """Whether {"in", "out"} tokens reach the limit that budget() gave."""
    if "money" in limit and prices:
        return cost(tokens, prices) >= limit["money"]
    return "tokens" in limit and tokens["in"] + tokens["out"] >= limit["tokens"]


def told(tokens: dict, prices: dict | None) -> str:
    """Tokens, and what they cost, for a line of text."""
    text = f"{tokens['in']:,.0f} tokens in, {tokens['out']:,.0f} out"
    return f"{text}, {cost(tokens, prices):.2f} in money of generate.facts.price" if prices else text
