"""How well the text of PDFs comes out: each PDF against the text file of the same name.

The twins of the Wikimedia collection leave out headings and many list entries that their PDFs show
(some hold only an error message), so the plain F1 is bounded by them. `shared` tells what the reader
itself gets wrong: the F1 of those of our paragraphs that the twin has too, against the whole twin.
"""

import statistics
from dataclasses import dataclass
from pathlib import Path

from benchmarks.extraction.measure import Agreement, agreement, shared
from corpus.errors import ExtractError
from ingest.extract import extract


@dataclass(frozen=True)
class Twins:
    """The medians of all pairs, and the worst of them by name, with what was wrong if there is no text at all."""

    documents: int
    plain: Agreement
    shared: float
    worst: list[tuple[str, float, str]]


def twins(folder: Path, most: int = 5) -> Twins | None:
    """The figures of all twins under `folder` (pdf/NAME.pdf and txt/NAME.txt); None if there are none."""
    pairs = [(pdf, folder / "txt" / f"{pdf.stem}.txt") for pdf in sorted((folder / "pdf").glob("*.pdf"))]
    read = [(pdf.stem, *_read(pdf), txt.read_text("utf-8", errors="replace")) for pdf, txt in pairs if txt.exists()]
    if not read:
        return None
    scores = [agreement(text, twin) for _, text, _, twin in read]
    worst = sorted((score.f1, name, error) for score, (name, _, error, _) in zip(scores, read, strict=True))
    return Twins(
        documents=len(read),
        plain=Agreement(
            statistics.median(score.precision for score in scores),
            statistics.median(score.recall for score in scores),
            statistics.median(score.f1 for score in scores),
        ),
        shared=statistics.median(agreement(shared(text, twin), twin).f1 for _, text, _, twin in read),
        worst=[(name, f1, error) for f1, name, error in worst[:most]],
    )


def _read(pdf: Path) -> tuple[str, str]:
    """The text and the error, one of them empty."""
    try:
        return extract(pdf.read_bytes(), name=pdf.name).text, ""
    except ExtractError as problem:
        return "", str(problem)
