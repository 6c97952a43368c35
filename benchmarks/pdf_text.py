"""How well the text of PDFs comes out: token F1 of each PDF against the text file of the same name.

The twins of the Wikimedia collection leave out headings and many list entries that their PDFs show
(some hold only an error message), so the plain F1 is bounded by them. `shared` tells what the reader
itself gets wrong: the F1 of those of our paragraphs that the twin has too, against the whole twin.
"""

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
    shared: float
    error: str = ""


def tokens(text: str) -> Counter[str]:
    """The multiset of the text's lower-cased words."""
    return Counter(re.findall(r"\w+", text.lower()))


def shared(found: str, expected: str) -> str:
    """The lines of `found` of which the other text holds at least half, by runs of three words."""
    words = re.findall(r"\w+", expected.lower())
    known = set(zip(words, words[1:], words[2:], strict=False))
    kept = []
    for line in found.splitlines():
        own = re.findall(r"\w+", line.lower())
        runs = list(zip(own, own[1:], own[2:], strict=False))
        if runs and 2 * sum(run in known for run in runs) >= len(runs):
            kept.append(line)
    return "\n".join(kept)


def measures(found: str, expected: str) -> tuple[float, float, float]:
    """Token F1, precision and recall; two texts without words agree."""
    ours, theirs = tokens(found), tokens(expected)
    common = (ours & theirs).total()
    precision = common / ours.total() if ours else float(not theirs)
    recall = common / theirs.total() if theirs else float(not ours)
    both = precision + recall
    return (2 * precision * recall / both if both else 0.0), precision, recall


def score(name: str, found: str, expected: str, error: str = "") -> Score:
    """All figures of one PDF."""
    return Score(name, *measures(found, expected), measures(shared(found, expected), expected)[0], error)


def scores(folder: Path) -> list[Score]:
    """The scores of all twins under `folder` (pdf/NAME.pdf and txt/NAME.txt), worst first."""
    found = []
    for pdf in sorted((folder / "pdf").glob("*.pdf")):
        twin = folder / "txt" / f"{pdf.stem}.txt"
        if not twin.exists():
            continue
        text, error = "", ""
        try:
            text = extract(pdf.read_bytes(), name=pdf.name).text
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
        "median_shared": statistics.median(one.shared for one in found),
    }


def table(found: list[Score]) -> str:
    """Summary and the ten worst, for a terminal."""
    lines = [f"{name.replace('_', ' '):18} {value:8.4g}" for name, value in summary(found).items()]
    lines += ["", f"{'ten worst':50} {'F1':>6} {'prec.':>6} {'recall':>6} {'shared':>6}"]
    lines += [
        f"{one.name[:50]:50} {one.f1:6.3f} {one.precision:6.3f} {one.recall:6.3f} {one.shared:6.3f} {one.error}"
        for one in found[:10]
    ]
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
