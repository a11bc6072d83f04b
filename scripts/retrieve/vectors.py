"""Questions and units as vectors: what the encoder is given, and what is taken from it."""

from collections.abc import Sequence
from typing import TypeAlias

import torch
from tokenizers import Tokenizer
from torch import Tensor

from scripts.retrieve import query
from scripts.retrieve.encoder import Encoder
from scripts.retrieve.pieces import Chunk
from scripts.retrieve.query import CLS, SEP

TITLE, UNIT, LONGEST = 40, 120, 256  # tokens of each; a longer one is cut. LONGEST is of a chunk.
BATCH = 16  # rows that are encoded together
Ids: TypeAlias = list[int]
Spans: TypeAlias = list[tuple[int, int]]


def padded(rows: Sequence[Sequence[int]]) -> tuple[Tensor, Tensor]:
    """Rows of token ids as one tensor, and where it is padding."""
    longest = max(map(len, rows))
    ids = torch.tensor([[*row, *[0] * (longest - len(row))] for row in rows])
    return ids, torch.tensor([[False] * len(row) + [True] * (longest - len(row)) for row in rows])


def means(vectors: Tensor, spans: Sequence[Sequence[tuple[int, int]]]) -> Tensor:
    """The mean of the vectors in each of the `spans` (start, end) of each row, as unit vectors, row after row."""
    width = vectors.shape[1]
    flat = [(row * width + start, row * width + end) for row, found in enumerate(spans) for start, end in found]
    lengths = torch.tensor([end - start for start, end in flat])
    members = vectors.flatten(0, 1)[torch.cat([torch.arange(start, end) for start, end in flat])].float()
    owners = torch.arange(len(flat)).repeat_interleave(lengths)
    sums = members.new_zeros(len(flat), members.shape[1]).index_add(0, owners, members)
    return torch.nn.functional.normalize(sums / lengths[:, None])


def encode(model: Encoder, rows: Sequence[tuple[Ids, Spans]]) -> Tensor:
    """The vectors of the spans of `rows`, in their order, of shape (all spans, 384)."""
    order = sorted(range(len(rows)), key=lambda number: len(rows[number][0]))  # neighbours need little padding
    found: dict[int, Tensor] = {}
    for some in (order[start : start + BATCH] for start in range(0, len(order), BATCH)):
        ids, padding = padded([rows[number][0] for number in some])
        spans = [rows[number][1] for number in some]
        vectors = means(model(ids, padding), spans)
        found.update(zip(some, vectors.split([len(of_row) for of_row in spans]), strict=True))
    return torch.cat([found[number] for number in range(len(rows))])


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
def encoded(model: Encoder, rows: Sequence[tuple[Ids, Spans]]) -> Tensor:
    """What encode() gives, for use and not for training."""
    return encode(model, rows)
