"""How well the text of PDFs comes out: token F1 of each PDF against the text file of the same name."""

import argparse
import json
import re
import statistics
from collections import Counter
from dataclasses import asdict, dataclass
from pathlib import Path

from corpus.errors import ExtractError
from ingest.extract import extract


@dataclass(frozen=True)
class Score:
    """One PDF against its twin. `error` says why there is no text."""

    name: str
    f1: float
    precision: float
    recall: float
    error: str = ""


def tokens(text: str) -> Counter[str]:
    """The multiset of the text's lower-cased words."""
    return Counter(re.findall(r"\w+", text.lower()))


def score(name: str, found: str, expected: str, error: str = "") -> Score:
    """Token F1, precision and recall; two texts without words agree."""
    ours, theirs = tokens(found), tokens(expected)
    common = (ours & theirs).total()
    precision = common / ours.total() if ours else float(not theirs)
    recall = common / theirs.total() if theirs else float(not ours)
    both = precision + recall
    return Score(name, 2 * precision * recall / both if both else 0.0, precision, recall, error)


def scores(folder: Path) -> list[Score]:
    """The scores of all twins under `folder` (pdf/NAME.pdf and txt/NAME.txt), worst first."""
    found = []
    for pdf in sorted((folder / "pdf").glob("*.pdf")):
        twin = folder / "txt" / f"{pdf.stem}.txt"
        if not twin.exists():
            continue
        text, error = "", ""
        try:
            page = extract(pdf.read_bytes(), name=pdf.name)
            text = f"{page.title or ''}\n{page.text}"
        except ExtractError as problem:
            error = str(problem)
        found.append(score(pdf.stem, text, twin.read_text("utf-8", errors="replace"), error))
    return sorted(found, key=lambda one: one.f1)


def summary(found: list[Score]) -> dict[str, float]:
    """The figures of the whole folder."""
    values = [one.f1 for one in found]
    return {
        "documents": len(found),
        "median": statistics.median(values),
        "mean": statistics.mean(values),
        "tenth_percentile": values[len(values) // 10],
        "median_precision": statistics.median(one.precision for one in found),
        "median_recall": statistics.median(one.recall for one in found),
    }


def table(found: list[Score]) -> str:
    """Summary and the ten worst, for a terminal."""
    lines = [f"{name.replace('_', ' '):18} {value:8.4g}" for name, value in summary(found).items()]
    lines += ["", f"{'ten worst':50} {'F1':>6} {'prec.':>6} {'recall':>6}"]
    lines += [f"{one.name[:50]:50} {one.f1:6.3f} {one.precision:6.3f} {one.recall:6.3f} {one.error}" for one in found[:10]]
    return "\n".join(lines)


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, help="a folder with pdf/ and txt/, files of the same names in both")
    parser.add_argument("--json", action="store_true", help="all scores, as JSON")
    options = parser.parse_args()
    found = scores(options.folder)
    if not found:
        parser.error(f"{options.folder}: no pdf/NAME.pdf with a txt/NAME.txt")
    if options.json:
        print(json.dumps({**summary(found), "scores": [asdict(one) for one in found]}, indent=1))
    else:
        print(table(found))


if __name__ == "__main__":
    main()
