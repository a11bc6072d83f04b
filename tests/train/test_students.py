"""Students of four architectures with random weights, in different files: the real ilab trains them, they answer."""

import json
import os
import re
import shutil
import subprocess

import numpy
import pytest
import yaml

from tests.conftest import Clone, one_line
from tests.train.test_resume import ILAB

pytestmark = pytest.mark.slow

SIZES = dict(
    vocab_size=49152, hidden_size=64, intermediate_size=96, num_hidden_layers=2, num_attention_heads=4,
    num_key_value_heads=2, max_position_embeddings=512, bos_token_id=1, eos_token_id=2, pad_token_id=2,
)  # fmt: skip
SCALED = dict(logits_scaling=2.0, embedding_multiplier=6.0, residual_multiplier=0.5, attention_multiplier=0.1)
# Another markup than ChatML, in a file of its own, and a start token in the text.
TEMPLATE = (
    "<repo_name>{% for message in messages %}<file_sep>{{ message['role'] }}: {{ message['content'] }}<|im_end|>"
    "{% endfor %}{% if add_generation_prompt %}<file_sep>assistant: {% endif %}"
)
STUDENTS = {
    "Llama": (dict(tie_word_embeddings=True), dict(max_shard_size="2MB")),
    "Qwen2": (dict(tie_word_embeddings=True), dict(safe_serialization=False)),
    "Granite": (dict(tie_word_embeddings=False, **SCALED), dict(safe_serialization=False, max_shard_size="2MB")),
    "Phi3": (dict(tie_word_embeddings=False, original_max_position_embeddings=512), dict()),
}
ANSWER = "The answer to this question is a plain number, as told before."


def make_student(base, folder, architecture):
    """Write a student with random weights and the tokenizer of the embedded model into `folder`."""
    import torch
    import transformers

    more, saving = STUDENTS[architecture]
    torch.manual_seed(0)
    config = getattr(transformers, f"{architecture}Config")(**SIZES, **more)
    transformers.AutoModelForCausalLM.from_config(config).save_pretrained(folder, **saving)
    for file in (base / "hf").glob("*token*"):
        shutil.copy(file, folder)
    settings = json.loads((folder / "tokenizer_config.json").read_text())
    if architecture == "Phi3":
        settings["tokenizer_class"] = "GPT2Tokenizer"  # the converter takes others of Phi3 for SentencePiece
    if architecture == "Granite":
        del settings["chat_template"]
        (folder / "chat_template.jinja").write_text(TEMPLATE)
    (folder / "tokenizer_config.json").write_text(json.dumps(settings))


def configure(clone, name, path, **more):
    """Write config/NAME.yaml of the clone: the embedded one with another student, and a quick training."""
    settings = yaml.safe_load((clone.folder / "config/embedded.yaml").read_text())
    settings["models"][0]["path"] = path
    settings["train"].update(num_epochs=40, min_steps=0, effective_batch_size=4, freeze_layers=0)
    settings["train"]["freeze_embeddings"] = False
    settings["train"]["additional_args"].update(learning_rate=1e-2, warmup_steps=0)
    settings["gguf"]["interpolation"] = 1
    (clone.folder / f"config/{name}.yaml").write_text(yaml.safe_dump({**settings, **more}))
    return f"CONFIG=config/{name}.yaml"


@pytest.fixture(scope="module")
def real(tmp_path_factory, tiny_base):
    """A clone with the real ilab and four rows."""
    if not ILAB.exists():
        pytest.skip("no ilab beside the interpreter")
    return Clone(tmp_path_factory.mktemp("students"), tiny_base, ILAB)


def train(clone, config):
    """`make train` on one core: threads that wait for each other crawl when the machine is busy."""
    command = ["taskset", "-c", str(min(os.sched_getaffinity(0))), *clone.command("train", "DATA=sample", config)]
    return subprocess.run(command, cwd=clone.folder, capture_output=True, text=True, timeout=1200)


