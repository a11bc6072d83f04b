"""Chat with a GGUF model through `ilab model chat`; each question is asked on its own, as `make ask` asks it."""

import argparse
import contextlib
import json
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

from scripts import configuration, ilab
from scripts.serve import llama, local_server, options


def chat_command(args, url, session):
    """The command line of the chat through the server at `url`; `session` is a file with the system prompt."""
    command = ["--config", args.config, "model", "chat", "--endpoint-url", url, "--session", session]
    command += ["--model", args.model.resolve(), "--temperature", 0, "--max-tokens", llama.MAX_TOKENS]
    return ilab.command(*command, patch="scripts.serve.chat_patch")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    options.add_options(parser)
    parser.add_argument("--work", type=Path, required=True, help="scratch folder for the history and the server's log")
    args = parser.parse_args()
    llama.check_gguf(args.model)
    pages = options.pages_of(args)
    system = configuration.system_prompt(args.config, args.model)
    args.work.mkdir(parents=True, exist_ok=True)
    with contextlib.ExitStack() as stack:
        # ilab tells every llama-architecture model that it is Granite, unless a session brings its own system prompt:
        # https://github.com/instructlab/instructlab/blob/v0.26.1/src/instructlab/model/chat.py
        session = Path(stack.enter_context(tempfile.TemporaryDirectory(dir=args.work)), "session.json")
        session.write_text(json.dumps([{"role": "system", "content": system}]), encoding="utf-8")
        url = local_server.find_server(args.model, args.port, pages)
        if url is None:
            print(f"starting a server for {args.model}, it ends with the chat", flush=True)
            url = stack.enter_context(local_server.serving(args.model, args.config, args.work / "server.log", pages))
        print("ask away, each question on its own; /q ends the chat", flush=True)
        # ilab keeps what was typed in ~/.local/chat-cli.history; here home is the scratch folder.
        environment = ilab.environment({"HOME": str(args.work.resolve())})
        # Ctrl-C belongs to the chat, which clears its line; this process waits for it to end.
        signal.signal(signal.SIGINT, lambda *_: None)
        sys.exit(subprocess.run(chat_command(args, url, session), env=environment).returncode)


if __name__ == "__main__":
    main()
