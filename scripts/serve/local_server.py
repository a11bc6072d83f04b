"""Run `ilab model serve` on this machine, and find a server that runs already."""

import contextlib
import http.client
import json
import socket
import subprocess
import time
import urllib.request
from pathlib import Path

from scripts import ilab, program

PATCH = "scripts.serve.patch"
# Servers here are on this machine, where no proxy leads.
OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))
# Seconds until a server must answer: a model of some gigabytes is read from a slow disk.
START = 600


def of_now(path):
    """A name that tells the very file, whatever link led to it, as it is now."""
    path = Path(path).resolve()
    return f"{path}@{path.stat().st_mtime_ns}"


def server_settings(gguf, pages=None):
    """Environment for `ilab model serve`, with a name for what it serves that tells the very files.

    So an answer never comes from a foreign server, from a model that was trained anew since, or from old pages.
    """
    name = of_now(gguf)
    if pages is None:
        return {"MODEL_ALIAS": name, "PAGES": "", "OFFERED": ""}
    paths = [str(Path(path).resolve()) for path in pages]
    return {"MODEL_ALIAS": f"{name}+{of_now(pages.passages)}", "PAGES": json.dumps(paths), "OFFERED": ""}


def serve_command(gguf, config, port):
    """The command line of the server.

    The default chat template is one that the model never saw: use its own. The context is serve.llama_cpp.max_ctx_size
    of the config here too.
    """
    return ilab.command(
        "--config", config, "model", "serve", "--model-path", Path(gguf).resolve(), "--host", "127.0.0.1",
        "--port", port, "--chat-template", "tokenizer", patch=PATCH,
    )  # fmt: skip


def find_server(gguf, port, pages=None):
    """URL of a server on 127.0.0.1:`port` that serves exactly the file `gguf`, and exactly these pages, or None."""
    url = f"http://127.0.0.1:{port}/v1"
    try:
        with OPENER.open(f"{url}/models", timeout=2) as reply:
            served = [model.get("id") for model in json.load(reply)["data"]]
    except (OSError, http.client.HTTPException, ValueError, KeyError, TypeError, AttributeError):
        return None
    return url if server_settings(gguf, pages)["MODEL_ALIAS"] in served else None


def check_port(port: int, goal: str) -> None:
    """End the program unless the server of `goal` can listen on `port`."""
    if not 0 < port < 2**16:
        program.fail(f"port {port}: give a number from 1 to 65535, such as PORT=8001")
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            remedy = program.REFUSED.get(error.errno or 0, f"stop what listens there or run {goal} PORT=8001")
            program.fail(f"port {port}: {error.strerror}; {remedy}")


def free_port() -> int:
    """A port of 127.0.0.1 that nothing listens on now."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


@contextlib.contextmanager
def serving(gguf, config, log, pages=None):
    """Run a server for `gguf`, and `pages`, on a free port while the block runs; yields its URL.

    Its output goes to the file `log`.
    """
    port, log = free_port(), Path(log)
    with open(log, "w", encoding="utf-8") as out:
        server = subprocess.Popen(
            serve_command(gguf, config, port),
            env=ilab.environment(server_settings(gguf, pages)),
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
            preexec_fn=program.die_with_parent,
            start_new_session=True,  # Ctrl-C is for who uses it, who ends it then
        )
    try:
        deadline = time.monotonic() + START
        while not (url := find_server(gguf, port, pages)):
            if server.poll() is not None or time.monotonic() > deadline:
                program.fail(f"the server for {gguf} did not start ({ilab.last_line(log)}); see {log}")
            time.sleep(0.1)
        if ilab.applied(PATCH) not in log.read_text(encoding="utf-8", errors="replace"):
            program.fail(f"the server for {gguf} runs without {PATCH}, so it is not used; see {log}")
        yield url
    finally:
        server.terminate()
        try:
            server.wait(timeout=10)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()
