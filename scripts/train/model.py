"""Make the model that is served of trained weights: weights.safetensors -> model.gguf, and record.json beside it.

The model is kept only when llama.cpp loads it and it answers; until then the old one stays.
"""

import argparse
import importlib.metadata
import json
import platform
import time
from pathlib import Path

from scripts import configuration, files
from scripts.program import fail
from scripts.serve import llama
from scripts.train import gguf_file, history

# Versions that the weights may depend on.
PACKAGES = ("instructlab", "instructlab-training", "torch", "transformers", "gguf", "llama-cpp-python")


def share(config: Path) -> float:
    """Where the model lies between the base model, 0, and the trained one, 1: gguf.interpolation of the config."""
    found = configuration.section(config, "gguf").get("interpolation", 1)
    if isinstance(found, bool) or not isinstance(found, int | float) or not 0 < found <= 1:
        fail(f"{config}: gguf.interpolation is {found!r}; set a number above 0, up to 1")
    return found


def record(weights: Path, gguf: Path, config: Path) -> dict:
    """What the model was made of: names, hashes, versions, times. `gguf` is the file that becomes model.gguf."""
    made = history.summary(weights.with_name("training.jsonl"))
    versions = {name: importlib.metadata.version(name) for name in PACKAGES}
    return {
        "name": weights.parent.name,
        "data": made["data"],
        "config": made["config"],
        "system_prompt": configuration.system_prompt(config),
        "training": {key: made[key] for key in ("rows", "tokens", "seconds", "tokens_per_second")},
        "arguments": made["made_with"],
        "interpolation": share(config),
        "sha256": {"weights.safetensors": made["weights"], "model.gguf": files.sha256(gguf)},
        "versions": {"python": platform.python_version(), **versions},
        "made": time.strftime("%Y-%m-%d %H:%M:%S %Z"),
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--weights", type=Path, required=True, help="safetensors; training.jsonl lies beside it")
    parser.add_argument("--config", type=Path, required=True, help="ilab config; its gguf section holds the knobs")
    parser.add_argument("--base", type=Path, required=True, help="folder of make base: hf/ and model.gguf")
    parser.add_argument("--output", type=Path, required=True, help="GGUF file to write")
    args = parser.parse_args()
    window = configuration.context_size(args.config)
    question = history.summary(args.weights.with_name("training.jsonl"))["question"]
    with files.replacing(args.output) as partial:
        try:
            weights = gguf_file.interpolated(args.weights, args.base / "hf", share(args.config))
            gguf_file.write_gguf(args.base / "hf", partial, weights)
            reply = llama.answer(llama.load(partial, window), configuration.system_prompt(args.config), question)
        except (OSError, KeyError, ValueError, RuntimeError) as error:
            fail(f"{args.weights}: no usable model came out ({error}); the old {args.output} stays")
        if not reply:
            fail(f"{args.weights}: the new model answers nothing; the old {args.output} stays")
        # First the record: if this is stopped here, the old model is older than its weights and is made again.
        made = record(args.weights, partial, args.config)
        files.replace_text(args.output.with_name("record.json"), json.dumps(made, indent=1, ensure_ascii=False) + "\n")
    print(f'{args.output}: made; next: make chat, or make ask Q="..."', flush=True)


if __name__ == "__main__":
    main()
