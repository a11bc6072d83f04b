"""Serve a GGUF model on 127.0.0.1 with `ilab model serve`: an OpenAI-compatible server, ended by Ctrl-C."""

import argparse
import os
import socket
from pathlib import Path

from scripts import ilab, program
from scripts.serve import llama, local_server


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", type=Path, required=True, help="GGUF file to serve")
    parser.add_argument("--config", type=Path, required=True, help="ilab config")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--index", type=Path, help="answer chats from these pages; without it, the model answers")
    parser.add_argument("--finder", type=Path, help="weights of what finds answers in the index")
    args = parser.parse_args()
    llama.check_gguf(args.model)
    if not 0 < args.port < 2**16:
        program.fail(f"port {args.port}: give a number from 1 to 65535, such as PORT=8001")
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", args.port))
        except OSError as error:
            program.fail(f"port {args.port}: {error.strerror}; stop what listens there or run make serve PORT=8001")
    pages = local_server.Pages(args.index, args.finder, args.config) if args.index else None
    what = f"the pages of {args.index}, and {args.model}," if pages else args.model
    address = f"http://127.0.0.1:{args.port}"
    print(f"serving {what} at {address}/v1, with a page to ask at {address}/, Ctrl-C ends it", flush=True)
    program.die_with_parent()
    command = local_server.serve_command(args.model, args.config, args.port)
    os.execvpe(command[0], command, ilab.environment(llama.server_settings(args.model, pages)))


if __name__ == "__main__":
    main()
