"""What the exported folder holds: the same model in each form."""

import json
import pathlib

import gguf
import numpy
import pytest
import safetensors.torch

from scripts import files
from scripts.export import folder
from tests.export.conftest import SYSTEM, export, trained

# llama.cpp and transformers take some seconds to load.
pytestmark = pytest.mark.slow
QUESTION = "What is a Snapshot in Konflux?"


def last_logits(path, ids):
    """The logits after the tokens `ids` of the GGUF at `path`."""
    import llama_cpp

    from scripts.serve import llama

    model = llama.load(path, 256)
    model.eval(ids)
    row = llama_cpp.llama_get_logits_ith(model._ctx.ctx, -1)
    return numpy.ctypeslib.as_array(row, shape=(model.n_vocab(),)).copy()


def test_safetensors_and_gguf_are_one_model(exported):
    """The same logits from transformers and from llama.cpp, to the rounding of float16."""
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(exported)
    ids = tokenizer(QUESTION)["input_ids"]
    model = AutoModelForCausalLM.from_pretrained(exported, torch_dtype=torch.float32)
    with torch.no_grad():
        ours = model(torch.tensor([ids])).logits[0, -1].numpy()
    assert numpy.abs(ours - last_logits(exported / "model.gguf", ids)).max() < 0.02 * ours.std()
    assert not model.config.tie_word_embeddings and model.config.eos_token_id == 2


@pytest.mark.parametrize("kind, bits", [("Q8_0", gguf.GGMLQuantizationType.Q8_0), ("Q4_K_M", None)])
def test_a_quantised_file_is_nearly_the_model(exported, kind, bits):
    reader = gguf.GGUFReader(exported / f"model-{kind}.gguf")
    types = {tensor.tensor_type for tensor in reader.tensors if len(tensor.shape) > 1}
    assert bits is None or types == {bits}
    assert reader.fields["general.file_type"].contents() == folder.QUANTISED[kind]
    ids = [1, 9690, 198, 2683]
    full, few = (last_logits(exported / name, ids) for name in ("model.gguf", f"model-{kind}.gguf"))
    assert 0.9 < numpy.corrcoef(full, few)[0, 1] < 1
    assert (exported / f"model-{kind}.gguf").stat().st_size < 0.7 * (exported / "model.gguf").stat().st_size


def test_an_output_equal_to_the_embedding_is_written_once(tiny_base, tmp_path, monkeypatch):
    export(monkeypatch, trained(tiny_base, tmp_path), tiny_base, tmp_path / "export/sample")
    written = safetensors.torch.load_file(tmp_path / "export/sample/model.safetensors")
    assert "lm_head.weight" not in written and {str(weight.dtype) for weight in written.values()} == {"torch.float16"}
    base = safetensors.torch.load_file(tiny_base / "hf/model.safetensors")
    middle = (base["model.norm.weight"] + 0.005).half()
    assert written["model.norm.weight"].tolist() == middle.tolist(), "interpolated as the GGUF is"


def test_ilab_takes_the_folder_for_its_upload(exported):
    from instructlab.utils import is_model_gguf, is_model_safetensors

    assert is_model_safetensors(exported) and all(is_model_gguf(path) for path in exported.glob("*.gguf"))


def test_the_record_has_the_files_asked_as_the_model_is(exported, tmp_path):
    from scripts.measure import models

    record = json.loads((exported / "record.json").read_text())
    assert record["sha256"] == {path.name: files.sha256(path) for path in exported.glob("*.gguf")}
    assert len(record["sha256"]) == 3
    (tmp_path / "config.yaml").write_text("general: {student_model_id: x}\nmodels: [{id: x, system_prompt: Other.}]\n")
    base = exported / "../../models/sample/model.gguf"
    found = models.describe(exported / "model-Q8_0.gguf", base, tmp_path, tmp_path / "config.yaml")
    assert found["system"] == SYSTEM and found["record"]["data"] == "rows"


def test_what_is_no_trained_model_is_named(tiny_base, tmp_path, monkeypatch):
    (tmp_path / "config.yaml").touch()
    with pytest.raises(SystemExit, match="models/none is no trained model; make models lists them, as in: make export"):
        export(monkeypatch, pathlib.Path(tmp_path, "models/none"), tiny_base, tmp_path / "out")
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("name", ["model.norm.weight", "model.embed_tokens.weight"])
def test_a_failure_leaves_the_old_folder(tiny_base, tmp_path, monkeypatch, name):
    model = trained(tiny_base, tmp_path)
    weights = safetensors.torch.load_file(model / "weights.safetensors")
    del weights[name]
    safetensors.torch.save_file(weights, model / "weights.safetensors")
    (tmp_path / "out").mkdir()
    (tmp_path / "out/README.md").write_text("old")
    with pytest.raises(SystemExit, match="cannot be exported .*; an older .*out stays"):
        export(monkeypatch, model, tiny_base, tmp_path / "out")
    assert [path.name for path in tmp_path.glob("out*")] == ["out"] and (tmp_path / "out/README.md").exists()
