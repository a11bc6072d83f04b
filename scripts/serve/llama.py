"""Ask a GGUF model, in this process or through a server on this machine."""

import contextlib
import http.client
import json
import os
import re
import urllib.error
import urllib.request
from pathlib import Path

from scripts import program
from scripts.configuration import CONTEXT
from scripts.serve.local_server import OPENER

# One sentence is what the students are taught; a model that rambles is cut here.
MAX_TOKENS = 96
# Seconds. A 7B model on 2 cores reads about 5 tokens a second: a full context takes it a quarter of an hour, and it may
# have other clients.
TIMEOUT = 3600


class TooLong(ValueError):
    """System prompt and question do not fit into the context; says how many tokens they have."""


def check_gguf(path):
    """End the program unless `path` is a GGUF file."""
    try:
        with open(path, "rb") as file:
            magic = file.read(4)
    except FileNotFoundError:
        program.fail(f"no model {path}; make models lists what there is, make train DATA=pre-generated makes one")
    except OSError as error:
        program.fail(f"{path}: {error.strerror}; MODEL is a trained model's name, base, or a GGUF file")
    if magic != b"GGUF":
        program.fail(f"{path}: not a GGUF model; MODEL is a trained model's name, base, or a GGUF file")


def load(gguf, context=CONTEXT, gpu_layers=0, **more):
    """The llama.cpp model in file `gguf`, with a window of `context` tokens; ValueError if llama.cpp cannot load it.

    more: further options of llama_cpp.Llama.
    """
    from llama_cpp import Llama

    cores = program.cores()
    with open(os.devnull, "w") as quiet, contextlib.redirect_stderr(quiet):
        return Llama(
            str(Path(gguf).resolve()), n_ctx=context, n_gpu_layers=gpu_layers, n_threads=cores, n_threads_batch=cores,
            verbose=False, **more,
        )  # fmt: skip


def request(system, question):
    """The body of a greedy chat completion for one question on its own."""
    messages = [{"role": "system", "content": system}, {"role": "user", "content": question}]
    return {"messages": messages, "temperature": 0, "repeat_penalty": 1.0, "seed": 0, "max_tokens": MAX_TOKENS}


def explained(error: ValueError) -> ValueError:
    """`error` of llama.cpp; a TooLong with both numbers of tokens if that is what it means."""
    if found := re.search(r"Requested tokens \((\d+)\) exceed context window of (\d+)", str(error)):
        tokens, window = (int(number) for number in found.groups())
        return TooLong(f"system prompt and question have {tokens} tokens together, and {window - 1} fit")
    return error


def answer(model, system, question):
    """The greedy answer of `model`, loaded by load(), as plain text; TooLong if the question does not fit."""
    try:
        reply = model.create_chat_completion(**request(system, question))
    except ValueError as error:
        raise explained(error) from error
    return reply["choices"][0]["message"]["content"].strip()


def answer_through(url, system, question, timeout=TIMEOUT):
    """The same from a server at `url`; OSError if it does not answer in `timeout` seconds, ValueError if it refuses."""
    body = json.dumps(request(system, question)).encode()
    call = urllib.request.Request(f"{url}/chat/completions", body, {"Content-Type": "application/json"})
    try:
        with OPENER.open(call, timeout=timeout) as reply:
            return json.load(reply)["choices"][0]["message"]["content"].strip()
    except urllib.error.HTTPError as error:
        raise refusal(error) from error
    except http.client.HTTPException as error:
        raise OSError(f"the server broke off ({error!r})") from error


def refusal(error: urllib.error.HTTPError) -> Exception:
    """What a server says with a status of 400 and above, in OpenAI's form."""
    try:
        said = json.load(error)["error"]
        return (TooLong if said["code"] == "context_length_exceeded" else ValueError)(said["message"])
    except (ValueError, LookupError, TypeError):
        return error
