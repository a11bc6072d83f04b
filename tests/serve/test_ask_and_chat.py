"""ask, chat and demo: which model, which prompt, the server where there is one, and harmless text on the terminal."""

import contextlib
import json
import os
import re
import subprocess
from pathlib import Path

import pytest

from scripts import configuration
from scripts.serve import chat_patch, llama, local_server
from tests.conftest import untrained_finder
from tests.serve.conftest import CASES, CONFIG, ROOT, ask, chat

QUESTIONS = ("Who reviews a release?", "What is Konflux?", "What is a Snapshot in Konflux?")
LONG_QUESTION = (CASES / "long-question.txt").read_text().strip()


def line(result):
    """The one line on stderr of a script that failed."""
    assert result.returncode == 1 and result.stderr.count("\n") == 1 and not result.stdout, result.stderr
    return result.stderr


def test_ask_uses_the_server_of_this_very_file(run, recorder, tmp_path):
    # The fixture `run` has http_proxy lead nowhere: a server on this machine is asked without it.
    result = ask(run, recorder.model, QUESTIONS[1], recorder.port)
    assert result.stdout == "From the server.\n", result.stderr
    assert recorder.asked == [llama.request(configuration.system_prompt(CONFIG), QUESTIONS[1])]
    os.utime(recorder.model)  # no change: ask and server tell the time of the file alike
    assert ask(run, recorder.model, QUESTIONS[1], recorder.port).stdout == "From the server.\n"
    (tmp_path / "other.gguf").write_bytes(b"GGUF of another model")
    assert "no answer" in line(ask(run, tmp_path / "other.gguf", QUESTIONS[1], recorder.port))
    assert len(recorder.asked) == 2


def test_no_answer_steers_the_terminal(run, recorder):
    recorder.reply = "a\x1b]0;title\x07b\x1b[2Jc\rd\u202ee\u2028f\x9b31m\ttab\nline é"
    shown = ask(run, recorder.model, "?", recorder.port).stdout
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028-\u202e]", shown)
    assert shown.endswith("31m\ttab\nline é\n")


def test_a_model_is_asked_with_the_prompt_that_it_was_trained_with(run, recorder, tmp_path):
    (tmp_path / "record.json").write_text(json.dumps({"system_prompt": "You know Tidepool."}))
    (tmp_path / "in-use").symlink_to(tmp_path)
    ask(run, tmp_path / "in-use" / "model.gguf", "?", recorder.port)
    assert recorder.asked[0]["messages"][0] == {"role": "system", "content": "You know Tidepool."}
    (tmp_path / "record.json").write_text("{")
    assert "record.json" in line(ask(run, recorder.model, "?", recorder.port))


@pytest.mark.parametrize("content", ["{}", '{"system_prompt": ""}', '{"system_prompt": 5}', None])
def test_a_model_without_a_prompt_of_its_own_gets_that_of_the_config(tmp_path, content):
    if content is not None:
        (tmp_path / "record.json").write_text(content)
    assert configuration.system_prompt(CONFIG, tmp_path / "model.gguf") == configuration.system_prompt(CONFIG)


@pytest.mark.parametrize("script", ["ask", "chat", "server", "demo"])
@pytest.mark.parametrize("kind", ["missing", "dangling", "folder", "text"])
def test_no_model_is_one_line(run, tmp_path, script, kind):
    model = tmp_path / "in-use" / "model.gguf"
    if kind == "dangling":
        model.parent.symlink_to(tmp_path / "gone")
    elif kind == "folder":
        model.mkdir(parents=True)
    elif kind == "text":
        model.parent.mkdir()
        model.write_text("no model")
    options = {
        "ask": ["--model", model, "--port", 1, "--question", "?"],
        "chat": ["--model", model, "--port", 1, "--work", tmp_path / "work"],
        "server": ["--model", model, "--port", 1],
        "demo": ["--base", model, "--tuned", model],
    }
    said = line(run(f"serve.{script}", "--config", CONFIG, *options[script]))
    assert str(model) in said and "delete" not in said and "remove" not in said
    if kind in ("missing", "dangling"):
        assert "make models lists what there is, make train DATA=pre-generated makes one" in said


