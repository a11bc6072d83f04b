"""`ilab data generate` with one of its own pipelines, whose prompts go to a chat model as messages.

Its LLMBlock asks /v1/completions only, tries two prompts with n=3 first, and ends the run when a server refuses that:
https://github.com/instructlab/sdg/blob/v0.8.3/src/instructlab/sdg/blocks/llmblock.py
"""

import json
from pathlib import Path
from types import SimpleNamespace

from scripts.generate import forms, patch

TARGET = patch.TARGET
RUN = Path("run.json")  # the settings, in the folder that ilab runs in
KEPT_UNDER = "all"  # what an LLMBlock asks about has no page


def chatting(asker) -> SimpleNamespace:
    """What LLMBlock takes for a client of completions, and asks through `asker`."""

    def create(*, prompt: str, max_tokens: int, temperature: float = 0, **_) -> SimpleNamespace:
        options = {"max_tokens": max_tokens, "temperature": temperature}
        reply = asker.ask(KEPT_UNDER, [{"role": "user", "content": prompt}], options)
        print(f"done 0 {asker.calls} {asker.tokens['in']} {asker.tokens['out']}", flush=True)
        return SimpleNamespace(choices=[SimpleNamespace(text=forms.thoughtless(reply))])

    return SimpleNamespace(completions=SimpleNamespace(create=create), server_supports_batched=False)


def apply(module) -> None:
    """Have the pairs asked for through our asker; AttributeError if ilab no longer has what is replaced."""
    from scripts.generate.asker import Asker

    run = json.loads(RUN.read_text(encoding="utf-8"))
    generate, read = module.generate_data, module.jlload
    begun: list[str] = []

    def samples(path) -> list:
        """The samples of a page. ilab reads them when it begins with the page, so the one before is done."""
        print(f"done {len(begun[-1:])} 0 0 0", flush=True)
        begun.append(path)
        return read(path)

    module.jlload = samples
    module.generate_data = lambda client, **options: generate(chatting(Asker(client, run)), **options)
    patch.apply(module)
