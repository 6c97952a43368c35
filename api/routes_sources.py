"""/v1: sources that are refreshed by themselves."""

from typing import Annotated, Any

from fastapi import APIRouter, Path, Response

from api.access import needs
from api.depends import Jobs, Parts
from api.refreshing import health, seconds_of, subscribe
from api.schemas import JobAnswer, JobShape
from api.schemas_sources import NewSource, SourceEdit

router = APIRouter(prefix="/v1")

SourceId = Annotated[str, Path(max_length=64)]


@router.get("/sources", dependencies=[needs("read")])
def list_sources(parts: Parts) -> dict[str, Any]:
    """The sources that are refreshed, and how they do, by address."""
    return {"items": [health(parts, one) for one in parts.corpus.subscriptions.all()], "next": None}


@router.post("/sources", status_code=201, dependencies=[needs("ingest")])
def add_source(parts: Parts, response: Response, new: NewSource) -> dict[str, Any]:
    """Remember a source, or change how a known one is taken in; the server refreshes it soon."""
    told = new.model_dump(include={"kind", "collection", "tags", "visibility"})
    added = subscribe(parts, new.address, new.every, told)
    response.headers["Location"] = f"/v1/sources/{added.id}"
    return health(parts, added)


@router.get("/sources/{source_id}", dependencies=[needs("read")])
def get_source(parts: Parts, source_id: SourceId) -> dict[str, Any]:
    """A source and how it does."""
    return health(parts, parts.corpus.subscriptions.get(source_id))


@router.patch("/sources/{source_id}", dependencies=[needs("ingest")])
def edit_source(parts: Parts, source_id: SourceId, edit: SourceEdit) -> dict[str, Any]:
    """Pause or resume a source, or refresh it more or less often."""
    subscriptions = parts.corpus.subscriptions
    found = subscriptions.get(source_id)
    if edit.every is not None:
        found = subscriptions.reschedule(found.id, every=seconds_of(edit.every))
    if edit.paused is not None:
        found = subscriptions.pause(found.id, paused=edit.paused)
    return health(parts, found)


@router.delete("/sources/{source_id}", status_code=204, dependencies=[needs("ingest")])
def remove_source(parts: Parts, source_id: SourceId) -> None:
    """Forget a source. Its documents stay."""
    parts.corpus.subscriptions.remove(source_id)


@router.post("/sources/{source_id}/refresh", status_code=202, dependencies=[needs("ingest")])
def refresh_source(parts: Parts, jobs: Jobs, response: Response, source_id: SourceId) -> JobAnswer:
    """Refresh a source now, as a job that survives a restart; the one that waits already, if one does."""
    job = jobs.refresh(parts.corpus.subscriptions.get(source_id))
    response.headers["Location"] = f"/v1/jobs/{job.id}"
    return JobAnswer(job=JobShape.of(job))
