"""What the server makes of requests: an answer, or a clear 4xx in OpenAI's form. In this process, a window of 64."""

import json
import re

import pytest
from starlette.testclient import TestClient

from scripts.retrieve import answers
from scripts.serve import api, llama, pages
from tests.serve.conftest import ASK, CASES

WINDOW = 64
TEXT = {"type": "text", "text": "What is"}
IMAGE = {"type": "image_url", "image_url": {"url": "data:image/png;base64,AAAA"}}
CHAT, COMPLETION = "/v1/chat/completions", "/v1/completions"


@pytest.fixture(scope="module")
def app(tiny):
    model = llama.load(tiny, context=WINDOW)
    with TestClient(api.application({"tiny": model}, 8000), base_url="http://127.0.0.1:8000") as client:
        client.model = model
        yield client


def post(app, path, body):
    """Status and content of a request, whose error must be as OpenAI's are."""
    reply = app.post(path, content=body if isinstance(body, bytes) else json.dumps(body), headers=JSON)
    if reply.status_code != 200:
        assert 400 <= reply.status_code < 500, reply.text
        error = reply.json()["error"]
        assert error["message"] and error["type"] == "invalid_request_error"
    return reply.status_code, reply


JSON = {"Content-Type": "application/json"}
SHORT = {"temperature": 0, "max_tokens": 4, "messages": [{"role": "user", "content": "Hi"}]}


def user(content, **more):
    return {**SHORT, "messages": [{"role": "user", "content": content, **more}]}


@pytest.mark.parametrize(
    "body, status",
    [
        (user([TEXT, TEXT]), 200),
        (user([]), 200),
        (user(None), 200),
        (user("a\0b \u2028 \U0001f600 <|im_end|>"), 200),
        (user("Hi", name="me", tool_calls=None), 200),
        (user([IMAGE]), 400),
        (user([TEXT, IMAGE]), 400),
        (user([{"type": "text"}]), 400),
        (user(["Hi"]), 400),
        (user({"type": "text", "text": "Hi"}), 400),
        (user(5), 400),
        ({**SHORT, "messages": []}, 400),
        ({**SHORT, "messages": "Hi"}, 400),
        ({**SHORT, "messages": [{"role": "tool", "content": "x"}]}, 400),
        ({**SHORT, "messages": [{"role": "developer", "content": "Be brief."}]}, 200),
        ({"max_tokens": 4}, 400),
        ({**SHORT, "unknown": {"a": 1}, "user": "me", "store": False, "metadata": {}, "service_tier": "auto"}, 200),
        ({**SHORT, "temperature": None, "stop": None, "top_p": None, "seed": None, "stream": None, "n": None}, 200),
        ({**SHORT, "max_tokens": None}, 200),
        ({**SHORT, "max_tokens": 10**12}, 200),
        ({**SHORT, "max_tokens": 0}, 400),
        ({**SHORT, "max_tokens": -1}, 400),
        ({**SHORT, "max_tokens": "many"}, 400),
        ({**SHORT, "n": 3}, 200),
        ({**SHORT, "n": 0}, 400),
        ({**SHORT, "n": 3, "stream": True}, 400),
        ({**SHORT, "stop": ["\n", ""]}, 200),
        ({**SHORT, "stop": [1]}, 400),
        ({**SHORT, "temperature": "hot"}, 400),
        ({**SHORT, "temperature": -1}, 400),
        ({**SHORT, "seed": 2**70, "temperature": 1, "top_k": 0}, 200),
        ({**SHORT, "response_format": {"type": "text"}}, 200),
        ({**SHORT, "response_format": {"type": "json_object"}}, 200),
        ({**SHORT, "response_format": {"type": "json_schema", "json_schema": {}}}, 400),
        ({**SHORT, "response_format": "json"}, 400),
        ({**SHORT, "logprobs": False, "tools": [], "tool_choice": "auto", "logit_bias": {}}, 200),
        ({**SHORT, "logprobs": True, "top_logprobs": 2}, 400),
        ({**SHORT, "logit_bias": {"x": 1}}, 400),
        ({**SHORT, "tools": [{"type": "function", "function": {"name": "f"}}]}, 400),
        ({**SHORT, "functions": [{"name": "f"}], "function_call": {"name": "f"}}, 400),
        ({**SHORT, "modalities": ["text", "audio"]}, 400),
        ([SHORT], 400),
        ("Hi", 400),
        (None, 400),
        (b"", 400),
        (b"{", 400),
        (b'{"temperature": NaN, "messages": [{"role": "user", "content": "Hi"}]}', 400),
        (b'{"temperature": 1e999, "messages": [{"role": "user", "content": "Hi"}]}', 400),
        (b'{"messages": [{"role": "user", "content": "\\ud800"}]}', 400),
        (b'{"messages": [{"role": "user", "content": "\xff"}]}', 400),
        ("[" * 5000, 400),
        (b"[" * 5000, 400),
    ],
)
@pytest.mark.parametrize("stream", [False, True])
def test_chat(app, body, status, stream):
    if stream and isinstance(body, dict) and body.get("n", 1) in (1, None):
        body = {**body, "stream": True, "stream_options": {"include_usage": True}}
    assert post(app, CHAT, body)[0] == status


