"""A good teacher behind servers with habits: what comes is what it says, and what cannot come is named in one line."""

import json
import time
from email.utils import formatdate

import httpx
import openai
import pytest

from scripts import endpoint
from scripts.generate import asker, probe, request
from tests.generate import servers, teachers
from tests.generate.test_chat import flow  # noqa: F401

PAGE = ("building-secrets",)


@pytest.fixture(autouse=True)
def hurried(monkeypatch):
    monkeypatch.setattr(request, "PAUSE", 0.01)


def facts_of(flow, **how):  # noqa: F811
    content, _ = flow.gather(flow.ask(teachers.Teacher("good", PAGE, **how), pages=PAGE))
    return content


@pytest.mark.slow
@pytest.mark.parametrize("server", [
    "limiting", "failing", "resetting", "parts", "reasoned", "null", "streaming", "stream-only", "error-200", "text",
    "huge", "systemless", "deaf", "fussy", "listless",
])  # fmt: skip
def test_every_server_gives_what_the_teacher_says(flow, server, monkeypatch):  # noqa: F811
    monkeypatch.setattr(openai._base_client, "INITIAL_RETRY_DELAY", 0.01)
    good = facts_of(flow)["facts"]
    for path in (flow.folder / "generated/teachers").rglob("*.jsonl"):
        path.unlink()
    if server == "listless":
        monkeypatch.setattr(probe, "name_of", lambda client, wanted: "org/scripted")
    assert facts_of(flow, server=server)["facts"] == good and len(good) == 6


@pytest.mark.slow
def test_what_was_cut_off_is_not_kept(flow):  # noqa: F811
    whole = set()  # a question that is held out there may be trained here
    for fact in facts_of(flow)["facts"]:
        whole.update(fact["questions"], fact["held_out"], *(pair.values() for pair in fact["wordings"]))
    for path in (flow.folder / "generated/teachers").rglob("*.jsonl"):
        path.unlink()
    cut = facts_of(flow, server="cut")["facts"]
    assert 0 < len(cut) <= 7
    assert {text for fact in cut for pair in fact["wordings"] for text in pair.values()} <= whole


def answer(body, kind="application/json", status=200, headers=None):
    content = body if isinstance(body, str) else json.dumps(body)
    return httpx.Response(status, text=content, headers={"content-type": kind, **(headers or {})})


def client(*responses):
    """A client whose requests get the responses in turn; `sent` of it has their bodies."""
    left, sent = list(responses), []

    def respond(asked):
        sent.append(json.loads(asked.content))
        return left.pop(0)

    http = httpx.Client(transport=httpx.MockTransport(respond))
    made = openai.OpenAI(base_url="http://127.0.0.1:1/v1", api_key="none", http_client=http, max_retries=0)
    return made, sent


RUN = {"route": "chat", "model": "m", "request": {}}
MESSAGES = [{"role": "system", "content": "You read."}, {"role": "user", "content": "Read."}]
CHOICE = {"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": "A\nB"}}


def said(**change):
    return {"choices": [{**CHOICE, **change}]}


@pytest.mark.parametrize("body, reply", [
    (said(), "A\nB"), (said(finish_reason="length"), "A"), (said(message={"content": None}), ""),
    (said(message={"content": [{"type": "thinking", "thinking": "x"}, {"type": "text", "text": "A"}]}), "A"),
    (said(message={"refusal": "no"}), ""),
    ('data: {"choices": [{"delta": {"content": "A"}}]}\n\ndata: {"choices": [{"delta": {"content": "B"}, '
     '"finish_reason": "stop"}]}\n\ndata: [DONE]\n', "AB"),
    ('data: {"choices": [{"delta": {"content": "A\\nB"}}]}\n\n', "A"),  # the stream broke off
])  # fmt: skip
def test_a_reply_in_any_form(body, reply):
    assert request.send(client(answer(body))[0], MESSAGES, {}, dict(RUN))["reply"] == reply


@pytest.mark.parametrize("body, why", [
    ({"error": {"message": "overloaded"}}, "overloaded"), ({"error": "bad"}, "bad"), ("<html>", "no answer in"),
    ({"choices": []}, "no answer in"), ("[1]", "AttributeError"), ("", "no answer in"),
])  # fmt: skip
def test_what_is_no_reply_is_asked_for_again_and_then_named(body, why):
    made, sent = client(*[answer(body)] * request.TRIES)
    with pytest.raises(openai.OpenAIError, match=why):
        request.patiently(lambda: request.send(made, MESSAGES, {}, dict(RUN)))
    assert len(sent) == request.TRIES


