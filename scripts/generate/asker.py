"""Asks a teacher behind an endpoint: what it said before is not asked again, limits are kept, failures end it all."""

import threading
import time
from pathlib import Path

import jinja2
import openai

from scripts import endpoint
from scripts.generate import limits, raw, replies

RETRIES = 8  # of a request that the server was too busy for; the client waits longer before each, up to 8 s
REMEDIES = {
    "late": "it may be overloaded: lower generate.facts.requests_at_once",
    "busy": "lower generate.facts.requests_per_minute",
    "request": "see generate.facts.request in the config",
    "fails": "what it said so far is kept, run make generate again",
}


class Stopped(Exception):
    """No more is asked: the budget is spent, or the server does not answer. Its text says why."""


def why(error: openai.OpenAIError, model: str) -> str:
    """What is wrong with the teacher `model`, and what to do, in one line."""
    return endpoint.why(error, model, REMEDIES)


class Asker:
    """What several threads ask through. settings: of chat.settings()."""

    def __init__(self, client: openai.OpenAI, settings: dict):
        self.client, self.settings = client.with_options(max_retries=RETRIES), settings
        self.kept = replies.Kept(Path(settings["replies"]))
        self.lock = threading.Lock()
        self.calls, self.tokens, self.next, self.why = 0, {"in": 0, "out": 0}, 0.0, ""

    def stop(self, why: str) -> Stopped:
        """Leave the reason for the parent process, and have the other threads stop too."""
        with self.lock:
            self.why = self.why or why
            Path(self.settings["stopped"]).write_text(self.why, encoding="utf-8")
        return Stopped(self.why)

    def wait(self) -> None:
        """Wait for this request's turn; Stopped when no more may be asked."""
        if self.why:
            raise Stopped(self.why)
        if limits.spent(self.tokens, self.settings["budget"], self.settings["price"]):
            raise self.stop(f"the budget is spent ({self.tokens['in']} tokens in, {self.tokens['out']} out)")
        if pause := self.settings["seconds_a_request"]:
            with self.lock:
                self.next = max(self.next, time.monotonic()) + pause
                delay = self.next - pause - time.monotonic()
            time.sleep(max(0.0, delay))

    def ask(self, page: str, messages: list[dict], options: dict) -> str:
        """The reply to `messages`, about `page`: the kept one if there is one."""
        key = raw.digest([messages, options, self.settings["request"]])
        if found := self.kept.get(page, key):
            return found["reply"]
        self.wait()
        try:
            said = request(self.client, self.settings["model"], messages, options, self.settings)
        except openai.OpenAIError as error:
            raise self.stop(why(error, self.settings["model"])) from error
        with self.lock:
            self.calls += 1
            for side in self.tokens:
                self.tokens[side] += said[side]
        self.kept.add(page, {"key": key, **said})
        return said["reply"]


def request(client: openai.OpenAI, model: str, messages: list[dict], options: dict, settings: dict) -> dict:
    """{"reply", "in", "out"} of one request: the text, and the tokens of prompt and reply as the server counts them.

    OpenAIError when the server answers with something else.
    """
    more = {"model": model, **options, **settings["request"]}
    try:
        if settings["route"] == "chat":
            made = client.chat.completions.create(messages=messages, **more)  # type: ignore[arg-type]
            text = made.choices[0].message.content or ""
        else:
            template = jinja2.Environment(undefined=jinja2.StrictUndefined).from_string(settings["markup"])
            prompt = template.render(messages=messages, prompt="\n\n".join(it["content"] for it in messages))
            made = client.completions.create(prompt=prompt, **more)  # type: ignore[call-overload]
            text = made.choices[0].text
        # A server that does not count is taken to have 4 characters a token.
        sizes = sum(len(it["content"]) for it in messages) // 4, len(text) // 4
        used = (made.usage.prompt_tokens, made.usage.completion_tokens) if made.usage else sizes
    except (ValueError, TypeError, LookupError, AttributeError) as error:
        raise openai.OpenAIError(f"{type(error).__name__}: {error}") from error
    return {"reply": text, "in": used[0], "out": used[1]}
