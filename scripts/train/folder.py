"""What a student's Hugging Face folder holds: its weights, whatever files they are in, and its tokenizer's settings."""

import functools
import json
from collections.abc import Callable
from pathlib import Path

# Kinds of files with weights, the first found counts; a model of some size is in several files of a kind.
KINDS = ("model*.safetensors", "pytorch_model*.bin")


def weight_files(folder: Path) -> list[Path]:
    """The files in `folder` that hold weights as transformers saves them; empty when there are none."""
    return next((found for kind in KINDS if (found := sorted(folder.glob(kind)))), [])


def tensors(files: list[Path]) -> dict:
    """{name: function that reads this tensor} of `files`, safetensors or torch's; OSError or ValueError if damaged."""
    import safetensors
    import torch

    found: dict[str, Callable] = {}
    for file in files:
        try:
            if file.suffix == ".safetensors":
                opened = safetensors.safe_open(file, "pt")
                found |= {name: functools.partial(opened.get_tensor, name) for name in opened.keys()}
            else:
                held = torch.load(file, map_location="cpu", weights_only=True, mmap=True)
                found |= {name: functools.partial(held.get, name) for name in held}
        except (RuntimeError, safetensors.SafetensorError) as error:
            why = " ".join(str(error).split())
            raise ValueError(f"{file}: damaged ({why}); remove it and make it again") from error
    return found


def read_json(path: Path) -> dict:
    """The JSON object in the file `path`; ValueError when it holds another thing, OSError when it cannot be read."""
    content = json.loads(path.read_text(encoding="utf-8"))
    if not isinstance(content, dict):
        raise ValueError(f"{path}: not a JSON object")
    return content


def tokenizer_settings(folder: Path) -> dict:
    """tokenizer_config.json, with the chat template also where that is a file of its own, as newer folders have it."""
    settings = read_json(folder / "tokenizer_config.json")
    separate = folder / "chat_template.jinja"
    if separate.is_file():
        settings["chat_template"] = separate.read_text(encoding="utf-8")
    return settings


def parts(folder: Path) -> tuple[dict, dict[str, str]]:
    """{name: number of values} of the weights of the architecture in `folder`, and {name: name} of those that are tied.

    A tied weight is another name for one that is counted, such as an output that is the embedding too. Nothing is
    loaded: the model is made without memory for its values.
    """
    import torch
    from transformers import MODEL_FOR_CAUSAL_LM_MAPPING, AutoConfig

    config = AutoConfig.from_pretrained(folder)
    # Imported here: not all of its module can be made on the device below.
    architecture = MODEL_FOR_CAUSAL_LM_MAPPING[type(config)]  # type: ignore[index]
    with torch.device("meta"):
        model = architecture(config)
    names: dict[int, str] = {}
    tied = {}
    for name, weight in model.named_parameters(remove_duplicate=False):
        if names.setdefault(id(weight), name) != name:
            tied[name] = names[id(weight)]
    return {name: weight.numel() for name, weight in model.named_parameters()}, tied
