"""A model behind an address: what is an address, the key, the client, and the proxy that it passes by."""

import asyncio
import contextlib
import http.server
import threading

import openai
import pytest

from scripts import endpoint


def failed(run, *arguments):
    with pytest.raises(SystemExit) as stopped:
        run(*arguments)
    return stopped.value.code


@pytest.fixture(autouse=True)
def no_key(monkeypatch):
    monkeypatch.delenv("ENDPOINT_API_KEY", raising=False)


@pytest.mark.parametrize("address", [
    "host/v1", "ftp://host/v1", "http://", "http:///v1", "https://host:port/v1", "https://host:0/v1",
    "https://host:70000/v1", "https://[::1/v1", "https://a host/v1", "file:///etc/passwd", "https://host/v1\n--debug",
])  # fmt: skip
def test_what_is_no_address_is_refused(address):
    assert "no address of a server; it looks like https://host/v1" in failed(endpoint.check, address)


@pytest.mark.parametrize(
    "address", ["https://host/v1", "http://127.0.0.1:8000/v1", "https://[::1]:8/v1", "HTTPS://host"]
)
def test_addresses_are_taken(address, capsys):
    endpoint.check(address)
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize("address", ["https://me:secret@host/v1", "https://secret@host/v1", "me:secret@host"])
def test_a_password_in_the_address_is_refused_and_not_shown(address):
    message = failed(endpoint.check, address)
    assert "give the key as ENDPOINT_API_KEY" in message and "secret" not in message


@pytest.mark.parametrize("address, warned", [
    ("http://host.example/v1", True),
    ("http://192.168.1.2:8000/v1", True),
    ("http://localhost.example/v1", True),
    ("https://host.example/v1", False),
    ("http://localhost:8000/v1", False),
    ("http://teacher.localhost/v1", False),
    ("http://127.0.0.1/v1", False),
    ("http://127.1.2.3/v1", False),
    ("http://[::1]:8000/v1", False),
])  # fmt: skip
def test_a_key_over_plain_http_to_another_machine_is_warned_about(address, warned, monkeypatch, capsys):
    endpoint.check(address)
    assert not capsys.readouterr().err, "without a key there is nothing to read"
    monkeypatch.setenv("ENDPOINT_API_KEY", "secret")
    endpoint.check(address)
    err = capsys.readouterr().err
    assert ("over plain http, where others can read it; use https" in err) == warned and "secret" not in err


def test_the_key_is_what_the_environment_has(monkeypatch):
    assert endpoint.key() is None
    for value, key in ((" \n", None), ("sk-a_B1=\n", "sk-a_B1=")):
        monkeypatch.setenv("ENDPOINT_API_KEY", value)
        assert endpoint.key() == key


@pytest.mark.parametrize("value", ["secret word", "secr\u00e9t", "secret\nX-Header: 1", "se\x1bcret"])
def test_a_key_that_is_none_is_refused_and_not_shown(value, monkeypatch):
    monkeypatch.setenv("ENDPOINT_API_KEY", value)
    message = failed(endpoint.key)
    assert "ENDPOINT_API_KEY holds a blank or a mark that no key has" in message and value[:3] not in message


@contextlib.contextmanager
def listening():
    """The address of a server that lists no models, and the paths that it was asked for."""
    paths = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            paths.append(self.path)
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.end_headers()
            self.wfile.write(b'{"data": []}')

        def log_message(self, *words):
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}", paths
        server.shutdown()


def listed(url):
    """Ask the endpoint at `url` for its models, in both ways."""
    with endpoint.client(url) as client:
        client.with_options(max_retries=0).models.list()

    async def ask():
        async with endpoint.async_client(url, max_retries=0) as client:
            await client.models.list()

    asyncio.run(ask())


def test_no_proxy_leads_to_this_machine_and_one_leads_away(monkeypatch):
    for name in ("no_proxy", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
    with listening() as (here, paths), listening() as (proxy, through):
        for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, proxy)
        listed(f"{here}/v1")
        listed(f"{here.replace('127.0.0.1', 'localhost')}/v1")
        assert paths == ["/v1/models"] * 4 and through == []
        listed("http://elsewhere.example/v1")
        assert through == ["http://elsewhere.example/v1/models"] * 2 and len(paths) == 4


@pytest.mark.parametrize(
    "error", [ValueError("two\nlines of sk-secret"), openai.OpenAIError("two\nlines of sk-secret")]
)
def test_an_error_is_one_line_without_the_key(error, monkeypatch):
    monkeypatch.setenv("ENDPOINT_API_KEY", "sk-secret")
    assert endpoint.why(error, "m", {}) == "the endpoint's reply cannot be read (two lines of ***)"
