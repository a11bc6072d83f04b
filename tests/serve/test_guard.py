"""Whom the real server answers: programs on this machine, and no web page of another server."""

import json

import pytest

from tests.serve.conftest import ASK


@pytest.mark.parametrize("origin", ["http://evil.example", "https://127.0.0.1", "http://127.0.0.1:1", "null", ""])
@pytest.mark.parametrize("method, path", [("GET", "/models"), ("POST", "/chat/completions"), ("OPTIONS", "/models")])
def test_a_foreign_page_gets_nothing(client, origin, method, path):
    body = ASK if method == "POST" else None
    status, headers, content = client.call(path, body, {"Origin": origin}, method)
    assert status == 403 and "access-control-allow-origin" not in headers
    assert "other servers" in json.loads(content)["error"]["message"]


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]"])
def test_a_page_of_our_own_gets_an_answer(client, host):
    place = f"{host}:{client.port}"
    status, headers, _ = client.call("/chat/completions", ASK, {"Origin": f"http://{place}", "Host": place})
    assert status == 200 and not [name for name in headers if name.lower().startswith("access-control")]


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:8000", "127.0.0.1.evil.example", "localhost.", "0x7f.1"]
)
def test_a_name_that_was_made_to_lead_here_gets_nothing(client, host):
    assert client.call("/models", headers={"Host": host})[0] == 400
    assert client.call("/chat/completions", ASK, {"Host": host})[0] == 400


@pytest.mark.parametrize(
    "kind",
    ["text/plain", "", "application/x-www-form-urlencoded", "multipart/form-data", "text/json"],
)
def test_what_a_page_can_send_unasked_is_no_json(client, kind):
    status, _, content = client.call("/chat/completions", ASK, {"Content-Type": kind})
    assert status == 415 and "application/json" in json.loads(content)["error"]["message"]


def test_json_with_a_charset_is_json(client):
    assert client.call("/chat/completions", ASK, {"Content-Type": "application/json; charset=utf-8"})[0] == 200


def test_no_page_loads_scripts_from_elsewhere(client):
    for path in ("/docs", "/redoc", "/openapi.json"):
        assert client.call(f"/..{path}")[0] == 404