def logits(model_folder, weights, gguf, text):
    """The logits, of shape (tokens, vocabulary), of a model in transformers and of its GGUF in llama.cpp."""
    import llama_cpp
    import safetensors.torch
    import torch
    from transformers import AutoConfig, AutoModelForCausalLM, AutoTokenizer

    config = AutoConfig.from_pretrained(model_folder)
    config.tie_word_embeddings = False  # as trained
    model = AutoModelForCausalLM.from_config(config).eval()
    model.load_state_dict(safetensors.torch.load_file(weights))
    ids = AutoTokenizer.from_pretrained(model_folder).encode(text)
    with torch.no_grad():
        expected = model(torch.tensor([ids])).logits[0].numpy()
    loaded = llama_cpp.Llama(str(gguf), n_ctx=256, logits_all=True, verbose=False)
    assert loaded.tokenize(text.encode(), add_bos=True) == ids
    loaded.eval(ids)
    return expected, numpy.array(loaded.scores[: len(ids)])


@pytest.mark.parametrize("architecture", STUDENTS)
def test_a_student_learns_and_its_gguf_answers(real, base, architecture):
    name = architecture.lower().rstrip("3")  # llama.cpp takes what is called phi3 for a model with tokens <s> and </s>
    make_student(base, real.folder / f"students/{name}", architecture)
    config = configure(real, name, f"students/{name}")
    result = train(real, config)
    assert result.returncode == 0, result.stdout + result.stderr
    assert f"models/sample-{name}: in use" in result.stdout and "as ilab does it" not in result.stdout
    made = real.folder / f"models/sample-{name}"
    log = [json.loads(line) for line in (made / "training.jsonl").read_text().splitlines()]
    assert log[0]["loss"] > 3 * log[-2]["loss"] > 0
    student = real.folder / f"models/students/{name}/hf"
    expected, found = logits(student, made / "weights.safetensors", made / "model.gguf", f"Is it so? {ANSWER}")
    worst = abs(found - expected).max()
    print(f"{architecture}: logits differ by up to {worst:.4f}, they spread {expected.std():.2f}")
    assert worst < 0.02 * expected.std() and (found.argmax(1) == expected.argmax(1)).mean() > 0.9
    assert len(real.make("ask", "RAG=0", "Q=What is the answer to question number 2?", config).stdout) > 10
    again = real.make("-n", "train", "DATA=sample", config).stdout
    assert "scripts.train.use" in again and "scripts.setup" not in again and "scripts.train.weights" not in again


def without(file):
    return lambda folder: (folder / file).unlink()


def edited(file, **changes):
    def edit(folder):
        content = json.loads((folder / file).read_text())
        (folder / file).write_text(json.dumps({**content, **changes}))

    return edit


@pytest.mark.parametrize("spoil, message", [
    (shutil.rmtree, "no folder students/spoilt; give the path of a Hugging Face folder"),
    (without("config.json"), "no student .*config.json"),
    (without("tokenizer.json"), "no tokenizer.json, tokenizer.model or vocab.json"),
    (without("model.safetensors"), "no weights, model"),
    (lambda folder: (folder / "model.safetensors").write_bytes(b"torn"), "its weights are not readable"),
    (edited("tokenizer_config.json", chat_template=None), "no chat template in tokenizer_config.json; take a student"),
    (edited("config.json", auto_map={"AutoModel": "x.Y"}), "brings Python code of its own, which ilab would run"),
    (edited("config.json", architectures=["OtherForCausalLM"]), "converter cannot write a OtherForCausalLM"),
    (edited("tokenizer_config.json", chat_template="{{ raise_exception('none') }}"), "template cannot write .*none"),
    (edited("tokenizer.json", pre_tokenizer={"type": "Whitespace"}), "BPE pre-tokenizer was not recognized"),
])  # fmt: skip
def test_a_wrong_student_is_one_line(clone, tiny_base, spoil, message):
    student = shutil.copytree(tiny_base / "hf", clone.folder / "students/spoilt")
    spoil(student)
    line = one_line(clone.train(configure(clone, "spoilt", "students/spoilt")))
    assert re.search(message, line), line
    assert not (clone.folder / "models/sample-spoilt/model.gguf").exists()


def test_a_student_of_another_hash_is_refused(clone, tiny_base):
    shutil.copytree(tiny_base / "hf", clone.folder / "students/pinned")
    config = configure(clone, "pinned", "students/pinned", student={"sha256": {"model.safetensors": "0" * 64}})
    assert "config/pinned.yaml expects 000" in one_line(clone.make("base", config))
    assert not (clone.folder / "models/students/pinned/record.json").exists()
