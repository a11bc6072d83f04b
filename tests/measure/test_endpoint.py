"""A model behind an address is asked many questions at once, with the answers and verdicts that it gives here."""

import gc
import http.server
import json
import threading
import time

import pytest

from scripts.measure import endpoint, evaluation
from scripts.serve import local_server
from tests.measure import test_answers
from tests.serve.conftest import client, tiny

__all__ = ["client", "tiny"]
house = test_answers.house
QUESTIONS = test_answers.QUESTIONS


class Server(http.server.BaseHTTPRequestHandler):
    """Answers "It is 7." or "It is 8." by the question; refuses with `status`, and breaks off after `lives` answers."""

    protocol_version = "HTTP/1.1"

    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        with self.lock:
            self.asked.append((body, dict(self.headers)))
            self.open[0] += 1
            self.open.append(self.open[0])
            number = len(self.asked)
        time.sleep(0.05)
        with self.lock:
            self.open[0] -= 1
        if number > self.lives[0]:
            self.close_connection = True
            return
        if status := self.status[0]:
            key = self.headers["Authorization"].split()[1]
            return self.reply({"error": {"message": f"no {body['model']}\nfor {key}"}}, status)
        question = body["messages"][-1]["content"]
        self.reply({"choices": [{"message": {"content": f" It is {7 + len(question) % 2}.\n"}}]}, 200)

    def reply(self, content, status):
        text = json.dumps(content).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, *arguments):
        pass


class Quiet(http.server.ThreadingHTTPServer):
    """Says nothing of clients that leave."""

    def handle_error(self, request, client_address):
        pass


@pytest.fixture
def server(monkeypatch):
    """A server that counts; `url` is its address."""
    monkeypatch.setattr(endpoint, "RETRIES", 0)
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    monkeypatch.setenv("ENDPOINT_API_KEY", "sk-secret")
    kind = type(
        "Here", (Server,), {"asked": [], "open": [0], "lock": threading.Lock(), "lives": [10**6], "status": [0]}
    )
    with Quiet(("127.0.0.1", 0), kind) as listening:
        threading.Thread(target=listening.serve_forever, daemon=True).start()
        kind.url = f"http://127.0.0.1:{listening.server_address[1]}/v1"
        yield kind
        listening.shutdown()


def ask(house, server, parallel, folder="build/models/endpoint-m"):
    """Ask the endpoint all questions through scripts.measure.answers; returns what was written."""
    settings = {"LIMIT": "0", "QUESTIONS": "", "ENDPOINT": server.url, "ENDPOINT_MODEL": "org/m:1"}
    return house.run(None, folder, parallel, **settings)


def failed(house, server, parallel):
    """The message with which that ends; what it held, a lock, is free again, as after the end of a process."""
    with pytest.raises(SystemExit) as stopped:
        ask(house, server, parallel)
    message = stopped.value.code
    del stopped
    gc.collect()
    return message


def name(server):
    return f"org/m:1 at {server.url.split('/')[2]}"


def test_how_many_at_once_changes_no_answer(house, server):
    alone = ask(house, server, 1, "one")
    assert max(server.open) == 1
    together = ask(house, server, 4, "four")
    assert 1 < max(server.open) <= 4 and len(server.asked) == 2 * len(QUESTIONS)
    answers = [{id: it["answer"] for id, it in raw["answers"][name(server)].items()} for raw in (alone, together)]
    assert answers[0] == answers[1] and list(answers[1]) == [question["id"] for question in QUESTIONS]
    assert answers[1]["held-out.0"] == f"It is {7 + len(QUESTIONS[0]['question']) % 2}."
    assert list(together["answers"]) == ["base", name(server), "pages"]
    # The base model is asked here, once for both.
    assert house.servers == [] and together["answers"]["base"] == alone["answers"]["base"]


def test_what_is_sent(house, server):
    ask(house, server, 2)
    for body, headers in server.asked:
        assert headers["Authorization"] == "Bearer sk-secret" and body["messages"][0]["content"] == "Be brief."
        assert body["model"] == "org/m:1" and body["temperature"] == 0 and body["max_tokens"] > 0
        assert "repeat_penalty" not in body
    assert "sk-secret" not in (house.folder / "build/models/endpoint-m/answers.json").read_text()


