"""What is said of an endpoint that cannot be asked: one line that tells what is wrong."""

import json
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from scripts import endpoint
from scripts.generate import probe, request
from scripts.serve.local_server import free_port

RUN = {"request": {}, "markup": "{{ prompt }}"}
MODELS = {"data": [{"id": "small", "object": "model"}, {"id": "large:8b", "object": "model"}]}


def chat(text, used=5, **message):
    said = {"role": "assistant", "content": text, **message}
    return {"id": "1", "object": "chat.completion", "created": 0, "model": "m", "usage": usage(used),
            "choices": [{"index": 0, "finish_reason": "stop", "message": said}]}  # fmt: skip


def completion(text):
    return {"id": "1", "object": "text_completion", "created": 0, "model": "m", "usage": usage(5),
            "choices": [{"index": 0, "finish_reason": "stop", "text": text}]}  # fmt: skip


def usage(used):
    return {"prompt_tokens": 9, "completion_tokens": used, "total_tokens": 9 + used}


def client_of(url):
    return endpoint.client(url).with_options(max_retries=0)


@contextmanager
def serving(replies):
    """The client of a server with the `replies` {end of the path: (status, content)}; other paths give a 404."""

    class Handler(BaseHTTPRequestHandler):
        def answer(self):
            self.rfile.read(int(self.headers["Content-Length"] or 0))
            path = next((path for path in replies if self.path.endswith(path)), None)
            status, content = replies.get(path, (404, {"detail": "Not Found"}))
            body = content if isinstance(content, bytes) else json.dumps(content).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_GET = do_POST = answer

        def log_message(self, *words):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        url = f"http://127.0.0.1:{server.server_port}/v1"
        yield client_of(url)
    finally:
        server.shutdown()
        server.server_close()


def failed(run, *arguments):
    with pytest.raises(SystemExit) as stopped:
        run(*arguments)
    assert "\n" not in stopped.value.code and "sesame" not in stopped.value.code
    return stopped.value.code


@pytest.mark.parametrize("replies, wanted, name", [
    ({"/models": (200, MODELS)}, "small", "small"),
    ({"/models": (200, MODELS)}, "large", "large"),
    ({"/models": (200, {"data": MODELS["data"][:1]})}, "", "small"),
    ({}, "any", "any"),
    ({"/models": (200, {"data": []})}, "any", "any"),
])  # fmt: skip
def test_the_teacher_is_the_one_that_was_named_or_the_only_one(replies, wanted, name):
    with serving(replies) as client:
        assert probe.name_of(client, wanted) == name


@pytest.mark.parametrize("replies, wanted, message", [
    ({"/models": (200, MODELS)}, "tiny", "the endpoint has no model tiny; TEACHER= can be small, large:8b"),
    ({"/models": (200, MODELS)}, "", "TEACHER= names the model to ask; the endpoint has small, large:8b"),
    ({}, "", "the endpoint has no list of its models"),
    ({"/models": (401, {"error": {"message": "bad key sesame"}})}, "m", "refuses the key in ENDPOINT_API_KEY"),
])  # fmt: skip
def test_a_teacher_that_is_not_there_is_named(replies, wanted, message, monkeypatch):
    monkeypatch.setenv("ENDPOINT_API_KEY", "sesame")
    with serving(replies) as client:
        assert message in failed(probe.name_of, client, wanted)


def test_without_a_key_one_is_asked_for(monkeypatch):
    monkeypatch.delenv("ENDPOINT_API_KEY", raising=False)
    with serving({"/models": (401, {})}) as client:
        assert "wants a key; set ENDPOINT_API_KEY" in failed(probe.name_of, client, "m")


def test_an_endpoint_that_is_not_there_is_named():
    client = client_of(f"http://127.0.0.1:{free_port()}/v1")
    assert "no endpoint answers" in failed(probe.name_of, client, "m")


@pytest.mark.parametrize("replies, way", [
    ({"/chat/completions": (200, chat("READY"))}, "chat"),
    ({"/chat/completions": (200, chat("<think>hm</think>READY"))}, "chat"),
    ({"/v1/completions": (200, completion("READY"))}, "completions"),
    ({"/chat/completions": (405, {}), "/v1/completions": (200, completion("READY"))}, "completions"),
])  # fmt: skip
def test_it_finds_out_how_to_ask(replies, way):
    with serving(replies) as client:
        assert probe.route(client, "m", RUN, "A long part.") == way


@pytest.mark.parametrize("replies, message", [
    ({}, "the endpoint has no model m, or no such address (Not Found); ENDPOINT= often ends in /v1"),
    ({"/chat/completions": (200, chat(""))}, "m answers nothing to a prompt of 3 words; try another TEACHER="),
    ({"/chat/completions": (200, chat("<think>hm, so"))}, "m thinks aloud and does not come to an answer"),
    ({"/chat/completions": (200, chat(None, 300, reasoning_content="hm"))}, "m thinks aloud"),
    ({"/chat/completions": (400, {"error": {"message": "maximum context length is 512"}})}, "context is too small"),
    ({"/chat/completions": (400, {"error": {"message": "no temperature"}})}, "does not take the request (no temperat"),
    ({"/chat/completions": (403, {"error": {"message": "sesame"}})}, "(status 403)"),
    ({"/chat/completions": (429, {"error": {"message": "quota"}})}, "takes no more requests (quota); lower"),
    ({"/chat/completions": (500, {"error": {"message": "oom"}})}, "fails with status 500 (oom)"),
    ({"/chat/completions": (200, b"<html>")}, "reply cannot be read"),
    ({"/chat/completions": (200, {"object": "error"})}, "reply cannot be read"),
])  # fmt: skip
def test_what_cannot_be_asked_is_named(monkeypatch, replies, message):
    monkeypatch.setattr(request, "PAUSE", 0.01)
    with serving(replies) as client:
        assert message in failed(probe.route, client, "m", RUN, "A long part.")
