"""Make the student of an ilab config ready: OUTPUT/hf, what is trained, and OUTPUT/model.gguf, what is asked.

The student is the Hugging Face folder that the config names. Where it names a repository too, under student:, that is
fetched with `ilab model download`; a stopped download goes on when this is run again.
"""

import argparse
import json
import os
import re
import shutil
from pathlib import Path

from scripts import configuration, files, ilab
from scripts.program import fail
from scripts.serve import llama
from scripts.train import folder, gguf_file

OWNER_AND_NAME = re.compile(r"[\w.-]+/[\w.-]+")


def download_arguments(repository: str, revision: str, target: Path) -> list:
    """What `ilab` is given to fetch a repository of huggingface.co into the folder `target`."""
    return ["model", "download", "--repository", repository, "--release", revision, "--model-dir", target.resolve()]


def fetch(config: Path, wanted: dict, hf: Path) -> None:
    """Fetch the repository that the section `wanted` names, and put it into the place `hf`."""
    repository, revision = wanted.get("repository"), wanted.get("revision")
    if not (isinstance(repository, str) and OWNER_AND_NAME.fullmatch(repository)):
        fail(f"{config}: student.repository is {repository!r}; give OWNER/NAME of huggingface.co")
    if not (isinstance(revision, str) and revision):
        fail(f"{config}: student.revision is {revision!r}; give a commit, a tag or a branch, in quotes")
    print(f"fetching {repository} at {revision}", flush=True)
    work = Path("build/work/students") / hf.parent.name
    log = work.with_suffix(".log")
    # The key of a gated repository is in the environment: HF_TOKEN.
    ilab.run("--config", config, *download_arguments(repository, revision, work), log=log,
             more={"HF_HUB_OFFLINE": "0"}, secret=os.environ.get("HF_TOKEN"))  # fmt: skip
    fetched = work / repository
    if not (fetched / "config.json").is_file():  # ilab goes on where a repository asks for a key
        fail(f"{repository}: nothing came; see {log}; a gated repository needs HF_TOKEN in the environment")
    shutil.rmtree(fetched / ".cache", ignore_errors=True)
    shutil.rmtree(hf, ignore_errors=True)
    hf.parent.mkdir(parents=True, exist_ok=True)
    os.replace(fetched, hf)
    files.replace_text(hf.with_name("fetched.json"), json.dumps([repository, revision]))


def place(config: Path, hf: Path) -> None:
    """Have `hf` be the folder of the student: fetched, or a link to where it lies on disk."""
    wanted, path = configuration.section(config, "student"), configuration.student_path(config)
    if wanted.get("repository"):
        if path != hf:
            fail(f"{config}: the path of a student that is fetched must be {hf}, not {path}")
        fetched = hf.with_name("fetched.json")
        same = json.dumps([wanted["repository"], wanted.get("revision")])
        if not (hf.is_dir() and fetched.is_file() and fetched.read_text(encoding="utf-8") == same):
            fetch(config, wanted, hf)
    elif not path.is_dir():
        fail(f"{config}: no folder {path}; give the path of a Hugging Face folder, or a repository under student:")
    elif path != hf:
        hf.parent.mkdir(parents=True, exist_ok=True)
        if hf.is_symlink() or not hf.exists():
            hf.unlink(missing_ok=True)
            hf.symlink_to(path.resolve())


def check(config: Path, hf: Path) -> None:
    """End the program unless `hf` holds a student that can be trained, and that the hashes of the config are about."""
    pinned = configuration.section(config, "student").get("sha256") or {}
    for name, expected in pinned.items():
        found = files.sha256(hf / name) if (hf / name).is_file() else "of no such file"
        if found != expected:
            fail(
                f"{hf / name}: sha256 {found}, {config} expects {expected}; correct it, or remove {hf} and fetch again"
            )
    try:
        settings, tokenizer = folder.read_json(hf / "config.json"), folder.tokenizer_settings(hf)
    except (OSError, ValueError) as error:
        fail(f"{hf}: no student ({error}); it needs config.json, tokenizer_config.json, a tokenizer and weights")
    # ilab trusts code that comes with a model, and would run it:
    # https://github.com/instructlab/instructlab/blob/v0.26.1/src/instructlab/model/full_train.py
    if "auto_map" in settings or "auto_map" in tokenizer:
        fail(f"{hf}: brings Python code of its own, which ilab would run; take auto_map out of config.json and "
             "tokenizer_config.json in a copy of the folder, if transformers does without")  # fmt: skip
    if not tokenizer.get("chat_template"):
        fail(f"{hf}: no chat template in tokenizer_config.json; take a student made for chat (-Instruct)")
    if not any((hf / name).is_file() for name in ("tokenizer.json", "tokenizer.model", "vocab.json")):
        fail(f"{hf}: no tokenizer.json, tokenizer.model or vocab.json; a student needs its tokenizer")
    try:
        weights = folder.tensors(folder.weight_files(hf))
    except (OSError, ValueError) as error:
        fail(f"{hf}: its weights are not readable ({error}); fetch or copy them again")
    if not weights:
        fail(f"{hf}: no weights, {' or '.join(folder.KINDS)}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--config", type=Path, required=True, help="ilab config")
    parser.add_argument("--output", type=Path, required=True, help="folder to make, such as models/students/granite")
    args = parser.parse_args()
    hf, gguf = args.output / "hf", args.output / "model.gguf"
    lock = files.lock(f"build/{args.output.name}.lock", "make base")
    place(args.config, hf)
    check(args.config, hf)
    print(f"{hf.resolve()}: writing its GGUF", flush=True)
    with files.replacing(gguf) as partial:
        try:
            gguf_file.write_gguf(hf, partial)
            llama.load(partial, 64)
        except (OSError, ValueError, RuntimeError) as error:
            fail(f"{hf}: cannot be a student here ({error})")
    made = {"model.gguf": files.sha256(gguf)}
    made |= {f"hf/{path.name}": files.sha256(path) for path in sorted(hf.iterdir()) if path.is_file()}
    record = json.dumps({"name": args.output.name, "sha256": made}, indent=1)
    files.replace_text(args.output / "record.json", record + "\n")
    lock.release()
    print(f"{args.output}: model.gguf to serve, hf/ to train; next: make train DATA=pre-generated CONFIG={args.config}")


if __name__ == "__main__":
    main()
