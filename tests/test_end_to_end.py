"""The real thing, small: `ilab` fine-tunes the embedded model on ten facts, and it answers them."""

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import time
import urllib.request

import pytest
import yaml
from conftest import ROOT

FACTS = 10
# Every third row, one a question, and several passes: what makes ten facts stick in three minutes of 2 cores.
KNOBS = {"effective_batch_size": 8, "num_epochs": 3, "min_steps": 0}


def make(clone, *arguments, **options):
    environment = {k: v for k, v in os.environ.items() if k not in ("MAKEFLAGS", "MAKELEVEL")}
    command = ["make", f"VENV={ROOT / '.venv'}", *arguments]
    return subprocess.run(command, cwd=clone, capture_output=True, text=True, env=environment, **options)


@pytest.fixture(scope="module")
def trained(base, tmp_path_factory):
    """A copy of the repository, the facts, and a model that `make train` made of them with the real ilab."""
    if not (ROOT / ".venv/.done").exists():
        pytest.skip("no .venv: run make setup")
    clone = tmp_path_factory.mktemp("real") / "clone"
    ignored = shutil.ignore_patterns(".git", ".venv", ".venv-uv", "build", "models", "generated", "__pycache__")
    shutil.copytree(ROOT, clone, ignore=ignored)
    # Linked, but with a .done of its own: a newer one in models/ would have the next `make train` train anew.
    (clone / "models/base").mkdir(parents=True)
    for name in ("model.gguf", "hf"):
        (clone / "models/base" / name).symlink_to(base / name)
    (clone / "models/base/.done").touch()
    config = clone / "config/embedded.yaml"
    settings = yaml.safe_load(config.read_text())
    settings["train"].update(KNOBS)
    config.write_text(yaml.safe_dump(settings))
    rows = [json.loads(row) for row in (clone / "pre-generated/train_konflux.jsonl").read_text().splitlines()]
    ids = set(list(dict.fromkeys(row["id"] for row in rows))[:FACTS])
    (clone / "sample").mkdir()
    text = "".join(json.dumps(row) + "\n" for row in rows[::3] if row["id"] in ids)
    (clone / "sample/train_konflux.jsonl").write_text(text)
    result = make(clone, "train", "DATA=sample")
    assert result.returncode == 0, result.stderr + result.stdout
    print(result.stdout)
    return clone, ids


def test_it_learned_what_the_base_model_does_not_know(trained):
    clone, ids = trained
    questions = [json.loads(row) for row in (clone / "evaluation/questions.jsonl").read_text().splitlines()]
    # The base model rambles, two seconds an answer: every sixth trained wording is enough to tell.
    asked = [q for q in questions if q["kind"] == "trained" and q["id"].split(".")[0] in ids][::6]
    (clone / "asked.jsonl").write_text("".join(json.dumps(q) + "\n" for q in asked))
    result = subprocess.run(
        [ROOT / ".venv/bin/python", "scripts/evaluate.py", "--questions", "asked.jsonl", "--config",
         "config/embedded.yaml", "--work", "build/evaluate", "--output", "evaluation.json",
         "--model", "base=models/base/model.gguf", "--model", "tuned=models/ggml-model-f16.gguf"],
        cwd=clone, capture_output=True, text=True,
        env={**os.environ, "PATH": f"{ROOT / '.venv/bin'}:{os.environ['PATH']}"},
    )  # fmt: skip
    assert result.returncode == 0, result.stderr
    models = json.loads((clone / "evaluation.json").read_text())["models"]
    base, tuned = (models[name]["kinds"]["trained"]["right"] for name in ("base", "tuned"))
    print(f"{len(asked)} questions: base {base:.0%}, tuned {tuned:.0%}")
    assert base <= 0.2 and tuned >= base + 0.2


def test_nothing_is_left_behind(trained):
    clone, _ = trained
    assert not (clone / "build/train").exists()
    assert sorted(p.name for p in (clone / "models").iterdir()) == [
        ".trained-with", "base", "ggml-model-f16.gguf", "training.jsonl", "training.png",
    ]  # fmt: skip


