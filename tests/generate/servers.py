"""Servers for a scripted teacher, as people meet them: `server` of a Teacher is one of the words below.

slow, limiting (429 every third request), failing (500 every third), resetting (gone in the middle of every third),
dying (500 after 20 requests), refusing (it takes the key once), parts (the content is a list), reasoned (thoughts in a
field of their own), null (every fifth content), streaming (events, whatever was asked), stream-only (refuses anything
else), error-200 (every third reply is an error with status 200), text (a wrong Content-Type), huge, cut (finish_reason
length, in the middle of a sentence), systemless (refuses a system message), deaf (leaves it out), fussy (refuses
temperature and max_tokens), listless (no list of models).
"""

import json
import socket
import struct
import threading
import time
from contextlib import contextmanager, suppress
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

EVERY_THIRD = {"limiting": (429, "slow down"), "failing": (500, "out of memory")}


def watch(teacher):
    """Look at the command lines of this machine for what none may hold."""
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        with suppress(OSError):  # a process that ended
            teacher.watched |= teacher.watch in path.read_bytes()


def refused(teacher, request, authorization):
    """(status, message) of what this server does not take, or None."""
    kind, seen = teacher.server, teacher.seen
    if kind in EVERY_THIRD and seen % 3 == 0:
        return EVERY_THIRD[kind]
    if kind == "refusing" and seen > 1:
        return 401, f"invalid key: {authorization}"
    if kind == "dying" and seen > 20:
        return 500, "out of memory"
    if kind == "stream-only" and not request.get("stream"):
        return 400, "this model can only be asked with stream: true"
    if kind == "systemless" and request["messages"][0]["role"] == "system":
        return 400, "System role not supported"
    if kind == "fussy" and "max_tokens" in request:
        return 400, "Unsupported parameter: 'max_tokens' is not supported. Use 'max_completion_tokens' instead."
    if kind == "fussy" and request.get("temperature", 1) != 1:
        return 400, "Unsupported value: 'temperature' does not support 0. Only the default (1) value is supported."
    return None


def message(teacher, text):
    """(message, finish_reason) of a reply."""
    kind, told = teacher.server, {"role": "assistant", "content": text}
    if kind == "parts":
        half = len(text) // 2
        return {
            **told,
            "content": [{"type": "text", "text": text[:half]}, {"type": "text", "text": text[half:]}],
        }, "stop"
    if kind == "reasoned":
        return {**told, "reasoning_content": "FACT: I think\nSOURCE: so"}, "stop"
    if kind == "null" and teacher.seen % 5 == 0:
        return {**told, "content": None}, "stop"
    if kind == "huge":
        return {**told, "content": text + "\n\n" + "*And so on. " * 100_000}, "stop"
    if kind == "cut" and len(text) > 200:
        return {**told, "content": text[: len(text) - 25]}, "length"
    return told, "stop"


def handler(teacher):
    class Handler(BaseHTTPRequestHandler):
        def reply(self, status, content, kind="application/json", more=()):
            body = content if isinstance(content, bytes) else json.dumps(content).encode()
            self.send_response(status)
            for name, value in (("Content-Type", kind), ("Content-Length", str(len(body))), *more):
                self.send_header(name, value)
            self.end_headers()
            with suppress(BrokenPipeError):  # of a client that was killed
                self.wfile.write(body)

        def do_GET(self):
            if teacher.server == "listless" or not self.path.startswith("/v1/models"):
                return self.reply(404, {"detail": "Not Found"})
            self.reply(200, {"object": "list", "data": [{"id": "org/scripted", "object": "model"}]})

        def reset(self):
            """End the connection as a crash does."""
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.wfile.write(b'HTTP/1.1 200 OK\r\nContent-Length: 999\r\n\r\n{"choices"')
            self.connection.close()

        def stream(self, told, end, usage):
            halves = told["content"][:9], told["content"][9:]
            events = [{"choices": [{"index": 0, "delta": {"content": half}, "finish_reason": None}]} for half in halves]
            events += [{"choices": [{"index": 0, "delta": {}, "finish_reason": end}]}, {"choices": [], "usage": usage}]
            body = "".join(f"data: {json.dumps(event)}\n\n" for event in events) + "data: [DONE]\n\n"
            self.reply(200, body.encode(), "text/event-stream")

        def do_POST(self):
            request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            with teacher.lock:
                teacher.seen += 1
                seen = teacher.seen
                teacher.authorizations.append(self.headers["Authorization"])
                if teacher.watch and seen % 10 == 2:
                    watch(teacher)
                if fault := refused(teacher, request, self.headers["Authorization"]):
                    later = [("Retry-After", formatdate(time.time() + 1, usegmt=True))] * (fault[0] == 429)
                    return self.reply(fault[0], {"error": {"message": fault[1]}}, more=later)
            if self.path != "/v1/chat/completions":
                return self.reply(404, {"detail": "Not Found"})
            if teacher.server == "resetting" and seen % 3 == 0:
                return self.reset()
            if teacher.server == "slow":
                time.sleep(0.3)
            if teacher.server == "error-200" and seen % 3 == 0:
                return self.reply(200, {"error": {"message": "the model is overloaded", "code": 503}})
            messages = {it["role"]: it["content"] for it in request["messages"]}
            if teacher.server == "deaf":
                messages.pop("system", None)
            told, end = message(teacher, teacher.say(messages["user"]))
            size = len(str(told["content"]))
            usage = {"prompt_tokens": len(str(messages)) // 4, "completion_tokens": size // 4, "total_tokens": 0}
            if teacher.server == "streaming" or request.get("stream"):
                return self.stream(told, end, usage)
            choice = {"index": 0, "message": told, "finish_reason": end}
            content = {"id": "1", "object": "chat.completion", "created": 0, "model": "scripted", "choices": [choice],
                       "usage": usage}  # fmt: skip
            self.reply(200, content, "text/plain; charset=utf-8" if teacher.server == "text" else "application/json")

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