@pytest.mark.parametrize(
    "body, choices",
    [
        ({"prompt": "Konflux is"}, 1),
        ({"prompt": ["Konflux is"], "echo": True}, 1),
        ({"prompt": ["one", "two"], "n": 2, "best_of": 1}, 4),
        ({"prompt": "x", "n": 2, "temperature": 1, "seed": 5}, 2),
        ({"prompt": "x", "repeat_penalty": 1.0, "stop": ["\n"], "n": 1, "extra": 1}, 1),
        ({"prompt": ["one", "two"], "stream": True}, 400),
        ({"prompt": ""}, 400),
        ({"prompt": []}, 400),
        ({"prompt": [""]}, 400),
        ({"prompt": [1, 2]}, 400),
        ({"prompt": None}, 400),
        ({}, 400),
        ({"prompt": "x", "suffix": "y"}, 400),
        ({"prompt": "x", "best_of": 3}, 400),
        ({"prompt": "x", "logprobs": 1}, 400),
        ({"prompt": "x", "max_tokens": 0}, 400),
    ],
)
def test_completions(app, body, choices):
    status, reply = post(app, COMPLETION, {"temperature": 0, "max_tokens": 3, **body})
    if status == 200:
        assert [choice["index"] for choice in reply.json()["choices"]] == list(range(choices))
        assert reply.json()["usage"]["completion_tokens"] <= 3 * choices
    else:
        assert status == choices


def test_parts_are_the_text_that_they_make(app):
    parts = json.loads((CASES / "parts.json").read_text())
    text = "".join(part["text"] for part in parts["messages"][1]["content"])
    whole = {**parts, "messages": [parts["messages"][0], {"role": "user", "content": text}]}
    assert text == "What is a Snapshot in Konflux?"
    replies = [post(app, CHAT, body)[1].json() for body in (parts, whole)]
    assert replies[0]["choices"] == replies[1]["choices"] and replies[0]["usage"] == replies[1]["usage"]


@pytest.mark.parametrize("name, path", [("logprobs", CHAT), ("completion", COMPLETION)])
def test_logprobs_are_refused_clearly(app, name, path):
    status, reply = post(app, path, (CASES / f"{name}.json").read_bytes())
    assert status == 400 and reply.json()["error"]["message"] == "logprobs is not offered here; leave it out"


@pytest.mark.parametrize("stream", [False, True])
def test_a_prompt_that_does_not_fit_is_told_with_both_numbers(app, stream):
    body = {**SHORT, "stream": stream, "messages": [{"role": "user", "content": "word " * 100}]}
    status, reply = post(app, CHAT, body)
    error = reply.json()["error"]
    assert status == 400 and error["code"] == "context_length_exceeded"
    assert f"and {WINDOW - 1} fit" in error["message"], error
    assert post(app, CHAT, SHORT)[0] == 200


def test_a_prompt_that_just_fits_is_answered(app):
    prompt = app.model.detokenize(app.model.tokenize(b" word" * (WINDOW - 1), add_bos=False)).decode()
    assert post(app, COMPLETION, {"prompt": prompt, "max_tokens": 1000})[0] == 200
    assert post(app, COMPLETION, {"prompt": f"{prompt} word"})[0] == 400


def test_the_words_of_the_question_are_no_less_likely(app):
    body = {**ASK, "max_tokens": 20}
    default, one, stock = (
        post(app, CHAT, {**body, **more})[1].json()["choices"]
        for more in ({}, {"repeat_penalty": 1.0}, {"repeat_penalty": 1.5})
    )
    assert default == one != stock


def test_a_fault_of_the_server_is_no_fault_of_the_request(app, monkeypatch):
    def broken(*arguments, **options):
        raise RuntimeError("llama_decode returned 1")

    client = TestClient(app.app, base_url="http://127.0.0.1:8000", raise_server_exceptions=False)
    monkeypatch.setattr(app.model, "eval", broken)
    assert client.post(CHAT, json=SHORT).json()["error"]["type"] == "server_error"
    monkeypatch.undo()
    assert client.post(CHAT, json=SHORT).status_code == 200
    assert client.get("/v1/embeddings").json()["error"]["message"] == "Not Found"


