"""`ilab model train --pipeline accelerated` with two faults mended; scripts/ilab/ applies it.

ilab starts torchrun as a process of its own and ends it at a KeyboardInterrupt only. And it takes a training for failed
that is done, whose torchrun has closed its output and lets go of the GPU: seen on the first GPU that this was run on.
https://github.com/instructlab/training/blob/v0.10.4/src/instructlab/training/main_ds.py
https://github.com/instructlab/training/pull/675, which mends the second in a later version
"""

import contextlib
import functools
import signal
import subprocess

TARGET = "instructlab.model.accelerated_train"
# Seconds for torchrun to end after its last output. ilab ends it then, and reports a failure.
END = 60


def apply(accelerated_train):
    """Have a SIGTERM raise KeyboardInterrupt, and have ilab wait for torchrun before it asks how that ended.

    The SIGTERM comes when make or our script is killed.
    """
    from instructlab.training import utils

    accelerated_train.accelerated_train  # noqa: B018 - AttributeError when ilab no longer has it
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    utils.StreamablePopen.listen = to_the_end(utils.StreamablePopen.listen)


def to_the_end(listen):
    """`listen`, which returns when a process has closed its output, waiting until the process has ended too."""

    @functools.wraps(listen)
    def listen_and_wait(process):
        listen(process)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(timeout=END)

    return listen_and_wait
