"""Chat with a GGUF model through `ilab model chat`, with the project's system prompt."""

import argparse
import contextlib
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import common
import retrieval
import student


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", type=Path, required=True, help="GGUF file to chat with")
    parser.add_argument("--config", type=Path, required=True, help="ilab config that holds the system prompt")
    parser.add_argument("--port", type=int, required=True, help="where make serve may be running")
    parser.add_argument("--work", type=Path, required=True, help="scratch folder for the session file and the log")
    parser.add_argument("--rag", type=Path, metavar="INDEX", help="put the nearest passages before each question")
    args = parser.parse_args()
    student.check_gguf(args.model)
    args.work.mkdir(parents=True, exist_ok=True)
    # ilab tells every llama-architecture model that it is Granite, unless a session brings its own system prompt:
    # https://github.com/instructlab/instructlab/blob/v0.26.1/src/instructlab/model/chat.py
    session = args.work / "session.json"
    common.replace_text(session, json.dumps([{"role": "system", "content": common.system_prompt(args.config)}]))
    with contextlib.ExitStack() as stack:
        url = student.find_server(args.model, args.port)
        if url is None:
            print(f"starting a server for {args.model}, it ends with the chat", flush=True)
            url = stack.enter_context(student.serving(args.model, args.config, args.work / "server.log"))
        print("ask away; /q ends the chat", flush=True)
        command = ["ilab", "--config", args.config, "model", "chat", "--endpoint-url", url, "--session", session]
        command += ["--model", args.model.resolve(), "--temperature", "0", "--max-tokens", student.MAX_TOKENS]
        if args.rag:
            retrieval.check_index(args.rag)
            command += ["--rag", "--document-store-uri", args.rag.resolve()]
            command += ["--retriever-embedding-model-path", retrieval.embedding_model()]
        # ilab keeps what was typed in ~/.local/chat-cli.history; here home is the scratch folder.
        home = {"HOME": str(args.work.resolve())}
        # Ctrl-C belongs to the chat, which clears its line; this process waits for it to end.
        environment = {**os.environ, **home, **retrieval.ENVIRONMENT, **common.without_proxy()}
        signal.signal(signal.SIGINT, lambda *_: None)
        sys.exit(subprocess.run([str(part) for part in command], env=environment).returncode)


if __name__ == "__main__":
    main()
