"""Which of a few texts a question asks for, as the embedded language model sees it. Nothing is trained for that.

It tells how much likelier the question becomes after the text: https://arxiv.org/abs/2204.07496, section 2.2.
"""

import argparse
import contextlib
import ctypes
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeAlias

import numpy

from scripts import embedded, files, program
from scripts.serve import llama

Gains: TypeAlias = Callable[[str, list[tuple[str, str]]], list[float]]
# Tokens of the window, and of what may stand in it: a longer text is cut.
WINDOW, WHERE, TEXT, QUESTION = 512, 50, 200, 100
# The prompt, in the embedded model's chat format, and what stands in the place of a text.
BEGIN = "<|im_start|>system\nYou write questions.<|im_end|>\n<|im_start|>user\nWrite a question "
FROM, ANSWERS, NOTHING = 'that this text from "', '" answers.\n\n', "about this software."
END = "<|im_end|>\n<|im_start|>assistant\n"


def likelihood(model: Any, before: list[int], question: list[int]) -> float:
    """The mean log-probability of the tokens of a question after the tokens `before`, in nats.

    Tokens with which the last call began too are not computed again.
    """
    tokens, last = before + question, model.input_ids[: model.n_tokens].tolist()
    same = next((at for at, (one, two) in enumerate(zip(last, before, strict=False)) if one != two), 0)
    model.n_tokens = min(same, len(before) - 1)
    model.eval(tokens[model.n_tokens :])
    found = model.scores[len(before) - 1 : len(tokens) - 1].astype(numpy.float64)
    top = found.max(-1, keepdims=True)
    total = numpy.log(numpy.exp(found - top).sum(-1)) + top[:, 0]
    return float((found[numpy.arange(len(question)), question] - total).mean())


def reader(path: Path) -> Gains:
    """A function of a question and texts, each with where it stands: the nats a token by which each helps.

    path: the GGUF file that main() makes.
    """
    if not path.is_file():
        program.fail(f"{path}: no such file; run make finder")
    try:
        model = llama.load(path, WINDOW, n_batch=WINDOW, logits_all=True)
    except ValueError as error:
        program.fail(f"{path}: {error}; remove it and run make finder")

    def ids(text: str, special: bool = False) -> list[int]:
        return model.tokenize(text.encode(errors="replace"), add_bos=False, special=special)

    begin, end, nothing = ids(BEGIN, True), ids(END, True), ids(NOTHING)
    first, second = ids(FROM), ids(ANSWERS)

    def gains(question: str, texts: list[tuple[str, str]]) -> list[float]:
        asked = ids(question)[:QUESTION]
        if not asked:
            return [0.0] * len(texts)
        alone = likelihood(model, begin + nothing + end, asked)
        prompts = (first + ids(where)[:WHERE] + second + ids(text)[:TEXT] for where, text in texts)
        return [likelihood(model, begin + prompt + end, asked) - alone for prompt in prompts]

    return gains


def main():
    import llama_cpp  # a tenth of a second, which other users of this module need not spend

    parser = argparse.ArgumentParser(description="Make the embedded model ready to read: 8 bits are twice as fast.")
    parser.add_argument("--output", type=Path, required=True, help="GGUF file to write")
    args = parser.parse_args()
    settings = llama_cpp.llama_model_quantize_default_params()
    # The package's 4 bits, which llama.cpp multiplies slowly, as 8: it has a faster way for those,
    # https://github.com/ggml-org/llama.cpp/blob/b4273/ggml/src/ggml-cpu/llamafile/sgemm.cpp
    settings.ftype, settings.allow_requantize = llama_cpp.LLAMA_FTYPE_MOSTLY_Q8_0, True
    with files.replacing(args.output) as partial, open(os.devnull, "w") as quiet, contextlib.redirect_stderr(quiet):
        if llama_cpp.llama_model_quantize(str(embedded.gguf()).encode(), str(partial).encode(), ctypes.byref(settings)):
            program.fail(f"{args.output}: llama.cpp could not write it; free some disk and run make finder")


if __name__ == "__main__":
    main()
