"""Have the teacher ask about what the pages state, through `ilab data generate`, and keep what it says."""

import argparse
import json
from pathlib import Path

from scripts import arguments, files, program
from scripts.generate import teacher, validate
from scripts.generate.gguf_teacher import ask_own


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--arguments", type=Path, required=True, help="arguments file: settings and generate section")
    parser.add_argument("--markdown", type=Path, required=True, help="folder with the pages")
    parser.add_argument("--qna", type=Path, required=True, help="the seed questions, qna.yaml")
    parser.add_argument("--config", type=Path, required=True, help="ilab config")
    parser.add_argument("--base", type=Path, required=True, help="folder made by base_model.py")
    parser.add_argument("--work", type=Path, required=True, help="scratch folder")
    parser.add_argument("--output", type=Path, required=True, help="asked.json to write; teachers/ goes beside it")
    parser.add_argument(
        "--index", type=Path, required=True, help="index of all pages, for a teacher behind an endpoint"
    )
    parser.add_argument("--finder", type=Path, required=True, help="weights that the index was made with")
    parser.add_argument("--budget", default="", help="tokens, or money, after which no more is asked")
    args = parser.parse_args()
    program.die_with_parent()
    given = arguments.read(args.arguments)
    settings, section = given["settings"], given["config"]["generate"]
    url = settings["ENDPOINT"].strip()
    own = settings.get("PIPELINE", "").strip()
    if not url and (alone := [name for name in ("TEACHER", "WORDINGS") if settings.get(name, "").strip()]):
        program.fail(
            f"{alone[0]}= is for a teacher behind an endpoint; give ENDPOINT= too, such as http://host:8000/v1"
        )
    teacher.check(section, args.config, url)
    model = "" if url else section["teacher"]["model_path"]
    asked = teacher.Teacher(section, url, args.config, args.base, args.work, model)
    qna = validate.read(args.qna)
    lock = files.lock(args.work.with_suffix(".lock"), "make generate")
    args.work.mkdir(parents=True, exist_ok=True)
    if own:
        from scripts.generate import full

        content = full.ask(asked, {**settings, "BUDGET": args.budget}, qna, args.markdown, args.output)
    elif url:
        from scripts.generate import chat  # here, as its imports take two seconds

        content = chat.ask(asked, {**settings, "BUDGET": args.budget}, qna, args.markdown, (args.index, args.finder),
                           args.output)  # fmt: skip
    else:
        content = ask_own(asked, settings["PAGES"].split(), qna, args.markdown, given["code"], args.output)
    files.replace_text(args.output, json.dumps(content, indent=1, ensure_ascii=False) + "\n")
    lock.release()


if __name__ == "__main__":
    main()
