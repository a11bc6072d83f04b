"""The server of make review, by requests and by make: what it shows, what it writes, whom it answers."""

import json
import signal
import socket
import subprocess
import sys
import time
import urllib.request

import pytest
from starlette.testclient import TestClient

from scripts.generate import decisions_file
from scripts.review import server, shown
from scripts.serve import local_server
from tests.conftest import ROOT, one_line
from tests.review.conftest import NASTY


@pytest.fixture
def path(tmp_path):
    return tmp_path / "review.yaml"


@pytest.fixture
def client(gathered, path):
    return TestClient(server.application(gathered, path, 8000), base_url="http://127.0.0.1:8000")


def decide(client, **form):
    reply = client.post("/decision", json=form)
    return reply.status_code, reply.json()


def test_a_page_has_its_parts_with_the_sources_in_them(client):
    assert client.get("/pages").json()["pages"] == [
        {"name": "garden", "facts": 2, "decided": 0, "dropped": 1},
        {"name": "house", "facts": 1, "decided": 0, "dropped": 0},
    ]
    page = client.get("/page", params={"name": "garden"}).json()
    assert page["parts"][0]["pieces"] == [
        {"text": f"Before. {NASTY}\n- ", "facts": []}, {"text": "A pear is\nthe tree.", "facts": ["garden-1"]},
        {"text": " ", "facts": []}, {"text": "A plum is the tree.", "facts": ["garden-2"]},
        {"text": "\nAfter.", "facts": []},
    ]  # fmt: skip
    first = page["parts"][0]["facts"][0]
    assert [len(group["texts"]) for group in first["groups"]] == [3, 1, 2, 2, 1, 2] and first["terms"] == ["pear"]
    assert page["dropped"] == [["duplicate", [[NASTY, "No."]]]]
    assert [group["texts"] for group in page["nowhere"]["groups"]] == [
        ["Who planted it?", "The garden does not say."], ["Who felled it?"],
    ]  # fmt: skip
    house = client.get("/page", params={"name": "house"}).json()
    assert len(house["parts"][0]["facts"]) == 1 and not house["nowhere"]["groups"]


def test_sources_that_overlap_share_their_pieces():
    facts = [{"id": "a", "source": "- one two"}, {"id": "b", "source": "two three"}, {"id": "c", "source": "nowhere"}]
    found = [(piece["text"], piece["facts"]) for piece in shown.pieces("- one\ntwo  three.", facts)]
    assert found == [("- ", []), ("one\n", ["a"]), ("two", ["a", "b"]), ("  three", ["b"]), (".", [])]


def test_each_decision_is_in_the_file_at_once_and_can_be_taken_back(client, path):
    status, reply = decide(client, id="garden-1", decision="accepted")
    assert status == 200 and reply["entry"] == {"decision": "accepted"} and reply["pages"][0]["decided"] == 1
    decide(client, id="garden-1", edit=" A pear \n tree. ")
    decide(client, id="garden-1", text="Which pear?", decision="rejected")
    decide(client, id="garden-1", text="Say 0: pear it is.", edit="It is a pear.")
    decide(client, id="unanswerable", text="Who felled it?", decision="rejected")
    assert decisions_file.read(path) == {
        "garden-1": {"decision": "accepted", "statement": "A pear tree.", "rejected": ["Which pear?"],
                     "edited": {"Say 0: pear it is.": "It is a pear."}},
        "unanswerable": {"rejected": ["Who felled it?"]},
    }  # fmt: skip
    decide(client, id="garden-1", text="Which pear?", decision="accepted")
    decide(client, id="garden-1", text="Say 0: pear it is.", edit="Say 0: pear it is.")
    decide(client, id="garden-1", edit="The tree is a pear.")
    assert decisions_file.read(path)["garden-1"] == {"decision": "accepted"}
    decide(client, id="unanswerable", text="Who felled it?", decision="")
    assert decide(client, id="garden-1", decision="")[1]["entry"] == {} and decisions_file.read(path) == {}