@pytest.mark.parametrize("status, said", [
    (401, "the endpoint refuses the key in ENDPOINT_API_KEY (status 401)"),
    (404, "the endpoint has no model org/m:1, or no such address (no org/m:1 for ***); ENDPOINT= often ends in /v1"),
    (429, "the endpoint takes no more requests (no org/m:1 for ***); lower PARALLEL="),
    (500, "the endpoint fails with status 500 (no org/m:1 for ***)"),
])  # fmt: skip
def test_a_refusal_is_one_line(house, server, status, said):
    server.status[0] = status
    message = failed(house, server, 2)
    assert f": {said}; the answers so far are kept, run it again to go on" in message and "\n" not in message
    assert not (house.folder / "build/models/endpoint-m/answers.json").exists()
    server.status[0] = 0
    assert len(ask(house, server, 2)["answers"][name(server)]) == len(QUESTIONS)


@pytest.mark.parametrize("parallel", [1, 3])
def test_a_server_that_dies_costs_what_it_did_not_answer(house, server, parallel):
    server.lives[0] = 3
    message = failed(house, server, parallel)
    assert "no answer to question '" in message and "no endpoint answers (" in message and "\n" not in message
    kept = (house.folder / "build/models/endpoint-m/asked.jsonl").read_text().splitlines()
    assert len(kept) == 3 if parallel == 1 else 1 <= len(kept) <= 3
    server.lives[0] = 10**6
    before = len(server.asked)
    raw = ask(house, server, parallel)
    assert len(server.asked) - before == len(QUESTIONS) - len(kept) and len(raw["answers"][name(server)]) == len(
        QUESTIONS
    )


def test_a_busy_server_is_asked_again(house, server, monkeypatch):
    monkeypatch.setattr(endpoint, "RETRIES", 4)
    server.status[0] = 429
    monkeypatch.setattr(
        time, "sleep", lambda seconds: server.status.__setitem__(0, 429 if len(server.asked) < 3 else 0)
    )
    assert len(ask(house, server, 1)["answers"][name(server)]) == len(QUESTIONS)


@pytest.mark.parametrize("settings, parallel, said", [
    ({"ENDPOINT": "host/v1", "ENDPOINT_MODEL": "m"}, 1, "ENDPOINT=host/v1: no address of a server"),
    ({"ENDPOINT": "http://127.0.0.1:1/v1", "ENDPOINT_MODEL": ""}, 1, "ENDPOINT_MODEL is not; give the name"),
    ({"ENDPOINT": "http://127.0.0.1:1/v1", "ENDPOINT_MODEL": "m"}, 0, "PARALLEL=0: give the number"),
])  # fmt: skip
def test_bad_settings_are_named_before_anything_is_asked(house, settings, parallel, said):
    with pytest.raises(SystemExit, match=said):
        house.run(None, "build/models/endpoint-m", parallel, LIMIT="1", QUESTIONS="", **settings)
    assert not house.asked and not house.looked_up


@pytest.mark.slow
def test_our_server_behind_its_address_gives_the_verdicts_of_the_file(house, client, tiny, monkeypatch):
    """The same model, once as a file and once behind an address, asked four questions at once."""
    from scripts.serve import llama

    monkeypatch.undo()
    monkeypatch.chdir(house.folder)
    monkeypatch.setattr(test_answers.from_pages, "answerer", house.answerer)
    monkeypatch.setattr(local_server, "serving", lambda *which: test_answers.contextlib.nullcontext(client.url))
    assert llama.answer_through.__module__ == "scripts.serve.llama"
    with open(tiny, "rb") as file:
        (house.folder / "models/a/model.gguf").write_bytes(file.read())
    (house.folder / "models/a/record.json").unlink()
    alias = client.call("/models")[2]
    settings = {"ENDPOINT": client.url, "ENDPOINT_MODEL": json.loads(alias)["data"][0]["id"]}
    here = house.run(LIMIT="0", QUESTIONS="")
    there = house.run(None, "build/models/endpoint-m", 4, LIMIT="0", QUESTIONS="", **settings)
    found = [evaluation.evaluate(raw)["models"][list(raw["answers"])[1]]["answers"] for raw in (here, there)]
    assert found[0] == found[1] and len({row["answer"] for row in found[0]}) > 1
