"""Write a trained model into a folder for others: Hugging Face files, GGUF files of three sizes, Ollama's Modelfile.

The safetensors hold what model.gguf holds: the weights after the interpolation. record.json names the hash of each GGUF
file, so that `make evaluate MODEL=FILE` asks it as the model itself is asked.
"""

import argparse
import json
import os
import shutil
from pathlib import Path

from scripts import configuration, files, program, record
from scripts.export import modelfile

# llama.cpp's names, and its numbers for them (llama_ftype).
QUANTISED = {"Q8_0": 7, "Q4_K_M": 15}
TIED = "lm_head.weight"


def write_weights(weights: dict, student: Path, folder: Path) -> None:
    """Write `weights`, by Hugging Face name, in float16 into `folder`, with the config of the folder `student`.

    ValueError when they are not those of the student. Training unties the output from the embedding; where both are
    still equal they are one tensor again.
    """
    import torch
    from transformers import AutoConfig, AutoModelForCausalLM

    config = AutoConfig.from_pretrained(student)
    if config.tie_word_embeddings and TIED in weights:
        config.tie_word_embeddings = torch.equal(weights[TIED], weights["model.embed_tokens.weight"])
    model = AutoModelForCausalLM.from_pretrained(student, config=config, torch_dtype=torch.float16)
    missing, strange = model.load_state_dict(weights, strict=False)
    if strange or set(missing) - ({TIED} if config.tie_word_embeddings else set()):
        raise ValueError(f"they are not those of {student}: {[*missing, *strange][:3]}")
    model.save_pretrained(folder)


def quantise(source: Path, target: Path, ftype: int) -> None:
    """Write the GGUF `source` to `target` with fewer bits a weight, by llama.cpp's own function; else ValueError."""
    import llama_cpp

    params = llama_cpp.llama_model_quantize_default_params()
    params.ftype, params.nthread = ftype, program.cores()
    if llama_cpp.llama_model_quantize(os.fsencode(source), os.fsencode(target), params):
        raise ValueError(f"llama.cpp could not quantise {source}")


def license_of(gguf: Path) -> str | None:
    """The licence that a GGUF file names, such as "apache-2.0"."""
    from gguf import GGUFReader

    field = GGUFReader(gguf).fields.get("general.license")
    return field.contents() if field else None


def fill(folder: Path, model: Path, config: Path, base: Path) -> None:
    """Write everything but the card into the empty `folder`; OSError or ValueError where that cannot be done."""
    from transformers import AutoTokenizer

    from scripts.train import gguf_file

    made = record.read(model)
    shutil.copyfile(model / "model.gguf", folder / "model.gguf")
    for kind, ftype in QUANTISED.items():
        quantise(folder / "model.gguf", folder / f"model-{kind}.gguf", ftype)
    share = made["interpolation"]
    weights = dict(gguf_file.interpolated(model / "weights.safetensors", base / "hf", share))
    write_weights(weights, base / "hf", folder)
    tokenizer = AutoTokenizer.from_pretrained(base / "hf")
    tokenizer.save_pretrained(folder)
    context, license = configuration.context_size(config), license_of(folder / "model.gguf")
    text = modelfile.text("model.gguf", tokenizer, made["system_prompt"], context, license)
    files.replace_text(folder / "Modelfile", text)
    hashes = {path.name: files.sha256(path) for path in sorted(folder.glob("*.gguf"))}
    made |= {"sha256": hashes, "license": license}
    files.replace_text(folder / "record.json", json.dumps(made, indent=1, ensure_ascii=False) + "\n")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--model", type=Path, required=True, help="folder of a trained model")
    parser.add_argument("--config", type=Path, required=True, help="ilab config; it has the size of the context")
    parser.add_argument("--base", type=Path, required=True, help="folder made by scripts.setup.base_model")
    parser.add_argument("--output", type=Path, required=True, help="folder to make")
    args = parser.parse_args()
    if not (args.model / "weights.safetensors").is_file():
        program.fail(f"{args.model} is no trained model; make models lists them, as in: make export MODEL=NAME")
    size = (args.model / "model.gguf").stat().st_size
    print(f"{args.output}: about {size * 2.8 / 1e9:.1f} GB, in a minute or two", flush=True)
    partial, old = (args.output.with_name(f"{args.output.name}.{end}") for end in ("partial", "old"))
    for leftover in (partial, old):
        shutil.rmtree(leftover, ignore_errors=True)
    partial.mkdir(parents=True)
    try:
        fill(partial, args.model, args.config, args.base)
    except (OSError, ValueError, KeyError) as error:
        shutil.rmtree(partial, ignore_errors=True)
        program.fail(f"{args.model}: cannot be exported ({error}); an older {args.output} stays")
    if args.output.exists():
        os.replace(args.output, old)
    os.replace(partial, args.output)
    shutil.rmtree(old, ignore_errors=True)


if __name__ == "__main__":
    main()
