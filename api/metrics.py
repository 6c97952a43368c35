"""What Prometheus reads at /metrics: requests by route, the index, jobs, fetches, silence, backups."""

from collections.abc import Iterator

from prometheus_client import CollectorRegistry, Histogram, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from api.backups import Backups
from api.wiring import Lessonry


class Metrics:
    """The measures of one app; they share nothing with another app in the same process.

    `together`: requests are counted together with those of the processes that serve beside this one.
    """

    def __init__(self, lessonry: Lessonry, backups: Backups, *, together: bool = False) -> None:
        self._registry = CollectorRegistry()
        self._registry.register(_State(lessonry, backups))
        if together:
            MultiProcessCollector(self._registry)  # type: ignore[no-untyped-call]
        self._seconds = Histogram(
            "lessonry_request_duration_seconds",
            "Time to answer, by route template.",
            ["method", "route", "status"],
            registry=None if together else self._registry,
        )

    def seen(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count one answered request."""
        self._seconds.labels(method, route, str(status)).observe(seconds)

    def text(self) -> bytes:
        """The measures in Prometheus' text format."""
        return generate_latest(self._registry)


class _State(Collector):
    """What is read from the parts when it is asked for."""

    def __init__(self, lessonry: Lessonry, backups: Backups) -> None:
        self._lessonry = lessonry
        self._backups = backups

    def describe(self) -> list[Metric]:
        """Nothing: a registry that asks should not open the index for it."""
        return []

    def collect(self) -> Iterator[Metric]:
        """See Collector."""
        corpus, indexer = self._lessonry.corpus, self._lessonry.indexer
        yield _gauge("documents", "Documents in the store.", corpus.documents.count())
        yield _gauge("index_vectors", "Passages in the vector index.", indexer.index.manifest.count)
        yield _gauge("index_pending", "Passages without a vector yet.", indexer.pending)
        yield _gauge("index_lag", "Revisions the index is behind.", indexer.lag)
        yield _gauge("index_generation", "Generation of the index on disk, 0 for none.", indexer.index.generation)
        jobs = GaugeMetricFamily("lessonry_jobs", "Jobs by how they stand.", labels=["status"])
        for status, count in corpus.jobs.counts().items():
            jobs.add_metric([status], count)
        yield jobs
        yield _counter("fetches", "Addresses fetched.", "outcome", self._lessonry.fetcher.outcomes.counts())
        yield _counter(
            "related", "Pages that lessons were looked for; silent: none came near enough.", "answer", self._answers()
        )
        yield _gauge("backup_age_seconds", "Time since the last scheduled backup.", self._backups.age())

    def _answers(self) -> dict[str, int]:
        """Those to members and to strangers together."""
        ours, theirs = self._lessonry.related.answers.counts(), self._lessonry.public.related.answers.counts()
        return {answer: count + theirs[answer] for answer, count in ours.items()}


def _gauge(name: str, what: str, value: float | None) -> Metric:
    """A gauge; one without a value is only described."""
    gauge = GaugeMetricFamily(f"lessonry_{name}", what)
    if value is not None:
        gauge.add_metric([], value)
    return gauge


def _counter(name: str, what: str, label: str, counts: dict[str, int]) -> Metric:
    counter = CounterMetricFamily(f"lessonry_{name}", what, labels=[label])
    for value, count in counts.items():
        counter.add_metric([value], count)
    return counter
