"""The real Makefile with a fake `ilab` first on PATH: what runs, when, and what a failure leaves behind."""

import json
import math
import os
import signal
import socket
import subprocess
import time

import yaml


def newer(path, seconds=2):
    """Give `path` a later time than anything made so far, without sleeping."""
    later = time.time() + seconds
    os.utime(path, (later, later))


def one_line(result):
    """The last line on stderr that does not come from make itself."""
    lines = [line for line in result.stderr.splitlines() if line.strip() and not line.startswith("make")]
    assert len(lines) == 1, result.stderr
    return lines[0]


def test_train_runs_once_and_again_only_when_an_input_changed(clone):
    first = clone.train()
    assert first.returncode == 0, first.stderr
    assert len(clone.calls) == 1 and "model train --pipeline full --device cpu" in clone.calls[0]
    # Four rows are too few for one pass.
    knobs = yaml.safe_load((clone.folder / "config/embedded.yaml").read_text())["train"]
    assert f"--num-epochs {math.ceil(knobs['min_steps'] * knobs['effective_batch_size'] / 4)} " in clone.calls[0]
    assert clone.model.read_bytes()[:4] == b"GGUF"
    history = [json.loads(line) for line in (clone.folder / "models/training.jsonl").read_text().splitlines()]
    assert history[0] == {"epoch": 0, "step": 1, "loss": 9.5} and history[-1]["rows"] == 4
    assert (clone.folder / "models/training.png").stat().st_size > 1000
    assert not (clone.folder / "build/train").exists()

    start = time.monotonic()
    assert clone.train().returncode == 0
    assert time.monotonic() - start < 1
    assert clone.make("-q", "train", "DATA=sample").returncode == 0
    assert len(clone.calls) == 1

    for calls, change in enumerate(("config/embedded.yaml", "scripts/train.py", "sample/train_konflux.jsonl"), 2):
        newer(clone.folder / change, calls * 100)
        assert clone.make("-q", "train", "DATA=sample").returncode == 1
        assert clone.train().returncode == 0
        newer(clone.model, calls * 100 + 50)
        assert len(clone.calls) == calls, change


def test_other_arguments_train_again(clone):
    assert clone.train().returncode == 0
    (clone.folder / "other").mkdir()
    (clone.folder / "other/train_konflux.jsonl").write_text((clone.data / "train_konflux.jsonl").read_text())
    newer(clone.model)
    assert clone.make("-q", "train", "DATA=other").returncode == 1
    assert clone.make("-q", "train", "DATA=sample").returncode == 0
    assert clone.make("train", "DATA=other").returncode == 0
    assert len(clone.calls) == 2


def test_arguments_are_what_they_look_like(clone):
    assert clone.train().returncode == 0
    assert clone.make("-q", "train", "DATA=sample/").returncode == 0
    assert "MODEL is base, tuned or a .gguf file, not Tuned" in clone.make("ask", "MODEL=Tuned", "Q=Hello?").stderr
    assert "--rag" not in clone.make("-n", "ask", "RAG=0", "Q=Hello?").stdout
    crawl = clone.make("-n", "crawl", "START_URL=https://a.site/docs/?v=1&l=en").stdout
    assert "crawl.py 'https://a.site/docs/?v=1&l=en' --output-dir" in crawl


def test_any_gguf_file_can_be_asked_and_measured(clone):
    (clone.folder / "kept.gguf").touch()
    assert "--model kept.gguf " in clone.make("-n", "ask", "MODEL=kept.gguf", "Q=Hello?").stdout
    command = clone.make("-n", "evaluate", "MODEL=kept.gguf").stdout
    assert "--model base=models/base/model.gguf --model kept=kept.gguf" in " ".join(command.split()).replace("\\ ", "")
    assert "--model tuned=" not in command and "kept2.gguf" in clone.make("-n", "evaluate", "MODEL=kept2.gguf").stderr


def test_failing_ilab_keeps_the_old_model(clone):
    assert clone.train().returncode == 0
    before = clone.model.read_bytes()
    clone.write_rows(5)
    newer(clone.data / "train_konflux.jsonl")
    (clone.bin / "fail").touch()
    result = clone.train()
    assert result.returncode != 0 and "told to fail" in one_line(result)
    assert clone.model.read_bytes() == before
    (clone.bin / "fail").unlink()
    assert clone.train().returncode == 0


def test_killed_training_keeps_the_old_model_and_starts_anew(clone):
    assert clone.train().returncode == 0
    before = clone.model.read_bytes()
    clone.write_rows(6)
    newer(clone.data / "train_konflux.jsonl")
    (clone.bin / "sleep").touch()
    for _ in range(2):
        calls = len(clone.calls)
        process = subprocess.Popen(
            ["make", f"VENV={clone.bin.parent}", "train", "DATA=sample"], cwd=clone.folder, start_new_session=True
        )
        while len(clone.calls) == calls:
            time.sleep(0.05)
        process.kill()  # SIGKILL to make alone: what it started must not live on
        process.wait()
        deadline = time.monotonic() + 10
        while subprocess.run(["pgrep", "-f", str(clone.bin / "ilab")], stdout=subprocess.DEVNULL).returncode == 0:
            assert time.monotonic() < deadline, "ilab outlived make"
            time.sleep(0.1)
        assert clone.model.read_bytes() == before
    (clone.bin / "sleep").unlink()
    assert clone.train().returncode == 0
    assert clone.make("-q", "train", "DATA=sample").returncode == 0


