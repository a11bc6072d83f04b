"""Who is asked: names of teachers, addresses, and the key."""

import pytest

from scripts.generate import endpoint


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


def test_teachers_have_names_that_tell_them_apart(tmp_path):
    asked = [("org/teacher-70b", "https://host.example/v1"), ("org/teacher-70b", "https://host.example/v2"),
             ("org/teacher-70b", "http://host.example/v1"), ("org/teacher/70b", "https://host.example/v1"),
             ("org-teacher-70b", "https://host.example/v1"), ("\u00e9", "https://host.example/v1")]  # fmt: skip
    names = [endpoint.folder(*who) for who in asked]
    assert len(set(names)) == len(asked)
    assert names[0].startswith("org-teacher-70b-host.example-") and all(name.isascii() for name in names)
    assert endpoint.folder("org/teacher-70b", "https://host.example/v1/") == names[0]
    assert len(endpoint.folder("m" * 500, "https://host/v1")) < 100
    assert (
        "/" not in endpoint.folder("../../m", "https://host/v1") and endpoint.folder("..", "https://h")[0] not in ".-"
    )


def test_a_file_is_named_by_its_content(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.gguf").write_bytes(b"GGUF 1")
    first = endpoint.folder("a.gguf", "")
    assert first.startswith("a.gguf-") and endpoint.folder("a.gguf", "") == first
    (tmp_path / "a.gguf").write_bytes(b"GGUF 2")
    assert endpoint.folder("a.gguf", "") != first
