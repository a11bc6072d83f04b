"""Weights of a student as a GGUF: names, order, types and metadata, on a tiny model and on the real one."""

import gguf
import numpy
import pytest
import safetensors.torch
import torch

from scripts.train import gguf_file


@pytest.fixture(scope="module")
def weights(tiny_base):
    return safetensors.torch.load_file(tiny_base / "hf/model.safetensors")


def written(tiny_base, weights, folder):
    """The tensors {name: array} and fields of the GGUF that is written of `weights`."""
    gguf_file.write_gguf(tiny_base / "model.gguf", weights, folder / "new.gguf")
    reader = gguf.GGUFReader(folder / "new.gguf")
    return {tensor.name: tensor.data for tensor in reader.tensors}, reader.fields


def test_rotary_rows_are_interleaved():
    """Row r of a head's first half and row r of its second half become neighbours."""
    rows = numpy.arange(16).reshape(16, 1).repeat(3, axis=1)
    assert gguf_file.llama_order(rows, 2)[:, 0].tolist() == [0, 4, 1, 5, 2, 6, 3, 7, 8, 12, 9, 13, 10, 14, 11, 15]
    assert gguf_file.llama_order(rows, 1)[:4, 0].tolist() == [0, 8, 1, 9] and gguf_file.llama_order(rows, 2).shape == (
        16,
        3,
    )


def test_every_tensor_is_there_in_its_order_and_type(tiny_base, weights, tmp_path):
    tensors, fields = written(tiny_base, weights, tmp_path)
    plain = weights["model.layers.1.mlp.down_proj.weight"].numpy().astype(numpy.float16)
    assert (tensors["blk.1.ffn_down.weight"] == plain).all() and tensors["blk.1.ffn_down.weight"].dtype == numpy.float16
    norm = tensors["blk.0.attn_norm.weight"]
    assert norm.dtype == numpy.float32 and (norm == weights["model.layers.0.input_layernorm.weight"].numpy()).all()
    for part, heads in (("q", 4), ("k", 2)):
        expected = gguf_file.llama_order(weights[f"model.layers.0.self_attn.{part}_proj.weight"].numpy(), heads)
        assert (tensors[f"blk.0.attn_{part}.weight"] == expected.astype(numpy.float16)).all(), part
    value = weights["model.layers.0.self_attn.v_proj.weight"].numpy().astype(numpy.float16)
    assert (tensors["blk.0.attn_v.weight"] == value).all()
    base = {tensor.name for tensor in gguf.GGUFReader(tiny_base / "model.gguf").tensors}
    assert base == set(tensors)
    assert fields["general.file_type"].contents() == gguf.LlamaFileType.MOSTLY_F16


def test_an_untied_output_is_kept(tiny_base, weights, tmp_path):
    more = {**weights, "lm_head.weight": weights["model.embed_tokens.weight"] + 1}
    tensors, _ = written(tiny_base, more, tmp_path)
    assert (tensors["output.weight"] == more["lm_head.weight"].numpy().astype(numpy.float16)).all()


def test_metadata_and_tokenizer_are_those_of_the_base(tiny_base, weights, tmp_path):
    _, fields = written(tiny_base, weights, tmp_path)
    for name, field in gguf.GGUFReader(tiny_base / "model.gguf").fields.items():
        if not name.startswith("GGUF.") and name != "general.file_type":
            assert fields[name].contents() == field.contents() and fields[name].types == field.types, name


@pytest.mark.parametrize("spoil, message", [
    (lambda weights: weights.pop("model.norm.weight"), "lack 1 tensors, output_norm.weight among them"),
    (lambda weights: weights.update(strange=torch.zeros(1)), "tensor strange has no place in a llama GGUF"),
    (lambda weights: weights.update({"model.norm.weight": torch.zeros(3)}), r"is \(3,\), the base model's is \(64,\)"),
])  # fmt: skip
def test_weights_that_do_not_fit_are_named(tiny_base, weights, tmp_path, spoil, message):
    spoiled = dict(weights)
    spoil(spoiled)
    with pytest.raises(ValueError, match=message):
        written(tiny_base, spoiled, tmp_path)


def test_the_model_lies_between_base_and_trained(tmp_path):
    embedding = {"model.embed_tokens.weight": torch.tensor([[0.0, 10.0]])}
    trained = {"model.embed_tokens.weight": torch.tensor([[1.0, 20.0]]), "lm_head.weight": torch.tensor([[4.0, 10.0]])}
    safetensors.torch.save_file(embedding, tmp_path / "base.safetensors")
    safetensors.torch.save_file(trained, tmp_path / "trained.safetensors")
    found = gguf_file.interpolated(tmp_path / "trained.safetensors", tmp_path / "base.safetensors", 0.25)
    assert found["model.embed_tokens.weight"].tolist() == [[0.25, 12.5]]
    # The base model's output is its embedding; training unties them.
    assert found["lm_head.weight"].tolist() == [[1.0, 10.0]]
    whole = gguf_file.interpolated(tmp_path / "trained.safetensors", tmp_path / "base.safetensors", 1)
    assert all(torch.equal(whole[name], trained[name]) for name in trained)


@pytest.mark.slow
def test_a_gguf_of_the_base_weights_predicts_as_the_base_model(base, tmp_path):
    """Not to the last bit: the packaged GGUF is of 4 bits, and their rounding differs between processors."""
    import llama_cpp

    from scripts.serve import llama

    weights = safetensors.torch.load_file(base / "hf/model.safetensors")
    gguf_file.write_gguf(base / "model.gguf", weights, tmp_path / "copy.gguf")
    logits = []
    for file in (base / "model.gguf", tmp_path / "copy.gguf"):
        model = llama.load(file)
        model.eval(model.tokenize(b"The capital of France is the city of", add_bos=True))
        last = llama_cpp.llama_get_logits_ith(model._ctx.ctx, -1)
        logits.append(numpy.ctypeslib.as_array(last, shape=(model.n_vocab(),)).copy())
    assert numpy.corrcoef(*logits)[0, 1] > 0.98 and len({int(row.argmax()) for row in logits}) == 1
