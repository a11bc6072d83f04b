"""The CPU tuning of ilab computes what ilab computes."""

import os
import subprocess
import sys

from conftest import ROOT


def in_tuned_python(code):
    """Run `code` in a Python with the tuning on its path, as `make train` runs ilab."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "scripts/ilab_cpu")}
    return subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True)


def test_optimizer_step_equals_the_stock_one():
    result = in_tuned_python("""
import copy, sitecustomize, torch
from transformers import Adafactor

torch.manual_seed(0)
shapes = [(50, 8), (8, 16), (16,), (3, 8)]
stock = [torch.nn.Parameter(torch.randn(shape)) for shape in shapes]
tuned = [torch.nn.Parameter(weight.detach().clone()) for weight in stock]
settings = dict(lr=2e-5, scale_parameter=False, relative_step=False)
first, second = Adafactor(stock, **settings), Adafactor(tuned, **settings)
for step in range(20):
    for a, b in zip(stock, tuned):
        a.grad = torch.randn_like(a) * 10 ** -(step % 4)
        if step % 3 == 0 and a.dim() == 2:
            a.grad[1:] = 0  # most rows of an embedding get no gradient
        b.grad = a.grad.clone()
    first.step()
    sitecustomize.adafactor_step(second)
    for a, b in zip(stock, tuned):
        assert torch.allclose(a, b, rtol=0, atol=2e-7), (step, (a - b).abs().max())
        assert (a - b).abs().max() < 0.01 * 2e-5 * (step + 1) or a.abs().max() > 1
""")
    assert result.returncode == 0, result.stderr


def test_ilab_still_has_what_is_replaced():
    result = in_tuned_python("""
import sitecustomize
from instructlab.model import full_train
import torch, inspect
assert full_train.Adafactor.step is sitecustomize.adafactor_step
assert full_train.run_quantize(1, 2, "Q4_K_M") is None
assert full_train.llamacpp_convert_to_gguf.convert_llama_to_gguf(model=1) is None
source = inspect.getsource(full_train)
for used in ("gradient_checkpointing_enable()", "from torch.utils.data import DataLoader", "num_workers=4",
             "Adafactor(", "scale_parameter=False, relative_step=False", "convert_llama_to_gguf(", "run_quantize("):
    assert used in source, used
loader = torch.utils.data.DataLoader([1, 2], batch_size=1, num_workers=4)
loader.multiprocessing_context = "spawn"
assert loader.num_workers == 0 and len(list(loader)) == 2
""")
    assert result.returncode == 0, result.stderr
