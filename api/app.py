"""The web application: JSON interface, web pages, health, and what stands before them."""

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from fastapi import FastAPI, Response
from fastapi.staticfiles import StaticFiles
from limits.strategies import MovingWindowRateLimiter

from api import (
    pages,
    pages_tools,
    problems,
    routes,
    routes_agents,
    routes_alerts,
    routes_checkpoints,
    routes_collections,
    routes_exports,
    routes_feedback,
    routes_lessons,
    routes_opensearch,
    routes_pack,
    routes_patterns,
    routes_people,
    routes_review,
    routes_sources,
)
from api.access import needs
from api.backups import Backups
from api.duty import Duty
from api.guard import Guard
from api.jobs import Worker
from api.load import Tries
from api.metrics import Metrics
from api.packs import Packs
from api.posting import Recent
from api.readiness import readiness
from api.settings import VERSION
from api.watching import Watch
from api.wiring import Lessonry

_STATIC = Path(__file__).with_name("static")
_ROUTERS = (
    routes.router,
    routes_agents.router,
    routes_alerts.router,
    routes_checkpoints.router,
    routes_opensearch.router,
    routes_lessons.router,
    routes_feedback.router,
    routes_exports.router,  # before the collections, whose slugs end where a suffix begins
    routes_collections.router,
    routes_review.router,
    routes_people.router,
    routes_patterns.router,
    routes_sources.router,
    routes_pack.router,
    pages.router,
)

log = logging.getLogger(__name__)


def create_app(lessonry: Lessonry, *, one_of_many: bool = False) -> FastAPI:
    """An app over one home. It starts and stops what goes on in the background; the parts are closed by who made them.

    `one_of_many`: it is all that its process does, beside others that serve this home. It closes the parts.
    """
    lessonry.prepare()
    worker, backups = Worker(lessonry), Backups(lessonry)
    metrics = Metrics(lessonry, backups, together=one_of_many)
    duty = Duty(lessonry, [worker, backups])

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        duty.start()
        try:
            async with routes_agents.answering(app, lessonry):
                yield
        finally:
            duty.stop()
            if one_of_many:
                lessonry.close()

    app = FastAPI(
        title="Lessonry",
        version=VERSION,
        description="Search and recommendation for what organisations have already learned.",
        lifespan=lifespan,
        docs_url=None,  # FastAPI's page loads scripts from another site; ours is in `pages`
        redoc_url=None,
        responses=problems.ANSWERS,
    )
    app.state.lessonry = lessonry
    app.state.worker = worker
    app.state.told_alerts = Recent()
    app.state.packs = {"members": Packs(lessonry), "public": Packs(lessonry.public, "public")}
    app.state.overviews = {}
    app.state.sign_ins = MovingWindowRateLimiter(Tries())
    app.add_middleware(
        Guard,
        accounts=lessonry.corpus.accounts,
        settings=lessonry.settings,
    )
    app.add_middleware(Watch, seen=metrics.seen, log_requests=lessonry.settings.log_requests)
    problems.install(app)
    for router in _ROUTERS:
        app.include_router(router)
    app.include_router(pages_tools.router, include_in_schema=False)
    _add_health(app, lessonry, metrics)
    app.mount("/static", StaticFiles(directory=_STATIC), name="static")
    return app


def _add_health(app: FastAPI, lessonry: Lessonry, metrics: Metrics) -> None:
    @app.get("/healthz")
    def healthz() -> dict[str, str]:
        """The process is alive."""
        return {"status": "ok"}

    @app.get("/readyz")
    def readyz(response: Response) -> dict[str, Any]:
        """Should requests be sent here? 503 and the reasons if not; what is missing from answers if they should."""
        told = readiness(lessonry)
        response.status_code = 503 if told["why"] else 200
        return told

    @app.get("/metrics", include_in_schema=False, dependencies=[needs("read")])
    def prometheus() -> Response:
        """See `api.metrics`."""
        return Response(metrics.text(), media_type="text/plain; version=0.0.4; charset=utf-8")
