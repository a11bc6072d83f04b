"""What an evaluation says of the one before it: facts that came, went and changed, and pages that got worse."""

import copy
import json
import sys

import yaml

from scripts.measure import changes, evaluation, gate, report

FACTS = {
    "a": {"page": "apples", "fact": "An apple holds 5 seeds in its core.", "terms": [["5"]]},
    "b": {"page": "pears", "fact": "A pear needs 3 weeks in the cellar.", "terms": [["3 weeks"]]},
    "c": {"page": "plums", "fact": "A plum dries on the roof.", "terms": [["roof"]]},
}


def told(facts, started="then", **pages):
    return {"started": started, "facts": facts, "pages": {name: {"n": n, "right": r} for name, (r, n) in pages.items()}}


def test_facts_that_came_went_and_changed():
    new = {"a": FACTS["a"], "b2": {**FACTS["b"], "fact": "A pear needs 4 weeks in the cellar."},
           "d": {"page": "plums", "fact": "Wasps like ripe fruit.", "terms": [["wasps"]]}}  # fmt: skip
    made = changes.since(told(FACTS), told(new))
    assert [it["fact"] for it in made["added"]] == ["Wasps like ripe fruit."]
    assert [it["fact"] for it in made["dropped"]] == ["A plum dries on the roof."]
    assert [(it["was"], it["fact"]) for it in made["changed"]] == [
        ("A pear needs 3 weeks in the cellar.", "A pear needs 4 weeks in the cellar.")
    ]
    assert changes.lines(made)[0] == "facts since then: 1 added, 1 dropped, 1 changed"


def test_an_edited_fact_keeps_its_id():
    made = changes.since(told(FACTS), told({**FACTS, "a": {**FACTS["a"], "terms": [["6"]]}}))
    assert [it["fact"] for it in made["changed"]] == [FACTS["a"]["fact"]] and not made["added"] + made["dropped"]


def test_pages_that_got_worse_by_two_answers_or_more():
    before = told(FACTS, apples=(9, 10), pears=(9, 10), plums=(5, 5), gone=(3, 3))
    made = changes.since(before, told(FACTS, apples=(6, 10), pears=(8, 10), plums=(5, 10), new=(0, 9)))
    assert [it["page"] for it in made["worse"]] == ["apples", "plums"]
    assert "  page apples got worse: right 9 of 10, now 6 of 10" in changes.lines(made)


def test_a_page_that_answers_less_is_worse_by_one_answer():
    before, now = ({**told(FACTS), "looked_up": {"apples": {"n": 3, "right": right}, "pears": {"n": 3, "right": 1}}}
                   for right in (3, 2))  # fmt: skip
    assert changes.lines(changes.since(before, now))[1:] == [
        "  page apples got worse, looked up: right 3 of 3, now 2 of 3"]  # fmt: skip
    assert not changes.since(now, before)["worse"]


def test_nothing_changed():
    assert changes.lines(changes.since(told(FACTS), told(FACTS))) == ["facts since then: the same"]


def test_only_facts_that_are_asked_about_count(tmp_path):
    facts = [
        {"id": name, "page": it["page"], "fact": it["fact"], "key_terms": it["terms"]} for name, it in FACTS.items()
    ]
    (tmp_path / "facts.yaml").write_text(yaml.safe_dump({"facts": facts}))
    asked = [{"id": "a.trained.1", "kind": "trained"}, {"id": "b.held-out.2", "kind": "held-out"},
             {"id": "unanswerable.1", "kind": "unanswerable"}]  # fmt: skip
    found = changes.facts_of(tmp_path / "questions.jsonl", asked)
    assert found == {"a": FACTS["a"], "b": FACTS["b"]}


def test_the_next_evaluation_tells_it_and_scoring_anew_keeps_it(tmp_path, raw, monkeypatch, capsys):
    path, output = tmp_path / "answers.json", tmp_path / "evaluation.json"
    monkeypatch.setattr(sys, "argv", ["evaluation", "--answers", str(path), "--output", str(output)])

    def evaluate(started, facts):
        given = copy.deepcopy(raw)
        given["run"] |= {"started": started, "facts": facts}
        path.write_text(json.dumps(given))
        evaluation.main()
        return evaluation.read(output)

    assert "changes" not in evaluate("monday", FACTS)
    made = evaluate("tuesday", {"a": FACTS["a"], "b": FACTS["b"]})
    assert made["changes"]["since"] == "monday" and [it["page"] for it in made["changes"]["dropped"]] == ["plums"]
    assert evaluate("tuesday", {"a": FACTS["a"], "b": FACTS["b"]})["changes"] == made["changes"]
    assert "A plum dries on the roof." in report.render(made) and "<b>gone</b>" in report.render(made)
    (tmp_path / "gate.yaml").write_text("min_held_out_recall: 0\n")
    monkeypatch.setattr(sys, "argv", ["gate", "--evaluation", str(output), "--gate", str(tmp_path / "gate.yaml")])
    gate.main()
    assert "facts since monday: 1 dropped" in capsys.readouterr().out
