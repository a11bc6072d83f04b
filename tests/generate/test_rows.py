"""From raw pairs to rows: what is written, that nobody is asked, and what is left out."""

import json

import pytest
import yaml

from scripts.generate import raw
from tests.generate.conftest import PAGES


def failed(run):
    """What the failing `run` says on stderr."""
    with pytest.raises(SystemExit) as stopped:
        run()
    return stopped.value.code


def test_rows_have_ilabs_shape_and_say_where_they_come_from(garden):
    said = garden.generate()
    rows, rejected = garden.rows(), garden.rows("rejected.jsonl")
    assert {
        "system": "You answer questions about Konflux.",
        "user": "When does a pear ripen?",
        "assistant": "A pear ripens after the harvest in September.",
        "page": "pears",
        "chunk": "A pear ripens after the harvest in September. Each pear needs 3 weeks in the cellar.",
    } in rows
    assert all(list(row) == ["system", "user", "assistant", "page", "chunk"] for row in rows)
    assert all(set(row) == {"user", "assistant", "page", "chunk", "context", "reason"} for row in rejected)
    assert len(rows) + len(rejected) == garden.summary["calls"] == 25
    assert f"generated/train_konflux.jsonl: {len(rows)} rows from 3 pages, {len(rejected)} rejected" in said
    for reason in {row["reason"] for row in rejected}:
        assert f"dropped: {reason}" in said


def test_the_seed_questions_are_the_test_rows(garden):
    garden.generate()
    rows, qna = garden.rows("test_konflux.jsonl"), yaml.safe_load((garden.folder / "qna.yaml").read_text())
    first = qna["seed_examples"][0]
    assert len(rows) == 15 and rows[0] == {
        "system": "You answer questions about Konflux.",
        "user": first["questions_and_answers"][0]["question"],
        "assistant": first["questions_and_answers"][0]["answer"],
        "page": "qna.yaml",
        "chunk": first["context"],
    }


def test_another_system_prompt_or_rule_asks_nobody(garden, monkeypatch):
    garden.generate()
    path = garden.folder / "config/embedded.yaml"
    path.write_text(path.read_text().replace("You answer questions about Konflux.", "You know fruit."))
    garden.curate()
    assert {row["system"] for row in garden.rows()} == {"You know fruit."}
    monkeypatch.setattr("scripts.generate.curate.MAX_ANSWER_WORDS", 8)
    garden.curate()
    assert all(len(row["assistant"].split()) <= 8 for row in garden.rows())
    assert "over-long" in {row["reason"] for row in garden.rows("rejected.jsonl")} and len(garden.asked) == 3


def test_a_page_that_changed_since_is_left_out_and_named(garden):
    garden.generate()
    garden.write("pears", PAGES["pears"].replace("3 weeks", "4 weeks"))
    assert "without pears: changed since the teacher was asked; make generate asks again" in garden.curate()
    assert garden.pages == ["apples", "plums"]
    # Nor does asking about another page bring it back.
    garden.write("plums", PAGES["plums"].replace("9 days", "8 days"))
    assert "without pears: changed" in garden.generate(PAGES="plums")
    assert garden.pages == ["apples", "plums"] and garden.asked[3:] == ["plums"]
    (garden.folder / "markdown/apples.md").unlink()
    assert "without apples, pears: changed" in garden.curate()
    assert garden.pages == ["plums"]


def test_a_question_is_kept_once_over_all_pages(garden):
    for page in ("pears", "plums"):
        garden.write(page, "# Fruit\n\nThe gardener stores winter apples in the cellar.\n")
    garden.generate()
    asked = [row["user"] for row in garden.rows()]
    assert asked and len(set(asked)) == len(asked)
    assert {row["page"] for row in garden.rows("rejected.jsonl") if row["reason"] == "duplicate"} == {"plums"}


def test_no_rows_at_all_keep_the_old_ones(garden):
    garden.generate()
    before = garden.rows()
    for page in PAGES:
        garden.write(page, "# Nothing\n\nHere.\n")
    garden.ask()
    message = failed(garden.curate)
    assert (
        "no rows: the pages hold no sentences" in message
        and "remove generated/asked.json and generated/teachers/" in message
    )
    assert garden.rows() == before


def test_missing_raw_pairs_are_named(garden):
    garden.generate()
    (garden.teacher / "pears.jsonl").unlink()
    assert "pears.jsonl: the raw pairs are gone; remove generated/asked.json and run make generate" in failed(
        garden.curate
    )


def test_line_separators_of_unicode_end_no_line(garden):
    garden.says = lambda page, fact, opening: "?\u2028\u0085" if "apple" in fact else "?"
    garden.write("pears", "# Pears\u2028and more\n\nA pear ripens\u0085 after the harvest in September.\n")
    garden.generate()
    assert garden.pages == ["apples", "pears", "plums"]


def test_the_name_of_a_page_is_no_markup_and_steers_no_terminal(garden):
    garden.write("[bold]pears[x]\x1b[31m", PAGES["pears"])
    assert "[bold]pears[x]\ufffd[31m" in garden.generate()


@pytest.mark.parametrize("said, question", [
    (" run", "How often does it run"),
    ("run ?", "How often does it run?"),
    (" run ,or stop ?", "How often does it run,or stop?"),
    ("  run?\nAnd then?", "How often does it run?"),
    ("", "How often does it"),
])  # fmt: skip
def test_the_question_is_the_opening_and_what_was_said(said, question):
    reply = {"opening": "How often does it", "said": said, "fact": "It runs.", "section": "S.", "title": "T"}
    assert raw.pair("page", reply) == {
        "user": question, "assistant": "It runs.", "page": "page", "chunk": "S.", "context": "T",
    }  # fmt: skip


def test_raw_pairs_are_what_the_teacher_said(garden):
    garden.says = lambda page, fact, opening: "  so  ?\nand more"
    garden.ask(PAGES="apples")
    head, *replies = [json.loads(line) for line in (garden.teacher / "apples.jsonl").read_text().splitlines()]
    assert list(head) == ["page", "text", "asks", "prompt", "calls", "seconds"] and head["calls"] == len(replies)
    assert all(list(reply) == ["title", "section", "fact", "opening", "said"] for reply in replies)
    assert {reply["said"] for reply in replies} == {"  so  ?\nand more"}
    facts = [reply["fact"] for reply in replies]
    assert facts == sorted(facts, key=PAGES["apples"].replace("`", "").index), "the order of the page"


def test_a_digest_follows_values_and_not_the_order_of_keys():
    assert raw.digest([{"a": 1, "b": 2}]) == raw.digest([{"b": 2, "a": 1}])
    assert len({raw.digest(values) for values in ([], [1], [1, 2], [12], [[1, 2]], ["1"], [{"a": 1}])}) == 7
