"""Asks a teacher behind an endpoint: what it said before is not asked again, limits are kept, failures end it all."""

import threading
import time
from pathlib import Path

import httpx
import openai

from scripts import endpoint
from scripts.generate import forms, limits, raw, replies, request

RETRIES = 8  # of a request that the server was too busy for; the client waits longer before each, up to 8 s
TIMEOUT = httpx.Timeout(600, connect=20)  # seconds
THOUGHT = 4000  # tokens more for a reply that was cut off before the model had thought
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
    """What several threads ask through. settings: of chat_settings.settings()."""

    def __init__(self, client: openai.OpenAI, settings: dict):
        self.client, self.settings = client.with_options(max_retries=RETRIES, timeout=TIMEOUT), settings
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
            reply = self.reply(messages, options)
        except openai.OpenAIError as error:
            raise self.stop(why(error, self.settings["model"])) from error
        self.kept.add(page, {"key": key, **reply})
        return reply["reply"]

    def reply(self, messages: list[dict], options: dict) -> dict:
        """{"reply", "in", "out"}; an empty reply is asked for once more, with room to think where it was cut off."""
        made = self.counted(messages, options)
        if not forms.thoughtless(made["reply"]).strip():
            more = {"max_tokens": options.get("max_tokens", 0) + THOUGHT} if made["cut"] else {}
            made = self.counted(messages, options | more)
        return {name: made[name] for name in ("reply", "in", "out")}

    def counted(self, messages: list[dict], options: dict) -> dict:
        made = request.patiently(lambda: request.send(self.client, messages, options, self.settings))
        with self.lock:
            self.calls += 1
            for side in self.tokens:
                self.tokens[side] += made[side]
        return made
