"""Fixture `garden`: a small corpus in a folder of its own, whose teacher is a function."""

import contextlib
import json
import shutil
import sys
from pathlib import Path

import pytest
import yaml

from scripts import arguments, files, ilab
from scripts.generate import ask, rows, taxonomy
from scripts.serve import local_server

ROOT = Path(__file__).resolve().parents[2]
PAGES = {
    "apples": "# Apples\n\nAn apple grows on trees in the garden. Each apple holds `5` seeds in its core.\n",
    "pears": "# Pears\n\nA pear ripens after the harvest in September. Each pear needs 3 weeks in the cellar.\n",
    "plums": "# Plums\n\nA plum dries on the roof in 9 days. Each plum contains one stone in the middle.\n",
}
CODE = ("ask", "pages", "raw", "teacher", "taxonomy", "facts", "openings", "grammar", "patch")


class Garden:
    """Runs what `make generate` runs, in this process; `asked` has the pages of each run of ilab."""

    def __init__(self, folder, monkeypatch, capsys):
        self.folder, self.monkeypatch, self.capsys = folder, monkeypatch, capsys
        self.asked, self.runs, self.served = [], [], []
        # What the teacher says after an opening; None ends ilab as if the teacher were gone.
        self.says = lambda page, fact, opening: "?"
        for name in ("qna.yaml", "config/embedded.yaml", "pipelines/konflux"):
            source, target = ROOT / name, folder / name
            target.parent.mkdir(parents=True, exist_ok=True)
            (shutil.copytree if source.is_dir() else shutil.copy)(source, target)
        (folder / "models/base/hf").mkdir(parents=True)
        (folder / "models/base/model.gguf").write_bytes(b"GGUF and no more")
        for name, text in PAGES.items():
            self.write(name, text)
        self.configure(pages_per_run=1)
        monkeypatch.chdir(folder)
        monkeypatch.delenv("ENDPOINT_API_KEY", raising=False)
        monkeypatch.setenv("XDG_DATA_HOME", str(folder / "build/work/home/data"))
        monkeypatch.setattr(ilab, "run", self.run_ilab)
        monkeypatch.setattr(local_server, "serving", self.serving)
        monkeypatch.setattr(taxonomy, "commit_all", lambda documents: "0" * 40)
        self.locks, lock = [], files.lock
        monkeypatch.setattr(files, "lock", lambda *which: self.locks.append(lock(*which)) or self.locks[-1])

    def write(self, page, text):
        path = self.folder / "markdown" / f"{page}.md"
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def configure(self, name="embedded", **section):
        """Change the generate: section of config/NAME.yaml, which is made from the embedded one if it is new."""
        path = self.folder / f"config/{name}.yaml"
        config = yaml.safe_load((path if path.exists() else self.folder / "config/embedded.yaml").read_text())
        config["generate"].update(section)
        path.write_text(yaml.safe_dump(config))

    @contextlib.contextmanager
    def serving(self, gguf, config, log):
        self.served.append(str(gguf))
        yield "http://127.0.0.1:1/v1"

    def run_ilab(self, *command, log, patch, more, cwd, secret, each=None):
        """In the place of scripts.ilab.run(): answer the staged asks as `ilab data generate` does."""
        option = dict(zip(map(str, command), map(str, command[1:]), strict=False))
        self.runs.append({"option": option, "more": dict(more), "patch": patch, "secret": secret, "cwd": cwd})
        qna = yaml.safe_load(next(Path(option["--taxonomy-path"]).glob("knowledge/*/qna.yaml")).read_text())
        pages = sorted(Path(qna["document"]["repo"]).glob("*.md"))
        said = []
        for page in pages:
            for part in page.read_text(encoding="utf-8").split("## ")[1:]:
                document = "\n".join(line for line in part.split("\n") if line)
                words = self.says(page.stem, *document.split("\n")[2:4])
                if words is None:
                    sys.exit("ilab data generate ended with exit code 1")
                said.append({"document": document, "response": document, "question": words})
        self.asked.append(" ".join(page.stem for page in pages))
        folder = Path(option["--output-dir"], "date", "generated_date")
        folder.mkdir(parents=True)
        text = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in reversed(said))
        (folder / "knowledge_konflux.jsonl").write_text(text, encoding="utf-8")

    def run(self, module, *command):
        self.monkeypatch.setattr(sys, "argv", [f"{module.__name__}.py", *map(str, command)])
        try:
            module.main()
        finally:  # as the end of the process does
            for lock in self.locks:
                lock.release()

    def ask(self, config="config/embedded.yaml", keep=False, **settings):
        """The commands of the Makefile up to generated/asked.json; returns what was printed."""
        self.printed()
        settings = {"ENDPOINT": "", "PAGES": "", **settings}
        self.run(arguments, "build/args/generate", "--config", config, *["--keep"] * keep,
                 "--set", *(f"{key}={value}" for key, value in settings.items()), "--section", "generate",
                 "--file", "markdown/*.md", "qna.yaml", "pipelines/*/*.yaml",
                 "--code", *(ROOT / f"scripts/generate/{name}.py" for name in CODE))  # fmt: skip
        self.run_ask(config)
        return self.printed()

    def run_ask(self, config="config/embedded.yaml"):
        self.run(ask, "--arguments", "build/args/generate", "--markdown", "markdown", "--qna", "qna.yaml",
                 "--config", config, "--base", "models/base", "--work", "build/work/generate",
                 "--index", "index.json", "--finder", "finder", "--output", "generated/asked.json")  # fmt: skip

    def printed(self):
        """What was printed since the last time; `err` is the part on stderr."""
        out, self.err = self.capsys.readouterr()
        return out

    def curate(self, config="config/embedded.yaml"):
        """The command of the Makefile that makes generated/train_konflux.jsonl; returns what was printed."""
        self.printed()
        self.run(rows, "--asked", "generated/asked.json", "--qna", "qna.yaml", "--config", config,
                 "--authored", "facts.yaml", "--review", "review.yaml", "--index", "index.json", "--finder", "finder",
                 "--output", "generated/train_konflux.jsonl")  # fmt: skip
        return self.printed()

    def generate(self, **settings):
        return self.ask(**settings) + self.curate()

    def rows(self, name="train_konflux.jsonl"):
        text = (self.folder / "generated" / name).read_text(encoding="utf-8")
        return [json.loads(line) for line in text.split("\n") if line]

    @property
    def pages(self):
        """The pages that the training rows are of."""
        return sorted({row["page"] for row in self.rows()})

    @property
    def summary(self):
        return json.loads((self.folder / "generated/asked.json").read_text())

    @property
    def teacher(self):
        """The folder of the raw pairs that asked.json names."""
        return self.folder / self.summary["teacher"]


@pytest.fixture
def garden(tmp_path, monkeypatch, capsys):
    return Garden(tmp_path / "garden", monkeypatch, capsys)
