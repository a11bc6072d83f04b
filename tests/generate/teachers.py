"""A scripted teacher: a server for chat that answers the prompts of pipelines/facts from the authored facts.

It plays a good one, and those that people meet: "sloppy" (wrong sources, missing lines), "lying" (every fifth answer is
false, every fifth question is about another page, and its checks say YES to all), "chatty" (thinking, fences, numbers),
"slow", "limiting" (429 every third request), "dying" (gone after 20 requests) and "refusing" (it takes the key once).
python -m tests.generate.teachers good prints the address of one.
"""

import json
import re
import sys
import threading
import time
from contextlib import contextmanager, suppress
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import yaml

from scripts.generate.support import stems
from scripts.measure import scoring

ROOT = Path(__file__).resolve().parents[2]
STEPS = {  # a word of the system prompt: the step
    "take documentation apart": "facts", "search box": "questions", "in one sentence each": "answers",
    "check questions": "check", "does not say": "unanswerable", "decide whether": "nowhere",
}  # fmt: skip


@cache
def authored():
    return yaml.load((ROOT / "evaluation/facts.yaml").read_text(), yaml.CSafeLoader)["facts"]


@cache
def source_of(fact_id: str, text: str) -> str:
    """The line or sentence of `text` that says what the fact says, or nothing."""
    fact = next(it for it in authored() if it["id"] == fact_id)
    lines = [part for line in text.split("\n") for part in re.split(r"(?<=[.!?]) ", line)]
    holding = [line for line in lines if scoring.holds(fact["key_terms"], line)]
    wanted = set(stems(fact["fact"]))
    best = max(holding, key=lambda line: len(wanted & set(stems(line))), default="")
    return best if len(wanted & set(stems(best))) >= len(wanted) / 2 else ""


def part_of(prompt: str) -> str:
    """The text of the part in a prompt, below its title."""
    return prompt.partition("\nPart: ")[2].partition("\n")[2]


def fact_in(prompt: str) -> dict:
    stated = re.search(r"^Fact: (.*)$", prompt, re.M)[1]
    return next(fact for fact in authored() if fact["fact"] == stated)


def term(groups, source):
    """Of each group of key terms the alternative that stands in the source."""
    return [next(it for it in group if scoring.holds([[it]], source)) for group in groups]


