"""Serve a GGUF model on 127.0.0.1 with `ilab model serve`: an OpenAI-compatible server, ended by Ctrl-C."""

import argparse
import os

from scripts import ilab, program
from scripts.serve import llama, local_server


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    local_server.add_options(parser)
    args = parser.parse_args()
    llama.check_gguf(args.model)
    local_server.check_port(args.port, "make serve")
    pages = local_server.pages_of(args)
    what = f"the pages of {args.index}, and {args.model}," if pages else args.model
    address = f"http://127.0.0.1:{args.port}"
    print(f"serving {what} at {address}/v1, with a page to ask at {address}/, Ctrl-C ends it", flush=True)
    program.die_with_parent()
    command = local_server.serve_command(args.model, args.config, args.port)
    os.execvpe(command[0], command, ilab.environment(local_server.server_settings(args.model, pages)))


if __name__ == "__main__":
    main()
