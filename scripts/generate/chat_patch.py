"""`ilab data generate` with a block that asks chat models, and with each part of a page once.

ilab pairs each chunk with each of the five seed examples; every pair would be asked about:
https://github.com/instructlab/sdg/blob/v0.8.3/src/instructlab/sdg/utils/chunkers.py
One example a chunk shows the style. Its choice depends on the text below the chunk's number only.
"""

import zlib

from scripts.generate import patch

TARGET = patch.TARGET


def once(samples: list[dict]) -> list[dict]:
    """One of the samples of each chunk, in the order of the chunks."""
    of: dict[str, list[dict]] = {}
    for sample in samples:
        of.setdefault(sample["document"], []).append(sample)
    return [them[zlib.crc32(document.partition("\n")[2].encode()) % len(them)] for document, them in of.items()]


def apply(module) -> None:
    """Register the block, and have samples read once each; AttributeError if ilab no longer has what is replaced."""
    from scripts.generate import block  # noqa: F401  here, as it needs ilab's own modules

    patch.apply(module)
    read = module.jlload
    module.jlload = lambda path: once(read(path))
