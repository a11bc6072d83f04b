"""What generating relies on inside the real ilab: the steps that are skipped, the prompt, the endpoint and its key."""

import contextlib
import importlib
import inspect
import json
import os
import shutil
import subprocess
import sys
import types
from pathlib import Path

import openai
import pytest
import yaml

from scripts import endpoint, program
from scripts.generate import patch, taxonomy
from tests.conftest import untrained_finder
from tests.generate import servers, teachers
from tests.generate.conftest import ROOT

KEY = "sk-very-secret-5417"


def module_of(calls):
    """What stands in for ilab's module: it has the names that are replaced."""
    skipped = dict.fromkeys(patch.SKIPPED, lambda *args, **options: calls.append("skipped"))
    return types.SimpleNamespace(**skipped, generate_data=None)


@pytest.mark.parametrize("key, used", [(KEY, KEY), ("", "none"), (None, "none")])
def test_the_key_comes_from_the_environment(monkeypatch, key, used):
    monkeypatch.delenv(endpoint.KEY, raising=False)
    if key is not None:
        monkeypatch.setenv(endpoint.KEY, key)
    calls = []
    module = module_of(calls)
    module.generate_data = lambda client, **options: calls.append({"client": client, **options})
    patch.apply(module)
    module.generate_data(client=openai.OpenAI(base_url="https://host/v1", api_key="no_api_key"), model_name="m")
    (call,) = calls
    asked = call["client"]
    assert (asked.api_key, str(asked.base_url), call["model_name"]) == (used, "https://host/v1/", "m")


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


@pytest.fixture
def ask(base, tmp_path):
    """A function that runs ask.py with the real ilab against a scripted teacher, and an index of two passages."""
    (tmp_path / "markdown").mkdir()
    shutil.copy(ROOT / "markdown/building-secrets.md", tmp_path / "markdown")
    untrained_finder(tmp_path)
    given = {"settings": {}, "config": {}, "code": {}}
    (tmp_path / "arguments").write_text(json.dumps(given))
    # No proxy leads to a teacher on this machine.
    proxies = dict.fromkeys(("http_proxy", "HTTP_PROXY", "ALL_PROXY"), "http://127.0.0.1:9") | {"no_proxy": ""}
    environment = {**os.environ, **proxies, endpoint.KEY: KEY, "PYTHONPATH": str(ROOT),
                   "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}  # fmt: skip

    def run(script, *options):
        command = [sys.executable, "-m", script, "--arguments", "arguments", "--markdown", "markdown", *options]
        return subprocess.run([str(part) for part in command], cwd=tmp_path, capture_output=True, text=True,
                              timeout=300, env=environment)  # fmt: skip

    indexed = run("scripts.retrieve.index", "--finder", "models/finder/model.safetensors",
                  "--output", "build/rag/index.json")  # fmt: skip
    assert indexed.returncode == 0, indexed.stderr

    def ask_of(played):
        config = yaml.safe_load((ROOT / "config/embedded.yaml").read_text())["generate"]
        config["facts"]["pipeline"] = str(ROOT / "pipelines/facts")
        with servers.serving(played) as url:
            settings = {"ENDPOINT": url, "TEACHER": "", "WORDINGS": "", "PAGES": ""}
            given = {"settings": settings, "config": {"generate": config}, "code": {}}
            (tmp_path / "arguments").write_text(json.dumps(given))
            return run("scripts.generate.ask", "--qna", ROOT / "qna.yaml", "--config", ROOT / "config/embedded.yaml",
                       "--base", base, "--work", "work", "--index", "build/rag/index.json",
                       "--finder", "models/finder/model.safetensors", "--output", "out/asked.json")  # fmt: skip

    return ask_of


def holds_key(folder):
    """The files that hold the key, under `folder` and where ilab keeps its own."""
    holding = []
    for path in (path for place in (folder, program.HOME) for path in place.rglob("*") if path.is_file()):
        with contextlib.suppress(FileNotFoundError):  # of a test beside this one, which has ended
            if KEY.encode() in path.read_bytes():
                holding.append(path)
    return holding


@pytest.mark.slow
def test_a_teacher_is_asked_through_ilab_with_a_key_that_nobody_sees(ask, tmp_path):
    played = teachers.Teacher("good", ("building-secrets",), watch=KEY)
    result = ask(played)
    assert result.returncode == 0, result.stderr + (tmp_path / "work/ilab.log").read_text()[-2000:]
    assert set(played.authorizations) == {f"Bearer {KEY}"} and len(played.authorizations) > 20
    assert not played.watched and not holds_key(tmp_path) and KEY not in result.stdout + result.stderr
    parts = json.loads((tmp_path / "out/asked.json").read_text())["parts"]
    assert len(parts) == 5 and sum(len(part["facts"]) for part in parts) == 7
    assert all(len(part["unanswerable"]) == 2 for part in parts)
    # Each part was asked about once, though ilab pairs it with five seed examples.
    assert played.requests.count("facts") == 5 and played.requests.count("nowhere") == 10


@pytest.mark.slow
def test_an_endpoint_that_repeats_the_key_it_refuses_gives_it_away_to_no_log(ask, tmp_path):
    result = ask(teachers.Teacher("good", ("building-secrets",), server="refusing"))
    assert result.returncode == 1 and len(result.stderr.strip().split("\n")) == 1, result.stderr
    assert "the endpoint refuses the key in ENDPOINT_API_KEY (status 401); 0 of 5 parts are done" in result.stderr
    assert not holds_key(tmp_path) and KEY not in result.stdout + result.stderr
