"""What Prometheus reads at /metrics: requests by route, how far the index is behind, how much there is."""

import time

from prometheus_client import CollectorRegistry, Gauge, Histogram, generate_latest
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.wiring import Lessonry


class Metrics:
    """The measures of one app; they share nothing with another app in the same process."""

    def __init__(self, lessonry: Lessonry) -> None:
        self._lessonry = lessonry
        self._registry = CollectorRegistry()
        self._seconds = Histogram(
            "lessonry_request_duration_seconds",
            "Time to answer, by route template.",
            ["method", "route", "status"],
            registry=self._registry,
        )
        self._documents = Gauge("lessonry_documents", "Documents in the store.", registry=self._registry)
        self._vectors = Gauge("lessonry_index_vectors", "Passages in the vector index.", registry=self._registry)
        self._pending = Gauge("lessonry_index_pending", "Passages without a vector yet.", registry=self._registry)
        self._lag = Gauge("lessonry_index_lag", "Revisions the index is behind.", registry=self._registry)

    def seen(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count one answered request."""
        self._seconds.labels(method, route, str(status)).observe(seconds)

    def text(self) -> bytes:
        """The measures in Prometheus' text format."""
        indexer = self._lessonry.indexer
        self._documents.set(self._lessonry.corpus.documents.count())
        self._vectors.set(indexer.index.manifest.count)
        self._pending.set(indexer.pending)
        self._lag.set(indexer.lag)
        return generate_latest(self._registry)


class Measure:
    """ASGI middleware that times every request under its route template, never under its address."""

    def __init__(self, app: ASGIApp, *, metrics: Metrics) -> None:
        self._app = app
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        start = time.perf_counter()
        status = 500

        async def noted(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, noted)
        finally:
            route = getattr(scope.get("route"), "path", "none")
            self._metrics.seen(scope["method"], route, status, time.perf_counter() - start)
