"""The Modelfile with which Ollama serves a GGUF as it is served here: markup, system prompt, greedy answers."""

from scripts import program
from scripts.serve import llama

# ChatML as a template of Go, which Ollama fills: https://github.com/ollama/ollama/blob/main/docs/template.mdx
CHATML = "{{ range .Messages }}<|im_start|>{{ .Role }}\n{{ .Content }}<|im_end|>\n{{ end }}<|im_start|>assistant\n"
OTHER = """# No TEMPLATE: this model's markup is not ChatML. Ollama compares the chat template in the GGUF with those
# that it knows; `ollama show NAME --template` prints what it took, and "{{ .Prompt }}" means none."""
PROBE = [{"role": role, "content": role.upper()} for role in ("system", "user", "assistant", "user")]


def chatml(messages: list[dict]) -> str:
    """`messages`, each {"role", "content"}, in ChatML, with the beginning of an answer."""
    turns = (f"<|im_start|>{it['role']}\n{it['content']}<|im_end|>\n" for it in messages)
    return "".join(turns) + "<|im_start|>assistant\n"


def speaks_chatml(tokenizer) -> bool:
    """Whether the chat template of a transformers tokenizer writes a whole conversation in ChatML."""
    if not tokenizer.chat_template:
        return False
    return tokenizer.apply_chat_template(PROBE, tokenize=False, add_generation_prompt=True) == chatml(PROBE)


def quoted(text: str) -> str:
    """`text` as a value of several lines; ends the program where it holds the quotes that would end it."""
    if '"""' in text:
        program.fail('the system prompt holds """, which a Modelfile cannot quote; write the prompt without it')
    return f'"""{text}"""'


def text(gguf: str, tokenizer, system: str, context: int, license: str | None) -> str:
    """The Modelfile for the file `gguf` beside it.

    Ollama puts SYSTEM before a conversation that does not begin with a system prompt, as `make chat` does. Its own
    defaults draw answers at random (temperature 0.8), never stop a model that rambles, and take the size of the context
    from the GPU's memory: https://github.com/ollama/ollama/blob/main/docs/modelfile.mdx
    """
    lines = [f"FROM ./{gguf}", f"TEMPLATE {quoted(CHATML)}" if speaks_chatml(tokenizer) else OTHER]
    lines.append(f"SYSTEM {quoted(system)}")
    asked = llama.request("", "")
    parameters = {name: asked[name] for name in ("temperature", "repeat_penalty", "seed")}
    parameters |= {"num_ctx": context, "num_predict": asked["max_tokens"], "stop": f'"{tokenizer.eos_token}"'}
    lines += [f"PARAMETER {name} {value}" for name, value in parameters.items()]
    if license:
        lines.append(f"LICENSE {license}")
    return "\n".join(lines) + "\n"
