"""`ilab model train --pipeline accelerated` that ends torchrun when it is ended itself; scripts/ilab/ applies it.

ilab starts torchrun as a process of its own and ends it at a KeyboardInterrupt only:
https://github.com/instructlab/training/blob/v0.10.4/src/instructlab/training/main_ds.py
"""

import signal

TARGET = "instructlab.model.accelerated_train"


def apply(accelerated_train):
    """Have a SIGTERM, which comes when make or our script is killed, raise KeyboardInterrupt."""
    accelerated_train.accelerated_train  # noqa: B018 - AttributeError when ilab no longer has it
    signal.signal(signal.SIGTERM, signal.default_int_handler)