@pytest.mark.slow
def test_a_question_longer_than_the_window_is_told_so(run, tiny, tmp_path):
    said = line(ask(run, tiny, LONG_QUESTION))
    assert re.search(r"have \d{4} tokens together, and 4095 fit", said) and "max_ctx_size" in said
    assert "remove" not in said and "damaged" not in said
    config = tmp_path / "small.yaml"
    config.write_text(CONFIG.read_text().replace("max_ctx_size: 4096", "max_ctx_size: 64"))
    assert "and 63 fit" in line(ask(run, tiny, "word " * 100, config=config))
    config.write_text(CONFIG.read_text().replace("max_ctx_size: 4096", "max_ctx_size: many"))
    assert "max_ctx_size is 'many'" in line(ask(run, tiny, "?", config=config))


@pytest.mark.slow
def test_the_server_has_the_same_window(run, client, tiny):
    alone, through = (line(ask(run, tiny, LONG_QUESTION, port)) for port in (1, client.port))
    assert alone == through
    assert ask(run, tiny, QUESTIONS[0]).stdout == ask(run, tiny, QUESTIONS[0], client.port).stdout != ""


def test_a_question_that_is_no_utf8_is_asked(run, recorder):
    result = ask(run, recorder.model, os.fsdecode(b"What is \xff?"), recorder.port)
    assert result.stdout == "From the server.\n", result.stderr
    assert "no question" in line(ask(run, recorder.model, " \n", recorder.port))


@pytest.mark.parametrize("port", ["0", "-1", "65536", "taken"])
def test_a_port_that_cannot_be_served_is_one_line(run, recorder, tiny, port):
    port = str(recorder.port) if port == "taken" else port
    assert f"port {port}:" in line(run("serve.server", "--model", tiny, "--config", CONFIG, f"--port={port}"))


@pytest.mark.slow
def test_each_question_of_a_chat_is_asked_as_ask_does(run, recorder, tmp_path):
    recorder.reply = "From the \x1b]0;server\x07."
    shown = chat(run, recorder.model, recorder.port, tmp_path / "work", [*QUESTIONS[:2], LONG_QUESTION, QUESTIONS[2]])
    assert plain(shown).count("Fromthe0server") == 3 and "9000 tokens, and 4095 fit" in shown
    assert "\x1b]0;" not in shown and "\x07" not in shown
    assert [path.name for path in (tmp_path / "work").iterdir()] == [".local"]
    # ilab sends the temperature as text. The server's defaults of the rest are those of llama.request: test_api.py.
    asked = [(body["messages"], float(body["temperature"]), body["max_tokens"]) for body in recorder.asked]
    system = configuration.system_prompt(CONFIG)
    requests = [llama.request(system, question) for question in (*QUESTIONS[:2], LONG_QUESTION, QUESTIONS[2])]
    assert asked == [(request["messages"], request["temperature"], request["max_tokens"]) for request in requests]


@pytest.mark.slow
def test_a_chat_starts_a_server_and_ends_it(run, tiny, tmp_path):
    model = tmp_path / "model.gguf"
    model.write_bytes(tiny.read_bytes())
    shown = chat(run, model, local_server.free_port(), tmp_path, [LONG_QUESTION, QUESTIONS[2]])
    answer = plain(ask(run, model, QUESTIONS[2]).stdout)
    assert len(answer) > 20 and answer in plain(shown) and "tokenstogetherand4095fit" in plain(shown)
    assert not [command for command in running() if str(model) in command]


