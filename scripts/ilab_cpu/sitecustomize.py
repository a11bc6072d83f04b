"""Python imports this by itself when scripts/ilab_cpu is on PYTHONPATH: `ilab model train` without its waste on CPUs.

The same loss and the same update rule as InstructLab's full_train.py
(https://github.com/instructlab/instructlab/blob/v0.26.1/src/instructlab/model/full_train.py), to
rounding (of bfloat16 with AMX):
tests/test_ilab_cpu.py compares both. What changes; docs/experiments.md has the timings:

- The rows of a batch go through the model as one sequence without padding, in which what they begin with in common
  stands once: the system prompt, and the question when it is there with several answers. Logits,
  of 49152 numbers a token, are made where an answer is predicted and the loss once; ilab makes them for every token,
  padding too, and computes two losses.
- A batch is of neighbours in the data, where train.py puts the rows of a question beside each other.
- Adafactor works in place. transformers' version makes ten temporary copies of every weight: more than
  half of each step at these batch sizes.
- No gradient checkpointing: it saves memory that a small model does not need and costs a second forward pass.
- Samples are read in the process. Four workers that import torch anew cost 30 s an epoch to fetch a few kB.
- The learning rate is the one of the config, train.additional_args, with its warmup_steps and a linear way down to 0.
  ilab's accelerated pipeline follows these keys too; this one keeps 2e-5, at which a small model hardly moves.
- The embeddings are constants with TRAIN_FREEZE_EMBEDDINGS=true, and as many of the first layers as TRAIN_FREEZE_LAYERS
  says: train.freeze_embeddings and train.freeze_layers of the config.
- No GGUF is written: ilab's are broken for byte-level BPE tokenizers, and scripts/train.py writes its own.
"""

import importlib.abc
import importlib.util
import math
import os
import random
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


def one_sequence(rows, labels):
    """Lay `rows` (1-D tensors of token ids) out as one sequence in which what rows begin with in common stands once.

    Returns ids, positions, targets (the label of the next token of the same row, or -100), each of shape (length,), and
    the mask (length, length), true where the token of a line may look at the token of a column: those before it in a
    row that it belongs to.
    """
    import numpy
    import torch

    ids, positions, targets, before, places = [], [], [], [], {}
    for row, label in zip(rows, labels, strict=True):
        place = None
        for position, (token, target) in enumerate(zip(row.tolist(), [*label[1:].tolist(), -100], strict=True)):
            # Each row predicts its own answer: a token with a target is never shared.
            key = (place, token, position if target == -100 else len(ids))
            shared = places.get(key)
            if shared is None:
                shared = places[key] = len(ids)
                ids.append(token)
                positions.append(position)
                targets.append(target)
                before.append(place)
            place = shared
    mask = numpy.eye(len(ids), dtype=bool)
    for place, parent in enumerate(before):
        if parent is not None:
            mask[place] |= mask[parent]
    return torch.tensor(ids), torch.tensor(positions), torch.tensor(targets), torch.from_numpy(mask)


def neighbours(lengths, most):
    """Batches of consecutive rows, as lists of row numbers; `lengths` in tokens, `most` tokens a batch."""
    batches, room = [], 0
    for row, length in enumerate(lengths):
        if length > room:
            batches.append([])
            room = most
        batches[-1].append(row)
        room -= length
    return batches


def sum_of_losses(model):
    """Give `model` a forward pass that returns (sum of the cross-entropies of a batch's answer tokens,)."""
    import torch

    def forward(input_ids, attention_mask, labels, use_cache=False, return_dict=False):
        kept = attention_mask.bool()
        rows, answers = ([row[k] for row, k in zip(part, kept, strict=True)] for part in (input_ids, labels))
        ids, positions, targets, mask = one_sequence(rows, answers)
        hidden = model.model(
            input_ids=ids.unsqueeze(0),
            attention_mask=torch.where(mask, 0.0, torch.finfo(torch.float32).min)[None, None],
            position_ids=positions.unsqueeze(0), use_cache=use_cache, return_dict=return_dict,
        )[0][0]  # fmt: skip
        predicts = targets != -100
        logits = model.lm_head(hidden[predicts]).float()
        return (torch.nn.functional.cross_entropy(logits, targets[predicts], reduction="sum"),)

    model.forward = forward
    return model


def freeze(model, embeddings, layers):
    """Make constants of the weights of `model` in its embeddings, if asked to, and in its first `layers` layers.

    ilab wants a gradient of every parameter, so they become buffers.
    """
    frozen = list(model.model.layers[:layers])
    frozen += [model.get_input_embeddings(), model.get_output_embeddings()] if embeddings else []
    for part in [part for module in frozen for part in module.modules()]:
        for name, weight in list(part.named_parameters(recurse=False)):
            delattr(part, name)
            part.register_buffer(name, weight.detach())


def scheduled(optimizer, peak, warmup, steps):
    """`optimizer` with a learning rate that climbs to `peak` in `warmup` of `steps` and falls in a line to 0."""
    import torch

    for group in optimizer.param_groups:
        group["lr"] = peak
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda step: min((step + 1) / (warmup + 1), max(0.0, (steps - step) / max(1, steps - warmup)))
    )
    optimizer.register_step_post_hook(lambda *_: schedule.step())
    return optimizer


def patch(full_train):
    """Replace the globals of the loaded module `full_train`; AttributeError if ilab no longer has them."""
    import torch
    from instructlab.training import multipack_sampler
    from transformers import PreTrainedModel

    # AMX multiplies bfloat16 several times faster than AVX-512 multiplies float32; sums and weights stay float32.
    if torch.cpu._is_amx_tile_supported():
        torch.set_float32_matmul_precision("medium")
    stock, prepare, plan = full_train.Adafactor, full_train.setup_model, {}
    stock.step = adafactor_step

    def setup_model(train_args, tokenizer, dataset, optimize_memory, packing_max_batch_len, accum):
        model, loader = prepare(train_args, tokenizer, dataset, optimize_memory, packing_max_batch_len, accum)
        embeddings = os.environ.get("TRAIN_FREEZE_EMBEDDINGS") == "true"
        freeze(model, embeddings, int(os.environ.get("TRAIN_FREEZE_LAYERS", 0)))
        steps = train_args.num_epochs * len(loader) // accum
        plan.update(peak=train_args.learning_rate, warmup=train_args.warmup_steps, steps=steps)
        return model, loader

    full_train.setup_model = setup_model
    full_train.convert_loss_to_reduce_sum = sum_of_losses
    full_train.Adafactor = lambda *args, **kwargs: scheduled(stock(*args, **kwargs), **plan)
    PreTrainedModel.gradient_checkpointing_enable = lambda self: None
    full_train.llamacpp_convert_to_gguf.convert_llama_to_gguf = lambda **kwargs: None
    full_train.run_quantize  # noqa: B018 - AttributeError when ilab stops using it
    full_train.run_quantize = lambda *args: None

    class NeighbourSampler(multipack_sampler.MultipackDistributedBatchSampler):
        def generate_batches(self, set_stats=False):
            batches = neighbours(self.lengths, self.batch_max_length)
            random.Random(self.seed + self.epoch).shuffle(batches)
            return batches

    multipack_sampler.MultipackDistributedBatchSampler = NeighbourSampler

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
