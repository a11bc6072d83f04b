"""The patch of `ilab model train` computes what ilab computes, and replaces what ilab uses."""

import copy
import os
import subprocess
import sys

import pytest
import torch

from scripts.train import adafactor, packing
from tests.conftest import ROOT


def small(architecture="Llama", **more):
    """A small model with random weights, as ilab loads it."""
    import transformers

    torch.manual_seed(0)
    config = getattr(transformers, f"{architecture}Config")(
        vocab_size=99, hidden_size=32, intermediate_size=48, num_hidden_layers=3, num_attention_heads=4,
        num_key_value_heads=2, pad_token_id=0, torchscript=True, **more,
    )  # fmt: skip
    return transformers.AutoModelForCausalLM.from_config(config).eval()


def batch_of(beginning, lengths):
    """Rows of token ids with `beginning` of them in common, as ilab's collate function lays them out: left-padded."""
    from instructlab.model import full_train

    common = torch.randint(3, 99, (beginning,))
    ids, batch = common, []
    for number, length in enumerate(lengths):
        if number % 2 and length == len(ids):  # the question of the row before, another answer
            ids = torch.cat([ids[: length - 6], torch.randint(3, 99, (6,))])
        else:
            ids = torch.cat([common, torch.randint(3, 99, (length - beginning,))])
        labels = torch.where(torch.arange(length) < max(beginning, length - 4 - number), -100, ids)
        batch.append(dict(input_ids=ids, labels=labels, attention_mask=torch.ones_like(ids)))
    batch = full_train.pad_collate_fn(batch, 0)
    batch.pop("num_loss_counted_tokens")
    return batch


SHAPES = [(5, (9, 17, 12)), (0, (6, 6)), (4, (11,)), (7, (8, 8)), (5, (19, 19, 15, 15, 15))]


SCALED = dict(logits_scaling=8.0, embedding_multiplier=12.0, residual_multiplier=0.22, attention_multiplier=0.1)


@pytest.mark.slow
@pytest.mark.parametrize("architecture, more", [("Llama", {}), ("Qwen2", {}), ("Granite", SCALED), ("Phi3", {})])
def test_loss_and_gradients_equal_the_stock_ones(architecture, more):
    from instructlab.model import full_train

    model = small(architecture, **more)
    assert packing.fits(model, full_train.convert_loss_to_reduce_sum, 17)
    tuned, stock = packing.sum_of_losses(copy.deepcopy(model)), full_train.convert_loss_to_reduce_sum(model)
    for beginning, lengths in SHAPES:
        batch, losses = batch_of(beginning, lengths), []
        for each in (stock, tuned):
            each.zero_grad()
            losses.append(each(**batch, use_cache=False, return_dict=False)[0])
            losses[-1].backward()
        assert losses[0] > 1 and torch.allclose(*losses, rtol=1e-5), losses
        for (name, a), b in zip(stock.named_parameters(), tuned.parameters(), strict=True):
            assert torch.allclose(a.grad, b.grad, rtol=1e-4, atol=1e-5), (lengths, name)


@pytest.mark.slow
def test_a_model_that_our_loss_is_wrong_for_is_trained_as_ilab_does_it():
    from instructlab.model import full_train

    stock = full_train.convert_loss_to_reduce_sum
    seen = small("Phi3", sliding_window=8)
    forward = seen.forward
    assert packing.fits(seen, stock, 8) and not packing.fits(seen, stock, 24) and seen.forward == forward
    # It takes no mask of its own and cannot make only some of the logits.
    assert not packing.fits(small("Mamba"), stock, 12)


@pytest.mark.slow
def test_frozen_parts_stay_and_the_rest_is_trained():
    model = packing.sum_of_losses(small())
    batch, names = batch_of(*SHAPES[0]), set(model.state_dict())
    every = [name for name, _ in model.named_parameters()]
    loss = model(**batch)[0].item()
    packing.freeze(model, False, 0)
    assert [name for name, _ in model.named_parameters()] == every
    packing.freeze(model, True, 1)
    again = model(**batch)[0]
    again.backward()
    assert again.item() == loss and set(model.state_dict()) == names
    parts = ("embed_tokens", "lm_head", "layers.0.")
    trained = [name for name, _ in model.named_parameters()]
    assert trained == [name for name in every if not any(part in name for part in parts)]
    assert all(parameter.grad is not None for parameter in model.parameters())


def test_what_rows_share_stands_once():
    rows = [torch.tensor(row) for row in ([1, 2, 3, 7, 9], [1, 2, 3, 8, 9], [1, 4, 7, 9], [1, 2, 3, 7, 9])]
    labels = [torch.where(torch.arange(len(row)) < len(row) - 2, -100, row) for row in rows]
    ids, positions, targets, mask = packing.one_sequence(rows, labels)
    # 3 predicts an answer and is there in each row; 1 and 2 are shared.
    assert ids.tolist() == [1, 2, 3, 7, 9, 3, 8, 9, 4, 7, 9, 3, 7, 9], ids
    assert positions.tolist() == [0, 1, 2, 3, 4, 2, 3, 4, 1, 2, 3, 2, 3, 4]
    assert targets.tolist() == [-100, -100, 7, 9, -100, 8, 9, -100, 7, 9, -100, 7, 9, -100]
    seen = [mask[place].nonzero().flatten().tolist() for place in (7, 10)]
    assert seen == [[0, 1, 5, 6, 7], [0, 8, 9, 10]], seen


