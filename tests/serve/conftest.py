"""Fixtures: the real server, `ilab model serve`, with the tiny model or the real base model."""

import http.server
import json
import os
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from scripts.serve import local_server

ROOT = Path(__file__).resolve().parents[2]
CASES = Path(__file__).parent / "cases"
CONFIG = ROOT / "config" / "embedded.yaml"
# What a shell may have exported, and llama-cpp-python's server would obey: a key that clients must send, a cache.
EXPORTED = {"API_KEY": "secret", "CACHE": "/var/cache", "N_CTX": "64", "http_proxy": "http://127.0.0.1:9", "SEED": "x"}
ASK = {"temperature": 0, "max_tokens": 8, "messages": [{"role": "user", "content": "What is a Snapshot in Konflux?"}]}


class Client:
    """Talks to the server at `url` as its programs do; `call` returns the status, the headers and the content."""

    def __init__(self, url):
        self.url, self.port = url, int(url.split(":")[2].split("/")[0])

    def call(self, path, body=None, headers=(), method=None):
        data = body if body is None or isinstance(body, bytes) else json.dumps(body).encode()
        headers = {"Content-Type": "application/json", **dict(headers)}
        call = urllib.request.Request(f"{self.url}{path}", data, headers, method=method)
        try:
            with local_server.OPENER.open(call, timeout=300) as reply:
                return reply.status, reply.headers, reply.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.headers, error.read().decode()

    def chat(self, **changes):
        status, _, content = self.call("/chat/completions", {**ASK, **changes})
        return status, json.loads(content)


@pytest.fixture(scope="session")
def ilab_on_path():
    """Everything that ilab and the scripts start finds ilab, as under make; and what a shell may have exported."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PATH", f"{Path(sys.executable).parent}:{os.environ['PATH']}")
        for name, value in EXPORTED.items():
            patch.setenv(name, value)
        yield


@pytest.fixture(scope="session")
def run(ilab_on_path):
    """A function that runs one of the scripts, as make does, and returns the finished process."""

    def run(module, *arguments, **options):
        command = [sys.executable, "-m", f"scripts.{module}", *map(str, arguments)]
        return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=600, **options)

    return run


@pytest.fixture(scope="session")
def tiny(tiny_base):
    """The GGUF of the tiny model."""
    return tiny_base / "model.gguf"


@pytest.fixture(scope="session")
def client(tiny, ilab_on_path, tmp_path_factory):
    """A client of the real server with the tiny model."""
    with local_server.serving(tiny, CONFIG, tmp_path_factory.mktemp("serve") / "server.log") as url:
        yield Client(url)


@pytest.fixture(scope="session")
def base_client(base, ilab_on_path, tmp_path_factory):
    """A client of the real server with the real base model."""
    with local_server.serving(base / "model.gguf", CONFIG, tmp_path_factory.mktemp("serve") / "server.log") as url:
        yield Client(url)


class Recorder(http.server.BaseHTTPRequestHandler):
    """Says that it serves `model`, answers every question with `reply`, and keeps what it was asked."""

    def do_GET(self):
        self.answer({"data": [{"id": local_server.server_settings(self.model)["MODEL_ALIAS"]}]})

    def do_POST(self):
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.asked.append(asked)
        if len(asked["messages"][-1]["content"]) > 5000:
            error = {"message": "9000 tokens, and 4095 fit", "code": "context_length_exceeded"}
            return self.answer({"error": error}, 400)
        if not asked.get("stream"):
            return self.answer({"choices": [{"message": {"content": self.reply}}]})
        chunks = [{"choices": [{"delta": delta}]} for delta in ({"role": "assistant"}, {"content": self.reply})]
        self.answer("".join(f"data: {json.dumps(chunk)}\n\n" for chunk in chunks) + "data: [DONE]\n\n")

    def answer(self, content, status=200):
        body = content.encode() if isinstance(content, str) else json.dumps(content).encode()
        self.send_response(status)
        self.send_header("Content-Type", "text/event-stream" if isinstance(content, str) else "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments):
        pass


@pytest.fixture
def recorder(tmp_path):
    """A server that says it serves tmp_path/model.gguf, which no program could load."""
    (tmp_path / "model.gguf").write_bytes(b"GGUF, and nothing else")
    kind = type("Here", (Recorder,), {"model": tmp_path / "model.gguf", "asked": [], "reply": "From the server."})
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), kind) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        kind.port = server.server_address[1]
        yield kind
        server.shutdown()


def ask(run, model, question, port=1, *options, config=CONFIG):
    """The finished process that asks `question`."""
    named = ["--model", model, "--config", config, "--port", port, "--question", question]
    return run("serve.ask", *named, *options)


def chat(run, model, port, work, questions, *options):
    """What a chat shows in which `questions` are typed."""
    command = ["serve.chat", "--model", model, "--config", CONFIG, "--port", port, "--work", work, *options]
    result = run(*command, input="\n".join([*questions, "/q", ""]))
    shown = result.stdout + result.stderr
    assert result.returncode == 0 and "Traceback" not in shown, shown
    return shown