@pytest.mark.parametrize("form, status, message", [
    ({"id": "gone-1", "decision": "accepted"}, 404, "no fact gone-1; the facts were made anew"),
    ({"id": "garden-1", "text": "What?", "decision": "rejected"}, 404, "no such text of this fact"),
    ({"id": "garden-1", "text": "Which pear?", "edit": " \n"}, 400, "no text; to leave it out, reject it"),
    ({"id": "garden-1", "text": "Which pear?", "edit": "x" * 1001}, 400, "edit: String should have at most"),
    ({"id": "garden-1", "text": "Which pear?", "edit": "any plum!"}, 400, "another question has this text"),
    ({"id": "garden-1", "text": "Say 0: pear it is.", "edit": "An apple."}, 400, "must hold the key terms of"),
    ({"id": "garden-1", "text": "Say 0: pear it is.", "decision": "rejected"}, 400, "a fact needs two answers"),
    ({"id": "garden-1", "decision": "maybe"}, 400, "decision: Input should be"), ({"id": 3}, 400, "id: Input should"),
    ({"id": "garden-1", "more": 1}, 400, "more: Extra inputs"),
])  # fmt: skip
def test_what_cannot_be_is_refused_and_nothing_is_written(client, path, form, status, message):
    code, reply = decide(client, **form)
    assert code == status and message in reply["error"]["message"] and not path.exists()


def test_decisions_about_facts_that_are_gone_stay(client, path):
    path.write_text("gone-1: {decision: rejected}\n")
    decide(client, id="garden-1", decision="accepted")
    assert decisions_file.read(path) == {"garden-1": {"decision": "accepted"}, "gone-1": {"decision": "rejected"}}


def test_a_file_that_is_broken_meanwhile_is_named_and_kept(client, path):
    path.write_text("garden-1: {decision: maybe}\n")
    for reply in (client.get("/pages"), client.post("/decision", json={"id": "garden-1", "decision": "accepted"})):
        assert reply.status_code == 400 and "'maybe' is not one of" in reply.json()["error"]["message"]
    assert "maybe" in path.read_text()


def test_it_answers_its_own_page_only(client, path):
    form = {"id": "garden-1", "decision": "accepted"}
    assert client.post("/decision", json=form, headers={"Origin": "http://evil.example"}).status_code == 403
    assert client.get("/pages", headers={"Host": "evil.example"}).status_code == 400
    assert client.post("/decision", content=json.dumps(form), headers={"Content-Type": "text/plain"}).status_code == 415
    assert not path.exists()
    for name in ("/", "/review.css", "/review.js", "/page.css"):
        reply = client.get(name)
        assert reply.status_code == 200 and "default-src 'none'" in reply.headers["Content-Security-Policy"]
    assert client.get("/page.js").status_code == 404


def command(folder, port):
    given = ["--gathered", folder / "gathered.json", "--decisions", folder / "review.yaml", "--port", port]
    return [sys.executable, "-m", "scripts.review.server", *map(str, given)]


def wait_for(port):
    """Wait until something listens on `port`."""
    deadline = time.monotonic() + 60
    while True:
        try:
            return socket.create_connection(("127.0.0.1", port), timeout=5).close()
        except OSError:
            assert time.monotonic() < deadline
            time.sleep(0.05)


def test_it_says_where_it_is_and_what_comes_next(gathered, tmp_path):
    (tmp_path / "gathered.json").write_text(json.dumps(gathered))
    port = local_server.free_port()
    process = subprocess.Popen(
        command(tmp_path, port), cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    line = process.stdout.readline()
    assert line.startswith(f"3 facts of 2 pages to review at http://127.0.0.1:{port}/, 0 decisions in ")
    form = json.dumps({"id": "garden-1", "decision": "rejected"}).encode()
    call = urllib.request.Request(f"http://127.0.0.1:{port}/decision", form, {"Content-Type": "application/json"})
    wait_for(port)
    assert local_server.OPENER.open(call, timeout=60).status == 200
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=20)
    assert process.returncode == 0 and not err
    assert out.endswith("review.yaml: 1 decisions, which the next make applies; next: make inspect, make train\n")


@pytest.mark.parametrize("prepare, message", [
    (lambda folder: None, "no facts to review: "),
    (lambda folder: (folder / "gathered.json").write_text("{"), "gathered.json: Expecting property name"),
    (lambda folder: (folder / "review.yaml").write_text("a: {decision: no}"), "review.yaml: a: decision: False is not"),
])  # fmt: skip
def test_what_is_missing_is_one_line(gathered, tmp_path, prepare, message):
    if "no facts" not in message:
        (tmp_path / "gathered.json").write_text(json.dumps(gathered))
    prepare(tmp_path)
    result = subprocess.run(command(tmp_path, 8000), cwd=ROOT, capture_output=True, text=True)
    assert result.returncode == 1 and message in one_line(result)


def test_a_port_that_is_taken_is_one_line(gathered, tmp_path):
    (tmp_path / "gathered.json").write_text(json.dumps(gathered))
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        result = subprocess.run(command(tmp_path, taken.getsockname()[1]), cwd=ROOT, capture_output=True, text=True)
    assert "run make review PORT=8001" in one_line(result)
