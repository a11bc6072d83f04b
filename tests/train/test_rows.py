"""Rows and knobs: what is read, in which order it is trained, and what is refused in one line."""

import argparse
import itertools
import json
import math
from pathlib import Path

import pytest

from scripts.train import rows

GOOD = {
    "system": "You answer questions about Konflux.",
    "user": "What is the answer to this question?",
    "assistant": "The answer to this question is a plain number, as told before.",
}
STUDENT = """general: {student_model_id: konflux}
models: [{id: konflux, path: BASE/hf, system_prompt: You answer questions about Konflux.}]
"""


def write_config(folder, base, text):
    path = folder / "config.yaml"
    path.write_text(STUDENT.replace("BASE", str(base)) + text)
    return path


@pytest.mark.parametrize("text, message", [
    ("", "whole numbers"),
    ("train:", "whole numbers"),
    ("train: many", "no section"),
    ("train: {num_epochs: many, effective_batch_size: 1}", "whole numbers"),
    ("train: {num_epochs: 0, effective_batch_size: 1}", "whole numbers"),
    ("train: {num_epochs: true, effective_batch_size: 1}", "whole numbers"),
    ("train: {num_epochs: 1, effective_batch_size: 1, freeze_layers: -1}", "whole numbers"),
    ("train: {num_epochs: 1, effective_batch_size: 1, device: cuda}", "pipeline and device are 'full' and 'cuda'"),
    ("train: {num_epochs: 1, effective_batch_size: 1, interpolation: 2}", "interpolation under gguf:"),
    ("train: {num_epochs: 1}\ntrain: {num_epochs: 2}", "config.yaml:4: not valid YAML (the key 'train' is"),
])  # fmt: skip
def test_knobs_that_cannot_be_trained_with_are_named(tmp_path, text, message):
    with pytest.raises(SystemExit) as end:
        rows.knobs(write_config(tmp_path, tmp_path, text), tmp_path)
    assert message in str(end.value) and len(str(end.value).splitlines()) == 1


def test_knobs_have_defaults(tmp_path):
    config = write_config(tmp_path, tmp_path, "train: {num_epochs: 2, effective_batch_size: 8}")
    found = rows.knobs(config, tmp_path)
    assert found["num_epochs"] == 2 and found["min_steps"] == 0 and found["max_seq_len"] == math.inf
    assert found["freeze_layers"] == 0 and found["freeze_embeddings"] is False
    with pytest.raises(SystemExit, match="elsewhere/hf leads to another folder"):
        rows.knobs(config, Path("elsewhere"))


def test_bad_rows_are_named(tmp_path, base):
    path = tmp_path / "rows.jsonl"
    args = argparse.Namespace(base=base, config=write_config(tmp_path, base, ""))
    good = json.dumps(GOOD) + "\n"
    for text, message in (
        (good * 4 + "{not json}\n", ":5: not JSON"),
        (good + '{"system": "a", "user": "b"}\n', ':2: no text under "assistant"'),
        (good + '["system"]\n', ':2: no text under "system"'),
        (good + json.dumps({**GOOD, "user": " "}), ':2: no text under "user"'),
        (good + json.dumps({**GOOD, "system": "a"}), ":2: not the system prompt"),
        (good + json.dumps({**GOOD, "user": "long " * 600}), ":2: 512 tokens or more"),
        ("", "no rows"),
    ):
        path.write_text(text)
        with pytest.raises(SystemExit) as end:
            rows.read(path, args, 512)
        assert message in str(end.value) and len(str(end.value).splitlines()) == 1, text[:80]
    args.config.write_text(args.config.read_text().replace("You answer questions about Konflux.", "a"))
    path.write_text('{"system": "a", "user": "b", "assistant": "c"}')
    with pytest.raises(SystemExit, match=":1: under 20 tokens"):
        rows.read(path, args, 512)


def test_tokens_are_counted_as_transformers_counts_them(base):
    from transformers import AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(base / "hf")
    conversed = rows.conversations([GOOD, {**GOOD, "user": "<|im_end|> ñ 漢字 \n\n x"}, {**GOOD, "assistant": " a "}])
    assert rows.count_tokens(conversed, base / "hf") == [len(tokenizer.apply_chat_template(m)) for m in conversed]


def test_a_line_separator_inside_a_row_is_text(tmp_path, base):
    path = tmp_path / "rows.jsonl"
    args = argparse.Namespace(base=base, config=write_config(tmp_path, base, ""))
    lines = [json.dumps({**GOOD, "user": f"What is{mark}it?"}, ensure_ascii=False) for mark in "\u2028\u0085\x7f"]
    path.write_text("\n".join(lines), encoding="utf-8")
    conversed, lengths = rows.read(path, args, 512)
    assert [messages[1]["content"][7] for messages in conversed] == ["\u2028", "\u0085", "\x7f"] and min(lengths) >= 20


def test_a_row_may_be_one_token_shorter_than_what_ilab_drops(tmp_path, base):
    path = tmp_path / "rows.jsonl"
    args = argparse.Namespace(base=base, config=write_config(tmp_path, base, ""))
    path.write_text(json.dumps(GOOD))
    longest = rows.read(path, args, math.inf)[1][0]
    assert rows.read(path, args, longest + 1)[1] == [longest]
    with pytest.raises(SystemExit, match=f":1: {longest} tokens or more, which ilab drops"):
        rows.read(path, args, longest)


def test_rows_of_a_question_stand_together_by_two():
    conversed = [[{"content": f"question {n // 3}"}, {"content": f"answer {n}"}] for n in range(30)]
    order = rows.shuffled(conversed, 1)
    assert sorted(map(str, order)) == sorted(map(str, conversed)) and order != conversed
    assert order == rows.shuffled(conversed, 1) != rows.shuffled(conversed, 2)
    questions = [messages[0]["content"] for messages in order]
    runs = [len(list(group)) for _, group in itertools.groupby(questions)]
    assert runs.count(2) >= 8 and max(runs) <= 3


def test_data_is_what_ilab_reads(tmp_path):
    rows.write_data(rows.conversations([GOOD]), tmp_path / "data.jsonl")
    row = json.loads((tmp_path / "data.jsonl").read_text())
    assert [message["role"] for message in row["messages"]] == ["system", "user", "assistant"]
    assert [message["content"] for message in row["messages"]] == list(GOOD.values()) and row["metadata"] == "{}"
