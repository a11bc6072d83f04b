"""Index the pages: cut them into chunks, and encode the units of these. A page that did not change is kept as it is."""

import argparse
import base64
import json
import time
from pathlib import Path

from scripts import arguments, files, program
from scripts.crawl.output import read_manifest
from scripts.retrieve import pieces

NONE = {"vectors": "", "tokens": "", "lengths": []}  # of a page without units


def read(folder: Path) -> dict[str, str]:
    """{file name: text} of the pages in `folder`; the program ends at a bad one."""
    found = {}
    for path in sorted(folder.glob("*.md")):
        try:
            found[path.name] = path.read_text(encoding="utf-8-sig")
        except (OSError, ValueError) as error:
            program.fail(f"{path}: cannot be read ({error}); remove it or crawl again")
        if not found[path.name].strip():
            program.fail(f"{path}: empty; remove it or crawl again")
    if not found:
        program.fail(f"{folder}: no pages to index; run make crawl-sample or make crawl")
    return found


def known(path: Path, made_with: dict) -> dict:
    """The pages of the index in file `path`, if it was made with the same code and finder; else none."""
    try:
        index = json.loads(path.read_text(encoding="utf-8"))
        return index["pages"] if index["made_with"] == made_with else {}
    except (OSError, ValueError, LookupError, TypeError):
        return {}


def packed(tensor) -> str:
    """The bytes of a tensor in base64."""
    return base64.b64encode(tensor.numpy().tobytes()).decode()


def encoded(pages: dict[str, list[pieces.Chunk]], finder: Path) -> dict[str, dict]:
    """For each page what opened.py reads of its units, made by the encoder in file `finder`.

    vectors: a mean a unit, float16; tokens: a vector a token, in steps of 1/127, int8; both in base64. lengths: the
    number of tokens of each unit.
    """
    from scripts.retrieve import encoder, query, vectors  # here, as importing torch takes three seconds

    with files.undamaged(finder, "remove it and run make finder"):
        model, tokens, made = encoder.load(finder), query.tokenizer(), {}
    for name, chunks in program.progress(list(pages.items()), "pages"):
        means, narrow, lengths = vectors.encoded(model, [vectors.chunk_row(tokens, chunk) for chunk in chunks])
        made[name] = {"vectors": packed(means.half()), "tokens": packed((127 * narrow).round().char()),
                      "lengths": lengths.tolist()}  # fmt: skip
    return made


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--arguments", type=Path, required=True, help="arguments file of the stage")
    parser.add_argument("--markdown", type=Path, required=True, help="folder with the pages")
    parser.add_argument("--finder", type=Path, required=True, help="weights that scripts.retrieve.training wrote")
    parser.add_argument("--output", type=Path, required=True, help="index to write, JSON")
    args = parser.parse_args()
    program.die_with_parent()
    _held = files.lock(args.output.with_suffix(".lock"), "make rag")
    texts, (_, urls), began = read(args.markdown), read_manifest(args.markdown), time.monotonic()
    made_with = {"code": arguments.read(args.arguments)["code"], "finder": files.sha256(args.finder)}
    hashes = {name: files.sha256(args.markdown / name) for name in texts}
    kept = {name: page for name, page in known(args.output, made_with).items() if page["sha256"] == hashes.get(name)}
    changed = {name: pieces.chunks(text) for name, text in texts.items() if name not in kept}
    tokens = sum(len(texts[name]) for name in changed) / 4
    print(f"{len(texts)} pages, {len(changed)} of them new or changed: about {tokens / 4000:.0f} s", flush=True)
    vectors = encoded({name: chunks for name, chunks in changed.items() if chunks}, args.finder) if changed else {}
    pages = {}
    for name in texts:
        page = kept.get(name) or {"chunks": changed[name], **vectors.get(name, NONE), "sha256": hashes[name]}
        pages[name] = {**page, "url": urls.get(name, "")}
    files.replace_text(args.output, json.dumps({"made_with": made_with, "pages": pages}, ensure_ascii=False))
    count = sum(len(page["chunks"]) for page in pages.values())
    print(f'{args.output}: {count} passages of {len(pages)} pages in {time.monotonic() - began:.0f} s; next: '
          'make ask Q="..."')  # fmt: skip


if __name__ == "__main__":
    main()
