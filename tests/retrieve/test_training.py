"""The encoder, the exercises, and what training does to the one with the other."""

import json
from pathlib import Path

import pytest
import torch

from scripts import files
from scripts.retrieve import encoder, exercises, query, training, vectors

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.slow
def test_vectors_equal_those_of_sentence_transformers():
    from sentence_transformers import SentenceTransformer

    texts = ["What is Konflux?", "A longer text. " * 12, "x"]
    expected = SentenceTransformer(str(query.FOLDER), device="cpu").encode(texts, normalize_embeddings=True)
    model, tokens = encoder.load(), query.tokenizer()
    found = vectors.encoded(model, [vectors.question_row(tokens, text) for text in texts])
    assert torch.allclose(found.means, torch.tensor(expected), atol=1e-5)


def test_a_question_has_the_same_vectors_without_torch(finder):
    weights, tokens, model = query.load(finder), query.tokenizer(), encoder.load()
    texts = ["What is Konflux?", "", "word " * 99, "Größe 漢字 `--flag`?"]
    for text, (mean, parts) in zip(texts, vectors.asked(model, tokens, texts), strict=True):
        alone = query.asked(weights, query.row(tokens, text))
        assert alone.mean == pytest.approx(mean, abs=1e-5) and alone.tokens == pytest.approx(parts, abs=1e-4)


def test_each_token_of_a_question_looks_for_the_nearest_one(finder):
    """By hand: 2 questions of 2 and 1 tokens, 3 units of 1, 2 and 1 tokens."""
    a, b = torch.eye(4)[:2]
    questions = vectors.Vectors(torch.stack([a, b]), torch.stack([a, b, b]), torch.tensor([2, 1]))
    units = vectors.Vectors(torch.stack([a, b, -a]), torch.stack([a, a, b, -a]), torch.tensor([1, 2, 1]))
    means, tokens = vectors.similar(questions, units)
    assert means.tolist() == [[1, 0, -1], [0, 1, 0]]
    assert tokens.tolist() == [[0.5, 1, -0.5], [0, 1, 0]]


@pytest.mark.slow
def test_rows_do_not_depend_on_what_stands_beside_them():
    model, tokens = encoder.load(), query.tokenizer()
    rows = [vectors.question_row(tokens, "word " * number) for number in range(1, 40)]
    together = vectors.encoded(model, rows)
    alone = torch.cat([vectors.encoded(model, [row]).means for row in rows])
    assert torch.allclose(together.means, alone, atol=1e-5) and len(together.tokens) == together.lengths.sum()


def test_every_unit_of_a_chunk_has_a_span_also_where_there_is_no_room():
    tokens = query.tokenizer()
    units = tuple(exercises.pieces.Unit(f"number {number} of many words in a row") for number in range(60))
    ids, spans = vectors.chunk_row(tokens, exercises.pieces.Chunk(("Title " * 60,), units))
    assert len(ids) == vectors.LONGEST and len(spans) == 60 and all(0 < a < b < len(ids) for a, b in spans)
    ids, spans = vectors.chunk_row(tokens, exercises.pieces.Chunk((), (exercises.pieces.Unit("\u200b"),)))
    assert spans[0][0] < spans[0][1]


def test_all_exercises_can_be_read():
    products = exercises.read(sorted((ROOT / "exercises").glob("*.jsonl")))
    rows = [row for path in sorted((ROOT / "exercises").glob("*.jsonl")) for row in files.read_json_lines(path)]
    asked, unanswered = sum(len(row["qa"]) for row in rows), sum(len(row["none"]) for row in rows)
    questions = [question for product in products for question in product.questions]
    assert len(products) == 304 and len(rows) == 1680 and (asked, unanswered) == (6381, 3744)
    # What a term is, is asked too: here, and of a product that does not tell it.
    answered = sum(question.answer is not None for question in questions)
    assert 150 < answered - asked < 300 and 100 < len(questions) - answered - unanswered <= answered - asked
    for product in products:
        for question in product.questions:
            if question.answer:
                product.chunks[question.answer[0]].units[question.answer[1]]


def test_definitions_are_asked_for(tmp_path):
    rows = [{"product": name, "title": "T", "text": f"{name} is a tool. A {term} is the box of {name}. It is a box.",
             "qa": [], "none": []} for name, term in (("Aaa", "crate"), ("Bbb", "big barrel"))]  # fmt: skip
    (tmp_path / "a.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    one, two = exercises.read([tmp_path / "a.jsonl"])
    assert one.questions[:2] == [("What is Aaa?", (0, 0)), ("What is a crate?", (0, 1))]
    assert two.questions[-2:] == [("What is Bbb?", (0, 0)), ("What is a big barrel?", (0, 1))]
    assert ("What is a big barrel?", None) in one.questions and ("What is a crate?", None) in two.questions


def test_an_answer_that_is_not_in_the_text_is_named(tmp_path):
    row = {"product": "A", "title": "B > C", "text": "One. Two | three.", "qa": [{"q": "?", "a": "Four."}], "none": []}
    (tmp_path / "a.jsonl").write_text(json.dumps(row))
    with pytest.raises(SystemExit, match=r"a.jsonl:1: no sentence, row or line is 'Four.'; copy the answer exactly"):
        exercises.read([tmp_path / "a.jsonl"])


def test_answers_are_found_in_rows_items_and_code(tmp_path):
    text = "Set it:\n\n- `a`: 3 letters. No more.\n\n| x | y |\n|---|---|\n| p | q |\n\n```\nmake b\nmake c\n```\n"
    pairs = [{"q": str(n), "a": a} for n, a in enumerate(("- `a`: 3 letters. No more.", "| p | q |", "make c"))]
    row = {"product": "A", "title": "B", "text": text, "qa": pairs, "none": ["?"]}
    (tmp_path / "a.jsonl").write_text(json.dumps(row))
    (product,) = exercises.read([tmp_path / "a.jsonl"])
    answers = [product.chunks[it.answer[0]].units[it.answer[1]].text for it in product.questions if it.answer]
    assert answers == ["- a: 3 letters. No more.".replace("a", "`a`", 1), "x: p; y: q", "make b\nmake c"]
    assert product.questions[-1] == ("?", None)


@pytest.mark.slow
def test_training_brings_questions_to_their_answers(monkeypatch):
    """A few steps on two products: what was asked there is found, and the same seed gives the same weights."""
    products = exercises.read([ROOT / "exercises/07.jsonl"])[:2]
    monkeypatch.setattr(training, "EPOCHS", 12)
    monkeypatch.setattr(training, "PRODUCTS", 2)
    tokens = query.tokenizer()
    prepared = [training.Prepared(tokens, product) for product in products]

    def right(model):
        hits = total = 0
        for it in prepared:
            units, questions = vectors.encoded(model, it.chunks), vectors.encoded(model, it.questions)
            asked = [(n, answer) for n, answer in enumerate(it.answers) if answer >= 0]
            alike = torch.stack(vectors.similar(questions, units)).sum(0)
            hits += sum(int(alike[n].argmax()) == answer for n, answer in asked)
            total += len(asked)
        return hits / total

    before, trained = encoder.load(), training.train(products)
    assert right(trained) > right(before) + 0.2, (right(before), right(trained))
    assert torch.equal(trained.words.weight, before.words.weight)
    monkeypatch.setattr(training, "EPOCHS", 2)
    one, again = (dict(training.train(products).named_parameters()) for _ in range(2))
    assert all(torch.equal(weight, again[name]) for name, weight in one.items())
