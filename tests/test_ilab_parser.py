"""Each command line that ilab is given, with each config, goes through its own parser and checks of a training."""

import json
from pathlib import Path
from types import SimpleNamespace

import click
import pytest
import yaml
from click.testing import CliRunner

from scripts import configuration, ilab
from scripts.generate import chat as chat_teacher
from scripts.generate import taxonomy, teacher
from scripts.serve import chat, local_server
from scripts.setup import student
from scripts.train import gpus, rows, weights
from tests.conftest import ROOT

CONFIGS = sorted(
    path.name for path in (ROOT / "config").glob("*.yaml") if "general" in yaml.safe_load(path.read_text())
)
pytestmark = pytest.mark.slow


def parsed(command, monkeypatch):
    """What ilab's own parser makes of a command line, and the ilab context; what the command does is left out."""
    from instructlab import lab

    leaf: click.Command = lab.ilab
    words = [str(word) for word in command]
    words = words[words.index("ilab") + 1 :] if "ilab" in words else words
    for word in words[2:4]:  # after --config FILE
        leaf = leaf.get_command(click.Context(leaf), word)
    seen = {}

    def record(**_):
        seen["context"] = click.get_current_context()

    monkeypatch.setattr(leaf, "callback", record)
    result = CliRunner().invoke(lab.ilab, words, catch_exceptions=False)
    assert result.exit_code == 0, result.output
    context = seen["context"]
    given = {name for name in context.params if context.get_parameter_source(name).name == "COMMANDLINE"}
    return SimpleNamespace(context=context, params=context.params, given=given)


@pytest.fixture
def place(tmp_path, monkeypatch):
    """An empty folder with the configs, a file for a model, and rows."""
    monkeypatch.chdir(tmp_path)
    for path in ("models/base/model.gguf", "models/students/qwen2.5-1.5b/model.gguf", "qna.yaml"):
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        Path(path).write_bytes((ROOT / path).read_bytes() if path == "qna.yaml" else b"GGUF")
    return tmp_path


def trained(name, monkeypatch, flash=False, **more):
    """What ilab's parser makes of the command line of `make train` with the config `name`."""
    config, calls = ROOT / "config" / name, []
    folder = configuration.student_path(config).parent
    (folder / "hf").mkdir(parents=True, exist_ok=True)
    args = SimpleNamespace(
        config=config, base=folder, work=Path("work"), checkpoints=Path("checkpoints"), save_every=1, nnodes=1,
        node_rank=0, rdzv_endpoint="",
    )  # fmt: skip
    args.__dict__.update(more)
    monkeypatch.setattr(ilab, "run", lambda *words, **_: calls.append(words))
    weights.train([[{"role": "user", "content": "Hello?"}]], 2, rows.knobs(config, folder), flash, args)
    return parsed(calls[0], monkeypatch)


@pytest.mark.parametrize("name", CONFIGS)
def test_training(place, monkeypatch, name):
    from instructlab.configuration import map_train_to_library
    from instructlab.training import utils

    found, knobs = trained(name, monkeypatch), yaml.safe_load((ROOT / "config" / name).read_text())["train"]
    ours = {"pipeline", "device", "num_epochs", "model_path", "data_path", "data_output_dir", "ckpt_output_dir"}
    gpu = knobs["device"] == "cuda"
    more = {"nproc_per_node", "disable_accelerate_full_state_at_epoch", "disable_flash_attn", "nnodes", "node_rank",
            "rdzv_endpoint"}  # fmt: skip
    assert found.given == ours | (more if gpu else set()) and found.params["num_epochs"] == 2
    found.params["model_id"] = "konflux"  # as ilab sets it
    library, torchrun = map_train_to_library(found.context, found.params)
    library.accelerate_full_state_at_epoch = not found.params["disable_accelerate_full_state_at_epoch"]
    assert library.model_path == str(configuration.student_path(ROOT / "config" / name))
    assert library.checkpoint_at_epoch and library.learning_rate == knobs["additional_args"]["learning_rate"]
    assert library.max_seq_len == knobs["max_seq_len"] and library.effective_batch_size == knobs["effective_batch_size"]
    assert (
        torchrun.nproc_per_node == knobs.get("nproc_per_node", 1)
        and torchrun.nnodes == 1
        and Path(library.data_path).exists()
    )
    if gpu:
        assert library.disable_flash_attn and not library.accelerate_full_state_at_epoch
        assert not library.lora.target_modules and library.lora.quantize_data_type is not None
        utils.check_valid_train_args(library)
        assert not trained(name, monkeypatch, flash=True).params["disable_flash_attn"]


