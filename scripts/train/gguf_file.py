"""Write a model as a GGUF with llama.cpp's own converter, which the package llama-cpp-python installs.

The GGUF files that `ilab model train` leaves behind call every vocabulary SentencePiece, and llama.cpp aborts at
the first question when it is byte-level BPE
(https://github.com/instructlab/instructlab/blob/v0.26.1/src/instructlab/llamacpp/llamacpp_convert_to_gguf.py).
"""

import contextlib
import functools
import importlib.metadata
import importlib.util
import json
import logging
import os
import shutil
from collections.abc import Iterable, Iterator
from pathlib import Path

from scripts.train import folder

CONVERTER = "convert_hf_to_gguf.py"
# Values in a file of interpolated weights, which are float32: 2 GB, so that a large model is never whole in memory.
SHARD = 500_000_000
# What the converter passes over, and old checkpoints still hold: numbers that the architecture makes by itself.
MADE = (".rotary_emb.inv_freq", ".attention.bias", ".attention.masked_bias")


@functools.cache
def converter():
    """llama.cpp's converter as a module; ValueError when the package does not bring it."""
    os.environ["NO_LOCAL_GGUF"] = "1"  # the gguf package of this environment
    packaged = importlib.metadata.files("llama-cpp-python") or []
    path = next((file.locate() for file in packaged if file.name == CONVERTER), None)
    spec = importlib.util.spec_from_file_location("convert_hf_to_gguf", str(path)) if path else None
    if spec is None or spec.loader is None:
        raise ValueError(f"{CONVERTER} is not in the package llama-cpp-python; remove .venv and run make setup")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    # What it says of an unknown tokenizer, in twelve lines, its exception says too.
    logging.getLogger("hf-to-gguf").setLevel(logging.CRITICAL)
    return module


def interpolated(trained: Path, student: Path, share: float) -> Iterator[tuple]:
    """(name, float32 tensor) of weights `share` of the way from those in the folder `student` to the trained ones.

    trained: a safetensors file. ValueError when its tensors are not the student's. A little way back, a model still
    knows most of what it learned and some of what it forgot (Wortsman et al. 2022, https://arxiv.org/abs/2109.01903).
    """
    import torch

    base, new = folder.tensors(folder.weight_files(student)), folder.tensors([trained])
    # Training on CPUs unties an output from the embedding, and on GPUs a tied one is not saved.
    tied = folder.parts(student)[1] if set(base) != set(new) else {}
    for name, read in new.items():
        before, after = base.get(name) or base.get(tied.get(name, "")), read().float()
        if before is None:
            raise ValueError(f"the student has no tensor {name}")
        start = before().float()
        if start.shape != after.shape:
            raise ValueError(f"tensor {name} is {tuple(after.shape)}, the student's is {tuple(start.shape)}")
        yield name, torch.lerp(start, after, share)
    if lacking := [name for name in base if name not in new and name not in tied and not name.endswith(MADE)]:
        raise ValueError(f"the weights lack {len(lacking)} tensors, {min(lacking)} among them")


def copy_settings(student: Path, target: Path) -> None:
    """Copy what is not weights from one Hugging Face folder to another, the chat template into tokenizer_config.json.

    The converter looks for the template there only.
    """
    target.mkdir(parents=True)
    for path in student.iterdir():
        if path.is_file() and path.suffix in (".json", ".model", ".txt") and not path.name.endswith(".index.json"):
            shutil.copy(path, target)
    settings = json.dumps(folder.tokenizer_settings(student), ensure_ascii=False)
    (target / "tokenizer_config.json").write_text(settings, encoding="utf-8")


def save(weights: Iterable[tuple], target: Path) -> None:
    """Save (name, tensor) pairs as safetensors files of SHARD values and a little more in the folder `target`."""
    import safetensors.torch

    held: dict = {}
    for number, (name, weight) in enumerate(weights):
        held[name] = weight.contiguous()
        if sum(tensor.numel() for tensor in held.values()) >= SHARD:
            safetensors.torch.save_file(held, target / f"model-{number:05}.safetensors")
            held = {}
    if held:
        safetensors.torch.save_file(held, target / "model-last.safetensors")


def write_gguf(student: Path, output: Path, weights: Iterable[tuple] | None = None) -> None:
    """Write the model in the Hugging Face folder `student`, or `weights` in their place, to the GGUF file `output`.

    Matrices are float16, vectors float32. ValueError when the converter cannot write this model, or when its chat
    template got lost.
    """
    import gguf
    import torch

    scratch, module, place = output.with_name(f"{output.name}.parts"), converter(), student.resolve()
    # llama.cpp reads some tokenizers in another way if the name of the model holds "phi-3" or "phi3", for one:
    # https://github.com/ggml-org/llama.cpp/blob/master/src/llama-vocab.cpp
    name = place.parent.name if place.name == "hf" else place.name
    shutil.rmtree(scratch, ignore_errors=True)
    with contextlib.ExitStack() as stack:
        stack.callback(shutil.rmtree, scratch, ignore_errors=True)
        copy_settings(student, scratch)
        if weights is None:
            for file in folder.weight_files(student):
                (scratch / file.name).symlink_to(file.resolve())
        else:
            save(weights, scratch)
        architecture = (folder.read_json(scratch / "config.json").get("architectures") or ["of no name"])[0]
        try:
            model = module.Model.from_model_architecture(architecture)
            quiet = stack.enter_context(open(os.devnull, "w"))
            with torch.inference_mode(), contextlib.redirect_stderr(quiet):  # a bar
                model(scratch, gguf.LlamaFileType.MOSTLY_F16, output, model_name=name).write()
        except (NotImplementedError, AssertionError, KeyError, TypeError, AttributeError, ImportError) as error:
            raise ValueError(f"llama.cpp's converter cannot write a {architecture}: {str(error) or error!r}") from error
    if "tokenizer.chat_template" not in gguf.GGUFReader(output).fields:
        raise ValueError("the GGUF has no chat template")
