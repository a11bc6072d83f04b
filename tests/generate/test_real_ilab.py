"""What generating relies on inside the real ilab: the steps that are skipped, the prompt, the endpoint and its key."""

import http.server
import importlib
import inspect
import json
import os
import subprocess
import sys
import threading
import types
from pathlib import Path

import pytest
import yaml

from scripts import program
from scripts.generate import patch, raw, taxonomy
from tests.generate.conftest import ROOT

KEY = "sk-very-secret-5417"


def module_of(calls):
    """What stands in for ilab's module: it has the names that are replaced."""
    skipped = dict.fromkeys(patch.SKIPPED, lambda *args, **options: calls.append("skipped"))
    return types.SimpleNamespace(**skipped, generate_data=None)


class Client:
    def __init__(self, api_key):
        self.api_key = api_key

    def with_options(self, api_key):
        return Client(api_key)


@pytest.mark.parametrize("key, used", [(KEY, KEY), ("", "no_api_key"), (None, "no_api_key")])
def test_the_key_comes_from_the_environment(monkeypatch, key, used):
    monkeypatch.delenv(patch.KEY, raising=False)
    if key is not None:
        monkeypatch.setenv(patch.KEY, key)
    calls = []
    module = module_of(calls)
    module.generate_data = lambda client, **options: calls.append({"client": client, **options})
    patch.apply(module)
    module.generate_data(client=Client("no_api_key"), model_name="m")
    assert [(call["client"].api_key, call["model_name"]) for call in calls] == [(used, "m")]


def test_the_steps_after_the_pairs_do_nothing():
    calls = []
    module = module_of(calls)
    patch.apply(module)
    assert [getattr(module, name)(1, any=2) for name in patch.SKIPPED] == [None] * 3 and not calls


@pytest.mark.parametrize("name", [*patch.SKIPPED, "generate_data"])
def test_an_ilab_without_what_is_replaced_is_no_ilab(name):
    module = module_of([])
    delattr(module, name)
    with pytest.raises(AttributeError):
        patch.apply(module)


@pytest.mark.slow
def test_the_skipped_steps_come_after_the_pairs():
    module = importlib.import_module(patch.TARGET)  # the package has a function of this name
    source = inspect.getsource(module.generate_data)
    steps = ["preprocess_taxonomy(", "generate_taxonomy(", *(f"{name}(" for name in patch.SKIPPED)]
    places = [source.index(f"    {step}") for step in steps]
    assert places == sorted(places), places
    assert 'joinpath(f"generated_{date_suffix}")' in source
    caller = inspect.getsource(importlib.import_module("instructlab.data.generate_data"))
    assert "from instructlab.sdg.generate_data import generate_data" in caller and "client=client," in caller


@pytest.mark.slow
def test_the_prompt_ends_with_the_opening_in_the_teachers_markup(tmp_path):
    from instructlab.sdg.blocks.llmblock import LLMBlock
    from instructlab.sdg.pipeline import Pipeline, PipelineContext

    markup = "<u>{{ prompt.rsplit('\\n', 1)[0] }}</u><a>{{ prompt.rsplit('\\n', 1)[1] }}"
    pipeline = taxonomy.pipeline(str(ROOT / "pipelines/konflux"), markup, {"repeat_penalty": 1.0})
    folder = taxonomy.write_pipeline(pipeline, tmp_path / "pipeline")
    client = types.SimpleNamespace(server_supports_batched=False)
    context = PipelineContext(client=client, model_id="teacher", num_instructions_to_generate=1)
    blocks = {name: Pipeline.from_file(context, str(folder / f"{name}.yaml")).chained_blocks for name in
              ("knowledge", "freeform_skills", "grounded_skills")}  # fmt: skip
    assert not blocks["freeform_skills"] and not blocks["grounded_skills"]
    block = blocks["knowledge"][1]
    pipe = types.SimpleNamespace(config_path=str(folder / "knowledge.yaml"))
    made = LLMBlock(context, pipe, block["name"], **block["config"])
    seeds = {f"icl_{kind}_{n}": f"{kind} {n}" for kind in ("query", "response") for n in (1, 2, 3)}
    document = "Ask 7\n```\nMintMaker runs | often.\nHow often does MintMaker\n```"
    prompt = made._format_prompt({"document": document, **seeds})
    assert prompt.startswith("<u>") and "Sentence: response 1\nQuestion: query 1\n" in prompt
    assert prompt.strip().endswith("Sentence: MintMaker runs | often.</u><a>Question: How often does MintMaker")
    assert made.gen_kwargs["extra_body"] == {"repeat_penalty": 1.0} and made.gen_kwargs["max_tokens"] == 32
    assert made._parse(" run? And what") == {"question": ["run?"]} and made._parse("") == {"question": [""]}


