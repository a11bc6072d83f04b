"""Pages in headless Chromium: what they show, and whether they fit into a window."""

import contextlib
import html
import json
import re
import shutil
import subprocess
import threading
import time

import pytest
import uvicorn

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
needed = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on PATH")
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
    command = [CHROMIUM, "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]
    command += [f"--user-data-dir={folder / 'profile'}", "--virtual-time-budget=4000", *options, "--dump-dom", address]
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
