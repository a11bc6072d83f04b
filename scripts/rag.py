"""Index the crawled pages for retrieval, with `ilab rag convert` and `ilab rag ingest`."""

import argparse
import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import common
import retrieval

# docling 2.37 makes a block of its own of every piece of inline code, so that a passage would read "Set\n```\nhermetic
# \n```\nto": https://github.com/docling-project/docling/blob/v2.37.0/docling/backend/md_backend.py
# Such code becomes plain text where Markdown gives its characters no other meaning: three passages then hold the key
# terms of 81% of the held-out questions instead of 76% (80 of the facts).
FENCED = re.compile(r"(^ *```.*?^ *```[^\n]*$)", re.DOTALL | re.MULTILINE)
INLINE = re.compile(r"`([\w./:@=,%+~ -]+)`")


def readable(markdown):
    """`markdown` with its inline code as plain text; fenced code stays as it is."""
    parts = FENCED.split(markdown)
    parts[::2] = [INLINE.sub(r"\1", text) for text in parts[::2]]
    return "".join(parts)


def stage(manifest, folder):
    """Write the pages that the file `manifest` lists into `folder`; returns how many. docling cannot read the rest."""
    try:
        names = sorted(json.loads(manifest.read_text(encoding="utf-8"))["pages"])
        pages = {name: (manifest.parent / name).read_text(encoding="utf-8") for name in names}
    except (OSError, ValueError, KeyError, TypeError) as error:
        common.fail(f"{manifest}: no pages to index ({error}); run make crawl-sample or make crawl")
    if not pages:
        common.fail(f"{manifest}: it lists no pages; run make crawl-sample or make crawl")
    folder.mkdir(parents=True)
    for name, text in pages.items():
        (folder / name).write_text(readable(text), encoding="utf-8")
    return len(pages)


def ilab(config, log, *arguments):
    """Run `ilab rag` with `arguments`, its output going to file `log`; ends the program when it fails."""
    command = ["ilab", "--config", config, "rag", *arguments]
    with open(log, "a", encoding="utf-8") as out:
        code = subprocess.run(
            [str(part) for part in command], stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.STDOUT,
            env={**os.environ, **retrieval.ENVIRONMENT}, preexec_fn=common.die_with_parent,
        ).returncode  # fmt: skip
    if code != 0:
        common.fail(f"ilab rag {arguments[0]} ended with exit code {code}; see {log}")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--manifest", type=Path, required=True, help="manifest.json of the crawled pages")
    parser.add_argument("--config", type=Path, required=True, help="ilab config")
    parser.add_argument("--work", type=Path, required=True, help="scratch folder, removed at the end")
    parser.add_argument("--output", type=Path, required=True, help="index to write, a haystack document store")
    args = parser.parse_args()
    shutil.rmtree(args.work, ignore_errors=True)
    pages = stage(args.manifest, args.work / "pages")
    args.output.parent.mkdir(parents=True, exist_ok=True)
    log, index = args.output.with_suffix(".log"), args.work / "index.json"
    log.unlink(missing_ok=True)

    print(f"{pages} pages: converting and embedding them, about half a minute", flush=True)
    ilab(args.config, log, "convert", "--input-dir", args.work / "pages", "--output-dir", args.work / "docling")
    converted = len(list((args.work / "docling").glob("*.json")))
    if converted != pages:
        common.fail(f"ilab rag convert made {converted} documents of {pages} pages; see {log}")
    model = ["--document-store-uri", index, "--embedding-model-path", retrieval.embedding_model()]
    ilab(args.config, log, "ingest", "--input-dir", args.work / "docling", *model)
    # A failed ingestion is only logged, ilab's exit code is 0 all the same:
    # https://github.com/instructlab/instructlab/blob/v0.26.1/src/instructlab/rag/haystack/document_store_ingestor.py
    try:
        passages = len(json.loads(index.read_text(encoding="utf-8"))["documents"])
    except (OSError, ValueError, KeyError):
        passages = 0
    if not passages:
        common.fail(f"ilab rag ingest wrote no passages; see {log}")
    os.replace(index, args.output)
    shutil.rmtree(args.work)
    print(f'{args.output}: {passages} passages; next: make chat RAG=1, or make ask RAG=1 Q="..."')


if __name__ == "__main__":
    main()
