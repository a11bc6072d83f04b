"""What `make generate` relies on inside ilab: the steps that are skipped, and the prompt that the pipeline makes."""

import os
import subprocess
import sys

from conftest import ROOT


def in_generating_python(code, *arguments):
    """Run `code` in a Python with the shim on its path, as `make generate` runs ilab; returns its stdout."""
    path = os.pathsep.join([str(ROOT / "scripts/ilab_generate"), str(ROOT / "scripts")])
    result = subprocess.run(
        [sys.executable, "-c", code, *map(str, arguments)],
        env={**os.environ, "PYTHONPATH": path}, capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    assert result.returncode == 0, result.stderr
    return result.stdout


def test_only_the_steps_after_the_pairs_are_skipped():
    in_generating_python("""
import importlib, inspect, sitecustomize
module = importlib.import_module("instructlab.sdg.generate_data")  # the package has a function of this name
for name in sitecustomize.SKIPPED:
    assert getattr(module, name)(1, any=2) is None
source = inspect.getsource(module.generate_data)
steps = ["preprocess_taxonomy(", "generate_taxonomy(", *(f"{name}(" for name in sitecustomize.SKIPPED)]
places = [source.index(f"    {step}") for step in steps]
assert places == sorted(places), places
assert 'joinpath(f"generated_{date_suffix}")' in source
""")


def test_the_prompt_ends_with_the_opening_in_the_teachers_markup(tmp_path):
    markup = "<u>{{ prompt.rsplit('\\n', 1)[0] }}</u><a>{{ prompt.rsplit('\\n', 1)[1] }}"
    prompt = in_generating_python(
        """
import pathlib, sys, types
import common, stage
from instructlab.sdg.blocks.llmblock import LLMBlock
from instructlab.sdg.pipeline import Pipeline, PipelineContext
folder = stage.stage_pipeline(sys.argv[1], sys.argv[3], pathlib.Path(sys.argv[2]))
client = types.SimpleNamespace(server_supports_batched=False)
context = PipelineContext(client=client, model_id="teacher", num_instructions_to_generate=1)
for name in ("knowledge", "freeform_skills", "grounded_skills"):
    blocks = Pipeline.from_file(context, str(folder / f"{name}.yaml")).chained_blocks
    for block in blocks:
        if block["type"] == "LLMBlock":
            pipe = types.SimpleNamespace(config_path=str(folder / "knowledge.yaml"))
            made = LLMBlock(context, pipe, block["name"], **block["config"])
seeds = {f"icl_{kind}_{n}": f"{kind} {n}" for kind in ("query", "response") for n in (1, 2, 3)}
sample = {"document": "Ask 7\\n```\\nMintMaker runs | often.\\nHow often does MintMaker\\n```", **seeds}
print(made._format_prompt(sample))
assert made._parse(" run? And what") == {"question": ["run?"]}
assert made._parse("") == {"question": [""]}
assert stage.number(sample["document"]) == 7
""",
        ROOT / "pipelines/konflux", tmp_path / "pipeline", markup,
    )  # fmt: skip
    assert prompt.startswith("<u>") and "Sentence: response 1\nQuestion: query 1\n" in prompt
    assert prompt.strip().endswith("Sentence: MintMaker runs | often.</u><a>Question: How often does MintMaker")
