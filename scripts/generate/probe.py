"""Look at a teacher behind an endpoint before it is asked: one line that says what is wrong, or how to ask it."""

import os
import re

import openai

from scripts import program
from scripts.generate import asker, said
from scripts.generate.patch import KEY

ROOM = 300  # tokens of the trial's reply: enough for a word, and to see whether the model thinks aloud
TRIAL = "Read the text below, and answer with the one word READY.\n\n"
CONTEXT = re.compile(
    r"context (?:length|window|size)|maximum context|too long|exceeds? .*(?:tokens|context)|n_ctx", re.I
)


def detail(error: openai.APIStatusError) -> str:
    """What the server says about its error, in a few words, without the key."""
    body = error.body if isinstance(error.body, dict) else {}
    text = " ".join(str(body.get("message") or body.get("detail") or error.message).split())
    key = os.environ.get(KEY, "").strip()
    return (text.replace(key, "***") if key else text)[:200]


def why(error: openai.OpenAIError, model: str) -> str:
    """What is wrong, and what to do, in one line."""
    if isinstance(error, openai.APITimeoutError):
        return "the teacher did not answer in time; it may be overloaded: lower generate.facts.requests_at_once"
    if isinstance(error, openai.APIConnectionError):
        return f"no teacher answers ({error.__cause__ or error}); is the server running, and ENDPOINT= its address?"
    if not isinstance(error, openai.APIStatusError):
        return f"the teacher's reply cannot be read ({error})"
    status, text = error.status_code, detail(error)
    if status in (401, 403):
        what = f"refuses the key in {KEY}" if os.environ.get(KEY, "").strip() else f"wants a key; set {KEY}"
        return f"the endpoint {what} (status {status})"
    if status == 404:
        return f"the endpoint has no model {model}, or no such address ({text}); ENDPOINT= often ends in /v1"
    if status == 429:
        return f"the endpoint takes no more requests ({text}); lower generate.facts.requests_per_minute"
    if status in (400, 413, 422) and CONTEXT.search(text):
        return f"the teacher's context is too small for a part of the pages ({text}); serve it with a larger one"
    if status in (400, 422):
        return f"the endpoint does not take the request ({text}); see generate.facts.request in the config"
    return f"the endpoint fails with status {status} ({text}); what it said so far is kept, run make generate again"


def name_of(client: openai.OpenAI, wanted: str) -> str:
    """The teacher's name: `wanted`, or the only one that the server lists; ends the program when it cannot be."""
    try:
        listed = [it.id for it in client.models.list().data]
    except openai.APIStatusError as error:
        if error.status_code in (401, 403):
            program.fail(why(error, wanted))
        listed = []
    except openai.OpenAIError as error:
        program.fail(why(error, wanted))
    except (AttributeError, TypeError):  # a server that lists them in a form of its own
        listed = []
    shown = ", ".join(listed[:10]) + (", ..." if len(listed) > 10 else "")
    if wanted:
        if listed and not any(name == wanted or name.startswith(f"{wanted}:") for name in listed):
            program.fail(f"the endpoint has no model {wanted}; TEACHER= can be {shown}")
        return wanted
    if len(listed) != 1:
        program.fail(f"TEACHER= names the model to ask; the endpoint has {shown or 'no list of its models'}")
    return listed[0]


def route(client: openai.OpenAI, model: str, settings: dict, longest: str) -> str:
    """ "chat" or "completions": the way in which the teacher answers a prompt as long as the `longest` part."""
    messages = [{"role": "user", "content": TRIAL + longest}]
    for way in ("chat", "completions"):
        try:
            made = asker.request(client, model, messages, {"max_tokens": ROOM}, {**settings, "route": way})
        except openai.APIStatusError as error:
            if way == "chat" and error.status_code in (404, 405, 501):
                continue
            program.fail(why(error, model))
        except openai.OpenAIError as error:
            program.fail(why(error, model))
        if said.thoughtless(made["reply"]).strip():
            return way
        if made["out"] >= ROOM - 1 or "<think" in made["reply"].lower():
            program.fail(f"{model} thinks aloud and does not come to an answer in {ROOM} tokens; turn that off, with "
                         "generate.facts.request in the config, which has an example")  # fmt: skip
        program.fail(f"{model} answers nothing to a prompt of {len(longest.split())} words; try another TEACHER=")
    raise AssertionError("completions either answers or fails")
