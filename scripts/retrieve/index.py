"""Index the crawled pages for retrieval, with `ilab rag convert` and `ilab rag ingest`."""

import argparse
import html
import json
import os
import re
import shutil
from pathlib import Path

from bs4 import BeautifulSoup
from markdown_it import MarkdownIt

from scripts import files, ilab, program
from scripts.retrieve import passages

# ilab has docling 2.37 read the pages, and docling's reader of Markdown loses text: of a list item it keeps the first
# piece of its first line ("[<RawText children='Memory'>]"), it takes each text with "|" for the row of a table, and
# each mark inside a row ("\|", <br>, bold, code) for its end:
# https://github.com/docling-project/docling/blob/v2.37.0/docling/backend/md_backend.py
# Its reader of HTML takes the text of an element as it is, so the pages are staged as HTML. What looks like HTML in
# them, such as <name>, becomes text: docling would pass over a tag that it does not know.
MARKDOWN = MarkdownIt("commonmark", {"html": False}).enable("table")
HEADINGS = re.compile(r"(<h[1-6]>.*?</h[1-6]>\s*)+", re.DOTALL)


def render_text(_, tokens, at, *rest):
    """Text as it is, with a blank for each <br>, as tables have them in Markdown."""
    return html.escape(re.sub(r"<br\s*/?>", " ", tokens[at].content, flags=re.IGNORECASE))


def render_image(renderer, tokens, at, options, env):
    """The description of a picture, which docling would pass over."""
    return html.escape(renderer.renderInlineAsText(tokens[at].children, options, env))


MARKDOWN.add_render_rule("text", render_text)
MARKDOWN.add_render_rule("image", render_image)
# The line ends of a paragraph: docling deletes them in an item that holds another list, and so joins two words.
MARKDOWN.add_render_rule("softbreak", lambda *_: " ")


def as_html(markdown, title):
    """A page in HTML, with what docling needs: a heading before all text, for which `title` will do, and text below."""
    soup = BeautifulSoup(MARKDOWN.render(markdown), "html.parser")
    # docling takes the paragraphs of an item that holds another list twice.
    for paragraph in soup.select("li > p"):
        paragraph.insert_after(" ")
        paragraph.unwrap()
    body = str(soup)
    if HEADINGS.fullmatch(body):
        return re.sub(r"(</?)h[1-6]>", r"\1p>", body)
    return body if HEADINGS.match(body) else f"<h1>{html.escape(title)}</h1>\n{body}"


def stage(markdown, folder):
    """Write the pages of `markdown` into `folder` as HTML and return their names; the program ends at a bad one."""
    pages = sorted(markdown.glob("*.md"))
    if not pages:
        program.fail(f"{markdown}: no pages to index; run make crawl-sample or make crawl")
    folder.mkdir(parents=True)
    for page in pages:
        try:
            text = page.read_text(encoding="utf-8-sig")
        except (OSError, ValueError) as error:
            program.fail(f"{page}: cannot be read ({error}); remove it or crawl again")
        if not text.strip():
            program.fail(f"{page}: empty; remove it or crawl again")
        (folder / f"{page.stem}.html").write_text(as_html(text, page.stem), encoding="utf-8")
    return [page.name for page in pages]


def indexed(index):
    """{name of a page: number of its passages} of the document store in file `index`; empty if it holds none.

    A failed ingestion is only logged, ilab's exit code is 0 all the same:
    https://github.com/instructlab/instructlab/blob/v0.26.1/src/instructlab/rag/haystack/document_store_ingestor.py
    """
    counts = {}
    try:
        for document in json.loads(index.read_text(encoding="utf-8"))["documents"]:
            name = Path(document["meta"]["origin"]["filename"]).with_suffix(".md").name
            counts[name] = counts.get(name, 0) + 1
    except (OSError, ValueError, KeyError):
        return {}
    return counts


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--markdown", type=Path, required=True, help="folder with the pages")
    parser.add_argument("--config", type=Path, required=True, help="ilab config")
    parser.add_argument("--work", type=Path, required=True, help="scratch folder; the logs stay")
    parser.add_argument("--output", type=Path, required=True, help="index to write, a haystack document store")
    args = parser.parse_args()
    _held = files.lock(args.work.with_suffix(".lock"), "make rag")
    shutil.rmtree(args.work, ignore_errors=True)
    pages = stage(args.markdown, args.work / "pages")
    documents, index, log = args.work / "docling", args.work / "index.json", args.work / "ingest.log"

    print(f"{len(pages)} pages: converting and embedding them, about half a minute", flush=True)
    rag = ["--config", args.config, "rag"]
    convert = ["convert", "--input-dir", args.work / "pages", "--output-dir", documents]
    ilab.run(*rag, *convert, log=args.work / "convert.log", more=passages.ENVIRONMENT)
    ingest = ["ingest", "--input-dir", documents, "--document-store-uri", index]
    ingest += ["--embedding-model-path", passages.embedding_model()]
    ilab.run(*rag, *ingest, log=log, more=passages.ENVIRONMENT)
    counts = indexed(index)
    if missing := [name for name in pages if name not in counts]:
        program.fail(f"{args.markdown}: no passages came out of {', '.join(missing)}; see the logs in {args.work}")
    with files.replacing(args.output) as partial:
        os.replace(index, partial)
    shutil.rmtree(documents)
    shutil.rmtree(args.work / "pages")
    print(f'{args.output}: {sum(counts.values())} passages; next: make chat RAG=1, or make ask RAG=1 Q="..."')


if __name__ == "__main__":
    main()
