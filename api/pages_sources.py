"""The web page of the sources: how each does, in words, and what can be done about it."""

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Form, Path, Query, Request, Response
from fastapi.responses import RedirectResponse
from pydantic import ValidationError

from api.access import needs, the_person
from api.depends import Jobs, Parts
from api.forms import NOTHING
from api.mistakes import in_words
from api.problems import STATUS
from api.refreshing import health, subscribe
from api.rendering import page
from api.schemas_sources import NewSource
from api.wiring import Lessonry
from corpus.errors import LessonryError, SourceError
from corpus.types import KINDS

router = APIRouter(prefix="/sources")

SCHEDULES = ("hourly", "daily", "weekly")
_UNITS = (("week", 7 * 86_400), ("day", 86_400), ("hour", 3_600), ("minute", 60))
_COUNTED = (("added", "new"), ("changed", "changed"), ("gone", "gone"), ("skipped", "skipped"), ("failed", "failed"))

Words = Annotated[str, Form(max_length=4000)]
SourceId = Annotated[str, Path(max_length=64)]


@router.get("", dependencies=[needs("read")])
def sources(request: Request, parts: Parts, removed: Annotated[str, Query(max_length=64)] = "") -> Response:
    """All sources, and a form for another; what was just removed can be brought back."""
    return _page(request, parts, removed=removed)


@router.post("", dependencies=[needs("ingest")])
def add(request: Request, parts: Parts, address: Words = "", every: Words = "", kind: Words = "") -> Response:
    """Follow a source."""
    given = {"address": address.strip(), "every": every, "kind": kind}
    try:
        new = NewSource.model_validate({name: value for name, value in given.items() if value})
        subscribe(parts, new.address, new.every, {"kind": new.kind})
    except ValidationError as error:
        if error.errors()[0]["loc"] == ("address",):
            wrong = "give a whole address that begins with http:// or https://"
            return _page(request, parts, status=422, error=wrong, given=given)
        return _page(request, parts, status=422, refused=in_words(error), given=given)
    except SourceError as error:
        return _page(request, parts, status=STATUS[SourceError], refused=str(error), given=given)
    except LessonryError as error:
        return _page(request, parts, status=STATUS[type(error)], error=str(error), given=given)
    return RedirectResponse("/sources", 303)


@router.post("/{source_id}/pause", dependencies=[needs("ingest")])
def pause(parts: Parts, source_id: SourceId) -> Response:
    """Stop refreshing."""
    parts.corpus.subscriptions.pause(source_id, paused=True)
    return RedirectResponse("/sources", 303)


@router.post("/{source_id}/resume", dependencies=[needs("ingest")])
def resume(parts: Parts, source_id: SourceId) -> Response:
    """Take refreshing up again."""
    parts.corpus.subscriptions.pause(source_id, paused=False)
    return RedirectResponse("/sources", 303)


@router.post("/{source_id}/refresh", dependencies=[needs("ingest")])
def refresh(parts: Parts, jobs: Jobs, source_id: SourceId) -> Response:
    """Refresh now, and show how it goes."""
    return RedirectResponse(f"/jobs/{jobs.refresh(parts.corpus.subscriptions.get(source_id)).id}", 303)


@router.post("/{source_id}/remove", dependencies=[needs("ingest")])
def remove(parts: Parts, source_id: SourceId) -> Response:
    """Forget a source; the page that follows can undo it."""
    removed = parts.corpus.subscriptions.remove(source_id)
    return RedirectResponse(f"/sources?removed={removed.id}", 303)


@router.post("/{source_id}/restore", dependencies=[needs("ingest")])
def restore(parts: Parts, source_id: SourceId) -> Response:
    """Undo a removal."""
    parts.corpus.subscriptions.bring_back(source_id)
    return RedirectResponse("/sources", 303)


def span(seconds: int) -> str:
    """How often, in words: every day, every 6 hours."""
    for name, size in _UNITS:
        if seconds % size == 0:
            many = seconds // size
            return f"every {name}" if many == 1 else f"every {many} {name}s"
    return f"every {seconds} seconds"


def standing(told: Mapping[str, Any]) -> tuple[str, str]:
    """How a source does, in a word or two, and how good that is."""
    if told["paused"]:
        return "paused", ""
    if told["failures"]:
        return ("failed" if told["failures"] == 1 else f"failed {told['failures']} times in a row"), "bad"
    return ("well", "good") if told["last_success"] else ("not refreshed yet", "warn")


def brought(told: Mapping[str, Any]) -> str:
    """What the latest refresh found, in words."""
    counts = ", ".join(f"{told[name]:,} {word}" for name, word in _COUNTED if told[name])
    return f"{told['seen']:,} seen: {counts or 'nothing new'}"


def _page(
    request: Request, parts: Lessonry, *, status: int = 200, error: str = "", given: Mapping[str, str] = NOTHING,
    removed: str = "", refused: str = "",
) -> Response:  # fmt: skip
    told = [health(parts, one) for one in parts.corpus.subscriptions.all()]
    shown = [
        {**one, "standing": standing(one), "span": span(one["every_seconds"]), "brought": brought(one)} for one in told
    ]
    return page(
        request, "sources.html", status=status, sources=shown, error=error, given=given, removed=removed, kinds=KINDS,
        refused=refused, schedules=SCHEDULES, writable="ingest" in the_person(request).scopes,
    )  # fmt: skip
