"""The state of a training, saved every few minutes, so that a stopped one goes on where it was.

Model, optimizer, learning rate and place in the data are restored exactly, and nothing else in the training is random:
a resumed training makes the same weights as one that was never stopped.
"""

import itertools
from pathlib import Path

import torch

from scripts import files


class Loader(torch.utils.data.DataLoader):
    """A DataLoader that reads in this process, counts the batches of an epoch, and can start in the middle.

    ilab's four workers import torch anew, which costs 30 s an epoch to fetch a few kB. A class, because ilab calls the
    one of this name: https://github.com/instructlab/instructlab/blob/v0.26.1/src/instructlab/model/full_train.py
    """

    # ilab sets it to "spawn", which torch refuses without workers.
    multiprocessing_context = None
    start = (0, 0)  # epoch, and how many of its batches are done
    given = 0

    def __init__(self, *args, num_workers=0, **kwargs):
        super().__init__(*args, num_workers=0, **kwargs)

    def __iter__(self):
        epoch, done = self.start
        if self.batch_sampler.epoch < epoch:
            return
        if self.batch_sampler.epoch > epoch:
            done = 0
        for self.given, batch in enumerate(itertools.islice(super().__iter__(), done, None), done + 1):
            yield batch


def save(path: Path, model, loader, optimizer, scheduler) -> None:
    """Write the state after the step that was just taken to the file `path`, in one step."""
    state = {
        "start": (loader.batch_sampler.epoch, loader.given),
        "weights": dict(model.named_parameters()),
        "optimizer": optimizer.state_dict(),
        "scheduler": scheduler.state_dict(),
    }
    with files.replacing(path) as partial:
        torch.save(state, partial)


def restore(path: Path, model, loader, optimizer, scheduler) -> None:
    """Put a saved state back, and print where the training goes on; the first line that progress.py looks for."""
    state = torch.load(path, map_location="cpu", weights_only=True)
    with torch.no_grad():
        for name, weight in model.named_parameters():
            weight.copy_(state["weights"][name])
    optimizer.load_state_dict(state["optimizer"])
    scheduler.load_state_dict(state["scheduler"])
    loader.start = tuple(state["start"])
    print("goes on at epoch {}, batch {}".format(*loader.start), flush=True)
