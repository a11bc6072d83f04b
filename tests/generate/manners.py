"""How a scripted teacher says what it has to say: functions of [(tag, text)] and the step, which give a reply.

A list in a reply of a check has numbers for tags, and that of the step "nowhere" one text without a tag.
"""

import html
import json
from itertools import groupby

ONE_BY_ONE = ("facts", "unanswerable")  # steps whose entries have two lines each


def line(tag, text):
    return f"{tag}: {text}" if tag else text


def plain(lines, step):
    return "\n".join(line(*it) for it in lines)


def chatty(lines, step):
    marked = [f"{number}. **{line(*it)}**" if step in ("facts", "questions") else line(*it)
              for number, it in enumerate(lines, 1)]  # fmt: skip
    text = "\n".join(marked)
    return f"<think>FACT: nonsense\nSo.</think>\nSure, here you are:\n```text\n{text}\n```\nAnything else?"


def bullets(lines, step):
    return "Here you go.\n\n" + "\n".join(f"- **{tag}**: {text}" if tag else f"**{text}**" for tag, text in lines)


def parentheses(lines, step):
    return "\n".join(
        f"{number}) {line(*it)}" if step != "check" else f"{it[0]}) {it[1]}" for number, it in enumerate(lines, 1)
    )


def quotes(lines, step):
    return "\n".join(f'{tag}: "{text}"' if tag else f'"{text}"' for tag, text in lines)


def reasoning(lines, step):
    before = "Reasoning: I looked at the part line by line, and this is what it says.\n\n"
    if step == "check":
        return before + "\n".join(
            f"{tag}. The text says the same as the answer, and the question names it: {text}" for tag, text in lines
        )
    return before + ("Answer: NO" if step == "nowhere" else plain(lines, step))


def headings(lines, step):
    if step in ("check", "nowhere"):
        return plain(lines, step)
    if step in ONE_BY_ONE:
        return "\n\n".join(f"### {tag}\n{text}" for tag, text in lines)
    groups = ((tag, [text for _, text in its]) for tag, its in groupby(lines, key=lambda it: it[0]))
    return "\n\n".join(
        "\n".join([f"## {tag}", "", *(f"{n}. {text}" for n, text in enumerate(its, 1))]) for tag, its in groups
    )


def as_json(lines, step):
    key = [(tag.lower().replace(" ", "_"), text) for tag, text in lines]
    if step == "nowhere":
        return json.dumps({"answer": lines[0][1]})
    if step == "check":
        return json.dumps([{"number": int(tag), "verdict": text} for tag, text in lines])
    if step in ONE_BY_ONE:
        pairs = [dict(key[number : number + 2]) for number in range(0, len(key), 2)]
        return f"```json\n{json.dumps({'items': pairs}, indent=1)}\n```"
    made = {}
    for tag, text in key:
        made.setdefault(f"{tag}s", []).append(text)
    return json.dumps(made)


def xml(lines, step):
    if step in ("check", "nowhere"):
        return "<answer>\n" + plain(lines, step) + "\n</answer>"
    tags = ((tag.lower().replace(" ", "_"), html.escape(text)) for tag, text in lines)
    return "<items>\n" + "\n".join(f"<{tag}>{text}</{tag}>" for tag, text in tags) + "\n</items>"


def table(lines, step):
    cells = [(tag, text.replace("|", r"\|")) for tag, text in lines]
    if step == "nowhere":
        return lines[0][1]
    if step in ONE_BY_ONE:
        rows = [f"| {one[1]} | {two[1]} |" for one, two in zip(cells[::2], cells[1::2], strict=True)]
        return "\n".join([f"| {cells[0][0]} | {cells[1][0]} |", "|---|---|", *rows])
    return "\n".join(["| What | Text |", "| --- | --- |", *(f"| {tag} | {text} |" for tag, text in cells)])


def german(lines, step):
    """Asks and answers in another language than the pages; sources and key terms are copied."""
    if step not in ("questions", "answers"):
        return plain(lines, step)
    words = ("Warum", "steht", "und", "welche", "weil", "damit", "sich", "jedoch", "ohne", "zwischen", "beim")
    told = [text if tag in ("KEY TERM", "NAME") else " ".join(
        word if word[:1].isupper() or not word.isalpha() else words[len(word) % len(words)] for word in text.split())
        for tag, text in lines]  # fmt: skip
    return plain([(tag, text) for (tag, _), text in zip(lines, told, strict=True)], step)
