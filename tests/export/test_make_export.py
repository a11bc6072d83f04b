"""make export: what runs when."""

import json

import pytest

from tests.conftest import one_line


@pytest.mark.slow
def test_a_model_is_exported_once_and_its_card_follows_the_scores(clone):
    assert clone.train().returncode == 0
    result = clone.make("export")
    assert result.returncode == 0, result.stderr
    folder = clone.folder / "build/export/sample-embedded"
    assert "build/export/sample-embedded: weights, GGUF files, Modelfile and card; not measured: " in result.stdout
    assert "next: make evaluate MODEL=build/export/sample-embedded/model-Q4_K_M.gguf, make export" in result.stdout
    before = (folder / "model.safetensors").stat().st_mtime_ns
    assert clone.make("-q", "build/export/sample-embedded/README.md").returncode == 0
    # A quantised file was measured: the card is written anew, the weights are not.
    record = json.loads((folder / "record.json").read_text())
    measured = json.loads((clone.folder / "tests/fixtures/made_up_answers.json").read_text())
    measured["run"]["model"]["sha256"] = record["sha256"]["model-Q8_0.gguf"]
    place = clone.folder / "build/models/build-export-sample-embedded-model-Q8_0.gguf"
    place.mkdir(parents=True)
    (place / "answers.json").write_text(json.dumps(measured))
    result = place.relative_to(clone.folder)
    evaluate = ["-o", f"{result}/answers.json", f"{result}/evaluation.json"]
    assert clone.make(*evaluate, "MODEL=build/export/sample-embedded/model-Q8_0.gguf").returncode == 0
    assert clone.make("export", "MODEL=sample-embedded").returncode == 0
    assert "| model-Q8_0.gguf | " in (folder / "README.md").read_text()
    assert (folder / "model.safetensors").stat().st_mtime_ns == before


@pytest.mark.parametrize("model", ["base", "none", "models/base/model.gguf"])
def test_what_was_not_trained_is_not_exported(clone, model):
    result = clone.make("export", f"MODEL={model}")
    assert result.returncode != 0 and "is no trained model; make models lists them" in one_line(result)
    assert not (clone.folder / "build/export").exists()
