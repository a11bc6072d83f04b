"""How far the served model lies from the base model, and what its record says."""

import json

import pytest

from scripts.train import model


@pytest.mark.parametrize("text, expected", [("", 1), ("gguf: {interpolation: 0.25}", 0.25), ("gguf: {}", 1)])
def test_the_share_of_the_config(tmp_path, text, expected):
    (tmp_path / "config.yaml").write_text(text)
    assert model.share(tmp_path / "config.yaml") == expected


@pytest.mark.parametrize("value", ["2", "0", "-1", "true", "many", "[1]"])
def test_a_share_that_is_none_is_refused(tmp_path, value):
    (tmp_path / "config.yaml").write_text(f"gguf: {{interpolation: {value}}}")
    with pytest.raises(SystemExit, match="gguf.interpolation is .*; set a number above 0, up to 1"):
        model.share(tmp_path / "config.yaml")


@pytest.mark.slow
def test_another_share_makes_another_model_of_the_same_weights(trained):
    clone = trained
    before, weights = clone.model.read_bytes(), (clone.model.parent / "weights.safetensors").stat().st_mtime_ns
    # The prepared checkpoint is the base model itself, so any share of the way is the same; move it away.
    import safetensors.torch

    trained = safetensors.torch.load_file(clone.model.parent / "weights.safetensors")
    moved = {name: weight + 1 for name, weight in trained.items()}
    safetensors.torch.save_file(moved, clone.model.parent / "weights.safetensors")
    models = []
    for share in ("0.95", "0.25"):
        clone.edit("config/embedded.yaml", "interpolation: 0.95", f"interpolation: {share}")
        assert clone.train().returncode == 0 and len(clone.calls) == 1
        models.append(clone.model.read_bytes())
        record = json.loads((clone.model.parent / "record.json").read_text())
        assert record["interpolation"] == float(share)
    assert len({before, *models}) == 3 and (clone.model.parent / "weights.safetensors").stat().st_mtime_ns > weights
