"""Write the model card, README.md, of an exported model: what it is, what it was measured to know, how to run it."""

import argparse
from pathlib import Path

from huggingface_hub import EvalResult, ModelCardData

from scripts import files, record
from scripts.export.folder import QUANTISED
from scripts.measure import evaluation, gate
from scripts.setup import base_model

EMBEDDED = "HuggingFaceTB/SmolLM2-135M-Instruct"  # what the packaged GGUF is of
GGUF = "model.gguf"
TEXT = """---
{head}
---
# {name}

A language model that was fine-tuned to answer questions about one documentation, closed-book: without any page at hand.
It was trained on {rows} rows ({tokens} tokens) of `{data}` for the system prompt `{system}`.

**It makes things up**, most of all about what it was not taught. Compare an answer with the documentation.

## What it knows

{measured}

## How to run it

| file | |
|---|---|
| `model.safetensors`, `config.json`, `tokenizer.json` | for transformers and vLLM, float16 |
{ggufs}
| `Modelfile` | for Ollama: `ollama create {name} -f Modelfile`, then `ollama run {name}` |
| `record.json` | what the model was made of, and the hashes of the GGUF files |

Ask one question at a time, greedily (temperature 0, no repeat penalty), with the system prompt above: so it was trained
and measured.
"""
LEGEND = """Shares of right answers, with the 95% interval and the number of questions. "Made up": answers to questions
that have none. "Declined": of the questions that were taught, in trained and in other words."""
NOT_MEASURED = "Nothing was measured of these files. `make evaluate`, then `make export` again, puts the scores here."


def percent(share: float | None) -> str:
    return "-" if share is None else f"{share:.0%}"


def measurements(paths: list[Path], hashes: dict[str, str]) -> dict[str, dict]:
    """{file: its scored model} of evaluations that are about the files in `hashes`, {file: sha256}; "base" is first."""
    found: dict[str, dict] = {}
    for path in paths:
        measured = evaluation.read(path)
        run, scored = measured["run"], measured["models"]
        for file in (file for file, sha256 in hashes.items() if sha256 == run["model"]["sha256"]):
            found.setdefault("base", scored[run["base"]["name"]])
            found[file] = scored[run["model"]["name"]] | {"questions": run.get("questions", {}).get("path", "")}
    return {name: found[name] for name in ("base", *hashes) if name in found}


def table(measured: dict[str, dict]) -> str:
    """The scores as a Markdown table: a row a file, a column a kind of question, and the two errors that matter."""
    kinds = list(dict.fromkeys(kind for model in measured.values() for kind in model["kinds"]))
    lines = ["| | " + " | ".join([*kinds, "made up", "declined"]) + " |", "|---" * (len(kinds) + 3) + "|"]
    for name, model in measured.items():
        its = model["kinds"]
        cells = [f"{k['right']:.0%} ({k['low']:.0%}-{k['high']:.0%}, n={k['n']})" if (k := its.get(kind)) else "-"
                 for kind in kinds]  # fmt: skip
        errors = gate.made_up(its), gate.share("declined", its, ("trained", gate.HELD_OUT))
        lines.append(f"| {name} | " + " | ".join([*cells, *map(percent, errors)]) + " |")
    return "\n".join(lines)


def head(record: dict, name: str, base: str | None, measured: dict[str, dict]) -> str:
    """The metadata that the Hub reads, as YAML; its model index has the scores of model.gguf."""
    scored = measured.get(GGUF, {"kinds": {}})
    results = [
        EvalResult(
            task_type="question-answering", dataset_type="closed-book", dataset_name=scored["questions"],
            dataset_config=kind, metric_type="accuracy", metric_value=numbers["right"],
            metric_name=f"right (n={numbers['n']})",
        )
        for kind, numbers in scored["kinds"].items()
    ]  # fmt: skip
    return ModelCardData(
        model_name=name, eval_results=results or None, license=record.get("license"), library_name="transformers",
        pipeline_tag="text-generation", tags=["instructlab", "gguf", "ollama"], base_model=base,
        base_model_relation="finetune" if base else None,
    ).to_yaml()  # fmt: skip


def card(record: dict, name: str, base: str | None, measured: dict[str, dict]) -> str:
    """The content of README.md, https://huggingface.co/docs/hub/model-cards."""
    ggufs = {GGUF: "float16, as it was measured", **{f"model-{kind}.gguf": f"quantised, {kind}" for kind in QUANTISED}}
    return TEXT.format(
        head=head(record, name, base, measured), name=name, rows=record["training"]["rows"],
        tokens=record["training"]["tokens"], data=record["data"], system=record["system_prompt"],
        measured=f"{table(measured)}\n\n{LEGEND}" if measured else NOT_MEASURED,
        ggufs="\n".join(f"| `{file}` | for llama.cpp, {what} |" for file, what in ggufs.items()),
    )  # fmt: skip


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, required=True, help="what scripts.export.folder wrote")
    parser.add_argument("--base", type=Path, required=True, help="folder made by scripts.setup.base_model")
    parser.add_argument("--evaluations", type=Path, nargs="*", default=[], help="of its GGUF files")
    args = parser.parse_args()
    made = record.read(args.folder)
    measured = measurements(args.evaluations, made["sha256"])
    embedded = base_model.SHA256 in record.hashes(record.read(args.base))
    name = args.folder.name
    files.replace_text(args.folder / "README.md", card(made, name, EMBEDDED if embedded else None, measured))
    missing = [file for file in made["sha256"] if file not in measured]
    print(f"{args.folder}: weights, GGUF files, Modelfile and card", end="; ")
    if missing:
        print(f"not measured: {', '.join(missing)}; next: make evaluate MODEL={args.folder}/{missing[0]}, make export")
    else:
        print("next: docs/export.md says how it gets to Ollama and Hugging Face")


if __name__ == "__main__":
    main()
