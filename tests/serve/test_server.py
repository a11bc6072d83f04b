"""The real server with several clients: they wait for each other, and none is cut off; it ends when it is told to."""

import concurrent.futures
import json
import os
import signal
import socket
import subprocess
import sys
import time

import pytest

from scripts.serve import llama, local_server
from tests.serve.conftest import ASK, CASES, CONFIG, ROOT, Client

# Each needs a server, which takes ten seconds to start.
pytestmark = pytest.mark.slow
LONG = {**ASK, "max_tokens": 24, "stream": True}


def streamed(client, **changes):
    """The text of a streamed answer, and whether it was whole."""
    status, headers, content = client.call("/chat/completions", {**LONG, **changes})
    assert status == 200 and headers["content-type"].startswith("text/event-stream")
    events = [line.removeprefix("data: ") for line in content.splitlines() if line]
    choices = [json.loads(event)["choices"][0] for event in events[:-1]]
    text = "".join(choice["delta"].get("content") or "" for choice in choices)
    return text, events[-1] == "[DONE]" and choices[-1]["finish_reason"] is not None


def at_once(calls):
    with concurrent.futures.ThreadPoolExecutor(len(calls)) as pool:
        return [future.result() for future in [pool.submit(call) for call in calls]]


def requests(number):
    """What makes requests with different answers, also of a model that answers every question alike."""
    return [{"seed": n, "temperature": 1.0} for n in range(number)]


def test_three_streams_at_once_are_whole(client):
    alone = [streamed(client, **request) for request in requests(3)]
    together = at_once([lambda r=request: streamed(client, **r) for request in requests(3)])
    assert together == alone and all(whole for _, whole in alone) and len(set(alone)) == 3


def test_ten_requests_at_once_get_their_answers(client):
    alone = [client.chat(**request)[1]["choices"] for request in requests(10)]
    together = at_once([lambda r=request: client.chat(**r) for request in requests(10)])
    assert [(status, reply["choices"]) for status, reply in together] == [(200, choices) for choices in alone]


def test_the_list_of_models_waits_for_nobody(client):
    with concurrent.futures.ThreadPoolExecutor() as pool:
        answer = pool.submit(client.chat, max_tokens=600)
        time.sleep(0.2)
        start = time.monotonic()
        assert client.call("/models")[0] == 200
        assert not answer.done() and time.monotonic() - start < 2
        assert answer.result()[0] == 200


def leave(client, stream):
    """Ask for an answer that fills the window, and hang up before it comes."""
    body = json.dumps({**ASK, "max_tokens": 4000, "stream": stream}).encode()
    head = f"POST /v1/chat/completions HTTP/1.1\r\nHost: 127.0.0.1:{client.port}\r\nContent-Type: application/json\r\n"
    with socket.create_connection(("127.0.0.1", client.port)) as connection:
        connection.sendall(f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body)
        time.sleep(0.5)


def test_nobody_waits_for_a_client_that_has_left(client):
    start = time.monotonic()
    assert client.chat(max_tokens=1500)[1]["usage"]["completion_tokens"] == 1500
    whole = time.monotonic() - start
    start = time.monotonic()
    for stream in (False, True, False, True):
        leave(client, stream)
    assert client.chat()[0] == 200
    assert time.monotonic() - start < 2 + 2 * whole, "four answers that fill the window take much longer"


def test_what_a_shell_exports_changes_nothing(client):
    # conftest.EXPORTED has a key that clients would have to send, and a window of 64 tokens.
    status, reply = client.chat(messages=[{"role": "user", "content": "word " * 100}])
    assert status == 200 and reply["usage"]["prompt_tokens"] > 100


def test_the_server_is_known_by_its_very_file(client, tiny, tmp_path):
    assert local_server.find_server(tiny, client.port) == client.url
    (tmp_path / "in-use").symlink_to(tiny.parent)
    assert local_server.find_server(tmp_path / "in-use" / "model.gguf", client.port) == client.url
    (tmp_path / "copy.gguf").write_bytes(tiny.read_bytes())
    assert local_server.find_server(tmp_path / "copy.gguf", client.port) is None
    before = tiny.stat()
    try:
        os.utime(tiny)
        assert local_server.find_server(tiny, client.port) is None, "trained anew since"
    finally:
        os.utime(tiny, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert local_server.find_server(tiny, local_server.free_port()) is None


def test_something_else_on_the_port_is_no_server(tiny):
    with socket.create_server(("127.0.0.1", 0)) as listener, concurrent.futures.ThreadPoolExecutor() as pool:
        found = pool.submit(local_server.find_server, tiny, listener.getsockname()[1])
        connection, _ = listener.accept()
        connection.sendall(b"SSH-2.0-OpenSSH_9.2\r\n")
        connection.close()
        assert found.result() is None


@pytest.mark.parametrize("damage", ["other", "cut"])
def test_a_damaged_model_is_one_line(run, ilab_on_path, tiny, tmp_path, damage):
    model = tmp_path / "model.gguf"
    model.write_bytes(b"GGUF damaged" if damage == "other" else tiny.read_bytes()[:-100_000])
    result = run("serve.server", "--model", model, "--config", CONFIG, "--port", local_server.free_port())
    assert result.returncode == 1 and f"{model}: Failed to load model" in result.stderr.splitlines()[-1], result.stderr
    with pytest.raises(SystemExit) as end, local_server.serving(model, CONFIG, tmp_path / "log"):
        pass
    said = str(end.value)
    assert "did not start" in said and "Failed to load model" in said and "log" in said and "\n" not in said


def test_a_server_without_the_patch_is_not_used(tiny, ilab_on_path, tmp_path, monkeypatch):
    monkeypatch.setattr(local_server.ilab, "applied", lambda patch: "never said")
    with pytest.raises(SystemExit) as end, local_server.serving(tiny, CONFIG, tmp_path / "log"):
        pass
    assert "runs without scripts.serve.patch" in str(end.value)


def test_ctrl_c_ends_make_serve_while_it_answers(tiny, ilab_on_path):
    port = local_server.free_port()
    command = [sys.executable, "-m", "scripts.serve.server", "--model", tiny, "--config", CONFIG, "--port", str(port)]
    server = subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )  # fmt: skip
    deadline = time.monotonic() + 120
    while not (url := local_server.find_server(tiny, port)):
        assert server.poll() is None and time.monotonic() < deadline
        time.sleep(0.2)
    with concurrent.futures.ThreadPoolExecutor() as pool:
        bodies = [{**ASK, "max_tokens": 4000, "stream": stream} for stream in (True, False, True)]
        asked = [pool.submit(Client(url).call, "/chat/completions", body) for body in bodies]
        time.sleep(1)
        os.killpg(server.pid, signal.SIGINT)
        _, errors = server.communicate(timeout=60)
        assert [answer.exception() or answer.result()[0] for answer in asked][1:] == [503, 503]
    assert "Traceback" not in errors, errors


def test_the_real_model_answers_as_in_this_process(base_client, base):
    model, system = llama.load(base / "model.gguf"), "You answer questions about Konflux."
    for question in ("What is a Snapshot in Konflux?", "Name the capital of France."):
        assert llama.answer_through(base_client.url, system, question) == llama.answer(model, system, question) != ""
    for name, status in (("parts", 200), ("logprobs", 400)):
        assert base_client.call("/chat/completions", (CASES / f"{name}.json").read_bytes())[0] == status
    alone = [streamed(base_client, **request) for request in requests(2)]
    together = at_once([lambda r=request: streamed(base_client, **r) for request in requests(2)])
    assert together == alone and all(whole for _, whole in alone)
