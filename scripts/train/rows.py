"""The rows that a student is trained on: read, checked against what ilab would drop, and put in order."""

import argparse
import json
import math
import random
from pathlib import Path

import jinja2

from scripts import configuration, files
from scripts.program import fail
from scripts.train import accelerated, folder

# ilab drops shorter samples, and those of max_seq_len or more, without a word:
# https://github.com/instructlab/training/blob/v0.10.4/src/instructlab/training/data_process.py
MIN_TOKENS = 20
# Rows of one question in a batch. More cost less, but then the fact comes back less often; not measured alone.
TOGETHER = 2

# What ilab's pipelines are trained with here, of those that it has.
WAYS = (("full", "cpu"), ("accelerated", "cuda"))

Messages = list[dict[str, str]]


def conversations(rows: list[dict]) -> list[Messages]:
    """`rows`, of the shape {"system", "user", "assistant"}, as lists of messages."""
    return [[{"role": key, "content": row[key]} for key in ("system", "user", "assistant")] for row in rows]


def write_data(conversed: list[Messages], path: Path) -> None:
    """Write what conversations() made to the file `path`, in the form that `ilab model train` reads."""
    files.write_json_lines(path, ({"messages": messages, "metadata": "{}"} for messages in conversed))


def count_tokens(conversed: list[Messages], student: Path) -> list[int]:
    """Tokens of each conversation in the chat format of the model in the folder `student`.

    jinja2.TemplateError when its chat template refuses such a conversation.
    """
    settings, backend = folder.tokenizer_settings(student), student / "tokenizer.json"
    template = settings.get("chat_template")
    if not (backend.is_file() and isinstance(template, str)):
        from transformers import AutoTokenizer

        tokenizer = AutoTokenizer.from_pretrained(student)
        return [len(tokenizer.apply_chat_template(messages)) for messages in conversed]
    # Not by transformers, which imports torch to do the same: 4 s of CPU time instead of half a second.
    from llama_cpp.llama_chat_format import Jinja2ChatFormatter
    from tokenizers import Tokenizer

    special = {name: settings.get(f"{name}_token") or "" for name in ("bos", "eos")}
    text = {name: token["content"] if isinstance(token, dict) else token for name, token in special.items()}
    form = Jinja2ChatFormatter(template, text["eos"], text["bos"], add_generation_prompt=False)
    texts = [form(messages=messages).prompt for messages in conversed]  # type: ignore[arg-type]
    encoded = Tokenizer.from_file(str(backend)).encode_batch(texts, add_special_tokens=False)
    return [len(tokens.ids) for tokens in encoded]


def shuffled(conversed: list[Messages], seed: int) -> list[Messages]:
    """The conversations in random order, those with the same prompt by TOGETHER beside each other.

    packing.py makes a batch of neighbours and computes what they have in common once.
    """
    draw = random.Random(seed)
    prompts: dict[str, list[Messages]] = {}
    for messages in conversed:
        prompts.setdefault(json.dumps(messages[:-1]), []).append(messages)
    groups = [same[i : i + TOGETHER] for same in prompts.values() for i in range(0, len(same), TOGETHER)]
    draw.shuffle(groups)
    return [messages for group in groups for messages in group]


def read(path: Path, args: argparse.Namespace, most: float) -> tuple[list[Messages], list[int]]:
    """The conversations of the file `path` and their lengths in tokens; ends the program at a row that ilab would drop.

    most: the length, in tokens, from which on ilab drops a row.
    """
    rows, prompt = files.read_rows(path), configuration.system_prompt(args.config)
    for line, row in enumerate(rows, 1):
        if row["system"] != prompt:
            fail(f"{path}:{line}: not the system prompt of {args.config}, with which the model is asked; make the rows "
                 "with this CONFIG too")  # fmt: skip
    conversed = conversations(rows)
    try:
        lengths = count_tokens(conversed, args.base / "hf")
    except (OSError, ValueError, jinja2.TemplateError) as error:
        fail(f"{args.base / 'hf'}: its tokenizer or chat template cannot write {path} ({error}); take a student whose "
             "template has a place for the system prompt")  # fmt: skip
    if min(lengths) < MIN_TOKENS:
        fail(f"{path}:{lengths.index(min(lengths)) + 1}: under {MIN_TOKENS} tokens, which ilab drops; make it longer")
    if max(lengths) >= most:
        fail(f"{path}:{lengths.index(max(lengths)) + 1}: {most} tokens or more, which ilab drops; shorten it")
    return conversed, lengths


def knobs(config: Path, base: Path) -> dict:
    """The train section of the ilab config with its defaults; ends the program when a value cannot be trained with."""
    found = {"min_steps": 0, "pipeline": "full", "device": "cpu", "max_seq_len": math.inf, "freeze_layers": 0,
             "freeze_embeddings": False, "nproc_per_node": 1, "additional_args": {},
             **configuration.section(config, "train")}  # fmt: skip
    if "interpolation" in found:
        fail(f"{config}: train.interpolation is now interpolation under gguf:; move it there")
    whole = {"num_epochs": 1, "effective_batch_size": 1, "min_steps": 0, "freeze_layers": 0}
    if not all(type(found.get(name)) is int and found[name] >= least for name, least in whole.items()):
        fail(f"{config}: train: needs whole numbers for {', '.join(whole)}, 1 or more for the first two")
    if (way := (found["pipeline"], found["device"])) not in WAYS:
        fail(f"{config}: train.pipeline and device are {way[0]!r} and {way[1]!r}; set 'full' and 'cpu', or "
             "'accelerated' and 'cuda'")  # fmt: skip
    if found["device"] == "cuda":
        accelerated.check(config, found)
    # ilab trains what the config says, whatever --model-path says.
    path = configuration.student_path(config)
    if path.resolve() != (base / "hf").resolve():
        fail(f"{config}: the student's path is {path}, and {base / 'hf'} leads to another folder; run make base again")
    return found
