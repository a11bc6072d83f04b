"""`ilab model train --pipeline full` without its waste on CPUs; the same loss and update rule, to rounding.

scripts/ilab/__main__.py applies it. tests/train/test_patch.py compares with ilab's own code, docs/experiments.md has
the timings. What changes in
https://github.com/instructlab/instructlab/blob/v0.26.1/src/instructlab/model/full_train.py :

- The rows of a batch go through the model as one sequence without padding (packing.py), if that gives the model the
  same loss. A batch is of neighbours in the data, where rows.py puts the rows of a question beside each other.
- Adafactor works in place (adafactor.py).
- No gradient checkpointing: it saves memory that a small model does not need and costs a second forward pass.
- The learning rate is that of the config, train.additional_args, with its warmup_steps and a line down to 0. ilab's
  accelerated pipeline follows these keys too; this one has 2e-5 written into it, at which a small model hardly moves.
- The embeddings and the first layers stay as they are if the config says so.
- The state is saved every few minutes, and a saved one is gone on from (resume.py).
- The rows are prepared in this process. ilab starts 16 others to write them to one file, and each imports torch anew.
- Only the last epoch is written, and no GGUF: ilab's are broken for byte-level BPE tokenizers, and gguf_file.py writes
  ours.
"""

import functools
import json
import os
import random
import time
from pathlib import Path

TARGET = "instructlab.model.full_train"


def apply(full_train):
    """Replace globals of the loaded module `full_train`; AttributeError if ilab no longer has them.

    TRAIN_PATCH in the environment is a JSON object: freeze_embeddings, freeze_layers, state (a path), save_every (s).
    """
    import torch
    from transformers import PreTrainedModel

    # AMX multiplies bfloat16 several times faster than AVX-512 multiplies float32; sums and weights stay float32.
    if torch.cpu._is_amx_tile_supported():
        torch.set_float32_matmul_precision("medium")
    PreTrainedModel.gradient_checkpointing_enable  # noqa: B018 - AttributeError when ilab stops using it
    PreTrainedModel.gradient_checkpointing_enable = lambda self: None
    full_train.llamacpp_convert_to_gguf.convert_llama_to_gguf = lambda **kwargs: None
    full_train.run_quantize  # noqa: B018
    full_train.run_quantize = lambda *args: None
    replace_sampler()
    replace_processes()
    replace_steps(full_train, json.loads(os.environ["TRAIN_PATCH"]))


def replace_sampler():
    """Have ilab batch neighbours, in random order of the batches, and read them in this process."""
    import torch
    from instructlab.training import multipack_sampler

    from scripts.train import packing, resume

    class NeighbourSampler(multipack_sampler.MultipackDistributedBatchSampler):
        def generate_batches(self, set_stats=False):
            batches = packing.neighbours(self.lengths, self.batch_max_length)
            random.Random(self.seed + self.epoch).shuffle(batches)
            return batches

    multipack_sampler.MultipackDistributedBatchSampler = NeighbourSampler
    # ilab imports the name when it sets the model up.
    torch.utils.data.DataLoader = resume.Loader


def replace_processes():
    """Have ilab prepare the rows in one process.

    https://github.com/instructlab/training/blob/v0.10.4/src/instructlab/training/config.py
    """
    from instructlab.training import config

    # ilab imports the module when it trains, and gives no number.
    config.DataProcessArgs = functools.partial(config.DataProcessArgs, num_cpu_procs=1)


def replace_steps(full_train, settings):
    """Have ilab freeze, step and save as `settings`, the content of TRAIN_PATCH, and its own arguments say."""
    import torch

    from scripts.train import adafactor, packing, resume

    stock, prepare, stock_save = full_train.Adafactor, full_train.setup_model, torch.save
    stock.step = adafactor.step
    stock_loss = full_train.convert_loss_to_reduce_sum
    run = {}

    def convert_loss(model):
        if packing.fits(model, stock_loss, run["longest"]):
            return packing.sum_of_losses(model)
        print(
            f"{type(model).__name__}: another loss without padding, so batches are padded, as ilab does it", flush=True
        )
        return stock_loss(model)

    def setup_model(train_args, tokenizer, dataset, optimize_memory, packing_max_batch_len, accum):
        run["longest"] = int(dataset.get_lengths().max())
        model, loader = prepare(train_args, tokenizer, dataset, optimize_memory, packing_max_batch_len, accum)
        packing.freeze(model, settings["freeze_embeddings"], settings["freeze_layers"])
        run.update(model=model, loader=loader, args=train_args, steps=train_args.num_epochs * len(loader) // accum)
        return model, loader

    def make_optimizer(*args, **kwargs):
        optimizer = stock(*args, **kwargs)
        rate, warmup = run["args"].learning_rate, run["args"].warmup_steps
        scheduler = adafactor.schedule(optimizer, rate, warmup, run["steps"])
        print(f"learning rate {rate:g}, warmup {warmup}, {run['steps']} steps, {settings['freeze_layers']} layers and "
              f"{'the' if settings['freeze_embeddings'] else 'no'} embeddings frozen", flush=True)  # fmt: skip
        parts = (Path(settings["state"]), run["model"], run["loader"], optimizer, scheduler)
        if parts[0].exists():
            resume.restore(*parts)
        last = time.monotonic()

        def save_now_and_then(*_):
            nonlocal last
            if time.monotonic() - last >= settings["save_every"]:
                resume.save(*parts)
                last = time.monotonic()

        optimizer.register_step_post_hook(save_now_and_then)
        return optimizer

    def save_last_epoch(state, file, *args, **kwargs):
        last = run["loader"].batch_sampler.epoch == run["args"].num_epochs - 1
        if last or not str(file).endswith("pytorch_model.bin"):
            stock_save(state, file, *args, **kwargs)

    full_train.setup_model, full_train.Adafactor, torch.save = setup_model, make_optimizer, save_last_epoch
    full_train.convert_loss_to_reduce_sum = convert_loss
