"""Write fine-tuned weights as a GGUF: metadata and tokenizer of the base GGUF, tensors of the trained model.

The GGUF files that `ilab model train` leaves behind call every vocabulary SentencePiece, and llama.cpp aborts at
the first question when it is byte-level BPE
(https://github.com/instructlab/instructlab/blob/v0.26.1/src/instructlab/llamacpp/llamacpp_convert_to_gguf.py).
"""

import gguf
import numpy

from scripts import files


def llama_order(weight, heads):
    """Rows of a query or key projection (heads * head_dim, n) in llama.cpp's order for rotary embeddings.

    Hugging Face keeps the two halves of a head's rotation apart, llama.cpp interleaves them
    (https://github.com/ggml-org/llama.cpp/blob/master/convert_hf_to_gguf.py, LlamaModel.permute).
    """
    rows, columns = weight.shape
    return weight.reshape(heads, 2, rows // heads // 2, columns).swapaxes(1, 2).reshape(rows, columns)


def interpolated(trained_weights, base_weights, share):
    """Weights `share` of the way from those of the base model to the trained ones, by their Hugging Face names.

    Both are safetensors files. A little way back, a model still knows most of what it learned and some of what it
    forgot (Wortsman et al. 2022, https://arxiv.org/abs/2109.01903).
    """
    import safetensors.torch
    import torch

    with files.undamaged(base_weights, "remove models/base/record.json and run make base"):
        base = safetensors.torch.load_file(base_weights)
    # Training unties the output from the embedding.
    base.setdefault("lm_head.weight", base["model.embed_tokens.weight"])
    with files.undamaged(trained_weights, "remove it and train again; the old model stays"):
        trained = safetensors.torch.load_file(trained_weights)
    return {name: torch.lerp(base[name].float(), weight.float(), share) for name, weight in trained.items()}


def copy_metadata(reader, writer):
    """Give the GGUF of `writer` the metadata of the one in `reader`, tokenizer included; its tensors are float16."""
    for field in reader.fields.values():
        if field.name.startswith("GGUF.") or field.name == "general.architecture":
            continue
        kind, item = field.types[0], field.types[-1] if field.types[0] == gguf.GGUFValueType.ARRAY else None
        value = gguf.LlamaFileType.MOSTLY_F16 if field.name == "general.file_type" else field.contents()
        writer.add_key_value(field.name, value, kind, sub_type=item)


def add_tensors(reader, writer, weights):
    """Add `weights`, by Hugging Face name, to `writer`; ValueError unless they are those of the model in `reader`."""
    arch = reader.fields["general.architecture"].contents()
    heads = {
        "attn_q": reader.fields[f"{arch}.attention.head_count"].contents(),
        "attn_k": reader.fields[f"{arch}.attention.head_count_kv"].contents(),
    }
    names = gguf.get_tensor_name_map(gguf.MODEL_ARCH.LLAMA, reader.fields[f"{arch}.block_count"].contents())
    expected = {tensor.name: tuple(reversed(tensor.shape.tolist())) for tensor in reader.tensors}
    for hf_name, tensor in weights.items():
        name = names.get_name(hf_name, try_suffixes=(".weight", ".bias"))
        if name is None:
            raise ValueError(f"tensor {hf_name} has no place in a {arch} GGUF")
        weight = tensor.float().numpy()
        shape = expected.pop(name, weight.shape if name == "output.weight" else None)
        if shape != weight.shape:
            raise ValueError(f"tensor {hf_name} is {weight.shape}, the base model's is {shape}")
        part = name.split(".")[2] if name.startswith("blk.") else ""
        if part in heads:
            weight = llama_order(weight, heads[part])
        writer.add_tensor(name, weight if weight.ndim == 1 else weight.astype(numpy.float16))
    if expected:
        raise ValueError(f"the weights lack {len(expected)} tensors, {min(expected)} among them")


def write_gguf(base_gguf, weights, output):
    """Write `weights` (those of a llama-architecture model, by Hugging Face name) to the file `output`.

    1-D tensors are stored as float32, the others as float16. Raises OSError, KeyError or ValueError when the
    weights are incomplete or do not fit the base model.
    """
    reader = gguf.GGUFReader(base_gguf)
    writer = gguf.GGUFWriter(output, reader.fields["general.architecture"].contents())
    copy_metadata(reader, writer)
    add_tensors(reader, writer, weights)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
