"""The settings of a run with a teacher behind an endpoint: from make and the config, each checked."""

from pathlib import Path

from scripts import program
from scripts.generate import limits


def whole(section: dict, key: str, least: int, config: Path) -> int:
    """The whole number generate.facts.KEY of the config."""
    found = section.get(key)
    if not isinstance(found, int) or isinstance(found, bool) or found < least:
        program.fail(f"{config}: generate.facts.{key} is {found!r}; give a whole number of {least} or more")
    return found


def settings(given: dict, generate: dict, config: Path) -> dict:
    """The settings of a run, from make's and from generate.facts of the config; ends the program at a bad one."""
    section = generate.get("facts")
    if not isinstance(section, dict) or not isinstance(section.get("pipeline"), str):
        program.fail(f"{config}: needs generate.facts with pipeline:; config/embedded.yaml shows it")
    prices, wordings = limits.price(section, config), given.get("WORDINGS", "").strip() or str(section.get("wordings"))
    if not wordings.isdecimal() or not 6 <= int(wordings) <= 40:
        program.fail(f"WORDINGS={wordings}: give a number from 6 to 40; three of them are kept for measuring")
    minute, request = whole(section, "requests_per_minute", 0, config), section.get("request") or {}
    if not isinstance(request, dict):
        program.fail(f"{config}: generate.facts.request holds what is sent with each request, as keys and values")
    return {
        "wordings": int(wordings), "seconds_a_request": 60 / minute if minute else 0, "price": prices,
        "budget": limits.budget(given.get("BUDGET", ""), prices, config), "request": request,
        "markup": generate["chat_markup"], "pipeline": section["pipeline"],
        "threads": whole(section, "requests_at_once", 1, config),
    }  # fmt: skip
