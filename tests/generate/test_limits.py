"""BUDGET and prices."""

import pytest

from scripts.generate import limits

PRICE = {"in": 1.0, "out": 4.0}


@pytest.mark.parametrize("text, prices, limit", [
    ("", None, {}), ("500000", None, {"tokens": 500_000}), ("2M", None, {"tokens": 2_000_000}),
    ("1.5k", None, {"tokens": 1500}), ("3.50USD", PRICE, {"money": 3.5}), ("2 eur", PRICE, {"money": 2.0}),
])  # fmt: skip
def test_a_budget_is_tokens_or_money(text, prices, limit):
    assert limits.budget(text, prices, "c.yaml") == limit


@pytest.mark.parametrize("text, why", [
    ("3USD", "set generate.facts.price"), ("lots", "give a number of tokens"), ("-5", "give a number"), ("2G", "give"),
])  # fmt: skip
def test_a_budget_that_is_none_is_named(text, why):
    with pytest.raises(SystemExit, match=why):
        limits.budget(text, None, "c.yaml")


def test_what_is_spent():
    tokens = {"in": 2_000_000, "out": 500_000}
    assert limits.cost(tokens, PRICE) == 4.0
    assert limits.spent(tokens, {"money": 4.0}, PRICE) and not limits.spent(tokens, {"money": 4.1}, PRICE)
    assert limits.spent(tokens, {"tokens": 2_500_000}, None) and not limits.spent(tokens, {"tokens": 2_500_001}, None)
    assert not limits.spent(tokens, {}, PRICE)


@pytest.mark.parametrize("price", [3, {"in": 1}, {"in": 1, "out": "x"}])
def test_a_price_that_is_none_is_named(price):
    with pytest.raises(SystemExit, match="needs in: and out:"):
        limits.price({"price": price}, "c.yaml")
