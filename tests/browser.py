"""Pages in headless Chromium: what they show, and whether they fit into a window."""

import base64
import contextlib
import html
import json
import os
import re
import select
import shutil
import subprocess
import threading
import time

import pytest
import uvicorn

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
needed = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on PATH")
OPTIONS = ("--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run")
KEYS = {"Tab": 9, "Enter": 13, "ArrowRight": 39, "ArrowDown": 40, " ": 32}
# Chromium's own windows are never as narrow as 400 pixels, a frame is.
PROBE = """<!DOCTYPE html><body style="margin:0"><iframe style="border:0" width="{width}" height="4000" onload="
  const page = this.contentDocument, at = page.documentElement.clientWidth;
  const out = [...page.body.querySelectorAll('*')].filter(e => !e.closest('pre')
    && e.getBoundingClientRect().right > at + 1).map(e => e.outerHTML.slice(0, 80));
  document.title = JSON.stringify([page.documentElement.scrollWidth - at, out.slice(0, 3),
    this.contentWindow.getComputedStyle(page.body).backgroundColor])" srcdoc="{source}"></iframe>"""
BACKGROUND = {"light": "rgb(255, 255, 255)", "dark": "rgb(18, 22, 27)"}


@contextlib.contextmanager
def serving(app, port):
    """The address of `app` on 127.0.0.1:`port` while the block runs."""
    server = uvicorn.Server(uvicorn.Config(app, port=port, log_level="error"))
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        while not server.started:
            time.sleep(0.02)
        yield f"http://127.0.0.1:{port}/"
    finally:
        server.should_exit = True
        thread.join()


def browse(address, folder, *options):
    """The page at `address` as the browser shows it after its scripts have run."""
    command = [CHROMIUM, *OPTIONS, f"--user-data-dir={folder / 'profile'}", "--virtual-time-budget=4000", *options]
    command += ["--dump-dom", address]
    return subprocess.run(command, capture_output=True, text=True, timeout=120)


def check_fit(source, folder, width, scheme):
    """Fail unless nothing of the page `source` sticks out at `width`, and it has the background of the scheme."""
    (folder / "probe.html").write_text(PROBE.format(width=width, source=html.escape(source)))
    colours = f"--blink-settings=preferredColorScheme={0 if scheme == 'dark' else 1}"
    result = browse((folder / "probe.html").as_uri(), folder, f"--window-size={max(width, 600)},4000", colours)
    title = re.search(r"<title>(.*?)</title>", result.stdout)
    assert title, result.stderr
    over, out, background = json.loads(html.unescape(title[1]))
    assert over == 0 and not out
    assert background == BACKGROUND[scheme]


class Tab:
    """A page in a headless Chromium, steered through pipes: https://chromedevtools.github.io/devtools-protocol/"""

    def __init__(self, folder):
        (ours_in, its_out), (its_in, ours_out) = os.pipe(), os.pipe()
        self.reading, self.writing, self.buffer, self.events, self.number = ours_in, ours_out, b"", [], 0
        command = [CHROMIUM, *OPTIONS, f"--user-data-dir={folder}", "--remote-debugging-pipe", "about:blank"]
        # Chromium reads from descriptor 3 and writes to 4.
        wrapped = ["bash", "-c", f'exec "$@" 3<&{its_in} 4>&{its_out}', "bash", *command]
        self.process = subprocess.Popen(wrapped, pass_fds=(its_in, its_out), stderr=subprocess.DEVNULL)
        os.close(its_in), os.close(its_out)
        self.session = {}
        target = next(it for it in self.send("Target.getTargets")["targetInfos"] if it["type"] == "page")
        attached = self.send("Target.attachToTarget", targetId=target["targetId"], flatten=True)
        self.session = {"sessionId": attached["sessionId"]}
        for domain in ("Page", "Network", "Runtime", "Log"):
            self.send(f"{domain}.enable")

    def close(self):
        self.process.kill()
        self.process.wait()
        os.close(self.reading), os.close(self.writing)

    def send(self, method, **parameters):
        """The result of a command; what happens meanwhile is kept in `events`."""
        self.number += 1
        message = {"id": self.number, "method": method, "params": parameters, **self.session}
        os.write(self.writing, json.dumps(message).encode() + b"\0")
        while True:
            while b"\0" not in self.buffer:
                assert select.select([self.reading], [], [], 30)[0], f"no answer to {method}"
                self.buffer += os.read(self.reading, 1 << 20)
            line, _, self.buffer = self.buffer.partition(b"\0")
            reply = json.loads(line)
            if reply.get("id") == self.number:
                assert "error" not in reply, (method, reply)
                return reply["result"]
            self.events.append(reply)

    def run(self, script):
        """The value of a JavaScript expression in the page."""
        result = self.send("Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in result, result
        return result["result"].get("value")

    def wait(self, script):
        """The value of `script` as soon as it is true."""
        deadline = time.monotonic() + 20
        while not (value := self.run(script)):
            assert time.monotonic() < deadline, (script, self.run("document.body.innerText"))
            time.sleep(0.02)
        return value

    def open(self, address, width=1280, scheme="light"):
        """Show `address` in a window of `width` pixels; what happened before is forgotten."""
        self.send("Emulation.setDeviceMetricsOverride", width=width, height=900, deviceScaleFactor=1, mobile=False)
        self.send("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])
        self.send("Page.navigate", url="about:blank")
        self.events.clear()
        self.send("Page.navigate", url=address)
        self.wait(f"location.href.startsWith({json.dumps(address)}) && document.readyState === 'complete'")

    def press(self, key):
        """Press a key such as Tab, ArrowRight or Enter, as a person does."""
        code = KEYS[key]
        for kind in ("keyDown", "keyUp"):
            more = {"text": "\r"} if key == "Enter" and kind == "keyDown" else {}
            self.send("Input.dispatchKeyEvent", type=kind, key=key, code=key, windowsVirtualKeyCode=code, **more)

    def picture(self, path):
        """Write what the page shows to the PNG file `path`."""
        shot = self.send("Page.captureScreenshot", captureBeyondViewport=True)
        path.write_bytes(base64.b64decode(shot["data"]))
