#!/usr/bin/env python3
"""Serve a folder of static pages on 127.0.0.1, as a web host would: for as long as a command runs, or until Ctrl-C.

A folder without its slash answers 301, an unknown path 404 with the folder's 404.html, an unchanged page 304.
In the command, {} stands for the address: serve_site.py site -- curl {}
"""

import argparse
import functools
import http.server
import pathlib
import subprocess
import sys
import threading


class Handler(http.server.SimpleHTTPRequestHandler):
    """The standard handler, which has the redirects, Last-Modified and 304, with the site's own 404 page."""

    extensions_map = http.server.SimpleHTTPRequestHandler.extensions_map | {".html": "text/html; charset=utf-8"}

    def send_error(self, code, message=None, explain=None):
        page = pathlib.Path(self.directory, "404.html")
        if code != 404 or not page.is_file():
            return super().send_error(code, message, explain)
        body = page.read_bytes()
        self.send_response(code)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def list_directory(self, path):
        return self.send_error(404)  # a web host shows no folders

    def log_message(self, *args):
        pass


def main(args):
    if not args.folder.is_dir():
        sys.exit(f"serve_site.py: {args.folder}: no such folder; give the one with index.html")
    try:
        handler = functools.partial(Handler, directory=args.folder)
        server = http.server.ThreadingHTTPServer(("127.0.0.1", args.port), handler)
    except OSError as error:
        sys.exit(f"serve_site.py: port {args.port}: {error.strerror}; leave out --port for a free one")
    address = f"http://127.0.0.1:{server.server_port}/"
    with server:
        if not args.command:
            print(address, flush=True)
            return server.serve_forever()
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            return subprocess.run([part.replace("{}", address) for part in args.command]).returncode
        except OSError as error:
            sys.exit(f"serve_site.py: {args.command[0]}: {error.strerror}; give a command that exists")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--port", type=int, default=0, help="default: a free one")
    parser.add_argument("command", nargs="*", metavar="-- COMMAND", help="run this, and stop when it ends")
    try:
        sys.exit(main(parser.parse_args()))
    except KeyboardInterrupt:
        sys.exit(130)
