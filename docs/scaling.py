"""Print the tables of docs/scaling.md: .venv/bin/python docs/scaling.py

Each number below is measured (README.md, docs/), cited, or assumed, as its comment says. What follows from them is
reasoned: lines through one measured point.
"""

import heapq
import random

# By the questions a fact: calls, tokens a call, and rows of a page. With 1, measured: the embedded teacher on the 23
# sample pages, 911 calls and 247 rows; its tokens are assumed. With 12, measured: a scripted teacher on two pages of
# 716 words (docs/generate-experiments.md), 940 tokens a call and 914 rows; by words and sections for a page of
# Konflux, which has 680 words and 6.4 sections.
FLOWS = {1: (911 / 23, 420, 247 / 23), 12: (4 * 6.36 + 3 * 680 / 36, 940, 914 / 716 * 680)}
CALLS_A_SECOND = 911 / (3.6 * 60)  # Measured: the embedded teacher, 2 cores.
# Measured: the training on all authored facts, 135M parameters, 2 cores.
TOKENS_A_ROW, CPU_TOKENS, CPU_MODEL = 717414 / 13602, 268, 0.135
# Measured: build/rag/index.json of the 23 sample pages.
INDEX_A_PAGE = 1024396 / 23
# Assumed: what a GPU server of an 8B teacher reads and writes a second over all requests, what a GPU computes in
# training (a tenth of an H100's 989 TFLOP/s in bfloat16, its data sheet), and the price.
SERVER_TOKENS, FLOPS, PRICE = 10_000, 1e14, 2.5
# Measured: a step of config/gpu.yaml on an H200, 29 rows of 50 tokens on average (docs/experiments.md). The GPU was
# busy for 18% of it. Assumed: a larger student's step takes no less.
STEP_SECONDS, STEP_TOKENS = 0.275, 29.1 * 50
# Cited: weights, gradients and Adam's moments in mixed precision, without activations (arXiv:1910.02054, 3.1). Assumed:
# what each further node adds, as gradients travel.
BYTES_A_PARAMETER, EFFICIENCY = 16, 0.9


def hours(number: float) -> str:
    """Hours as a person says them."""
    units = (("days", 24), ("h", 1), ("min", 1 / 60), ("s", 1 / 3600))
    unit, size = next((it for it in units if number >= 2 * it[1]), units[-1])
    return f"{number / size:,.0f} {unit}"


def tokens(pages: int, wordings: int) -> float:
    """Tokens of one pass of a training."""
    return pages * FLOWS[wordings][2] * TOKENS_A_ROW


def gpu_training(billions: float, trained: float, gpus: int = 1) -> float:
    """Hours of training `trained` tokens.

    6 floating-point operations a parameter and token (arXiv:2001.08361, 2.1), and the measured seconds a step at least.
    """
    seconds = max(6 * billions * 1e9 * trained / FLOPS, trained / STEP_TOKENS * STEP_SECONDS)
    return seconds / 3600 / (1 + (gpus - 1) * EFFICIENCY)


def table(head: str, rows: list[list]) -> str:
    lines = [head, "|---" * (head.count(" | ") + 1) + "|", *("| " + " | ".join(map(str, row)) + " |" for row in rows)]
    return "\n".join(lines) + "\n"


def teaching() -> str:
    """By pages and wordings: what the teacher is asked and how long that takes, here and on a GPU server."""
    rows = []
    for pages in (123, 1_000, 10_000, 100_000):
        for wordings, (calls, size, made) in FLOWS.items():
            asked = pages * calls
            gpu = asked * size / SERVER_TOKENS / 3600
            # The embedded teacher asks one question a fact.
            here = hours(asked / CALLS_A_SECOND / 3600) if wordings == 1 else "-"
            rows.append([f"{pages:,}", wordings, f"{asked:,.0f}", f"{asked * size / 1e6:,.0f}", f"{pages * made:,.0f}",
                         f"{tokens(pages, wordings) / 1e6:,.1f}", here, hours(gpu), f"{gpu * PRICE:,.2f} $",
                         f"{pages * INDEX_A_PAGE / 1e9:.2f} GB"])  # fmt: skip
    return table("| pages | wordings | calls | M tokens asked | rows | M tokens trained | 2 cores, 135M teacher "
                 "| a GPU, 8B teacher | its price | index |", rows)  # fmt: skip


def training() -> str:
    """By the student's size: memory, disk, and hours for the rows of 123 and of 100,000 pages with 12 wordings."""
    small, large = tokens(123, 12), tokens(100_000, 12)
    rows = []
    for billions in (0.135, 1.7, 8):
        memory, disk = billions * BYTES_A_PARAMETER, billions * (4 + 2 + 12)  # weights, GGUF, the state to go on from
        here = [hours(trained / CPU_TOKENS / 3600 * billions / CPU_MODEL) for trained in (small, large)]
        gpu, gpus = gpu_training(billions, large), gpu_training(billions, large, 8)
        rows.append([f"{billions:g}B", f"{memory:,.0f} GB", f"{disk:,.0f} GB", here[0],
                     hours(gpu_training(billions, small)), here[1], hours(gpu), hours(gpus),
                     f"{gpu * PRICE:,.2f} $"])  # fmt: skip
    return table("| student | memory | disk | 123 pages: 2 cores | a GPU | 100,000 pages: 2 cores | a GPU | 8 nodes "
                 "| price of one GPU |", rows)  # fmt: skip


def waiting(a_day: float, service: float, gpus: int, jobs: int = 20_000) -> tuple[float, float]:
    """Mean and 95th percentile of the hours that jobs wait which come at random and take `service` hours each."""
    draw, free, now, waits = random.Random(0), [0.0] * gpus, 0.0, []
    for _ in range(jobs):
        now += draw.expovariate(a_day / 24)
        start = max(now, heapq.heappop(free))
        waits.append(start - now)
        heapq.heappush(free, start + service)
    return sum(waits) / jobs, sorted(waits)[int(0.95 * jobs)]


def queue() -> str:
    """By jobs a day and GPUs in the queue: how busy they are, and how long a job of 4 hours waits."""
    rows = []
    for a_day, gpus in ((4, 1), (5, 1), (10, 2), (20, 4), (22, 4), (44, 8)):
        mean, late = waiting(a_day, 4, gpus)
        rows.append([a_day, gpus, f"{a_day * 4 / 24 / gpus:.0%}", hours(mean), hours(late)])
    return table("| jobs a day | GPUs | busy | mean wait | 95% wait less than |", rows)


if __name__ == "__main__":
    print(teaching(), training(), queue(), sep="\n", end="")