def test_served_asked_and_chatted(trained):
    clone, _ = trained
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = {k: v for k, v in os.environ.items() if k not in ("MAKEFLAGS", "MAKELEVEL")}
    # A shell that runs the tests in the background has its children ignore Ctrl-C.
    server = subprocess.Popen(
        ["make", f"VENV={ROOT / '.venv'}", "serve", f"PORT={port}"],
        cwd=clone,
        start_new_session=True,
        env=environment,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    url = f"http://127.0.0.1:{port}/v1"
    try:
        deadline = time.monotonic() + 60
        while True:
            try:
                urllib.request.urlopen(f"{url}/models", timeout=2).close()
                break
            except OSError:
                assert time.monotonic() < deadline and server.poll() is None
                time.sleep(0.2)
        start = time.monotonic()
        through_server = make(clone, "ask", f"PORT={port}", "Q=What is Konflux?").stdout
        print(f"make ask with a running server: {time.monotonic() - start:.1f} s")
        chat = make(clone, "chat", f"PORT={port}", input="What is Konflux?\n/q\n", timeout=120)
        plain = re.sub(r"[\W_]+", " ", re.sub(r"\x1b\[[^a-zA-Z]*[a-zA-Z]", "", chat.stdout))
        assert chat.returncode == 0 and re.sub(r"[\W_]+", " ", through_server).strip()[:20] in plain, chat.stdout
    finally:
        os.killpg(server.pid, signal.SIGINT)
        assert server.wait(timeout=20) is not None
    with socket.socket() as probe:
        assert probe.connect_ex(("127.0.0.1", port)) != 0, "something still listens"
    alone = make(clone, "ask", f"PORT={port}", "Q=What is Konflux?").stdout
    assert alone.strip() and alone == through_server


def test_checkpoint_tensors_survive_the_gguf(base, tmp_path):
    """A GGUF made of the base weights predicts as the base model does; 4-bit rounding differs between processors."""
    import gguf_model
    import llama_cpp
    import numpy
    import safetensors.torch
    import student
    import torch

    weights = safetensors.torch.load_file(base / "hf/model.safetensors")
    torch.save({name: weight + 1 for name, weight in weights.items()}, tmp_path / "pytorch_model.bin")
    back = gguf_model.interpolated(tmp_path / "pytorch_model.bin", base / "hf/model.safetensors", 0)
    assert all(torch.equal(back[name], weights[name].float()) for name in weights)
    gguf_model.write_gguf(base / "model.gguf", back, tmp_path / "copy.gguf")
    logits = []
    for file in (base / "model.gguf", tmp_path / "copy.gguf"):
        model = student.load(file)
        model.eval(model.tokenize(b"The capital of France is the city of", add_bos=True))
        last = llama_cpp.llama_get_logits_ith(model._ctx.ctx, -1)
        logits.append(numpy.ctypeslib.as_array(last, shape=(model.n_vocab(),)).copy())
    assert numpy.corrcoef(*logits)[0, 1] > 0.98 and len({int(row.argmax()) for row in logits}) == 1


def test_token_ids_equal_llama_cpp(base):
    from llama_cpp import Llama
    from transformers import AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(base / "hf")
    llama = Llama(str(base / "model.gguf"), vocab_only=True, verbose=False)
    for text in (
        "Hello  world",
        "def f(x):\n    return x ** 2  # 12345 3.14\n",
        " 1 22 333",
        "a\r\nb   \n  c",
        "don't I'LL we've",
        "apiVersion: v1\nkind: Snapshot\nspec:\n  - a: 1\n\n\n",
        "na\u00efve caf\u00e9 \u2014 \u65e5\u672c\u8a9e \U0001f642",
        "<|im_start|>user\nhi<|im_end|>\n<|im_start|>assistant\n",
        "build.appstudio.openshift.io/request",
        "x<|endoftext|>y",
    ):
        ids = tokenizer.encode(text)
        assert ids == llama.tokenize(text.encode(), add_bos=True, special=True), text
        assert tokenizer.decode(ids) == text
    assert tokenizer.eos_token == "<|im_end|>" and tokenizer.encode("a")[0] != tokenizer.bos_token_id
