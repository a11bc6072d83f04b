"""Questions and units as vectors: what the encoder is given, and what is taken from it."""

from collections.abc import Sequence
from typing import NamedTuple, TypeAlias

import torch
from tokenizers import Tokenizer
from torch import Tensor
from torch.nn.functional import normalize

from scripts.retrieve import query
from scripts.retrieve.encoder import Encoder
from scripts.retrieve.pieces import Chunk
from scripts.retrieve.query import CLS, SEP

TITLE, UNIT, LONGEST = 40, 120, 256  # tokens of each; a longer one is cut. LONGEST is of a chunk.
BATCH = 16  # rows that are encoded together
Ids: TypeAlias = list[int]
Spans: TypeAlias = list[tuple[int, int]]


class Vectors(NamedTuple):
    """Of n spans with t tokens in all: the means of their tokens (n, 384), the tokens (t, 384), how many each has (n,).

    All are unit vectors.
    """

    means: Tensor
    tokens: Tensor
    lengths: Tensor


def padded(rows: Sequence[Sequence[int]]) -> tuple[Tensor, Tensor]:
    """Rows of token ids as one tensor, and where it is padding."""
    longest = max(map(len, rows))
    ids = torch.tensor([[*row, *[0] * (longest - len(row))] for row in rows])
    return ids, torch.tensor([[False] * len(row) + [True] * (longest - len(row)) for row in rows])


def encode(model: Encoder, rows: Sequence[tuple[Ids, Spans]]) -> Vectors:
    """The vectors of the spans of `rows`, in their order."""
    order = sorted(range(len(rows)), key=lambda number: len(rows[number][0]))  # neighbours need little padding
    found: dict[int, Tensor] = {}
    for some in (order[start : start + BATCH] for start in range(0, len(order), BATCH)):
        ids, padding = padded([rows[number][0] for number in some])
        vectors = model(ids, padding).float()
        for number, of_row in zip(some, vectors, strict=True):
            found[number] = torch.cat([of_row[start:end] for start, end in rows[number][1]])
    tokens = torch.cat([found[number] for number in range(len(rows))])
    lengths = torch.tensor([end - start for _, spans in rows for start, end in spans])
    means = torch.segment_reduce(tokens, "mean", lengths=lengths, axis=0)
    return Vectors(normalize(means), normalize(tokens), lengths)


def similar(questions: Vectors, units: Vectors) -> tuple[Tensor, Tensor]:
    """How alike each of n questions is to each of m units, -1 to 1: by their means, and token by token. (n, m) each.

    Token by token: each token of a question looks for the nearest one of the unit (ColBERT,
    https://arxiv.org/abs/2004.12832), and the question has the mean of these.
    """
    nearest = torch.segment_reduce(units.tokens @ questions.tokens.T, "max", lengths=units.lengths, axis=0)
    alike = torch.segment_reduce(nearest.T.contiguous(), "mean", lengths=questions.lengths, axis=0)
    return questions.means @ units.means.T, alike


def question_row(tokens: Tokenizer, text: str) -> tuple[Ids, Spans]:
    """The tokens of a question, and one span over all of them."""
    ids = query.row(tokens, text)
    return ids, [(0, len(ids))]


def chunk_row(tokens: Tokenizer, chunk: Chunk) -> tuple[Ids, Spans]:
    """The tokens of a chunk, its title before its units, and the span of each unit.

    So a unit is read with what stands around it. One that has no room shares the last token.
    """
    texts = tokens.encode_batch([chunk.title, *(unit.text for unit in chunk.units)], add_special_tokens=False)
    title, *units = (text.ids for text in texts)
    ids, spans = [CLS, *title[:TITLE], SEP], []
    for unit in units:
        start = min(len(ids), LONGEST - 2)
        ids = (ids + (unit[:UNIT] or [SEP]))[: LONGEST - 1]
        spans.append((start, len(ids)))
    return [*ids, SEP], spans


@torch.inference_mode()
def encoded(model: Encoder, rows: Sequence[tuple[Ids, Spans]]) -> Vectors:
    """What encode() gives, for use and not for training: the tokens in few dimensions, (t, 64)."""
    found = encode(model, rows)
    return found._replace(tokens=normalize(model.narrow(found.tokens)))


def asked(model: Encoder, tokens: Tokenizer, texts: Sequence[str]) -> list[query.Asked]:
    """The vectors of questions, many at once."""
    found = encoded(model, [question_row(tokens, text) for text in texts])
    parts = found.tokens.split(found.lengths.tolist())
    return [query.Asked(mean.numpy(), part.numpy()) for mean, part in zip(found.means, parts, strict=True)]
