"""What ilab saves of a training: hf_format/samples_N in its checkpoint folder, of which the last is used."""

from pathlib import Path

from scripts.program import fail
from scripts.train import folder


def saved(checkpoints: Path) -> list[Path]:
    """The checkpoints in the folder `checkpoints`, the newest last."""
    return sorted(checkpoints.glob("hf_format/samples_*"), key=lambda path: int(path.name.rpartition("_")[2]))


def convert(checkpoints: Path, output: Path) -> None:
    """Write the weights of the last checkpoint as safetensors to `output`; ends the program if they are no use."""
    import safetensors.torch

    last = (saved(checkpoints) or [checkpoints])[-1]
    try:
        weights = {name: read() for name, read in folder.tensors(folder.weight_files(last)).items()}
    except (OSError, ValueError) as error:
        fail(f"{last}: not readable ({error}); the old model stays")
    if not weights:
        fail(f"{last}: ilab saved no weights; the old model stays")
    if broken := [name for name, weight in weights.items() if not weight.isfinite().all()]:
        fail(f"{last}: {broken[0]} holds numbers that are not finite; the old model stays")
    # Cloned, as tensors that share their memory cannot be stored.
    safetensors.torch.save_file({name: weight.clone().contiguous() for name, weight in weights.items()}, output)
