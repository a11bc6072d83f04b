"""The CPU tuning of ilab computes what ilab computes."""

import itertools
import os
import subprocess
import sys

import train
from conftest import ROOT


def in_tuned_python(code):
    """Run `code` in a Python with the tuning on its path, as `make train` runs ilab."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "scripts/ilab_cpu")}
    return subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True)


def test_loss_and_gradients_equal_the_stock_ones():
    """Left-padded batches as ilab's collate function makes them, with and without a common beginning."""
    code = f"""
import sys
from instructlab.model import full_train  # before the tuning: nothing in it is replaced
sys.path.insert(0, {str(ROOT / "scripts/ilab_cpu")!r})
import copy, torch, sitecustomize
from transformers import LlamaConfig, LlamaForCausalLM

torch.manual_seed(0)
config = LlamaConfig(vocab_size=99, hidden_size=32, intermediate_size=48, num_hidden_layers=3, num_attention_heads=4,
                     num_key_value_heads=2, torchscript=True)
stock = LlamaForCausalLM(config)
tuned = sitecustomize.sum_of_losses(copy.deepcopy(stock))
stock = full_train.convert_loss_to_reduce_sum(stock)
for beginning, lengths in ((5, (9, 17, 12)), (0, (6, 6)), (4, (11,)), (7, (8, 8)), (5, (19, 19, 15, 15, 15))):
    common = torch.randint(3, 99, (beginning,))
    ids, batch = common, []
    for number, length in enumerate(lengths):
        if number % 2 and length == len(ids):  # the question of the row before, another answer
            ids = torch.cat([ids[:length - 6], torch.randint(3, 99, (6,))])
        else:
            ids = torch.cat([common, torch.randint(3, 99, (length - beginning,))])
        labels = torch.where(torch.arange(length) < max(beginning, length - 4 - number), -100, ids)
        batch.append(dict(input_ids=ids, labels=labels, attention_mask=torch.ones_like(ids)))
    batch = full_train.pad_collate_fn(batch, 0)
    batch.pop("num_loss_counted_tokens")
    losses = []
    for model in (stock, tuned):
        model.zero_grad()
        losses.append(model(**batch, use_cache=False, return_dict=False)[0])
        losses[-1].backward()
    assert losses[0] > 1 and torch.allclose(*losses, rtol=1e-5), losses
    for (name, a), b in zip(stock.named_parameters(), tuned.parameters()):
        assert torch.allclose(a.grad, b.grad, rtol=1e-4, atol=1e-5), (lengths, name, (a.grad - b.grad).abs().max())

loss, names = losses[1].item(), set(tuned.state_dict())
sitecustomize.freeze(tuned, True, 1)
tuned.zero_grad()
again = tuned(**batch, use_cache=False, return_dict=False)[0]
again.backward()
assert again.item() == loss and set(tuned.state_dict()) == names
trained = [name for name, _ in tuned.named_parameters()]
parts = ("embed_tokens", "lm_head", "layers.0.")
assert trained == [name for name, _ in stock.named_parameters() if not any(part in name for part in parts)]
assert all(parameter.grad is not None for parameter in tuned.parameters())
"""
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert result.returncode == 0, result.stderr


def test_what_rows_share_stands_once():
    result = in_tuned_python("""
import sitecustomize, torch
rows = [torch.tensor(row) for row in ([1, 2, 3, 7, 9], [1, 2, 3, 8, 9], [1, 4, 7, 9], [1, 2, 3, 7, 9])]
labels = [torch.where(torch.arange(len(row)) < len(row) - 2, -100, row) for row in rows]
ids, positions, targets, mask = sitecustomize.one_sequence(rows, labels)
# 3 predicts an answer and is there in each row; 1 and 2 are shared.
assert ids.tolist() == [1, 2, 3, 7, 9, 3, 8, 9, 4, 7, 9, 3, 7, 9], ids
assert positions.tolist() == [0, 1, 2, 3, 4, 2, 3, 4, 1, 2, 3, 2, 3, 4]
assert targets.tolist() == [-100, -100, 7, 9, -100, 8, 9, -100, 7, 9, -100, 7, 9, -100]
seen = [mask[place].nonzero().flatten().tolist() for place in (7, 10)]
assert seen == [[0, 1, 5, 6, 7], [0, 8, 9, 10]], seen
assert sitecustomize.neighbours([3, 3, 3, 5, 1, 2], 6) == [[0, 1], [2], [3, 4], [5]]
""")
    assert result.returncode == 0, result.stderr


def test_rows_of_a_question_stand_together_by_two():
    rows = [[{"content": f"question {n // 3}"}, {"content": f"answer {n}"}] for n in range(30)]
    order = train.shuffled(rows, 1)
    assert sorted(map(str, order)) == sorted(map(str, rows)) and order != rows and order == train.shuffled(rows, 1)
    questions = [row[0]["content"] for row in order]
    runs = [len(list(group)) for _, group in itertools.groupby(questions)]
    assert order != train.shuffled(rows, 2) and runs.count(2) >= 8


def test_learning_rate_climbs_and_falls_to_nothing():
    result = in_tuned_python("""
import sitecustomize, torch
optimizer = sitecustomize.scheduled(torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=9), 1e-3, 3, 10)
rates = []
for _ in range(10):
    rates.append(optimizer.param_groups[0]["lr"])
    optimizer.step()
assert rates[0] == 2.5e-4 and rates[3] == 1e-3 == max(rates) and 0 < rates[-1] < 2e-4, rates
assert rates[:4] == sorted(rates[:4]) and rates[3:] == sorted(rates[3:], reverse=True)
""")
    assert result.returncode == 0, result.stderr


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
""")
    assert result.returncode == 0, result.stderr


def test_ilab_still_has_what_is_replaced():
    result = in_tuned_python("""
import sitecustomize
from instructlab.model import full_train
import torch, inspect
import transformers
assert transformers.Adafactor.step is sitecustomize.adafactor_step
assert full_train.convert_loss_to_reduce_sum is sitecustomize.sum_of_losses
assert full_train.run_quantize(1, 2, "Q4_K_M") is None
assert full_train.llamacpp_convert_to_gguf.convert_llama_to_gguf(model=1) is None
source = inspect.getsource(full_train)
for used in ("gradient_checkpointing_enable()", "from torch.utils.data import DataLoader", "num_workers=4",
             "Adafactor(", "scale_parameter=False, relative_step=False", "convert_loss_to_reduce_sum(model)",
             "model, dataloader = setup_model(", "use_cache=False, return_dict=False", "convert_llama_to_gguf(",
             "run_quantize("):
    assert used in source, used
loader = torch.utils.data.DataLoader([1, 2], batch_size=1, num_workers=4)
loader.multiprocessing_context = "spawn"
assert loader.num_workers == 0 and len(list(loader)) == 2
from instructlab.training import multipack_sampler
import numpy
sampler = multipack_sampler.MultipackDistributedBatchSampler(6, numpy.array([3, 3, 3]), num_replicas=1, rank=0)
assert sorted(sampler) == [[0, 1], [2]] and len(sampler) == 2
""")
    assert result.returncode == 0, result.stderr
