"""Measure answers from the pages of sites that nobody prepared: fetch them, crawl, index, ask, score.

Writes WORK/NAME/evaluation.json for each site, in the form of evaluation.py, and prints a table.
"""

import argparse
import json
import shutil
import subprocess
import sys
from pathlib import Path

from rich.console import Console
from rich.table import Table

from scripts import configuration, files, program
from scripts.measure import evaluation, lookup, models, questions, scoring, summary
from scripts.retrieve import answers as from_pages


def run(*command, cwd: Path | None = None) -> None:
    """Run a program to its end; ends this one when it fails."""
    if subprocess.run([str(part) for part in command], cwd=cwd).returncode:
        program.fail(f"{command[0]} failed; what it said stands above")


def source(name: str, site: dict, work: Path) -> str:
    """Where to crawl the site: its address or folder, after a Debian package was fetched that holds it."""
    if "package" not in site:
        return site["start_url"]
    if not (work / "root").is_dir():
        if not shutil.which("apt-get") or not shutil.which("dpkg-deb"):
            program.fail(f"{name}: needs apt-get and dpkg-deb, as on Debian; leave the site out with SITES=")
        run("apt-get", "-qq", "download", site["package"], cwd=work)
        (package,) = work.glob("*.deb")
        run("dpkg-deb", "--extract", package, work / "root.partial")
        (work / "root.partial").rename(work / "root")
    return str(work / "root" / site["folder"])


def measured(name: str, site: dict, args: argparse.Namespace) -> dict:
    """The evaluation of a site, which is crawled and indexed below args.work."""
    work, asked = args.work / name, questions.read(args.sites / f"{name}.jsonl")
    work.mkdir(parents=True, exist_ok=True)
    if not (work / "markdown/manifest.json").is_file():
        run(sys.executable, "crawl.py", source(name, site, work), "--output-dir", work / "markdown", "--delay", 0)
    index = ("--markdown", work / "markdown", "--finder", args.finder, "--output", work / "index.json")
    run(sys.executable, "-m", "scripts.retrieve.index", "--arguments", args.arguments, *index)
    given = lookup.look_up(asked, work / "index.json", args.finder, args.config)
    rows = [evaluation.scored(question, given[question["id"]]) for question in asked]
    result = {"questions": rows, "curve": evaluation.curve(rows)}
    files.replace_text(work / "evaluation.json", json.dumps(result, indent=1, ensure_ascii=False))
    return result


def row(name: str, result: dict) -> list[str]:
    """The line of a site in the table."""
    some = [it for it in result["questions"] if not scoring.unanswerable(it)]
    none = [it for it in result["questions"] if scoring.unanswerable(it)]
    first = [scoring.holds(it["must"], it["first"]) for it in some]
    verdicts = [it["verdict"] for it in some]
    counts = [sum(first), sum(it["found"] for it in some), *(verdicts.count(kind) for kind in summary.VERDICTS)]
    declined = sum(it["verdict"] == "right" for it in none)
    return [f"{name}, {len(some)} + {len(none)}", *(f"{count / max(1, len(some)):.0%}" for count in counts),
            f"{declined / max(1, len(none)):.0%}"]  # fmt: skip


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sites", type=Path, required=True, help="folder with sites.yaml and the questions")
    parser.add_argument("--only", nargs="*", default=[], help="names of sites; all without it")
    parser.add_argument("--arguments", type=Path, required=True, help="arguments file of the index")
    parser.add_argument("--finder", type=Path, required=True, help="weights of what finds answers in the index")
    parser.add_argument("--config", type=Path, required=True, help="ilab config, with rag.threshold")
    parser.add_argument("--work", type=Path, required=True, help="folder for the sites, which are kept")
    args = parser.parse_args()
    program.die_with_parent()
    sites = configuration.read_yaml(args.sites / "sites.yaml")
    if unknown := set(args.only) - set(sites):
        program.fail(f"{args.sites}/sites.yaml: no site {min(unknown)}; there are {', '.join(sites)}")
    shares = ("first is right", "one of three", *summary.VERDICTS, "unanswerable\ndeclined")
    table = Table("site, questions", *shares)
    failed = []
    for name in args.only or sites:
        try:
            table.add_row(*row(name, measured(name, sites[name], args)))
        except SystemExit as stopped:  # such as a site on the network, where there is none: others can be measured
            print(stopped, file=sys.stderr)
            failed.append(name)
    print(f"{models.PAGES}: with the threshold {from_pages.threshold(args.config)} of {args.config}, right + wrong + "
          "declined are all answerable questions")  # fmt: skip
    Console(width=None if sys.stdout.isatty() else 110).print(table)
    if failed:
        program.fail(f"not measured, for the reasons above: {', '.join(failed)}; SITES= names those to measure")


if __name__ == "__main__":
    main()
