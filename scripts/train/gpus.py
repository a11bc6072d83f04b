"""The NVIDIA GPUs that torch may use here, and what a training needs of each of them."""

import json
import os
import subprocess
import sys
from pathlib import Path

from scripts.program import fail
from scripts.train import folder

# Bytes a parameter. Full training: float32 weights, gradients and the two means of AdamW. LoRA, and an optimizer that
# lies in the memory of the computer: the weights alone. Reasoned from the sources, not measured.
FULL, WEIGHTS = 16, 4
# Bytes a token and word of the vocabulary: logits in bfloat16, their float32 copy, and its gradient.
LOGITS = 12
# Compute capabilities that ilab's flash attention takes: 8.x and 9.0,
# https://github.com/instructlab/training/blob/v0.10.4/src/instructlab/training/utils.py
FLASH = ((8, 0), (8, 6), (8, 7), (8, 9), (9, 0))


def found() -> list[dict]:
    """The GPUs in torch's order, each {"name", "free", "flash"}: bytes free, and whether flash attention works.

    Asked by a process of its own, so that this one holds no memory of them during the training.
    """
    run = subprocess.run([sys.executable, "-m", "scripts.train.gpus"], capture_output=True, text=True)
    return json.loads(run.stdout.splitlines()[-1]) if run.returncode == 0 else []


def needed(student: Path, knobs: dict) -> float:
    """Bytes that training the model in the folder `student` takes on each GPU, as far as they can be reckoned."""
    config, (sizes, _) = folder.read_json(student / "config.json"), folder.parts(student)
    light = knobs.get("lora_rank") or knobs.get("fsdp_cpu_offload_optimizer")
    held = (WEIGHTS if light else FULL) * sum(sizes.values()) / knobs["nproc_per_node"]
    width, layers = (config.get(name) or 0 for name in ("hidden_size", "num_hidden_layers"))
    # With gradient checkpointing, what each layer starts from stays, in bfloat16.
    return held + knobs["max_batch_len"] * (LOGITS * (config.get("vocab_size") or 0) + 2 * width * layers)


def check(config: Path, student: Path, knobs: dict) -> bool:
    """End the program unless the training of `config` fits on the GPUs here; whether flash attention can be used."""
    cards, number = found(), knobs["nproc_per_node"]
    wanted_cards = f"{number} NVIDIA GPU{'s' * (number > 1)}"
    if len(cards) < number:
        fail(f"{config}: train.nproc_per_node asks for {wanted_cards}, torch finds {len(cards)}; train with "
             "config/embedded.yaml on the CPU, or look at nvidia-smi and at the driver")  # fmt: skip
    least, wanted = min(cards[:number], key=lambda card: card["free"]), needed(student, knobs)
    memory = f"about {wanted / 1e9:.1f} GB on each GPU, and {least['free'] / 1e9:.1f} GB are free"
    if wanted > least["free"]:
        lora = "" if knobs.get("lora_rank") else "train.lora_rank: 16, "
        fail(f"{config}: this training needs {memory}; set {lora}a smaller train.max_batch_len, or more GPUs "
             "(train.nproc_per_node)")  # fmt: skip
    print(f"{wanted_cards}, {least['name']}: it needs {memory}", flush=True)
    return all(card["flash"] for card in cards[:number])


def visible(number: int) -> str:
    """CUDA_VISIBLE_DEVICES for the first `number` GPUs: with more of them than processes, FSDP's sharding fails."""
    listed = [name for name in os.environ.get("CUDA_VISIBLE_DEVICES", "").split(",") if name.strip()]
    return ",".join((listed or [str(each) for each in range(number)])[:number])


def main():
    import importlib.util

    import torch

    module = importlib.util.find_spec("flash_attn") is not None
    cards = []
    for number in range(torch.cuda.device_count()):
        flash = module and torch.cuda.get_device_capability(number) in FLASH
        free = torch.cuda.mem_get_info(number)[0]
        cards.append({"name": torch.cuda.get_device_name(number), "free": free, "flash": flash})
    print(json.dumps(cards))


if __name__ == "__main__":
    main()
