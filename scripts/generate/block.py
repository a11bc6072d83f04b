"""A block for ilab's pipelines that asks a chat model about a row, or about each entry of a list in it.

ilab's LLMBlock asks /v1/completions only, and its LLMMessagesBlock asks about whole rows whose messages nothing builds:
https://github.com/instructlab/sdg/blob/v0.8.3/src/instructlab/sdg/blocks/llmblock.py
Lists are kept in a row as JSON, so that a row stays a row and ilab can split and join them as it likes.
"""

import functools
import json
from pathlib import Path

from datasets import Dataset
from instructlab.sdg.blocks.block import Block
from instructlab.sdg.registry import BlockRegistry, PromptRegistry

from scripts.generate import asker, nearest, said, taxonomy


@functools.cache
def opened(run: str) -> dict:
    """What all blocks of a run share, from its file `run`: settings, parts, and later "asker" and "nearest"."""
    return json.loads(Path(run).read_text(encoding="utf-8"))


def shared(run: str, ctx) -> dict:
    """opened(run) with the asker and the index, which are made once; ilab makes a block anew for each batch."""
    state = opened(run)
    if "asker" not in state:
        state["nearest"] = nearest.finder(Path(state["index"]), Path(state["finder"]))
        state["asker"] = asker.Asker(ctx.client, state)
    return state


@BlockRegistry.register("AskBlock")
class AskBlock(Block):
    """Asks with the prompt in `config_path`, and takes the reply apart with the function `parse` of said.py.

    into: the list of the row that the result becomes. each: the list whose entries are asked about one by one, and
    replaced by the result. run: file with the settings of the run.
    """

    def __init__(self, ctx, pipe, block_name, config_path, parse, run, each="", into="", gen_kwargs=None):
        super().__init__(ctx, pipe, block_name)
        prompt = self._load_config(config_path)
        body = "\n".join(prompt[part] or "" for part in ("introduction", "principles", "examples", "generation"))
        self.system, self.template = prompt["system"], PromptRegistry.template_from_string(body)
        self.parse, self.each, self.into = getattr(said, parse), each, into
        self.options, self.state = gen_kwargs or {}, shared(run, ctx)

    def ask(self, row: dict, about: dict) -> list[dict]:
        """What the teacher said of `about`, an entry of a list or the part itself, taken apart."""
        if "question" in about:
            about = {**about, "passages": self.state["nearest"](about["question"])}
        prompt = self.template.render({**row, **about}).strip()
        messages = [{"role": "system", "content": self.system}, {"role": "user", "content": prompt}]
        reply = self.state["asker"].ask(row["page"], messages, self.options)
        return self.parse(reply, {key: value for key, value in about.items() if key != "passages"})

    def answered(self, sample: dict) -> dict:
        """The row with what this block adds to it."""
        part = self.state["parts"][taxonomy.number(sample["document"])]
        row = {**sample, **part, "product": self.state["product"], "wordings": self.state["wordings"]}
        about = json.loads(sample[self.each]) if self.each else [part]
        found = [entry for one in about for entry in ([one] if "why" in one else self.ask(row, one))]
        return {**sample, self.each or self.into: json.dumps(found, ensure_ascii=False)}

    def generate(self, samples: Dataset) -> Dataset:
        rows = [self.answered(dict(sample)) for sample in samples]
        if self.block_name == self.state["last"]:
            counts = self.state["asker"]
            print(f"done {len(rows)} {counts.calls} {counts.tokens['in']} {counts.tokens['out']}", flush=True)
        return Dataset.from_list(rows)
