"""Serve a GGUF model on 127.0.0.1 with `ilab model serve`: an OpenAI-compatible server, ended by Ctrl-C."""

import argparse
import os
import socket
from pathlib import Path

import common
import student


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", type=Path, required=True, help="GGUF file to serve")
    parser.add_argument("--config", type=Path, required=True, help="ilab config")
    parser.add_argument("--port", type=int, required=True)
    args = parser.parse_args()
    student.check_gguf(args.model)
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", args.port))
        except (OSError, OverflowError) as error:
            common.fail(f"port {args.port}: {error}; stop what listens there or run make serve PORT=8001")
    print(f"serving {args.model} at http://127.0.0.1:{args.port}/v1, Ctrl-C ends it", flush=True)
    common.die_with_parent()
    os.environ.update(student.server_settings(args.model))
    os.execvp("ilab", student.serve_command(args.model, args.config, args.port))


if __name__ == "__main__":
    main()
