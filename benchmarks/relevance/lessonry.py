"""Relevance of every mode on the judged sets at hand, as one table (`make eval`).

usage: python benchmarks/relevance/lessonry.py DIR [--json]     DIR holds folders in BEIR layout
"""

import argparse
import json
from pathlib import Path

from api.evaluation import evaluate
from api.settings import load


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--home", type=Path, default=Path(".lessonry"), help="keeps the vectors for the next time")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    sets = sorted(path.parent for path in given.folder.glob("*/corpus.jsonl"))
    if not sets:
        parser.error(f"{given.folder} holds no judged set")
    reports = {}
    for folder in sets:
        reports[folder.name] = evaluate(folder, load(home=given.home))
        if not given.json:
            show(folder.name, reports[folder.name], first=len(reports) == 1)
    if given.json:
        print(json.dumps(reports, indent=2))


def show(name: str, report: dict, *, first: bool) -> None:
    modes = report["modes"]
    measures = [measure for measure in modes["hybrid"] if not measure.endswith("_ms")]
    if first:
        print("| set (documents, queries) | mode | " + " | ".join(measures) + " |")
        print("|---|---|" + "---|" * len(measures))
    for mode in ("keyword", "semantic", "hybrid"):
        values = " | ".join(f"{modes[mode][measure]:.3f}" for measure in measures)
        print(f"| {name} ({report['documents']}, {report['queries']}) | {mode} | {values} |", flush=True)


if __name__ == "__main__":
    main()
