"""Adafactor without temporary copies, and its learning rate; the same update rule as transformers' own."""

import math

import torch


def step(self, closure=None):
    """transformers.Adafactor.step for lr given, no first moment, no weight decay and float32, in place.

    transformers' version makes ten temporary copies of every weight: more than half of each step at these batch sizes.
    https://github.com/huggingface/transformers/blob/v4.51.3/src/transformers/optimization.py
    """
    with torch.no_grad():
        for group in self.param_groups:
            for weight in group["params"]:
                if weight.grad is not None:
                    update(self, group, weight, weight.grad, self.state[weight])


def update(optimizer, group, weight, grad, state):
    """Move one `weight` along its `grad`, both of the same shape; `state` holds its running means of squares."""
    matrix = grad.dim() == 2
    if not state:
        state["step"] = 0
        state["row"] = grad.new_zeros(grad.shape[0]) if matrix else torch.zeros_like(grad)
        state["col"] = grad.new_zeros(grad.shape[1]) if matrix else None
    state["step"] += 1
    decay = 1 - math.pow(state["step"], group["decay_rate"])
    eps = group["eps"][0]
    buffer = optimizer.__dict__.setdefault("squares", {})
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


def schedule(optimizer, peak, warmup, steps):
    """Have the learning rate of `optimizer` climb to `peak` in `warmup` of `steps` and fall in a line to 0.

    Returns the scheduler, whose state belongs to that of the optimizer.
    """
    for group in optimizer.param_groups:
        group["lr"] = peak
    scheduler = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda done: min((done + 1) / (warmup + 1), max(0.0, (steps - done) / max(1, steps - warmup)))
    )
    optimizer.register_step_post_hook(lambda *_: scheduler.step())
    return scheduler
