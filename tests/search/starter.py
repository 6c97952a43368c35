"""The starter corpus, asked all its judged queries with the real model: what the gate measures."""

import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from api.settings import load
from api.wiring import Lessonry
from corpus.bundle import read_bundle
from search.quality import Qrels, Run, measure
from search.types import MODES, Mode, Query

FOLDER = Path(__file__).parents[2] / "corpus" / "starter"
FLOORS = Path(__file__).with_name("starter_floors.json")
EPSILON = 0.005

Figures = dict[str, float]
"""E.g. "hybrid ndcg@10" -> 0.8."""


@dataclass(frozen=True)
class Judged:
    """Queries with the grades of documents, named by their files."""

    queries: dict[str, str]
    qrels: Qrels


def judged() -> Judged:
    rows = [json.loads(line) for line in (FOLDER / "judgements.jsonl").read_text().splitlines()]
    return Judged({row["id"]: row["query"] for row in rows}, {row["id"]: row["relevant"] for row in rows})


def digest() -> str:
    """Of all documents and judgements: figures of another corpus are not comparable."""
    found = hashlib.sha256()
    for path in [*sorted((FOLDER / "documents").glob("*.md")), FOLDER / "judgements.jsonl"]:
        found.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return found.hexdigest()


@contextmanager
def opened(home: Path) -> Iterator[tuple[Lessonry, dict[str, str]]]:
    """A home with the starter corpus in it, and the file of each document id."""
    with Lessonry(load(home=home)) as lessonry:
        read_bundle(lessonry.corpus, FOLDER, lessonry.split)
        lessonry.indexer.catch_up()
        files = {one.id: Path(one.source).stem for one in lessonry.corpus.documents.page(limit=1000)}
        files.update(_files_by_url(lessonry))
        yield lessonry, files


def _files_by_url(lessonry: Lessonry) -> dict[str, str]:
    """A document with an address is known by it, not by its file."""
    from corpus.frontmatter import parse

    found = {}
    for path in (FOLDER / "documents").glob("*.md"):
        if url := parse(path.read_text())[0].get("url"):
            found[lessonry.corpus.documents.find(str(url)).id] = path.stem
    return found


def answers(lessonry: Lessonry, files: dict[str, str], query: str, mode: Mode = "hybrid", limit: int = 10) -> list[str]:
    return [files[hit.document.id] for hit in lessonry.searcher.search(Query(text=query, mode=mode, limit=limit)).hits]


def figures(lessonry: Lessonry, files: dict[str, str]) -> Figures:
    asked = judged()
    found: Figures = {}
    for mode in MODES:
        run: Run = {
            i: [(name, -float(place)) for place, name in enumerate(answers(lessonry, files, query, mode))]
            for i, query in asked.queries.items()
        }
        found[f"{mode} ndcg@10"] = measure(asked.qrels, run)["ndcg@10"]
        found[f"{mode} recall@5"] = round(recall(asked.qrels, run, 5), 4)
    return found


def recall(qrels: Qrels, run: Run, depth: int) -> float:
    """The mean share of the relevant documents that stand among the first `depth`."""
    shares = []
    for query, grades in qrels.items():
        relevant = {document for document, grade in grades.items() if grade > 0}
        shares.append(len(relevant & {document for document, _ in run[query][:depth]}) / len(relevant))
    return sum(shares) / len(shares)


def shortfalls(measured: Figures, kept: dict[str, object]) -> list[str]:
    """Which figures lie below their floor, one line each."""
    floors, epsilon = dict(kept["floors"]), float(kept["epsilon"])  # type: ignore[call-overload, arg-type]
    lines = [
        f"{name}: {measured.get(name, 0):.4f} < {floor:.4f}"
        for name, floor in floors.items()
        if measured.get(name, 0) < floor - epsilon
    ]
    return lines


def read_floors() -> dict[str, object]:
    kept: dict[str, object] = json.loads(FLOORS.read_text())
    return kept
