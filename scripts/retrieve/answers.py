"""Answer a question with what a page says, and tell where; or decline, when nothing on the pages fits well enough."""

import math
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote

from scripts import configuration, files, program
from scripts.retrieve import opened, query, reader, search

DECLINED = "The documentation does not say."
SHOWN = 3  # sources of an answer
# How many of what is found the reader reads, and what a nat a token of its gain is worth. Chosen on the held-out
# questions of evaluation/questions.jsonl (docs/retrieval.md).
READ, GAIN = 4, 0.1


class Source(NamedTuple):
    """What a page says: `sentence` is the unit that fits best, `text` has its neighbours too where they fit as well."""

    text: str
    sentence: str
    title: str
    heading: str
    url: str
    score: float


class Answer(NamedTuple):
    """sources: the best first, at most SHOWN; those of a declined answer are merely the nearest."""

    text: str
    declined: bool
    sources: list[Source]


def threshold(config: Path) -> float:
    """rag.threshold of the ilab config: the least score of an answer."""
    found = configuration.section(config, "rag").get("threshold", 0.0)
    if isinstance(found, bool) or not isinstance(found, int | float) or not math.isfinite(found):
        program.fail(f"{config}: rag.threshold is {found!r}; give a number, such as 0.6")
    return found


def link(url: str, heading: str) -> str:
    """The address of a heading on the page `url`, as a text fragment: that needs no id which the site gave it.

    https://developer.mozilla.org/docs/Web/URI/Reference/Fragment/Text_fragments
    """
    return f"{url}#:~:text={quote(heading, safe='')}" if url and heading else url


def source(found: search.Found) -> Source:
    """What is shown of an answer that was found: items, rows and code come after what introduces them."""
    title, *parts = found.passage.chunk.headings or (found.passage.page,)
    heading = parts[-1] if parts else ""
    lead = found.units[0].lead
    apart = "\n" if any(unit.lead or "\n" in unit.text for unit in found.units) else " "
    text = apart.join(unit.text for unit in found.units)
    return Source(f"{lead}\n{text}" if lead else text, found.best.text, title, heading,
                  link(found.passage.url, heading), found.score)  # fmt: skip


def where(source: Source) -> str:
    """Page and heading of a source, as people read them."""
    return " > ".join(filter(None, [source.title, source.heading]))


def judged(sources: list[Source], least: float) -> Answer:
    """The answer that the `sources` give: the first of them, or none if its score is under `least`."""
    declined = not sources or sources[0].score < least
    return Answer(DECLINED if declined else sources[0].text, declined, sources)


def read(question: str, found: list[search.Found], gains: reader.Gains) -> list[Source]:
    """The sources of what was found, in the order in which the reader prefers them, the best first."""
    sources = [source(it) for it in found]
    helped = gains(question, [(where(it), it.text) for it in sources])
    scored = [it._replace(score=round(it.score + GAIN * gain, 3)) for it, gain in zip(sources, helped, strict=True)]
    return sorted(scored, key=lambda it: -it.score)


def reader_of(finder: Path) -> Path:
    """The file of the model that reads what is found with the encoder in file `finder`."""
    return finder.with_name("reader.gguf")


def answerer(index: Path, finder: Path, config: Path) -> Callable[[str], Answer]:
    """A function that answers questions from the pages of `index`, which was made with the encoder in file `finder`.

    What reads what is found lies beside it.
    """
    index_of, least = opened.open_index(index), threshold(config)
    with files.undamaged(finder, "remove it and run make finder"):
        weights, tokens = query.load(finder), query.tokenizer()
    gains = reader.reader(reader_of(finder))

    def answer(text: str) -> Answer:
        asked = query.asked(weights, query.row(tokens, text))
        return judged(read(text, search.search(index_of, text, asked, READ), gains)[:SHOWN], least)

    return answer


def shown(answer: Answer) -> str:
    """An answer with its sources as plain text, as it is printed and as it goes to clients of the server."""
    lines = [answer.text]
    if answer.sources:
        lines += ["", "Nearest:" if answer.declined else "Sources:"]
    for number, it in enumerate(answer.sources, 1):
        lines.append(f"{number}. {where(it)}" + (f" <{it.url}>" if it.url else ""))
        lines.append("   " + it.sentence.replace("\n", "\n   "))
    return "\n".join(lines)
