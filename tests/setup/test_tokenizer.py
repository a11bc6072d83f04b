"""The tokenizer of the embedded model gives the token ids of llama.cpp."""

import pytest


@pytest.mark.slow
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
