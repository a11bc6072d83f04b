"""Python imports this by itself when scripts/ilab_cpu is on PYTHONPATH: `ilab model train` without its waste on CPUs.

The same samples in the same order, the same loss and the same update rule as InstructLab's full_train.py
(https://github.com/instructlab/instructlab/blob/v0.26.1/src/instructlab/model/full_train.py), to float
rounding: tests/test_ilab_cpu.py compares the weights. What changes, measured at 135M parameters on 2 cores:

- Adafactor works in place. transformers' version makes ten temporary copies of every weight: more than
  half of each step at these batch sizes.
- No gradient checkpointing: it saves memory that a small model does not need and costs a second forward pass.
- Samples are read in the process. Four workers that import torch anew cost 30 s an epoch to fetch a few kB.
- One checkpoint is written, after the last epoch, and no GGUF: ilab's are broken for byte-level BPE
  tokenizers, and scripts/train.py writes its own.
"""

import importlib.abc
import importlib.util
import math
import sys

TARGET = "instructlab.model.full_train"


def adafactor_step(self, closure=None):
    """transformers.Adafactor.step for lr given, no first moment, no weight decay and float32, without copies."""
    import torch

    with torch.no_grad():
        for group in self.param_groups:
            for weight in group["params"]:
                grad, state = weight.grad, self.state[weight]
                if grad is None:
                    continue
                matrix = grad.dim() == 2
                if not state:
                    state["step"] = 0
                    state["row"] = grad.new_zeros(grad.shape[0]) if matrix else torch.zeros_like(grad)
                    state["col"] = grad.new_zeros(grad.shape[1]) if matrix else None
                state["step"] += 1
                decay = 1 - math.pow(state["step"], group["decay_rate"])
                eps = group["eps"][0]
                buffer = self.__dict__.setdefault("squares", {})
                if grad.shape not in buffer:
                    buffer[grad.shape] = torch.empty_like(grad)
                square = torch.mul(grad, grad, out=buffer[grad.shape])
                if matrix:
                    row = state["row"].lerp_(square.mean(1).add_(eps), 1 - decay)
                    col = state["col"].lerp_(square.mean(0).add_(eps), 1 - decay)
                    grad.mul_((row / row.mean()).rsqrt_().unsqueeze(1)).mul_(col.rsqrt())
                else:
                    grad.mul_(state["row"].lerp_(square.add_(eps), 1 - decay).rsqrt())
                rms = torch.linalg.vector_norm(grad).item() / math.sqrt(grad.numel())
                weight.add_(grad, alpha=-group["lr"] / max(1.0, rms / group["clip_threshold"]))


def patch(full_train):
    """Replace the globals of the loaded module `full_train`; AttributeError if ilab no longer has them."""
    import torch
    from transformers import PreTrainedModel

    # AMX multiplies bfloat16 several times faster than AVX-512 multiplies float32; sums and weights stay float32.
    if torch.cpu._is_amx_tile_supported():
        torch.set_float32_matmul_precision("medium")
    full_train.Adafactor.step = adafactor_step
    PreTrainedModel.gradient_checkpointing_enable = lambda self: None
    full_train.llamacpp_convert_to_gguf.convert_llama_to_gguf = lambda **kwargs: None
    full_train.run_quantize  # noqa: B018 - AttributeError when ilab stops using it
    full_train.run_quantize = lambda *args: None

    class InProcessLoader(torch.utils.data.DataLoader):
        def __init__(self, *args, num_workers=0, **kwargs):
            super().__init__(*args, num_workers=0, **kwargs)

    # setup_model imports DataLoader when it runs, and sets multiprocessing_context on it, which torch
    # refuses without workers.
    InProcessLoader.multiprocessing_context = None
    torch.utils.data.DataLoader = InProcessLoader


class PatchAfterImport(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Import hook: run patch() when full_train has been executed; nothing else in the process is touched."""

    def find_spec(self, name, path=None, target=None):
        if name != TARGET:
            return None
        sys.meta_path.remove(self)
        spec = importlib.util.find_spec(name)
        self.loader, spec.loader = spec.loader, self
        return spec

    def create_module(self, spec):
        return self.loader.create_module(spec)

    def exec_module(self, module):
        self.loader.exec_module(module)
        patch(module)


sys.meta_path.insert(0, PatchAfterImport())