def test_an_error_with_status_200_gives_no_key_away(monkeypatch):
    monkeypatch.setenv("ENDPOINT_API_KEY", "sesame")
    made, _ = client(answer({"error": {"message": "bad key sesame"}}))
    with pytest.raises(openai.OpenAIError) as raised:
        request.send(made, MESSAGES, {}, dict(RUN))
    assert asker.why(raised.value, "m") == "the endpoint's reply cannot be read (bad key ***)"


@pytest.mark.parametrize("message, sees", [
    ("System role not supported", lambda sent: [it["role"] for it in sent["messages"]] == ["user"]),
    ("Conversation roles must alternate user/assistant", lambda sent: len(sent["messages"]) == 1),
    ("Unsupported value: 'temperature' does not support 0.0", lambda sent: "temperature" not in sent),
    ("'max_tokens' is not supported. Use 'max_completion_tokens' instead.",
     lambda sent: sent.get("max_completion_tokens") == 9 and "max_tokens" not in sent),
    ("max_tokens: extra fields not permitted", lambda sent: "max_tokens" not in sent),
    ("Stream must be set to true", lambda sent: sent.get("stream") is True),
])  # fmt: skip
def test_what_a_server_refuses_is_left_out_from_then_on(message, sees):
    made, sent = client(answer({"error": {"message": message}}, status=400), answer(said()), answer(said()))
    run = dict(RUN)
    for _ in range(2):
        assert request.send(made, MESSAGES, {"temperature": 0, "max_tokens": 9}, run)["reply"] == "A\nB"
    assert len(sent) == 3 and not sees(sent[0]) and sees(sent[1]) and sees(sent[2])


@pytest.mark.parametrize("message", ["maximum context length is 512 tokens, max_tokens is 900", "no such thing"])
def test_other_refusals_are_told(message):
    made, sent = client(answer({"error": {"message": message}}, status=400))
    with pytest.raises(openai.BadRequestError):
        request.send(made, MESSAGES, {"max_tokens": 9}, dict(RUN))
    assert len(sent) == 1


@pytest.mark.parametrize("header, least, most", [
    ("90", 90, 90), ("in 300 s", 200, 300), ("99999", None, None), ("", None, None), ("soon", None, None),
])  # fmt: skip
def test_a_server_that_asks_for_a_pause_gets_it(header, least, most):
    header = formatdate(time.time() + 300, usegmt=True) if header == "in 300 s" else header
    response = httpx.Response(429, headers={"retry-after": header}, request=httpx.Request("POST", "http://h"))
    found = request.pause(openai.RateLimitError("slow down", response=response, body=None))
    assert found is None if least is None else least <= found <= most


def test_an_empty_reply_is_asked_for_once_more_with_room_to_think(tmp_path):
    thought = said(finish_reason="length", message={"content": "<think>hm"})
    made, sent = client(answer(thought), answer(said()), answer(said(message={"content": ""})), answer(said()))
    run = {**RUN, "replies": str(tmp_path), "stopped": "", "budget": {}, "price": None, "seconds_a_request": 0}
    asking = asker.Asker(made, run)
    asking.client = made
    assert asking.ask("page", MESSAGES, {"max_tokens": 10}) == "A\nB" and sent[1]["max_tokens"] == 10 + asker.THOUGHT
    assert asking.ask("page", MESSAGES, {"max_tokens": 11}) == "A\nB" and sent[3]["max_tokens"] == 11
    assert asking.calls == 4


@pytest.mark.parametrize("given, plain", [
    ("https://h/v1/", "https://h/v1"), ("https://h/v1/v1", "https://h/v1"), ("https://h/v1//", "https://h/v1"),
    ("https://h/v1/chat/completions", "https://h/v1"), ("https://h/v1/completions/", "https://h/v1"),
    ("https://h/v1/models", "https://h/v1"), ("https://h/api/v3", "https://h/api/v3"), ("https://h", "https://h"),
])  # fmt: skip
def test_what_people_copy_too_much_of_is_taken_off(given, plain):
    assert endpoint.address(given) == plain


def test_a_v1_that_was_left_out_is_found():
    with servers.serving(teachers.Teacher()) as url:
        for given in (url, f"{url}/", url.removesuffix("/v1"), f"{url}/v1", f"{url}/chat/completions"):
            assert probe.address_of(given) == url
        with endpoint.client(url) as asked:
            assert probe.name_of(asked, "") == probe.name_of(asked, "scripted") == "org/scripted"
    assert probe.address_of("http://127.0.0.1:9/x") == "http://127.0.0.1:9/x"