def test_batches_are_of_neighbours():
    assert packing.neighbours([3, 3, 3, 5, 1, 2], 6) == [[0, 1], [2], [3, 4], [5]]
    assert packing.neighbours([6, 1], 6) == [[0], [1]] and packing.neighbours([9], 6) == [[0]]


def test_learning_rate_climbs_and_falls_to_nothing():
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=9)
    adafactor.schedule(optimizer, 1e-3, 3, 10)
    rates = []
    for _ in range(10):
        rates.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
    assert rates[0] == 2.5e-4 and rates[3] == 1e-3 == max(rates) and 0 < rates[-1] < 2e-4, rates
    assert rates[:4] == sorted(rates[:4]) and rates[3:] == sorted(rates[3:], reverse=True)
    assert optimizer.param_groups[0]["lr"] == 0


@pytest.mark.slow
def test_optimizer_step_equals_the_stock_one():
    from transformers import Adafactor

    torch.manual_seed(0)
    stock = [torch.nn.Parameter(torch.randn(shape)) for shape in [(50, 8), (8, 16), (16,), (3, 8)]]
    tuned = [torch.nn.Parameter(weight.detach().clone()) for weight in stock]
    settings = dict(lr=2e-5, scale_parameter=False, relative_step=False)
    first, second = Adafactor(stock, **settings), Adafactor(tuned, **settings)
    for step in range(20):
        for a, b in zip(stock, tuned, strict=True):
            a.grad = torch.randn_like(a) * 10 ** -(step % 4)
            if step % 3 == 0 and a.dim() == 2:
                a.grad[1:] = 0  # most rows of an embedding get no gradient
            b.grad = a.grad.clone()
        first.step()
        adafactor.step(second)
        for a, b in zip(stock, tuned, strict=True):
            assert torch.allclose(a, b, rtol=0, atol=2e-7), (step, (a - b).abs().max())


PATCHED = """
import inspect, importlib, numpy, torch, transformers
from instructlab.training import multipack_sampler
from scripts.train import adafactor, packing, patch, resume
full_train = importlib.import_module(patch.TARGET)
source = inspect.getsource(full_train)
for used in ("gradient_checkpointing_enable()", "from torch.utils.data import DataLoader", "num_workers=4",
             "Adafactor(", "scale_parameter=False, relative_step=False", "convert_loss_to_reduce_sum(model)",
             "dataset.get_lengths()", "dp.main(", "config.DataProcessArgs(",
             "model, dataloader = setup_model(", "use_cache=False, return_dict=False", "convert_llama_to_gguf(",
             "run_quantize(", "dataloader.batch_sampler.set_epoch(epoch)", "for step, batch in enumerate(dataloader)",
             'output_dir / "pytorch_model.bin"', "torch.save(model_state, str(output_model_file))"):
    assert used in source, used
stock = full_train.convert_loss_to_reduce_sum
patch.apply(full_train)
assert transformers.Adafactor.step is adafactor.step
assert full_train.convert_loss_to_reduce_sum is not stock
from instructlab.training import config
assert config.DataProcessArgs(data_path="a", data_output_path="b", max_seq_len=9, model_path="c").num_cpu_procs == 1
assert full_train.run_quantize(1, 2, "Q4_K_M") is None
assert full_train.llamacpp_convert_to_gguf.convert_llama_to_gguf(model=1) is None
assert transformers.PreTrainedModel.gradient_checkpointing_enable(None) is None
sampler = multipack_sampler.MultipackDistributedBatchSampler(6, numpy.array([3, 3, 3]), num_replicas=1, rank=0)
assert sorted(sampler) == [[0, 1], [2]] and len(sampler) == 2
loader = torch.utils.data.DataLoader([1, 2, 3], batch_sampler=sampler, num_workers=4)
loader.multiprocessing_context = "spawn"
assert loader.num_workers == 0 and len(list(loader)) == 2 and loader.given == 2
loader.start = (1, 1)
assert list(loader) == []
sampler.set_epoch(1)
assert len(list(loader)) == 1 and loader.given == 2
sampler.set_epoch(2)
assert len(list(loader)) == 2
"""


@pytest.mark.slow
def test_ilab_still_has_what_is_replaced():
    environment = {**os.environ, "TRAIN_PATCH": '{"state": "x"}', "PYTHONPATH": str(ROOT)}
    result = subprocess.run([sys.executable, "-c", PATCHED], env=environment, capture_output=True, text=True)
    assert result.returncode == 0, result.stderr
