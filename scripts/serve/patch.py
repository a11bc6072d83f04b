"""`ilab model serve` with an API of ours in the place of the one that llama-cpp-python 0.3.6 brings.

Its own answers every web page (its CORS headers allow all origins, with credentials, and it takes any Host) and reads
JSON from a body of any type; it cuts a stream when a second client comes, refuses a third one with 503, and ends in 500
where a request is not as it likes it: content as a list of parts, two prompts, a wrong type.
https://github.com/abetlen/llama-cpp-python/blob/v0.3.6/llama_cpp/server/app.py
https://github.com/instructlab/instructlab/blob/v0.26.1/src/instructlab/model/backends/llama_cpp.py
"""

import json
import os
import sys
import traceback
import types
from pathlib import Path

from scripts.retrieve import answers
from scripts.serve import api, llama, pages

TARGET = "instructlab.model.backends.llama_cpp"


def create_app(settings):
    """application(settings); ends the program when it cannot be made.

    Whatever is raised here, ilab says nothing of it and exits with 0:
    https://github.com/instructlab/instructlab/blob/v0.26.1/src/instructlab/model/serve_backend.py
    """
    try:
        return application(settings)
    except SystemExit as stopped:
        print(stopped, file=sys.stderr, flush=True)
    except Exception:
        traceback.print_exc()
    os._exit(1)


def application(settings):
    """The API for the model that ilab's `settings` name.

    In the environment PAGES is a JSON list of the index, the finder and the config, for answers from the pages, and
    OFFERED is a JSON object of models: {name: {"path", and what the list of models tells of it}}.
    """
    name, found = os.environ.get("MODEL_ALIAS", settings.model), None
    about = json.loads(os.environ.get("OFFERED") or "{}") or {name: {"path": settings.model}}
    models = {it: loaded(of_it.pop("path"), settings) for it, of_it in about.items()}
    if os.environ.get("PAGES"):
        index, finder, config = (Path(part) for part in json.loads(os.environ["PAGES"]))
        found = pages.completions(answers.answerer(index, finder, config))
    return api.application(models, settings.port, found, about)


def loaded(path, settings):
    """The model in file `path`; SystemExit when llama.cpp cannot load it."""
    try:
        return llama.load(path, settings.n_ctx, settings.n_gpu_layers)
    except ValueError as error:
        sys.exit(f"server: {path}: {error}; if the file is damaged, make it again")


def apply(module):
    """Replace what makes and runs the server in the loaded module; AttributeError if ilab no longer has it."""
    original = module.get_uvicorn_config

    def get_uvicorn_config(app, host, port):
        config = original(app=app, host=host, port=port)
        config.limit_concurrency = None  # ilab: 2; here requests wait for each other
        config.timeout_keep_alive = 5  # uvicorn's default
        config.timeout_graceful_shutdown = 2  # Ctrl-C ends an answer that is being made
        return config

    _ = module.create_app, module.Settings
    module.create_app, module.get_uvicorn_config = create_app, get_uvicorn_config
    # llama-cpp-python's class takes what it is not told from environment variables such as CACHE, SEED and API_KEY.
    module.Settings = types.SimpleNamespace
