"""The options of a training."""

import argparse
from pathlib import Path

from scripts.program import fail

# Seconds between two saved states. One takes 1 s and 0.5 GB at 135M parameters.
SAVE_EVERY = 240


def parse(description: str):
    """The parsed options; ends the program where those of several machines do not fit together."""
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--arguments", type=Path, required=True, help="arguments file of the stage")
    parser.add_argument("--data", type=Path, required=True, help='rows {"system", "user", "assistant"}, JSON lines')
    parser.add_argument("--config", type=Path, required=True, help="ilab config; its train section holds the knobs")
    parser.add_argument("--base", type=Path, required=True, help="folder of make base: hf/ and model.gguf")
    parser.add_argument("--work", type=Path, required=True, help="scratch folder, removed at the end")
    parser.add_argument("--output", type=Path, required=True, help="safetensors file to write")
    parser.add_argument("--save-every", type=float, default=SAVE_EVERY, metavar="SECONDS", help="of the state")
    parser.add_argument("--nnodes", type=int, default=1, help="machines with GPUs that train together")
    parser.add_argument("--node-rank", type=int, default=0, help="number of this one, from 0; only 0 makes the weights")
    parser.add_argument("--rdzv-endpoint", default="", metavar="HOST:PORT", help="where node 0 listens for the others")
    parser.add_argument("--checkpoints", type=Path, help="empty folder that all nodes share")
    args = parser.parse_args()
    if not 0 <= args.node_rank < args.nnodes or (args.nnodes > 1 and not (args.rdzv_endpoint and args.checkpoints)):
        fail(f"NNODES={args.nnodes} NODE_RANK={args.node_rank}: several nodes need RDZV_ENDPOINT=HOST:PORT of node 0, "
             "CHECKPOINTS=FOLDER that they share, and a NODE_RANK each, from 0 to NNODES - 1")  # fmt: skip
    args.checkpoints = args.checkpoints or args.work / "checkpoints"
    return args
