"""Fixtures: a copy of the repository with a fake `ilab`, and a tiny model in the place of the embedded one."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "scripts"))

FAKE_ILAB = """#!{python}
# Stands in for ilab: logs how it was called. `model train` leaves a prepared checkpoint behind, `model serve` answers
# what it serves, `data generate` ends each staged opening of a question with a question mark.
import json, os, pathlib, sys, time
root = pathlib.Path(__file__).resolve().parent
option = dict(zip(sys.argv, sys.argv[1:]))
if "serve" in sys.argv:
    import http.server
    class Models(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            body = json.dumps({{"data": [{{"id": os.environ["MODEL_ALIAS"]}}]}}).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)
        def log_message(self, *args):
            pass
    http.server.HTTPServer((option["--host"], int(option["--port"])), Models).serve_forever()
with open(root / "ilab.log", "a") as log:
    print(*sys.argv[1:], file=log)
if (root / "fail").exists():
    sys.exit("fake ilab: told to fail")
if "generate" in sys.argv:
    import subprocess, yaml
    qna = yaml.safe_load(next(pathlib.Path(option["--taxonomy-path"]).glob("knowledge/*/qna.yaml")).read_text())
    clone = pathlib.Path(option["--output-dir"], "documents")
    subprocess.run(["git", "clone", "-q", qna["document"]["repo"], clone], check=True)
    if (root / "sleep-on").exists() and list(clone.glob((root / "sleep-on").read_text())):
        time.sleep(60)
    with open(root / "asked.log", "a") as log:
        print(*sorted(page.stem for page in clone.glob("*.md")), file=log)
    rows = []
    for page in sorted(clone.glob("*.md")):
        for part in page.read_text().split("## ")[1:]:
            document = "\\n".join(line for line in part.split("\\n") if line)
            silent = root / "silent"
            question = "" if silent.exists() and page.stem in (silent.read_text() or page.stem) else "?"
            rows.append({{"document": document, "response": document, "question": question}})
    folder = pathlib.Path(option["--output-dir"], "date", "generated_date")
    folder.mkdir(parents=True)
    (folder / "knowledge_konflux.jsonl").write_text("".join(json.dumps(row) + "\\n" for row in rows))
    sys.exit()
if (root / "sleep").exists():
    print("num_batches: 1", flush=True)
    time.sleep(60)
import shutil, yaml
epochs = int(option["--num-epochs"])
print("num_batches: 1")
for epoch in range(epochs):
    print(f"Epoch: {{epoch}}, Step: 1, Loss per batch: 1, Actual Loss Per Batch = {{9.5 / (epoch + 1)}}, accumulated")
folder = pathlib.Path(option["--ckpt-output-dir"], "hf_format", f"samples_{{(epochs - 1) * 8}}")
folder.mkdir(parents=True)
shutil.copy(pathlib.Path(option["--model-path"]).parent / "checkpoint.bin", folder / "pytorch_model.bin")
"""


@pytest.fixture(scope="session")
def base():
    """Folder of the real base model, made by `make base`."""
    folder = ROOT / "models" / "base"
    if not (folder / ".done").exists():
        pytest.skip("models/base is missing: run make base")
    return folder


@pytest.fixture(scope="session")
def tiny_base(base, tmp_path_factory):
    """A models/base with the real tokenizer and 2 random layers: loads in a moment and answers nonsense."""
    import gguf
    import torch
    from transformers import AutoConfig, AutoModelForCausalLM

    folder = tmp_path_factory.mktemp("tiny") / "base"
    config = AutoConfig.from_pretrained(
        base / "hf", hidden_size=64, intermediate_size=64, num_hidden_layers=2, num_attention_heads=4,
        num_key_value_heads=2, head_dim=16,
    )  # fmt: skip
    torch.manual_seed(0)
    AutoModelForCausalLM.from_config(config).save_pretrained(folder / "hf")
    for file in (base / "hf").glob("*token*"):
        shutil.copy(file, folder / "hf")
    reader = gguf.GGUFReader(base / "model.gguf")
    sizes = {
        "embedding_length": 64, "feed_forward_length": 64, "block_count": 2, "attention.head_count": 4,
        "attention.head_count_kv": 2, "rope.dimension_count": 16,
    }  # fmt: skip
    writer = gguf.GGUFWriter(folder / "model.gguf", "llama")
    for field in reader.fields.values():
        if field.name.startswith("GGUF.") or field.name == "general.architecture":
            continue
        value = sizes.get(field.name.removeprefix("llama."), field.contents())
        item = field.types[-1] if field.types[0] == gguf.GGUFValueType.ARRAY else None
        writer.add_key_value(field.name, value, field.types[0], sub_type=item)
    names = gguf.get_tensor_name_map(gguf.MODEL_ARCH.LLAMA, 2)
    weights = AutoModelForCausalLM.from_pretrained(folder / "hf").state_dict()
    torch.save(weights, folder / "checkpoint.bin")
    for name, tensor in weights.items():
        if name != "lm_head.weight":
            writer.add_tensor(names.get_name(name, try_suffixes=(".weight",)), tensor.numpy())
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    (folder / ".done").touch()
    return folder


class Clone:
    """A copy of the repository in which `make` runs with the fake `ilab` and the tiny model."""

    def __init__(self, folder, tiny_base):
        self.folder, self.bin = folder / "clone", folder / "venv" / "bin"
        ignored = shutil.ignore_patterns(".git", ".venv", ".venv-uv", "build", "models", "generated", "__pycache__")
        shutil.copytree(ROOT, self.folder, ignore=ignored)
        shutil.copytree(tiny_base, self.folder / "models" / "base")
        self.bin.mkdir(parents=True)
        # A symlink to the interpreter would lose its environment, a wrapper keeps it.
        (self.bin / "python").write_text(f'#!/bin/sh\nexec {sys.executable} "$@"\n')
        (self.bin / "ilab").write_text(FAKE_ILAB.format(python=sys.executable))
        for tool in self.bin.iterdir():
            tool.chmod(0o755)
        (self.bin.parent / ".done").touch()
        os.utime(self.folder / "models" / "base" / ".done")
        self.data = self.folder / "sample"
        self.data.mkdir()
        self.write_rows(4)

    def write_rows(self, count):
        answer = "The answer to this question is a plain number, as told before."
        row = {"system": "You answer questions about Konflux.", "assistant": answer}
        lines = [json.dumps({**row, "user": f"What is the answer to question number {n}?"}) for n in range(count)]
        (self.data / "train_konflux.jsonl").write_text("".join(line + "\n" for line in lines))

    def make(self, *arguments, **options):
        command = ["make", f"VENV={self.bin.parent}", *arguments]
        environment = {k: v for k, v in os.environ.items() if k not in ("MAKEFLAGS", "MAKELEVEL")}
        return subprocess.run(
            command, cwd=self.folder, capture_output=True, text=True, timeout=120, env=environment, **options
        )

    def train(self, *arguments):
        return self.make("train", "DATA=sample", *arguments)

    @property
    def calls(self):
        log = self.bin / "ilab.log"
        return log.read_text().splitlines() if log.exists() else []

    @property
    def asked(self):
        """The pages of each run of `ilab data generate`."""
        log = self.bin / "asked.log"
        return log.read_text().splitlines() if log.exists() else []

    @property
    def model(self):
        return self.folder / "models" / "ggml-model-f16.gguf"


@pytest.fixture
def clone(tmp_path, tiny_base):
    return Clone(tmp_path, tiny_base)
