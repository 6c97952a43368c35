"""How good is the ranking? Judged queries in, nDCG, recall and reciprocal rank out.

The measures are those of trec_eval, by ir-measures. A set is a BEIR folder: corpus.jsonl,
queries.jsonl, qrels.tsv (or qrels/test.tsv).
"""

import csv
import json
import statistics
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from corpus.errors import SourceError

Qrels = dict[str, dict[str, int]]
"""query id -> document id -> grade (0: judged, not relevant)."""
Run = dict[str, list[tuple[str, float]]]
"""query id -> (document id, score), best first."""

MEASURES = ("ndcg@10", "recall@10", "recall@100", "mrr@10")
PerQuery = dict[str, dict[str, float]]
"""measure -> query id -> value, for every judged query."""

_DRAWS = 5_000
_CONFIDENCE = 0.95


@dataclass(frozen=True, slots=True)
class JudgedSet:
    """Documents, queries and judgements."""

    documents: list[dict[str, str]]
    queries: dict[str, str]
    qrels: Qrels

    @property
    def missing(self) -> int:
        """How many documents are judged relevant and are not there: nothing can find them."""
        there = {row["id"] for row in self.documents}
        relevant = {key for grades in self.qrels.values() for key, grade in grades.items() if grade > 0}
        return len(relevant - there)


def read_beir(folder: Path) -> JudgedSet:
    """Read a BEIR folder; SourceError names the file that is missing or the line that is not right."""
    queries = {str(row["_id"]): str(row["text"]) for row in _jsonl(folder / "queries.jsonl", "text")}
    qrels_file = folder / "qrels.tsv"
    if not qrels_file.exists() and (folder / "qrels" / "test.tsv").exists():
        qrels_file = folder / "qrels" / "test.tsv"
    documents = {
        key: {"id": key, "title": str(row.get("title") or ""), "text": str(row.get("text") or "")}
        for row in _jsonl(folder / "corpus.jsonl")
        for key in [str(row["_id"])]
    }
    if not documents:
        raise SourceError(str(folder / "corpus.jsonl"), "there is no document in it")
    qrels = _qrels(qrels_file)
    if not qrels:
        raise SourceError(str(qrels_file), "it judges nothing")
    if unknown := sorted(qrels.keys() - queries.keys()):
        raise SourceError(str(qrels_file), f"it judges the query {unknown[0]!r}, which queries.jsonl does not have")
    return JudgedSet(list(documents.values()), queries, qrels)


def _jsonl(path: Path, *needed: str) -> Iterator[dict[str, object]]:
    number = 0
    try:
        with path.open("rb") as file:
            for number, line in enumerate(file, 1):
                if text := line.decode("utf-8-sig").strip():
                    row = json.loads(text)
                    for name in ("_id", *needed):
                        said = row.get(name) if isinstance(row, dict) else None
                        if said is None or not str(said).strip():
                            raise SourceError(str(path), f"line {number} has no {name}")
                    yield row
    except OSError as error:
        wanted = "corpus.jsonl, queries.jsonl and qrels.tsv"
        raise SourceError(str(path), f"there is no such file; a judged set has {wanted}") from error
    except ValueError as error:
        raise SourceError(str(path), f"line {number} is not JSON in UTF-8") from error


def _qrels(path: Path) -> Qrels:
    qrels: Qrels = {}
    number = 0
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            for number, row in enumerate(csv.reader(file, delimiter="\t"), 1):
                if len(row) < 3 or (number == 1 and not row[-1].lstrip("-").isdigit()):
                    continue
                qrels.setdefault(row[0], {})[row[-2]] = int(row[-1])
    except OSError as error:
        raise SourceError(str(path), "there is no such file") from error
    except ValueError as error:
        raise SourceError(str(path), f"line {max(number, 1)} has no grade") from error
    return qrels


def per_query(qrels: Qrels, run: Run) -> PerQuery:
    """Each of MEASURES for each judged query; a query without results has 0."""
    import ir_measures
    from ir_measures import RR, R, nDCG

    names = dict(zip((nDCG @ 10, R @ 10, R @ 100, RR @ 10), MEASURES, strict=True))
    judged = [ir_measures.Qrel(q, d, grade) for q, grades in qrels.items() for d, grade in grades.items()]
    # trec_eval orders by score and knows no ties by id: ranks are handed over as scores.
    ranked = [
        ir_measures.ScoredDoc(q, d, float(len(found) - rank))
        for q, found in run.items()
        for rank, (d, _) in enumerate(found)
    ]
    values: PerQuery = {name: dict.fromkeys(qrels, 0.0) for name in MEASURES}
    for one in ir_measures.iter_calc(list(names), judged, ranked):
        if one.query_id in qrels:
            values[names[one.measure]][one.query_id] = float(one.value)
    return values


def measure(qrels: Qrels, run: Run) -> dict[str, float]:
    """The mean of each of MEASURES over the judged queries."""
    return means(per_query(qrels, run))


def means(values: PerQuery) -> dict[str, float]:
    """The mean of each measure."""
    return {name: round(statistics.fmean(found.values()), 4) for name, found in values.items()}


def interval(values: Sequence[float]) -> tuple[float, float]:
    """The 95 % confidence interval of the mean, by bootstrap over the queries; the same each time."""
    chosen = np.random.default_rng(0).integers(len(values), size=(_DRAWS, len(values)))
    drawn = np.asarray(values, dtype=np.float64)[chosen].mean(axis=1)
    low, high = np.quantile(drawn, [(1 - _CONFIDENCE) / 2, (1 + _CONFIDENCE) / 2])
    return round(float(low), 4), round(float(high), 4)


@dataclass(frozen=True, slots=True)
class Difference:
    """B minus A over the same queries: the mean, its 95 % interval, and how many queries B is better or worse for."""

    mean: float
    low: float
    high: float
    better: int
    worse: int
    queries: int


def difference(a: Mapping[str, float], b: Mapping[str, float]) -> Difference:
    """Paired: each query is compared with itself. ValueError if the queries are not the same ones."""
    if a.keys() != b.keys():
        raise ValueError(f"{len(a.keys() ^ b.keys())} queries are judged on one side only")
    gains = [b[query] - a[query] for query in a]
    low, high = interval(gains)
    better, worse = sum(gain > 0 for gain in gains), sum(gain < 0 for gain in gains)
    return Difference(round(statistics.fmean(gains), 4), low, high, better, worse, len(gains))


def run_queries(
    judged: JudgedSet, ask: Callable[[str, int], Sequence[tuple[str, float]]], depth: int = 100
) -> tuple[Run, list[float]]:
    """Ask every judged query for `depth` documents; the run and the milliseconds each query took.

    A query whose id is a document's id is not answered by itself unless the judgements say so.
    """
    run: Run = {}
    milliseconds = []
    for query_id in judged.qrels:
        start = time.perf_counter()
        found = ask(judged.queries[query_id], depth + 1)
        milliseconds.append((time.perf_counter() - start) * 1000)
        own = query_id not in judged.qrels[query_id]
        run[query_id] = [pair for pair in found if not (own and pair[0] == query_id)][:depth]
    return run, milliseconds


def times(milliseconds: Sequence[float]) -> dict[str, float]:
    """The median and the 99th percentile of the time a query took."""
    ordered = sorted(milliseconds)
    return {
        "p50_ms": round(statistics.median(ordered), 2),
        "p99_ms": round(ordered[min(len(ordered) - 1, int(len(ordered) * 0.99))], 2),
    }
