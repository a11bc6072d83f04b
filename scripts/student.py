"""Ask a GGUF model: in this process, or through a server that `ilab model serve` runs on this machine."""

import contextlib
import json
import os
import socket
import subprocess
import time
import urllib.request
from pathlib import Path

import common

# One sentence is what the students are taught; a model that rambles is cut here.
MAX_TOKENS = 96
CONTEXT = 2048
# Servers here are on this machine, where no proxy leads.
OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def check_gguf(path):
    """End the program unless `path` is a GGUF file."""
    try:
        with open(path, "rb") as file:
            magic = file.read(4)
    except OSError as error:
        common.fail(f"{path}: {error.strerror}; run make train DATA=pre-generated first")
    if magic != b"GGUF":
        common.fail(f"{path}: not a GGUF model; remove it and run make train again")


def load(gguf):
    """The llama.cpp model in file `gguf`; ValueError when llama.cpp cannot load it."""
    from llama_cpp import Llama

    with open(os.devnull, "w") as quiet, contextlib.redirect_stderr(quiet):
        return Llama(str(gguf), n_ctx=CONTEXT, n_threads=os.cpu_count(), verbose=False)


def request(system, question, context=None):
    """The body of a greedy chat completion for one question on its own, after the passages `context` of RAG."""
    # ilab gives what it retrieved as a message of the assistant; retrieval.py says where.
    passages = [{"role": "assistant", "content": context}] if context else []
    messages = [{"role": "system", "content": system}, *passages, {"role": "user", "content": question}]
    # llama-cpp-python's server makes the words of question and passages less likely, its class does not:
    # https://github.com/abetlen/llama-cpp-python/blob/v0.3.6/llama_cpp/server/types.py
    return {"messages": messages, "temperature": 0, "repeat_penalty": 1.0, "seed": 0, "max_tokens": MAX_TOKENS}


def answer(model, system, question, context=None):
    """The greedy answer of `model`, loaded by load(), as plain text."""
    reply = model.create_chat_completion(**request(system, question, context))
    return reply["choices"][0]["message"]["content"].strip()


def answer_through(url, system, question, context=None, timeout=120):
    """The same from a server at `url`; OSError when it does not answer in `timeout` seconds."""
    body = json.dumps(request(system, question, context)).encode()
    call = urllib.request.Request(f"{url}/chat/completions", body, {"Content-Type": "application/json"})
    with OPENER.open(call, timeout=timeout) as reply:
        return json.load(reply)["choices"][0]["message"]["content"].strip()


def server_settings(gguf):
    """Environment for `ilab model serve`: what its options leave out, in the names of llama-cpp-python's settings.

    All cores instead of half of them; logits of the next token only: by default the server computes and copies those of
    every token of the prompt, 49152 numbers each, which halves the short answers a minute
    (https://github.com/abetlen/llama-cpp-python/blob/v0.3.6/llama_cpp/llama.py, eval). And a name that tells this very
    file, so that an answer never comes from a foreign server or from a model that was trained anew since.
    """
    gguf = Path(gguf).resolve()
    return {
        "N_THREADS": str(os.cpu_count()), "LOGITS_ALL": "false", "MODEL_ALIAS": f"{gguf}@{gguf.stat().st_mtime_ns}"
    }  # fmt: skip


def serve_command(gguf, config, port):
    """The command line of the server. The default chat template is one that the model never saw: use its own."""
    command = ["ilab", "--config", config, "model", "serve", "--model-path", Path(gguf).resolve()]
    command += ["--host", "127.0.0.1", "--port", port, "--chat-template", "tokenizer"]
    return [str(part) for part in command]


def find_server(gguf, port):
    """URL of a server on 127.0.0.1:`port` that serves exactly the file `gguf`, or None."""
    url = f"http://127.0.0.1:{port}/v1"
    try:
        with OPENER.open(f"{url}/models", timeout=2) as reply:
            served = [model.get("id") for model in json.load(reply)["data"]]
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None
    return url if server_settings(gguf)["MODEL_ALIAS"] in served else None


@contextlib.contextmanager
def serving(gguf, config, log):
    """Run a server for `gguf` on a free port while the block runs; yields its URL. Its output goes to file `log`."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with open(log, "w") as out:
        server = subprocess.Popen(
            serve_command(gguf, config, port),
            env={**os.environ, **server_settings(gguf)},
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
            preexec_fn=common.die_with_parent,
            start_new_session=True,  # Ctrl-C is for who uses it, who ends it then
        )
    try:
        deadline = time.monotonic() + 120
        while not (url := find_server(gguf, port)):
            if server.poll() is not None or time.monotonic() > deadline:
                common.fail(f"the server for {gguf} did not start; see {log}")
            time.sleep(0.1)
        yield url
    finally:
        server.terminate()
        try:
            server.wait(timeout=10)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()