@pytest.mark.slow
def test_a_chat_answers_from_the_pages(run, tiny, tmp_path):
    page, index, given = (tmp_path / name for name in ("markdown/lamps.md", "index.json", "arguments"))
    page.parent.mkdir()
    page.write_text("# Lamps\n\nThe lamp of the cellar burns for nine hours. Each lamp hangs on a hook.\n")
    given.write_text(json.dumps({"settings": {}, "config": {}, "files": {}, "code": {}}))
    untrained_finder(tmp_path)
    pages = ("--finder", tmp_path / "models/finder/model.safetensors")
    made = run("retrieve.index", "--arguments", given, "--markdown", page.parent, *pages, "--output", index)
    assert made.returncode == 0, made.stderr
    question, port = "How long does the lamp of the cellar burn?", local_server.free_port()
    options = ("--model", tiny, "--config", CONFIG, "--port", port, "--index", index, *pages)
    failed = run("serve.chat", *options, "--work", tmp_path / "work")
    assert failed.returncode == 1 and "reader.gguf: no such file; run make finder" in failed.stderr
    assert run("retrieve.reader", "--output", tmp_path / "models/finder/reader.gguf").returncode == 0
    shown = chat(run, tiny, port, tmp_path / "work", [question], "--index", index, *pages)
    assert "Thelampofthecellarburnsforninehours" in plain(shown) and "Lamps" in shown


def running():
    """The command lines of all processes."""
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        with contextlib.suppress(OSError):
            yield path.read_bytes().replace(b"\0", b" ").decode(errors="replace")


def plain(text):
    """The letters of `text` without colours, frames and line ends."""
    return re.sub(r"[\W_]+", "", re.sub(r"\x1b\[[^a-zA-Z]*[a-zA-Z]", "", text))


SYSTEM, ANSWER = {"role": "system", "content": "s"}, {"role": "assistant", "content": "a"}
ONE, TWO = ({"role": "user", "content": number} for number in "12")


@pytest.mark.parametrize(
    "messages, sent",
    [
        ([SYSTEM, ONE], [SYSTEM, ONE]),
        ([SYSTEM, ONE, ANSWER, TWO], [SYSTEM, TWO]),
        ([ONE], [ONE]),
        ([ONE, ANSWER, TWO], [TWO]),
    ],
)
def test_a_question_is_sent_alone(messages, sent):
    assert chat_patch.alone(messages) == sent


@pytest.mark.slow
def test_the_demo_shows_answers_as_they_are(run, tiny, tmp_path):
    result = run("serve.demo", "--base", tiny, "--tuned", tiny, "--config", CONFIG)
    assert result.returncode == 0 and "What is the Konflux project?" in result.stdout, result.stderr


def test_the_demo_takes_no_answer_for_markup(monkeypatch, capsys):
    from scripts.serve import demo

    monkeypatch.setattr(demo, "answers", lambda gguf, config: ["[name] [/docs]", "\x1b[31mred", "[bold]b"])
    monkeypatch.setattr("sys.argv", ["demo", "--base", "b", "--tuned", "t", "--config", "c"])
    demo.main()
    shown = capsys.readouterr().out
    assert "[name] [/docs]" in shown and "[31mred" in shown and "[bold]b" in shown and "\x1b[31m" not in shown


@pytest.mark.slow
def test_make_serves_asks_and_leaves_nothing_running(tiny_base, tmp_path):
    from tests.conftest import Clone

    if not (ROOT / ".venv/bin/ilab").exists():
        pytest.skip("no .venv: run make setup")
    clone, port = Clone(tmp_path, tiny_base, ROOT / ".venv/bin/ilab"), local_server.free_port()
    alone = clone.make("ask", "MODEL=base", f"PORT={port}", "RAG=0", "Q=What's `Konflux`? $HOME")
    assert alone.returncode == 0 and alone.stdout.strip(), alone.stderr
    server = subprocess.Popen(clone.command("serve", "RAG=0", "MODEL=base", f"PORT={port}"), cwd=clone.folder)
    try:
        model = clone.folder / "models/base/model.gguf"
        while not local_server.find_server(model, port):
            assert server.poll() is None
        through = clone.make("ask", "MODEL=base", f"PORT={port}", "RAG=0", "Q=What's `Konflux`? $HOME")
        assert through.stdout == alone.stdout
    finally:
        server.terminate()
        server.wait(timeout=30)
    assert local_server.find_server(model, port) is None
