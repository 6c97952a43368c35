"""`lessonry eval`: a judged set in a home of its own, or what readers judged in this one, asked in every mode."""

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from api.settings import Settings
from api.wiring import Lessonry
from corpus.errors import BadQuery
from corpus.feedback import Judgement
from corpus.types import Draft
from search.indexer import Progress
from search.quality import (
    MEASURES,
    Difference,
    JudgedSet,
    Qrels,
    difference,
    interval,
    means,
    per_query,
    read_beir,
    run_queries,
    times,
)  # fmt: skip
from search.types import MODES, Mode, Query

FEWEST = 5
"""Queries; fewer measure nothing."""


def evaluate(
    folder: Path, settings: Settings, modes: Sequence[Mode] = MODES, progress: Progress | None = None
) -> dict[str, Any]:
    """Take the set's documents in as any others, and measure the modes asked for.

    The set's home stays under `eval/` of the home, named by its documents, so that the next
    evaluation encodes nothing. SourceError says what is wrong with the folder. The report has the
    measures of each mode, their 95 % intervals, nDCG@10 of each query, and how many relevant documents are missing.
    """
    judged = read_beir(folder)
    home = settings.home / "eval" / hashlib.sha256((folder / "corpus.jsonl").read_bytes()).hexdigest()[:16]
    with Lessonry(settings.model_copy(update={"home": home})) as lessonry:
        ids = _take_in(judged, lessonry)
        lessonry.indexer.catch_up(progress=progress)
        lessonry.indexer.compact_if_worth_it()
        return {**_measured(lessonry, judged, len(judged.documents), ids, modes), "missing": judged.missing}


def evaluate_feedback(lessonry: Lessonry, modes: Sequence[Mode] = MODES) -> dict[str, Any]:
    """Measure the home itself by the verdicts of its readers that came with a query; see `evaluate` for the report.

    BadQuery if there are too few of them.
    """
    qrels = judged_by_readers(lessonry.corpus.feedback.judgements())
    if len(qrels) < FEWEST:
        raise BadQuery(
            f"readers found an answer useful for {len(qrels)} queries, {FEWEST} are needed;"
            " verdicts are given on the result page and by POST /v1/feedback with a query"
        )
    lessonry.indexer.catch_up()
    ids = {document_id: document_id for document_id in lessonry.corpus.documents.ids()}
    return _measured(lessonry, JudgedSet([], {query: query for query in qrels}, qrels), len(ids), ids, modes)


def judged_by_readers(judgements: Sequence[Judgement]) -> Qrels:
    """Verdicts as judgements: relevant is what at least as many found useful, or knew already, as did not.

    Queries without anything relevant are left out: they are content gaps.
    """
    balance: dict[str, Counter[str]] = {}
    for one in judgements:
        balance.setdefault(one.query, Counter())[one.document_id] += (
            -one.count if one.verdict == "not-useful" else one.count
        )
    qrels = {query: {key: int(counts[key] >= 0) for key in counts} for query, counts in balance.items()}
    return {query: grades for query, grades in qrels.items() if any(grades.values())}


def _measured(
    lessonry: Lessonry, judged: JudgedSet, documents: int, ids: dict[str, str], modes: Sequence[Mode]
) -> dict[str, Any]:
    """Every mode asked every query; `ids` leads from our ids to those of the judgements."""
    report: dict[str, Any] = {"documents": documents, "queries": len(judged.qrels)}
    report.update(modes={}, intervals={}, per_query={})
    for mode in modes:
        run, milliseconds = run_queries(judged, _asker(lessonry, mode, ids))
        values = per_query(judged.qrels, run)
        report["modes"][mode] = {**means(values), **times(milliseconds)}
        report["intervals"][mode] = {name: interval(list(values[name].values())) for name in MEASURES}
        report["per_query"][mode] = values[MEASURES[0]]
    return report


def compare(report: dict[str, Any], a: str, b: str) -> Difference:
    """How much better b is than a, by nDCG@10 of each query.

    Each is a mode of this report, or a file: an earlier report of the same set, of which the
    hybrid mode counts. BadQuery says what is wrong.
    """
    try:
        return difference(_values(report, a), _values(report, b))
    except ValueError as error:
        raise BadQuery(f"--compare {a} {b}: {error}") from error


def _values(report: dict[str, Any], name: str) -> dict[str, float]:
    if name in MODES:
        if name not in report["per_query"]:
            raise BadQuery(f"--compare: the mode {name} was not measured")
        return dict(report["per_query"][name])
    try:
        values = json.loads(Path(name).read_text(encoding="utf-8"))["per_query"]
        if "hybrid" not in values:
            raise BadQuery(f"--compare: {name} is a report without the hybrid mode")
        return {str(query): float(value) for query, value in values["hybrid"].items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise BadQuery(f"--compare: {name} is no mode and no report (`lessonry eval --json`)") from error


def _take_in(judged: JudgedSet, lessonry: Lessonry) -> dict[str, str]:
    """Store the documents; our id -> the set's id."""
    ids = {}
    for row in judged.documents:
        draft = Draft(identity=f"eval:{row['id']}", title=row["title"], text=row["text"], source=row["id"])
        ids[draft.id] = row["id"]
        if lessonry.corpus.documents.digest(draft.id) is None:
            passages = lessonry.split(draft.title, draft.text) or lessonry.split("", draft.title)
            lessonry.corpus.documents.put(draft, passages)
    return ids


def _asker(lessonry: Lessonry, mode: Mode, ids: dict[str, str]) -> Callable[[str, int], list[tuple[str, float]]]:
    def ask(text: str, depth: int) -> list[tuple[str, float]]:
        found = lessonry.searcher.rank(Query(text=text, mode=mode, limit=depth))
        return [(ids[one.document_id], one.score) for one in found.documents]

    return ask