def test_training_on_several_nodes(place, monkeypatch):
    from instructlab.configuration import map_train_to_library

    found = trained("multi-gpu.yaml", monkeypatch, nnodes=3, node_rank=2, rdzv_endpoint="10.0.0.1:29500")
    _, torchrun = map_train_to_library(found.context, {**found.params, "model_id": "konflux"})
    assert (torchrun.nnodes, torchrun.node_rank, torchrun.rdzv_endpoint) == (3, 2, "10.0.0.1:29500")
    assert torchrun.nproc_per_node == 8 and gpus.visible(8) == "0,1,2,3,4,5,6,7"


def test_lora_is_taken_as_it_is_meant(place, monkeypatch):
    from instructlab.configuration import map_train_to_library
    from instructlab.training import utils

    settings = yaml.safe_load((ROOT / "config/gpu.yaml").read_text())
    settings["train"]["lora_rank"] = 16
    Path("lora.yaml").write_text(yaml.safe_dump(settings))
    found = trained(place / "lora.yaml", monkeypatch)
    library, _ = map_train_to_library(found.context, {**found.params, "model_id": "konflux"})
    library.accelerate_full_state_at_epoch = not found.params["disable_accelerate_full_state_at_epoch"]
    assert library.lora.rank == 16 and not library.lora.target_modules
    utils.check_valid_train_args(library)


@pytest.mark.parametrize("name", CONFIGS)
@pytest.mark.parametrize("endpoint", ["", "https://teacher.example/v1"])
def test_generating(place, monkeypatch, name, endpoint):
    config = ROOT / "config" / name
    section = {**configuration.section(config, "generate"), "pipeline": str(ROOT / "pipelines/konflux")}
    asked = teacher.Teacher(section, endpoint, config, Path("models/base"), place / "work", "teacher-70b")
    monkeypatch.setattr(taxonomy, "write_documents", lambda asks, folder: "0" * 40)
    url, qna = endpoint or "http://127.0.0.1:1/v1", yaml.safe_load(Path("qna.yaml").read_text())
    if endpoint:
        command = chat_teacher.command(asked, qna, [], 16, place)
    else:
        command = teacher.command(asked, url, qna, [], place)
    found = parsed(command, monkeypatch)
    assert found.params["endpoint_url"] == url and found.params["batch_size"] == (1 if endpoint else 0)
    assert not endpoint or found.params["num_cpus"] == 16
    assert {"model_path", "taxonomy_path", "taxonomy_base", "pipeline", "output_dir", "batch_size"} <= found.given


@pytest.mark.parametrize("name", CONFIGS)
def test_serving_and_chatting(place, monkeypatch, name):
    config, gguf = ROOT / "config" / name, Path("models/base/model.gguf")
    served = parsed(local_server.serve_command(gguf, config, 8123)[4:], monkeypatch)
    assert served.params["port"] == 8123 and served.params["host"] == "127.0.0.1"
    assert served.params["model_path"] == gguf.resolve() and served.params["chat_template"] == "tokenizer"
    assert served.params["max_ctx_size"] == configuration.context_size(config)
    Path("session.json").write_text(json.dumps([]))
    args = SimpleNamespace(config=config, model=gguf)
    asked = parsed(chat.chat_command(args, "http://127.0.0.1:8123/v1", Path("session.json"))[4:], monkeypatch)
    assert asked.params["endpoint_url"] == "http://127.0.0.1:8123/v1" and float(asked.params["temperature"]) == 0


def test_fetching(place, monkeypatch):
    wanted = configuration.section(ROOT / "config/multi-gpu.yaml", "student")
    words = student.download_arguments(wanted["repository"], wanted["revision"], Path("here"))
    found = parsed(["--config", ROOT / "config/multi-gpu.yaml", *words], monkeypatch)
    assert found.params["repositories"] == (wanted["repository"],) and found.params["releases"] == (wanted["revision"],)
    assert found.params["model_dir"] == str(place / "here")


def test_an_option_that_ilab_does_not_have_is_noticed(place, monkeypatch):
    with pytest.raises(AssertionError, match="No such option"):
        parsed(["--config", ROOT / "config/gpu.yaml", "model", "train", "--gpu", "1", "--no-such"], monkeypatch)
