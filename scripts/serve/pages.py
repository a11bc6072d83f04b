"""Answers from the pages in the form of OpenAI's API: the text with its sources, and these as fields too."""

import itertools
import time
from collections.abc import Callable, Iterator

from scripts.retrieve import answers

MODEL = "pages"  # the name under which clients ask
NUMBERS = itertools.count(1)


def completions(answer: Callable[[str], answers.Answer]) -> Callable:
    """A function like Llama.create_chat_completion that answers the last message of the user, on its own."""

    def create(messages: list[dict], stream: bool = False, **_) -> dict | Iterator[dict]:
        asked = [message["content"] for message in messages if message["role"] == "user"]
        if not asked or not asked[-1].strip():
            raise ValueError("no question: the last message of the user is empty")
        found = answer(asked[-1])
        head = {"id": f"chatcmpl-{MODEL}-{next(NUMBERS)}", "created": int(time.time()), "model": MODEL}
        more = {
            "answer": found.text,
            "declined": found.declined,
            "sources": [source._asdict() for source in found.sources],
        }
        content = answers.shown(found)
        if stream:
            return streamed({**head, "object": "chat.completion.chunk"}, content, more)
        choice = {"index": 0, "message": {"role": "assistant", "content": content}, "finish_reason": "stop"}
        usage = dict.fromkeys(("prompt_tokens", "completion_tokens", "total_tokens"), 0)
        return {**head, "object": "chat.completion", "choices": [choice], "usage": usage, **more}

    return create


def streamed(head: dict, content: str, more: dict) -> Iterator[dict]:
    """An answer as the chunks of a stream; the last one has the sources."""
    for delta, reason in (({"role": "assistant"}, None), ({"content": content}, None), ({}, "stop")):
        choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": reason}
        yield {**head, "choices": [choice], **(more if reason else {})}
