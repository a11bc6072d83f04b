"""Serve a GGUF model on 127.0.0.1 with `ilab model serve`: an OpenAI-compatible server, ended by Ctrl-C."""

import argparse
import json
import os
from pathlib import Path

from scripts import configuration, ilab, program
from scripts.serve import llama, local_server, options


def offered(models: dict[str, Path], config: Path) -> str:
    """JSON that tells the server of `models`, by their names: the file, a title, the system prompt to ask with."""
    about = {}
    for name, path in models.items():
        llama.check_gguf(path)
        file = path.resolve()
        title = file.parent.name if file.name == "model.gguf" else file.name
        about[name] = {"path": str(file), "title": title, "system_prompt": configuration.system_prompt(config, file)}
    return json.dumps(about)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    options.add_options(parser)
    parser.add_argument("--base", type=Path, help="GGUF file of the base model, offered beside the other")
    args = parser.parse_args()
    llama.check_gguf(args.model)
    local_server.check_port(args.port, "make serve")
    pages = options.pages_of(args)
    what = f"the pages of {args.index}, and {args.model}," if pages else args.model
    address = f"http://127.0.0.1:{args.port}"
    print(f"serving {what} at {address}/v1, with a page to ask at {address}/, Ctrl-C ends it", flush=True)
    settings = local_server.server_settings(args.model, pages)
    models = {settings["MODEL_ALIAS"]: args.model}
    if args.base and args.base.is_file() and not args.base.samefile(args.model):
        models["base"] = args.base
    settings["OFFERED"] = offered(models, args.config)
    program.die_with_parent()
    command = local_server.serve_command(args.model, args.config, args.port)
    os.execvpe(command[0], command, ilab.environment(settings))


if __name__ == "__main__":
    main()