def looked_up(question):
    """What answers.answerer() gives, without pages."""
    source = answers.Source("It is so.", "It is so.", "Page", "Part", "https://docs/#:~:text=Part", 0.9)
    return answers.judged([source], 2.0 if "nothing" in question else 0.5)


@pytest.fixture(scope="module")
def paged(app):
    served = api.application({"tiny": app.model}, 8000, pages.completions(looked_up))
    with TestClient(served, base_url="http://127.0.0.1:8000") as client:
        yield client


def test_a_chat_is_answered_from_the_pages_with_its_sources(paged):
    messages = [SHORT["messages"][0], *user("Is it so?")["messages"]]
    reply = post(paged, CHAT, {"model": "gpt-4", "messages": messages})[1].json()
    assert reply["choices"][0]["message"]["content"].startswith("It is so.\n\nSources:\n1. Page > Part <https://docs/")
    assert (
        reply["answer"] == "It is so."
        and reply["model"] == "pages"
        and reply["declined"] is False
        and reply["choices"][0]["finish_reason"] == "stop"
    )
    assert reply["sources"][0]["heading"] == "Part" and reply["sources"][0]["score"] == 0.9
    declined = post(paged, CHAT, user("nothing"))[1].json()
    assert declined["declined"] and declined["choices"][0]["message"]["content"].startswith(answers.DECLINED)
    assert post(paged, CHAT, user(" "))[0] == 400
    assert len(post(paged, CHAT, {**user("a"), "n": 2})[1].json()["choices"]) == 2


def test_an_answer_from_the_pages_can_be_streamed(paged):
    text = post(paged, CHAT, {**user("Is it so?"), "stream": True})[1].text
    events = [line.removeprefix("data: ") for line in text.splitlines() if line]
    chunks = [json.loads(event) for event in events[:-1]]
    content = "".join(chunk["choices"][0]["delta"].get("content") or "" for chunk in chunks)
    assert events[-1] == "[DONE]" and content.startswith("It is so.") and chunks[-1]["sources"][0]["title"] == "Page"


def test_the_model_itself_is_asked_by_its_name(app, paged):
    assert [model["id"] for model in paged.get("/v1/models").json()["data"]] == ["pages", "tiny"]
    alone, named = (post(client, CHAT, {**SHORT, "model": "tiny"})[1].json() for client in (app, paged))
    assert alone["choices"] == named["choices"] and "sources" not in named
    assert post(paged, COMPLETION, {"prompt": "x", "max_tokens": 2})[1].json()["model"] == "tiny"


def test_two_models_are_asked_by_their_names(app, tiny, base):
    about = {"base": {"title": "base", "system_prompt": "Be brief."}}
    models = {"tiny": app.model, "base": llama.load(base / "model.gguf", context=WINDOW)}
    with TestClient(api.application(models, 8000, None, about), base_url="http://127.0.0.1:8000") as both:
        listed = both.get("/v1/models").json()["data"]
        assert [(it["id"], it.get("title"), it.get("system_prompt")) for it in listed] == [
            ("tiny", None, None), ("base", "base", "Be brief."),
        ]  # fmt: skip
        first, second, other = (
            post(both, CHAT, {**SHORT, "model": name})[1].json() for name in ("tiny", "base", "gpt-4")
        )
        assert first["model"] == other["model"] == "tiny" and second["model"] == "base"
        assert first["choices"] == other["choices"] != second["choices"]
        prompt = {"prompt": "One, two,", "max_tokens": 4, "temperature": 0}
        said = [post(both, COMPLETION, {**prompt, "model": name})[1].json()["choices"] for name in models]
        assert said[0] != said[1] and "three" in said[1][0]["text"]


def test_the_page_loads_nothing_from_elsewhere(paged):
    page = paged.get("/")
    assert page.status_code == 200 and page.headers["content-type"].startswith("text/html")
    linked = set(re.findall(r'(?:src|href)="([^"]+)"', page.text))
    assert linked == {"data:,", "page.css", "page.js"}
    for name in ("/", "/page.css", "/page.js"):
        file = paged.get(name)
        assert file.status_code == 200 and "default-src 'none'" in file.headers["content-security-policy"]
        assert "//" not in re.sub(r"^ *// .*$|/\^https\?.*/", "", file.text, flags=re.M), name
        assert "innerHTML" not in file.text and " style=" not in file.text and " onclick" not in file.text
    assert paged.get("/page.py").status_code == 404
    assert paged.get("/", headers={"Host": "evil.example"}).status_code == 400
