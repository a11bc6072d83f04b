"""evaluation/facts.yaml: what an entry must have, and how what it lacks is named."""

import json

import pytest
import yaml

from scripts.generate import facts_file

PAIR = {"q": "What is a pod?", "a": "A pod is a group of containers."}
FACT = {
    "id": "pod", "page": "", "fact": "A pod is a group of containers.", "key_terms": [["containers"]],
    "reversed_key_terms": [["pod"]], "wordings": [PAIR, PAIR], "reversed": [PAIR, PAIR], "questions": ["A pod?"],
    "reversed_questions": [], "held_out": ["Pods?"], "held_out_reversed": [],
}  # fmt: skip
FACTS = {
    "facts": [FACT, {**FACT, "id": "node", "demo": False}],
    "untrained": [{"id": "u", "page": "p", "question": "Q?", "key_terms": [["a", "b"]]}],
    "unanswerable": {"answers": ["No."], "trained": [{**PAIR, "demo": 2}], "held_out": ["Q?"]},
    "general": [{"id": "g", "question": "Q?", "key_terms": [["a"]]}],
    "general_trained": [PAIR],
}


def read(folder, content):
    (folder / "facts.yaml").write_text(yaml.safe_dump(content))
    return facts_file.read(folder / "facts.yaml")


def test_whole_facts_are_read_as_they_are(tmp_path):
    assert read(tmp_path, FACTS) == FACTS


def test_no_unanswerable_questions_may_be_an_empty_list(tmp_path):
    empty = {"answers": [], "trained": [], "held_out": []}
    assert read(tmp_path, {**FACTS, "unanswerable": []})["unanswerable"] == empty
    assert read(tmp_path, {**FACTS, "facts": [], "untrained": [], "general": [], "general_trained": []})["facts"] == []


def put(*path, value):
    def change(content):
        for step in path[:-1]:
            content = content[step]
        content[path[-1]] = value

    return change


@pytest.mark.parametrize("change, message", [
    (lambda content: content["facts"][1].pop("questions"), "fact node: 'questions' is a required property"),
    (put("facts", 1, "questions", value=None), "fact node: questions: None is not of type 'array'"),
    (put("facts", 0, "reversed", value=[PAIR]), "fact pod: reversed: needs 2 or more, with reversed_key"),
    (lambda content: content["facts"][0].update(reversed=[], reversed_questions=["Which?"]),
     "fact pod: reversed questions need reversed, with the answers"),
    (put("facts", 0, "wordings", 1, value={"q": "What?"}), "fact pod: wordings: number 2: 'a' is a required property"),
    (put("facts", 0, "wordings", 1, "a", value=" "), "fact pod: wordings: number 2: a: no text; its first"),
    (put("facts", 0, "key_terms", value=["containers"]), "fact pod: key_terms: number 1: 'containers' is not of type"),
    (put("facts", 0, "key_terms", value=[[4]]), "fact pod: key_terms: number 1: number 1: 4 is not of type 'string'"),
    (put("facts", 0, "key_terms", value=[]), "fact pod: key_terms: needs 1 or more"),
    (put("facts", 0, "demo", value="no"), "fact pod: demo: 'no' is not of type 'boolean'"),
    (put("facts", 1, value={}), "facts number 2: 'id' is a required property"),
    (put("facts", 1, value="pods"), "facts number 2: 'pods' is not of type 'object'"),
    (put("facts", 1, "id", value="pod"), "fact pod: another one has this id; give each its own"),
    (put("general", 0, "id", value="pod"), "fact pod: another one has this id"),
    (put("facts", value=None), "facts: None is not of type 'array'"),
    (lambda content: content.pop("general"), "'general' is a required property"),
    (put("untrained", 0, "key_terms", value=None), "untrained: number 1: key_terms: None is not of type"),
    (put("unanswerable", value={"answers": [], "held_out": []}), "unanswerable: 'trained' is a required property"),
    (put("unanswerable", "answers", value=[]), "unanswerable: needs answers, which the trained questions share"),
    (put("unanswerable", "trained", 0, "demo", value=3), "unanswerable: trained: number 1: demo: 3 is not one of"),
    (put("general_trained", 0, value={"q": "Q?"}), "general_trained: number 1: 'a' is a required property"),
])  # fmt: skip
def test_what_is_wrong_is_named_in_one_line(tmp_path, change, message):
    content = json.loads(json.dumps(FACTS))
    change(content)
    with pytest.raises(SystemExit) as stopped:
        read(tmp_path, content)
    assert f"{tmp_path}/facts.yaml: {message}" in stopped.value.code and "\n" not in stopped.value.code


@pytest.mark.parametrize("content", [None, [], "facts"])
def test_what_is_no_mapping_is_named(tmp_path, content):
    with pytest.raises(SystemExit) as stopped:
        read(tmp_path, content)
    assert "is not of type 'object'; its first lines say what belongs there" in stopped.value.code