def test_two_trainings_at_once_are_refused(clone):
    (clone.bin / "sleep").touch()
    process = subprocess.Popen(
        ["make", f"VENV={clone.bin.parent}", "train", "DATA=sample"], cwd=clone.folder, start_new_session=True
    )
    try:
        while not clone.calls:
            time.sleep(0.05)
        assert "another training" in one_line(clone.train())
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait()


def test_bad_rows_are_named(clone):
    rows = clone.data / "train_konflux.jsonl"
    good = rows.read_text()
    for text, message in (
        (good + "{not json}\n", ":5: not JSON"),
        (good + '{"system": "a", "user": "b"}\n', ':5: no text under "assistant"'),
        (good + '{"system": "a", "user": "b", "assistant": "c"}\n', ":5: not the system prompt"),
        (good.splitlines()[0].replace("as told", "long " * 600), ":1: 512 tokens or more"),
        ("", "no rows"),
    ):
        rows.write_text(text)
        result = clone.train()
        assert result.returncode != 0 and message in one_line(result), result.stderr
    config = clone.folder / "config/embedded.yaml"
    config.write_text(config.read_text().replace("You answer questions about Konflux.", "a"))
    rows.write_text('{"system": "a", "user": "b", "assistant": "c"}\n')
    assert ":1: under 20 tokens" in one_line(clone.train())
    assert not clone.calls


def test_full_disk_is_refused(clone, tmp_path):
    fake = tmp_path / "fake"
    fake.mkdir()
    (fake / "sitecustomize.py").write_text(
        "import shutil\nshutil.disk_usage = lambda path: shutil._ntuple_diskusage(10, 9, 1)\n"
    )
    result = clone.make("train", "DATA=sample", f"TRAIN_ENV=PYTHONPATH={fake}")
    assert result.returncode != 0 and "GB free" in one_line(result) and not clone.calls


def test_broken_config_is_named(clone):
    config = clone.folder / "config" / "embedded.yaml"
    config.write_text("train: [")
    assert "not valid YAML" in one_line(clone.train())
    for text in ("", "[]", "train:", "train: many"):
        config.write_text(text)
        assert "config/embedded.yaml: train:" in one_line(clone.train()), text
    config.write_text("train: {num_epochs: many}")
    assert "whole numbers" in one_line(clone.train())
    config.write_text("train: {num_epochs: 1, effective_batch_size: 1, interpolation: 2}")
    assert "interpolation" in one_line(clone.train())
    config.write_text("train: {num_epochs: 1, effective_batch_size: 1, device: cuda}")
    assert "train.device is 'cuda'" in one_line(clone.train())
    config.write_text("train: {num_epochs: 1, effective_batch_size: 1}")
    assert "system_prompt" in one_line(clone.train())


def test_damaged_or_missing_model(clone):
    assert "run make train DATA=pre-generated first" in one_line(clone.make("ask", "Q=Hello?"))
    clone.model.write_bytes(b"broken")
    for target in ("ask", "serve", "chat"):
        result = clone.make(target, "Q=Hello?")
        assert result.returncode != 0 and "not a GGUF model" in one_line(result)
    clone.model.write_bytes(b"GGUF" + b"x" * 100)
    result = clone.make("ask", "Q=Hello?")
    assert result.returncode != 0 and "make train again" in result.stderr and "Traceback" not in result.stderr


def test_busy_port(clone):
    assert clone.train().returncode == 0
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        result = clone.make("serve", f"PORT={taken.getsockname()[1]}")
    assert result.returncode != 0 and "make serve PORT=" in one_line(result)


def test_ask_answers_without_a_server(clone):
    assert clone.train().returncode == 0
    result = clone.make("ask", 'Q=What\'s a Snapshot? It costs $5 "now".')
    assert result.returncode == 0 and result.stdout.strip(), result.stderr
    assert "no question" in one_line(clone.make("ask"))


def test_missing_tools_are_named_at_once(clone, tmp_path):
    tools = tmp_path / "tools"
    tools.mkdir()
    for tool in ("bash", "dirname", "grep", "git", "env"):
        (tools / tool).symlink_to(subprocess.check_output(["which", tool], text=True).strip())
    result = subprocess.run(
        ["scripts/setup.sh", "x/.venv", "requirements.lock", "x/uv"],
        cwd=clone.folder, env={"PATH": str(tools)}, capture_output=True, text=True,
    )  # fmt: skip
    assert result.returncode == 1 and "python3 gcc g++ jq" in result.stderr and "apt-get install" in result.stderr


def test_help_lists_every_phony_target(clone):
    makefile = (clone.folder / "Makefile").read_text()
    phony = set(makefile.split(".PHONY:")[1].splitlines()[0].split()) - {"FORCE", "help"}
    listed = {line.split()[1] for line in clone.make().stdout.splitlines()}
    assert phony <= listed
