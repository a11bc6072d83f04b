"""The text of what a teacher's server sends back.

Servers differ: some stream whatever they are asked, some answer an error with status 200.
"""

import json

import openai

LONGEST = 100_000  # characters of a reply that are looked at


def plain(content) -> str:
    """The text of a message's content, which may be a list of parts."""
    if isinstance(content, list):
        return "".join(str(part.get("text") or "") for part in content if part.get("type", "text").endswith("text"))
    return content or ""


def read(body: str) -> dict:
    """{"text", "cut", "usage"} of the body of a reply: a JSON object, or the events of a stream."""
    try:
        made, events = [json.loads(body)], False
    except ValueError:
        lines = (line.removeprefix("data:").strip() for line in body.split("\n") if line.startswith("data:"))
        made, events = [json.loads(line) for line in lines if line.startswith("{")], True
    text, end, answered = "", "", False
    usage: dict[str, int] = {}
    for one in made:
        if fault := one.get("error"):
            raise openai.OpenAIError(str(fault.get("message", fault) if isinstance(fault, dict) else fault)[:200])
        usage = one.get("usage") or usage
        for choice in (one.get("choices") or [])[:1]:
            said = choice.get("message") or choice.get("delta") or {"content": choice.get("text")}
            text += plain(said.get("content"))
            end, answered = choice.get("finish_reason") or end, True
    if not answered:
        raise openai.OpenAIError(f"no answer in {' '.join(body.split())[:80]!r}")
    cut = end == "length" or events and not end or len(text) > LONGEST
    return {"text": text[:LONGEST], "cut": cut, "usage": usage}


def whole(said: dict) -> str:
    """The text of a reply without a last line that was cut off; a single line stays."""
    lines = said["text"].rstrip().split("\n")
    return "\n".join(lines[:-1]) if said["cut"] and len(lines) > 1 else said["text"]
