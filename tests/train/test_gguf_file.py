"""Weights of a student as a GGUF: how far from the base model, what is missing, types, tokenizer and template."""

import json
import shutil

import gguf
import numpy
import pytest
import safetensors.torch
import torch

from scripts.train import folder, gguf_file


@pytest.fixture(scope="module")
def weights(tiny_base):
    return safetensors.torch.load_file(tiny_base / "hf/model.safetensors")


def interpolated(tiny_base, weights, tmp_path, share=0.25):
    safetensors.torch.save_file(weights, tmp_path / "trained.safetensors")
    return dict(gguf_file.interpolated(tmp_path / "trained.safetensors", tiny_base / "hf", share))


@pytest.mark.slow
def test_the_model_lies_between_student_and_trained(tiny_base, weights, tmp_path):
    embedding, norm = "model.embed_tokens.weight", "model.norm.weight"
    trained = {**weights, norm: weights[norm] + 4, "lm_head.weight": weights[embedding] + 8}
    found = interpolated(tiny_base, trained, tmp_path)
    assert torch.allclose(found[norm], weights[norm] + 1) and torch.equal(found[embedding], weights[embedding])
    # The student's output is its embedding; training unties them.
    assert torch.allclose(found["lm_head.weight"], weights[embedding] + 2)
    whole = interpolated(tiny_base, trained, tmp_path, 1)
    assert all(torch.equal(whole[name], trained[name]) for name in trained)


@pytest.mark.slow
@pytest.mark.parametrize("spoil, message", [
    (lambda weights: weights.pop("model.norm.weight"), "lack 1 tensors, model.norm.weight among them"),
    (lambda weights: weights.update(strange=torch.zeros(1)), "the student has no tensor strange"),
    (lambda weights: weights.update({"model.norm.weight": torch.zeros(3)}), r"is \(3,\), the student's is \(64,\)"),
])  # fmt: skip
def test_weights_that_do_not_fit_are_named(tiny_base, weights, tmp_path, spoil, message):
    spoiled = dict(weights)
    spoil(spoiled)
    with pytest.raises(ValueError, match=message):
        interpolated(tiny_base, spoiled, tmp_path)


@pytest.mark.slow
def test_tensors_tokenizer_and_template_are_there(tiny_base, weights, tmp_path):
    student = shutil.copytree(tiny_base / "hf", tmp_path / "hf")
    settings = json.loads((student / "tokenizer_config.json").read_text())
    # Newer folders keep the template in a file of its own, where llama.cpp's converter does not look.
    (student / "chat_template.jinja").write_text(settings.pop("chat_template") + "{# kept #}")
    (student / "tokenizer_config.json").write_text(json.dumps(settings))
    gguf_file.write_gguf(student, tmp_path / "new.gguf", {**weights, "model.norm.weight": torch.arange(64.0)}.items())
    reader = gguf.GGUFReader(tmp_path / "new.gguf")
    tensors = {tensor.name: tensor.data for tensor in reader.tensors}
    assert tensors["output_norm.weight"].tolist() == list(range(64)) and len(tensors) == len(weights)
    down = weights["model.layers.1.mlp.down_proj.weight"].numpy().astype(numpy.float16)
    assert (tensors["blk.1.ffn_down.weight"] == down).all() and tensors["blk.1.ffn_down.weight"].dtype == numpy.float16
    assert reader.fields["tokenizer.ggml.pre"].contents() == "smollm"
    assert reader.fields["tokenizer.chat_template"].contents().endswith("{# kept #}")
    assert {path.name for path in tmp_path.iterdir()} == {"hf", "new.gguf"}


@pytest.mark.slow
def test_the_converter_keeps_tokens_and_tensors_of_the_embedded_model(base, tmp_path):
    """Not to the last bit: the packaged GGUF is of 4 bits."""
    gguf_file.write_gguf(base / "hf", tmp_path / "copy.gguf")
    packaged, copy = (gguf.GGUFReader(path) for path in (base / "model.gguf", tmp_path / "copy.gguf"))
    for name in ("tokens", "token_type", "merges", "pre", "eos_token_id", "bos_token_id", "add_bos_token"):
        field = f"tokenizer.ggml.{name}"
        assert copy.fields[field].contents() == packaged.fields[field].contents(), field
    assert copy.fields["tokenizer.chat_template"].contents() == packaged.fields["tokenizer.chat_template"].contents()
    tensors = {tensor.name: tensor.data for tensor in copy.tensors}
    assert set(tensors) == {tensor.name for tensor in packaged.tensors}
    for tensor in packaged.tensors:
        values = gguf.quants.dequantize(tensor.data, tensor.tensor_type).astype(numpy.float32)
        assert numpy.allclose(tensors[tensor.name].astype(numpy.float32), values, rtol=1e-3, atol=1e-6), tensor.name


@pytest.mark.slow
def test_what_the_converter_does_not_know_is_one_line(tiny_base, tmp_path):
    student = shutil.copytree(tiny_base / "hf", tmp_path / "hf")
    config = json.loads((student / "config.json").read_text())
    (student / "config.json").write_text(json.dumps({**config, "architectures": ["OtherForCausalLM"]}))
    with pytest.raises(ValueError, match="cannot write a OtherForCausalLM"):
        gguf_file.write_gguf(student, tmp_path / "new.gguf")
    assert [path.name for path in tmp_path.iterdir()] == ["hf"]


@pytest.mark.slow
def test_weights_are_saved_in_parts(tmp_path, monkeypatch):
    monkeypatch.setattr(gguf_file, "SHARD", 10)
    saved = {f"t{number}": torch.full((4,), float(number)) for number in range(7)}
    gguf_file.save(saved.items(), tmp_path)
    files = folder.weight_files(tmp_path)
    found = {name: read() for name, read in folder.tensors(files).items()}
    assert len(files) == 3 and set(found) == set(saved) and all(torch.equal(found[name], saved[name]) for name in saved)
