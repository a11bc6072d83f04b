"""Servers on loopback for the tests of the crawl, and crawl.py run against them as a person would."""

import contextlib
import functools
import http.server
import pathlib
import re
import subprocess
import sys
import threading

from scripts.crawl.serve_site import Handler

ROOT = pathlib.Path(__file__).resolve().parents[2]
DOCS = ROOT.parent / "shared" / "konflux-docs" / "site"


@contextlib.contextmanager
def serving(handler):
    """Serve with `handler` on a free port; yields the address. Threads are daemons: some answers never end."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.socket.close()


@contextlib.contextmanager
def serving_folder(folder, broken=()):
    """Serve a folder; yields the address and the list of (status, path) of all requests. `broken` paths answer 500."""
    requests = []

    class Logged(Handler):
        def send_head(self):
            return self.send_error(500) if self.path in broken else super().send_head()

        def log_request(self, code="-", size="-"):
            requests.append((int(code), self.path))

    with serving(functools.partial(Logged, directory=folder)) as address:
        yield address, requests


@contextlib.contextmanager
def serving_pages(pages):
    """Serve a dict of path -> HTML or function of the request handler; yields the address and the paths asked for."""
    requests = []

    class Pages(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            requests.append(self.path)
            page = pages.get(self.path)
            if callable(page):
                with contextlib.suppress(OSError):  # the crawler hangs up on those that go on for ever
                    page(self)
            elif page is None:
                answer(self, 404)
            else:
                answer(self, 200, page)

        def log_message(self, *args):
            pass

    with serving(Pages) as address:
        yield address, requests


def answer(handler, status, body="", headers=()):
    """Send one whole answer."""
    body = body if isinstance(body, bytes) else body.encode()
    handler.send_response(status)
    for name, value in {"Content-Type": "text/html", "Content-Length": str(len(body)), **dict(headers)}.items():
        if value is not None:
            handler.send_header(name, value)
    handler.end_headers()
    handler.wfile.write(body)


def page(content, head=""):
    """A page of the kind that Antora makes."""
    return f"<!DOCTYPE html><html><head>{head}</head><body><article class='doc'>{content}</article></body></html>"


def crawl(folder, *args):
    """Run crawl.py in `folder` as a person would; its results are the exit code, stdout and stderr."""
    command = [sys.executable, ROOT / "crawl.py", *args, "--delay", "0"]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=120)


def snapshot(folder):
    """What is in a folder: {name: (modification time in ns, bytes)}."""
    return {path.name: (path.stat().st_mtime_ns, path.read_bytes()) for path in folder.iterdir()}


def summary(result):
    """The five counts of the summary line, with the number of pages first: which has to be the last line."""
    line = result.stdout.splitlines()[-1]
    counts = re.fullmatch(r"(\d+) pages: (\d+) new, (\d+) changed, (\d+) unchanged, (\d+) removed, (\d+) failed", line)
    return tuple(map(int, counts.groups()))


def code_is_there(code, markdown):
    """Whether all lines of a code block are in the Markdown, one after the other and indented alike."""
    first, *rest = code.split("\n")
    lines = markdown.split("\n")
    for number, line in enumerate(lines):
        if line.endswith(first):
            indent = line[: len(line) - len(first)]
            block = [line.removeprefix(indent).rstrip() for line in lines[number + 1 : number + 1 + len(rest)]]
            if [line.rstrip() for line in rest] == block or indent.strip(" >") == "" and block == rest:
                return True
    return False
