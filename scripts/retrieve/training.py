"""Teach the encoder to find the unit of a chunk that answers a question, by the exercises: 10 minutes on 2 cores.

A step takes all chunks and questions of a few products. Each question is to be nearer to the unit that answers it than
to all others, or, where none answers it, nearer to nothing, which is at a learned similarity.
"""

import argparse
import random
import time
from pathlib import Path

import safetensors.torch
import torch
from tokenizers import Tokenizer

from scripts import files, program
from scripts.retrieve import encoder, exercises, query, vectors

PRODUCTS = 8  # of a step: some 45 chunks, 400 units and 240 questions
EPOCHS, RATE, WARMUP, SEED = 2, 2e-4, 0.08, 1
TEMPERATURES = 0.05, 0.03  # of the two kinds of likeness in vectors.similar()
TOLD = 40  # products that tell in which directions the vectors of tokens differ
UNANSWERED = 0.5  # weight of a question without an answer


class Prepared:
    """The token ids of a product's chunks and questions, and for each question the number of its unit, or -1."""

    def __init__(self, tokens: Tokenizer, product: exercises.Product):
        self.chunks = [vectors.chunk_row(tokens, chunk) for chunk in product.chunks]
        self.questions = [vectors.question_row(tokens, question.text) for question in product.questions]
        starts = [0]
        for _, spans in self.chunks:
            starts.append(starts[-1] + len(spans))
        self.units = starts[-1]
        answers = (question.answer for question in product.questions)
        self.answers = [starts[answer[0]] + answer[1] if answer else -1 for answer in answers]


def loss_of(
    units: vectors.Vectors, questions: vectors.Vectors, nothing: torch.Tensor, some: list[Prepared]
) -> torch.Tensor:
    """The mean loss of all questions of `some` products against all their units, once for each kind of likeness."""
    count, targets, before = len(units.means), [], 0
    for it in some:
        targets += [before + answer if answer >= 0 else count for answer in it.answers]
        before += it.units
    target = torch.tensor(targets)
    weights = torch.where(target == count, UNANSWERED, 1.0)
    loss = torch.zeros(())
    for alike, none, temperature in zip(vectors.similar(questions, units), nothing, TEMPERATURES, strict=True):
        scores = torch.cat([alike, none.expand(len(alike), 1)], 1) / temperature
        loss = loss + (torch.nn.functional.cross_entropy(scores, target, reduction="none") * weights).mean()
    return loss


@torch.inference_mode()
def principal(model: encoder.Encoder, some: list[Prepared]) -> torch.Tensor:
    """The directions in which the vectors of tokens differ most, of shape (NARROW, 384): few keep what they tell."""
    tokens = vectors.encode(model, [row for it in some for row in it.chunks]).tokens
    return torch.linalg.svd(tokens, full_matrices=False).Vh[: encoder.NARROW].clone()


def train(products: list[exercises.Product], seed: int = SEED) -> encoder.Encoder:
    """The encoder after EPOCHS passes over the products."""
    torch.manual_seed(seed)
    draw, tokens, model = random.Random(seed), query.tokenizer(), encoder.load().train()
    prepared = [Prepared(tokens, product) for product in products]
    for vocabulary in (model.words, model.places, model.kinds, model.narrow):
        vocabulary.requires_grad_(False)
    nothing = torch.nn.Parameter(torch.full((2,), 0.5))
    layers = [weight for weight in model.parameters() if weight.requires_grad]
    optimizer = torch.optim.AdamW([{"params": layers, "lr": RATE}, {"params": [nothing], "lr": 10 * RATE}])
    order = [it for _ in range(EPOCHS) for it in draw.sample(prepared, len(prepared))]
    steps = max(1, len(order) // PRODUCTS)
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda step: min((step + 1) / (WARMUP * steps), 1) * (steps - step) / steps
    )
    # Twice as fast where the CPU multiplies bfloat16, slower elsewhere. Its 8 bits are too few for the loss.
    halved = torch.autocast("cpu", torch.bfloat16, enabled=torch.cpu._is_avx512_bf16_supported())
    for step in program.progress(range(steps), "exercises"):
        some = order[step * PRODUCTS : (step + 1) * PRODUCTS]
        with halved:
            units = vectors.encode(model, [row for it in some for row in it.chunks])
            questions = vectors.encode(model, [row for it in some for row in it.questions])
        loss_of(units, questions, nothing, some).backward()
        torch.nn.utils.clip_grad_norm_(layers, 1.0)
        optimizer.step()
        optimizer.zero_grad()
        schedule.step()
    model.narrow.weight.data = principal(model.eval(), prepared[:TOLD])
    return model


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--exercises", type=Path, required=True, help="folder with the exercises, *.jsonl")
    parser.add_argument("--output", type=Path, required=True, help="safetensors file to write")
    args = parser.parse_args()
    program.die_with_parent()
    torch.set_num_threads(program.cores())
    lock = files.lock(args.output.parent / "lock", "make finder")
    paths, began = sorted(args.exercises.glob("*.jsonl")), time.monotonic()
    if not paths:
        program.fail(f"{args.exercises}: no exercises, *.jsonl; git checkout {args.exercises} brings them back")
    products = exercises.read(paths)
    asked = sum(len(product.questions) for product in products)
    print(f"{len(products)} products, {asked} questions, {EPOCHS} passes: about {asked * EPOCHS / 1700:.0f} min on 2 "
          "cores", flush=True)  # fmt: skip
    model = train(products)
    with files.replacing(args.output) as partial:
        safetensors.torch.save_file({name: weight.contiguous() for name, weight in model.state_dict().items()}, partial)
    lock.release()
    print(f'{args.output}: trained in {(time.monotonic() - began) / 60:.1f} min; next: make ask Q="..."')


if __name__ == "__main__":
    main()
