"""Another model without an outage: its index is made beside the one in use, and both are asked before it takes over."""

import statistics
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from api.evaluation import FEWEST, evaluate_feedback, judged_by_readers
from api.settings import Settings, SettingsError, keep_model
from api.wiring import Lessonry
from search.indexer import Progress
from search.quality import Difference, difference
from search.types import Query

_QUERIES = 200
"""Asked of both models: what readers judged, and titles of documents."""
_TOLD = 5
"""Queries told by name whose answers differ most."""


@dataclass(frozen=True, slots=True)
class Differs:
    """A query, how many of its first ten documents both models agree on, and which each puts first."""

    query: str
    agreed: int
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class Judged:
    """nDCG@10 by what readers of this home judged."""

    before: float
    after: float
    difference: Difference


@dataclass(frozen=True, slots=True)
class Report:
    """What another model would change.

    `agreed` is the mean share of the first ten documents of a query that stay among them (1 where neither finds
    any), `same_first` the share of queries whose first document stays the first. `judged` is None if too few queries
    were judged by readers.
    """

    before: str
    after: str
    passages: int
    queries: int
    agreed: float
    same_first: float
    differ_most: list[Differs]
    judged: Judged | None


@contextmanager
def beside(settings: Settings, model: str) -> Iterator[Lessonry]:
    """The same home with another model."""
    with Lessonry(settings.model_copy(update={"model": model})) as lessonry:
        yield lessonry


def prepare(lessonry: Lessonry, progress: Progress | None = None) -> int:
    """Encode what is not encoded yet and write the index; how many passages it holds. What is served goes on."""
    lessonry.fetch_model()
    lessonry.indexer.catch_up(progress=progress)
    if lessonry.indexer.index.tail_size:
        lessonry.indexer.index.compact()
    return lessonry.indexer.index.manifest.count


def is_ready(lessonry: Lessonry) -> bool:
    """Is the index on disk there, but for what came since?"""
    lessonry.indexer.catch_up(encode_at_most=0)
    return lessonry.indexer.index.base_size > 0 or lessonry.corpus.changes.passage_count() == 0


def compare(now: Lessonry, then: Lessonry) -> Report:
    """Ask both models the same."""
    for one in (now, then):
        one.indexer.catch_up()
    queries = _queries(now)
    pairs = [(query, _first_ten(now, query), _first_ten(then, query)) for query in queries]
    shares = [_agreed(before, after) for _, before, after in pairs]
    differ = sorted(zip(shares, pairs, strict=True), key=lambda one: (one[0], one[1][0]))[:_TOLD]
    return Report(
        before=now.settings.model,
        after=then.settings.model,
        passages=then.indexer.index.manifest.count,
        queries=len(queries),
        agreed=round(statistics.fmean(shares), 3) if shares else 1.0,
        same_first=round(statistics.fmean(a[:1] == b[:1] for _, a, b in pairs), 3) if pairs else 1.0,
        differ_most=[_differs(now, *pair) for share, pair in differ if share < 1],
        judged=_judged(now, then),
    )


def _queries(lessonry: Lessonry) -> list[str]:
    judged = list(judged_by_readers(lessonry.corpus.feedback.judgements()))[: _QUERIES // 2]
    sample = [document_id for _, document_id, _ in lessonry.corpus.changes.sample(4 * _QUERIES)]
    documents = lessonry.corpus.documents.get_many(list(dict.fromkeys(sample))[: _QUERIES - len(judged)])
    return list(dict.fromkeys([*judged, *(one.title for one in documents.values())]))


def _first_ten(lessonry: Lessonry, query: str) -> list[str]:
    found = lessonry.searcher.rank(Query(text=query)).documents
    return [one.document_id for one in found[:10]]


def _agreed(before: Sequence[str], after: Sequence[str]) -> float:
    return len({*before} & {*after}) / max(len(before), len(after), 1) if before or after else 1.0


def _differs(lessonry: Lessonry, query: str, before: Sequence[str], after: Sequence[str]) -> Differs:
    titles = {i: one.title for i, one in lessonry.corpus.documents.get_many([*before[:1], *after[:1]]).items()}
    firsts = [titles.get(found[0]) if found else None for found in (before, after)]
    return Differs(query, len({*before} & {*after}), *firsts)


def _judged(now: Lessonry, then: Lessonry) -> Judged | None:
    if len(judged_by_readers(now.corpus.feedback.judgements())) < FEWEST:
        return None
    before, after = (evaluate_feedback(one, ["hybrid"])["per_query"]["hybrid"] for one in (now, then))
    means = [round(statistics.fmean(values.values()), 4) for values in (before, after)]
    return Judged(means[0], means[1], difference(before, after))


def take_over(settings: Settings, model: str) -> str:
    """Use this model from the next start on; the name of the one before. SettingsError if it is not ready."""
    with beside(settings, model) as lessonry:
        if not is_ready(lessonry):
            raise SettingsError(f"there is no index for {model} yet: run `lessonry model try {model}` first")
    keep_model(settings, model)
    return settings.model