class Teacher:
    """What the server knows; `requests` has the step of each request that it answered."""

    def __init__(self, kind="good", pages=(), watch=""):
        self.kind, self.pages, self.requests, self.lock = kind, pages, [], threading.Lock()
        self.seen, self.lies = 0, set()
        # `watch`: what no command line of this machine may hold, and whether one did.
        self.watch, self.watched, self.authorizations = watch.encode(), False, []

    def facts(self, prompt):
        text = part_of(prompt)
        known = [fact for fact in authored() if fact["site"] in self.pages and source_of(fact["id"], text)]
        lines = []
        for number, fact in enumerate(known):
            source = source_of(fact["id"], text)
            if self.kind == "sloppy" and number % 3 == 0:
                source = source.replace(" the ", " a ", 1) + " indeed"
            lines += [f"FACT: {fact['fact']}"] + [f"SOURCE: {source}"] * (self.kind != "sloppy" or number % 3 != 1)
        return "\n".join(lines)

    def questions(self, prompt):
        fact = fact_in(prompt)
        forward = [pair["q"] for pair in fact["wordings"]] + fact["questions"] + fact["held_out"]
        backward = [pair["q"] for pair in fact["reversed"]] + fact["reversed_questions"] + fact["held_out_reversed"]
        if self.kind == "lying":
            others = [it for it in authored() if it["site"] != fact["site"]]
            for number in range(0, len(forward), 5):
                forward[number] = others[len(fact["id"]) * 7 % len(others)]["questions"][number % 3]
                self.lies.add(forward[number])
        return "\n".join([f"FORWARD: {it}" for it in forward] + [f"BACKWARD: {it}" for it in backward])

    def answers(self, prompt):
        fact = fact_in(prompt)
        source = re.search(r"^Its source: (.*)$", prompt, re.M)[1]
        lines = [f"KEY TERM: {it}" for it in term(fact["key_terms"], source)]
        replies = [pair["a"] for pair in fact["wordings"]]
        if self.kind == "lying":
            others = [it for it in authored() if it["id"] != fact["id"]]
            for number in range(0, len(replies), 5):
                replies[number] = others[len(fact["id"]) % len(others)]["wordings"][0]["a"]
                self.lies.add(replies[number])
        lines += [f"ANSWER: {it}" for it in replies]
        if scoring.holds(fact["reversed_key_terms"], source):
            lines += [f"NAME: {it}" for it in term(fact["reversed_key_terms"][:1], source)]
            lines += [f"BACKWARD ANSWER: {pair['a']}" for pair in fact["reversed"]]
        return "\n".join(lines)

    def check(self, prompt):
        numbers = re.findall(r"^(\d+)\. Question:", prompt, re.M)
        return "\n".join(f"{number}: YES" for number in numbers)

    def unanswerable(self, prompt):
        name = re.search(r"documentation of (\w+)", prompt)[1]
        title = prompt.partition("\nPart: ")[2].partition("\n")[0].split(" > ")[-1]
        return (f"QUESTION: Who invented what {name} calls {title}?\nANSWER: The {name} documentation does not say "
                f"who invented that; it describes {title}.\n"
                f"QUESTION: How do I start the teleporter of {name} for {title}?\nANSWER: The {name} documentation "
                f"does not say anything of a teleporter; it describes {title}.")  # fmt: skip

    def nowhere(self, prompt):
        return "NO"

    def say(self, system, prompt):
        """The reply to a prompt, in the manner of this teacher."""
        if "READY" in prompt:
            return "READY"
        step = next(step for words, step in STEPS.items() if words in system)
        with self.lock:
            self.requests.append(step)
        if self.kind == "slow":
            time.sleep(0.3)
        text = getattr(self, step)(prompt)
        if self.kind == "chatty":
            numbered = "\n".join(f"{number}. **{line}**" if step in ("facts", "questions") else line
                                 for number, line in enumerate(text.split("\n"), 1))  # fmt: skip
            text = f"<think>FACT: nonsense\nSo.</think>\nSure, here you are:\n```text\n{numbered}\n```\nAnything else?"
        return text


def handler(teacher):
    class Handler(BaseHTTPRequestHandler):
        def reply(self, status, content):
            body = json.dumps(content).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def do_GET(self):
            self.reply(200, {"object": "list", "data": [{"id": "scripted", "object": "model"}]})

        def do_POST(self):
            request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            with teacher.lock:
                teacher.seen += 1
                seen = teacher.seen
                teacher.authorizations.append(self.headers["Authorization"])
                if teacher.watch and seen % 10 == 2:
                    for path in Path("/proc").glob("[0-9]*/cmdline"):
                        with suppress(OSError):  # a process that ended
                            teacher.watched |= teacher.watch in path.read_bytes()
            if teacher.kind == "refusing" and seen > 1:
                return self.reply(401, {"error": {"message": f"invalid key: {self.headers['Authorization']}"}})
            if teacher.kind == "limiting" and seen % 3 == 0:
                return self.reply(429, {"error": {"message": "slow down"}})
            if teacher.kind == "dying" and seen > 20:
                return self.reply(500, {"error": {"message": "out of memory"}})
            if not self.path.endswith("/chat/completions"):
                return self.reply(404, {"detail": "Not Found"})
            messages = {it["role"]: it["content"] for it in request["messages"]}
            text = teacher.say(messages.get("system", ""), messages["user"])
            usage = {"prompt_tokens": len(str(messages)) // 4, "completion_tokens": len(text) // 4, "total_tokens": 0}
            choice = {"index": 0, "message": {"role": "assistant", "content": text}, "finish_reason": "stop"}
            self.reply(200, {"id": "1", "object": "chat.completion", "created": 0, "model": "scripted",
                             "choices": [choice], "usage": usage})  # fmt: skip

        def log_message(self, *words):
            pass

    return Handler


@contextmanager
def serving(teacher):
    """The address of a server for `teacher` while the block runs."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler(teacher))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/v1"
    finally:
        server.shutdown()
        server.server_close()


if __name__ == "__main__":
    with serving(
        Teacher(sys.argv[1] if sys.argv[1:] else "good", sys.argv[2:] or ("mintmaker", "building-secrets"))
    ) as url:
        print(url, flush=True)
        threading.Event().wait()