class Endpoint(http.server.BaseHTTPRequestHandler):
    """An endpoint in the way of vLLM: several prompts a request, n answers each; it ends each opening with a "?"."""

    def do_GET(self):
        self.send_error(404)

    def do_POST(self):
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.requests.append((self.path, self.headers["Authorization"], asked))
        lines = [path.read_bytes() for path in Path("/proc").glob("[0-9]*/cmdline") if path.exists()]
        self.server.seen |= any(KEY.encode() in line for line in lines)
        if self.server.refuses:
            body = json.dumps({"error": {"message": f"invalid key: {self.headers['Authorization']}"}})
        else:
            choices = [{"index": i, "text": "?", "finish_reason": "stop"} for _ in asked["prompt"]
                       for i in range(asked["n"])]  # fmt: skip
            body = json.dumps({"id": "1", "object": "text_completion", "created": 0, "model": "m", "choices": choices})
        self.send_response(401 if self.server.refuses else 200)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, *args):
        pass


@pytest.fixture
def ask(base, tmp_path):
    """Run ask.py with the real ilab against an endpoint of ours; yields (function that runs it, the endpoint)."""
    (tmp_path / "markdown").mkdir()
    text = "# Apples\n\nAn apple contains `5` seeds | in its core. Each apple ripens after the summer.\n"
    (tmp_path / "markdown/apples.md").write_text(text)
    config = yaml.safe_load((ROOT / "config/embedded.yaml").read_text())
    config["generate"] |= {
        "teacher": {"model_path": "org/teacher-70b"},
        "pipeline": str(ROOT / "pipelines/konflux"),
        "chat_markup": "<|user|>{{ prompt.rsplit('\\n', 1)[0] }}<|end|>{{ prompt.rsplit('\\n', 1)[1] }}",
    }
    (tmp_path / "big.yaml").write_text(yaml.safe_dump(config))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Endpoint)
    server.requests, server.seen, server.refuses = [], False, False
    threading.Thread(target=server.serve_forever, daemon=True).start()
    address = f"http://127.0.0.1:{server.server_port}/v1"
    settings = {"settings": {"ENDPOINT": address, "PAGES": ""}, "config": {"generate": config["generate"]}, "code": {}}
    (tmp_path / "arguments").write_text(json.dumps(settings))

    def run():
        command = [sys.executable, "-m", "scripts.generate.ask", "--arguments", "arguments", "--markdown", "markdown"]
        command += ["--qna", ROOT / "qna.yaml", "--config", "big.yaml", "--base", base, "--work", "work"]
        return subprocess.run(
            [str(part) for part in [*command, "--output", "out/asked.json"]],
            cwd=tmp_path, capture_output=True, text=True, timeout=300,
            env={**os.environ, patch.KEY: KEY, "PYTHONPATH": str(ROOT),
                 "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"},
        )  # fmt: skip

    yield run, server
    server.shutdown()
    server.server_close()


def holds_key(folder):
    """The files that hold the key, under `folder` and where ilab keeps its own."""
    found = [path for place in (folder, program.HOME) for path in place.rglob("*") if path.is_file()]
    return [path for path in found if KEY.encode() in path.read_bytes()]


@pytest.mark.slow
def test_an_endpoint_is_asked_in_its_own_markup_with_a_key_that_nobody_sees(ask, tmp_path):
    run, server = ask
    result = run()
    assert result.returncode == 0, result.stderr + (tmp_path / "work/ilab.log").read_text()[-2000:]
    prompts = []
    for path, authorization, asked in server.requests:
        assert path == "/v1/completions" and authorization == f"Bearer {KEY}" and asked["model"] == "org/teacher-70b"
        assert "repeat_penalty" not in asked
        prompts += [prompt for prompt in asked["prompt"] if not prompt.startswith("test")]
    assert prompts and all(prompt.startswith("<|user|>") and "<|end|>Question: " in prompt for prompt in prompts)
    assert not server.seen and not holds_key(tmp_path) and KEY not in result.stdout + result.stderr
    pairs = raw.pairs(tmp_path / json.loads((tmp_path / "out/asked.json").read_text())["teacher"], "apples")
    said = {pair["user"]: pair["assistant"] for pair in pairs}
    assert said["What does an apple contain?"] == "An apple contains 5 seeds | in its core."
    assert "When does each apple ripen?" in said


@pytest.mark.slow
def test_an_endpoint_that_repeats_the_key_it_refuses_gives_it_away_to_no_log(ask, tmp_path):
    run, server = ask
    server.refuses = True
    result = run()
    assert result.returncode == 1 and len(result.stderr.strip().split("\n")) == 1, result.stderr
    assert "ilab data generate ended with exit code" in result.stderr and "work/ilab.log" in result.stderr
    assert server.requests and not holds_key(tmp_path) and KEY not in result.stdout + result.stderr
    assert "Bearer ***" in (tmp_path / "work/ilab.log").read_text()
