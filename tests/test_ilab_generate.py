"""What `make generate` relies on inside ilab: the steps that are skipped, and the prompt that the pipeline makes."""

import http.server
import json
import os
import subprocess
import sys
import threading
from pathlib import Path

from conftest import ROOT


def in_generating_python(code, *arguments):
    """Run `code` in a Python with the shim on its path, as `make generate` runs ilab; returns its stdout."""
    path = os.pathsep.join([str(ROOT / "scripts/ilab_generate"), str(ROOT / "scripts")])
    result = subprocess.run(
        [sys.executable, "-c", code, *map(str, arguments)],
        env={**os.environ, "PYTHONPATH": path}, capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    assert result.returncode == 0, result.stderr
    return result.stdout


def test_only_the_steps_after_the_pairs_are_skipped():
    in_generating_python("""
import importlib, inspect, sitecustomize
module = importlib.import_module("instructlab.sdg.generate_data")  # the package has a function of this name
for name in sitecustomize.SKIPPED:
    assert getattr(module, name)(1, any=2) is None
source = inspect.getsource(module.generate_data)
steps = ["preprocess_taxonomy(", "generate_taxonomy(", *(f"{name}(" for name in sitecustomize.SKIPPED)]
places = [source.index(f"    {step}") for step in steps]
assert places == sorted(places), places
assert 'joinpath(f"generated_{date_suffix}")' in source
""")


def test_the_prompt_ends_with_the_opening_in_the_teachers_markup(tmp_path):
    markup = "<u>{{ prompt.rsplit('\\n', 1)[0] }}</u><a>{{ prompt.rsplit('\\n', 1)[1] }}"
    prompt = in_generating_python(
        """
import pathlib, sys, types
import common, stage
from instructlab.sdg.blocks.llmblock import LLMBlock
from instructlab.sdg.pipeline import Pipeline, PipelineContext
folder = stage.stage_pipeline(sys.argv[1], sys.argv[3], pathlib.Path(sys.argv[2]), {"repeat_penalty": 1.0})
client = types.SimpleNamespace(server_supports_batched=False)
context = PipelineContext(client=client, model_id="teacher", num_instructions_to_generate=1)
for name in ("knowledge", "freeform_skills", "grounded_skills"):
    blocks = Pipeline.from_file(context, str(folder / f"{name}.yaml")).chained_blocks
    for block in blocks:
        if block["type"] == "LLMBlock":
            pipe = types.SimpleNamespace(config_path=str(folder / "knowledge.yaml"))
            made = LLMBlock(context, pipe, block["name"], **block["config"])
seeds = {f"icl_{kind}_{n}": f"{kind} {n}" for kind in ("query", "response") for n in (1, 2, 3)}
sample = {"document": "Ask 7\\n```\\nMintMaker runs | often.\\nHow often does MintMaker\\n```", **seeds}
print(made._format_prompt(sample))
assert made.gen_kwargs["extra_body"] == {"repeat_penalty": 1.0} and made.gen_kwargs["max_tokens"] == 32
assert made._parse(" run? And what") == {"question": ["run?"]}
assert made._parse("") == {"question": [""]}
assert stage.number(sample["document"]) == 7
""",
        ROOT / "pipelines/konflux", tmp_path / "pipeline", markup,
    )  # fmt: skip
    assert prompt.startswith("<u>") and "Sentence: response 1\nQuestion: query 1\n" in prompt
    assert prompt.strip().endswith("Sentence: MintMaker runs | often.</u><a>Question: How often does MintMaker")


class Teacher(http.server.BaseHTTPRequestHandler):
    """An endpoint in the way of vLLM: several prompts a request, n answers each; it ends each opening with a "?"."""

    prompts = []

    def do_GET(self):
        self.send_error(404)

    def do_POST(self):
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        assert self.path == "/v1/completions" and asked["model"] == "org/teacher-70b", (self.path, asked)
        assert self.headers["Authorization"] == "Bearer secret" and "repeat_penalty" not in asked
        self.prompts += asked["prompt"]
        choices = [
            {"index": i, "text": "?", "finish_reason": "stop"} for _ in asked["prompt"] for i in range(asked["n"])
        ]
        body = json.dumps({"id": "1", "object": "text_completion", "created": 0, "model": "m", "choices": choices})
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, *args):
        pass


def test_real_ilab_asks_an_endpoint_in_its_own_markup(base, tmp_path):
    (tmp_path / "markdown").mkdir()
    text = "# Apples\n\nAn apple contains `5` seeds | in its core. Each apple ripens after the summer.\n"
    (tmp_path / "markdown/apples.md").write_text(text)
    config = (ROOT / "config/embedded.yaml").read_text().replace("models/base/model.gguf", "org/teacher-70b")
    markup = "<|user|>{{ prompt.rsplit('\\n', 1)[0] }}<|end|>{{ prompt.rsplit('\\n', 1)[1] }}"
    config = config.replace('chat_markup: "{{ prompt }}"', f'chat_markup: "{markup}"')
    (tmp_path / "big.yaml").write_text(config.replace("pipelines/konflux", str(ROOT / "pipelines/konflux")))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Teacher)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    command = [sys.executable, ROOT / "scripts/generate.py", "--markdown", "markdown", "--qna", ROOT / "qna.yaml"]
    command += ["--config", "big.yaml", "--base", base, "--work", "work", "--output", "out"]
    command += ["--endpoint", f"http://127.0.0.1:{server.server_port}/v1"]
    result = subprocess.run(
        [str(part) for part in command], cwd=tmp_path, capture_output=True, text=True, timeout=180,
        env={**os.environ, **{f"XDG_{kind}_HOME": str(tmp_path / kind) for kind in ("CONFIG", "DATA", "CACHE")},
             "ENDPOINT_API_KEY": "secret", "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"},
    )  # fmt: skip
    server.shutdown()
    assert result.returncode == 0, result.stderr + (tmp_path / "work/ilab.log").read_text()[-2000:]
    asked = [prompt for prompt in Teacher.prompts if not prompt.startswith("test")]
    assert asked and all(prompt.startswith("<|user|>") and "<|end|>Question: " in prompt for prompt in asked)
    rows = [json.loads(line) for line in (tmp_path / "out/train_konflux.jsonl").read_text().splitlines()]
    assert {"user": "What does an apple contain?", "assistant": "An apple contains 5 seeds | in its core."} in [
        {key: row[key] for key in ("user", "assistant")} for row in rows
    ]
    assert "When does each apple ripen?" in [row["user"] for row in rows]
