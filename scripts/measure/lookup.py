"""What the pages answer, kept as what models answer is: a line each in asked.jsonl, beside the index."""

import time
from pathlib import Path

from scripts import files, hashes, program
from scripts.measure import asked
from scripts.retrieve import answers

CODE = [f"{Path(answers.__file__).parent}/{name}.py" for name in ("answers", "search", "opened", "query", "reader")]


def made_with(index: Path, finder: Path, config: Path) -> dict:
    """What an answer from the pages depends on besides the question."""
    given = hashes.of_files([str(path) for path in (index, finder, answers.reader_of(finder))], files.sha256)
    code = hashes.of_files(CODE, hashes.of_code)
    return {"files": [*given.values()], "code": [*code.values()], "threshold": answers.threshold(config)}


def look_up(chosen: list[dict], index: Path, finder: Path, config: Path) -> dict:
    """{id: {"answer", "seconds", "sources"}} of what the pages say. Only what is not kept is looked up."""
    kept, made = index.with_name("asked.jsonl"), made_with(index, finder, config)
    known, keys = asked.read(kept), {it["id"]: asked.key(made, "", it["question"]) for it in chosen}
    # By their key: a question that is there twice is looked up once.
    missing = {keys[it["id"]]: it["question"] for it in chosen if keys[it["id"]] not in known}
    print(f"pages: {len(chosen)} answers, {len(missing)} of them to look up", flush=True)
    if missing:
        answer = answers.answerer(index, finder, config)
        for key, question in program.progress(list(missing.items()), "pages"):
            started = time.monotonic()
            found = answer(question)
            known[key] = {
                "key": key, "question": question, "answer": found.text,
                "seconds": round(time.monotonic() - started, 3), "sources": [it._asdict() for it in found.sources],
            }  # fmt: skip
            asked.keep(kept, known[key])
    return {name: {part: known[key][part] for part in ("answer", "seconds", "sources")} for name, key in keys.items()}
