"""Relevance of every mode on the judged sets at hand, as one table, held against its floors (`make eval`).

usage: python benchmarks/relevance/lessonry.py DIR [--json] [--peers FILE] [--update-floors [--allow-regression]]

DIR holds folders in BEIR layout. Fails where a figure is below its floor in floors.json beside this
file; a floor sinks only by --allow-regression. FILE is what peers.py printed: then there is a
second table, of nDCG@10 beside that of other software.
"""

import argparse
import hashlib
import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from api.evaluation import evaluate
from api.settings import load
from tests.search.starter import Figures, shortfalls
from tests.search.update_floors import Refused, updated, write

FLOORS = Path(__file__).with_name("floors.json")
MODES = ("keyword", "semantic", "hybrid")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--home", type=Path, default=Path(".lessonry"), help="keeps the vectors for the next time")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--peers", type=Path)
    parser.add_argument("--update-floors", action="store_true")
    parser.add_argument("--allow-regression", action="store_true")
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
    if given.peers:
        compare(reports, json.loads(given.peers.read_text()))
    if given.update_floors:
        return update(sets, reports, allow_regression=given.allow_regression)
    return hold(sets, reports)


def show(name: str, report: dict, *, first: bool) -> None:
    modes = report["modes"]
    measures = [measure for measure in modes["hybrid"] if not measure.endswith("_ms")]
    if first:
        print("| set (documents, queries) | mode | " + " | ".join(measures) + " | nDCG@10, 95 % interval |")
        print("|---|---|" + "---|" * (len(measures) + 1))
    for mode in MODES:
        values = " | ".join(f"{modes[mode][measure]:.3f}" for measure in measures)
        low, high = report["intervals"][mode]["ndcg@10"]
        size = f"({report['documents']}, {report['queries']})"
        print(f"| {name} {size} | {mode} | {values} | {low:.3f}–{high:.3f} |", flush=True)


def compare(reports: dict, peers: dict) -> None:
    """nDCG@10 of Lessonry and of its peers: one line each, one column a set."""
    rows = {f"Lessonry, {mode}": {name: reports[name]["modes"][mode]["ndcg@10"] for name in reports} for mode in MODES}
    for name in reports:
        for peer, values in peers[name].items():
            rows.setdefault(peer, {})[name] = values["ndcg@10"]
    print("\n| nDCG@10 | " + " | ".join(reports) + " | mean |\n|---|" + "---|" * (len(reports) + 1))
    for row, values in sorted(rows.items(), key=lambda pair: -sum(pair[1].values())):
        found = [values[name] for name in reports]
        print(f"| {row} | " + " | ".join(f"{value:.3f}" for value in (*found, sum(found) / len(found))) + " |")


def figures(report: dict) -> Figures:
    return {f"{mode} ndcg@10": report["modes"][mode]["ndcg@10"] for mode in MODES}


def digest(folder: Path) -> str:
    """Of the set's files: floors of another edition are not comparable."""
    files = sorted(path for path in folder.rglob("*") if path.suffix in (".jsonl", ".tsv"))
    return hashlib.sha256(b"".join(hashlib.sha256(path.read_bytes()).digest() for path in files)).hexdigest()


def hold(sets: list[Path], reports: dict) -> int:
    """1 if a figure is below its floor. A set without floors, or another edition of it, is said and held to nothing."""
    floors = json.loads(FLOORS.read_text()) if FLOORS.exists() else {}
    lines = []
    for folder in sets:
        kept = floors.get(folder.name)
        if kept is None or kept["corpus"] != digest(folder):
            print(f"{folder.name}: no floors for this set", file=sys.stderr)
        else:
            lines += [f"{folder.name}: {line}" for line in shortfalls(figures(reports[folder.name]), kept)]
    print("\n".join(lines), file=sys.stderr)
    return 1 if lines else 0


def update(sets: list[Path], reports: dict, *, allow_regression: bool) -> int:
    floors = json.loads(FLOORS.read_text()) if FLOORS.exists() else {}
    try:
        for folder in sets:
            kept = floors.get(folder.name)
            measured = figures(reports[folder.name])
            floors[folder.name] = updated(measured, digest(folder), kept, allow_regression=allow_regression)
    except Refused as error:
        print(f"not written, a floor would sink: {folder.name}: {error}", file=sys.stderr)
        return 1
    write(FLOORS, floors)
    return 0


if __name__ == "__main__":
    sys.exit(main())
