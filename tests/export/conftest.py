"""A trained model, tiny and of random weights, and the folder that it is exported to."""

import json
import sys

import pytest
import safetensors.torch

from scripts import files
from scripts.export import folder
from scripts.train import gguf_file

SYSTEM = "You answer questions about Konflux."
CONFIG = "serve: {llama_cpp: {max_ctx_size: 256}}\n"


def trained(tiny_base, place, tied=True):
    """Write models/sample of weights that are a little off the base model's; returns its folder."""
    model = place / "models/sample"
    model.mkdir(parents=True)
    weights = {name: weight + 0.01 for name, weight in safetensors.torch.load_file(
        tiny_base / "hf/model.safetensors").items()}  # fmt: skip
    weights["lm_head.weight"] = weights["model.embed_tokens.weight"] + (0 if tied else 0.01)
    safetensors.torch.save_file(weights, model / "weights.safetensors")
    halfway = gguf_file.interpolated(model / "weights.safetensors", tiny_base / "hf", 0.5)
    gguf_file.write_gguf(tiny_base / "hf", model / "model.gguf", halfway)
    record = {
        "name": "sample", "data": "rows", "system_prompt": SYSTEM, "interpolation": 0.5,
        "training": {"rows": 4, "tokens": 120, "seconds": 1.0}, "sha256": {},
    }  # fmt: skip
    record["sha256"]["model.gguf"] = files.sha256(model / "model.gguf")
    (model / "record.json").write_text(json.dumps(record))
    (place / "config.yaml").write_text(CONFIG)
    return model


def export(monkeypatch, model, base, output):
    """Call scripts.export.folder as make does."""
    given = ["--model", model, "--config", model.parents[1] / "config.yaml", "--base", base, "--output", output]
    monkeypatch.setattr(sys, "argv", ["folder.py", *map(str, given)])
    folder.main()


@pytest.fixture(scope="module")
def exported(tiny_base, tmp_path_factory):
    """The folder of an exported model, whose output and embedding differ; its own folder is ../../models/sample."""
    place = tmp_path_factory.mktemp("export")
    with pytest.MonkeyPatch.context() as patch:
        export(patch, trained(tiny_base, place, tied=False), tiny_base, place / "export/sample")
    return place / "export/sample"
