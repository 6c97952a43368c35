"""The JSON interface under /v1. Thin: each route asks one thing of the parts and gives it a shape."""

import time
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Response, UploadFile
from pydantic import Field

from api import cursors, duplicates, editing
from api.access import Who, needs
from api.depends import DocumentId, Jobs, Parts, Words
from api.jobs import Worker
from api.schemas import (
    CheckAnswer,
    DocumentBrief,
    DocumentEdit,
    DocumentFull,
    DocumentPage,
    JobAnswer,
    JobShape,
    NewDocument,
    PartialDate,
    Shape,
)
from api.schemas_search import RelatedAnswer, RelatedQuestion, SearchAnswer, SuggestAnswer
from api.whole import whole
from api.wiring import Lessonry
from corpus.errors import BadQuery, NotFound
from corpus.types import Filter, Kind
from corpus.urls import canonical
from search import types as search_types
from search.types import Mode, Suggestions

router = APIRouter(prefix="/v1")

MOST_PER_PAGE = 100
_MOST_PAIRS = 500
_DEEPEST = 10_000
"""How far a search can be paged, in documents."""
_LONGEST_GAP = 1_000
"""Characters of a query that found nothing which are kept, where the setting asks for it."""


class FilterParams(Shape):
    """Which documents count; several values of one field are alternatives."""

    kind: Annotated[list[Kind], Field(default_factory=list)]
    organization: Annotated[list[Words], Field(default_factory=list)]
    tag: Annotated[list[Words], Field(default_factory=list)]
    technology: Annotated[list[Words], Field(default_factory=list)]
    collection: Words | None = None
    since: PartialDate | None = None
    until: PartialDate | None = None
    cursor: Annotated[str, Field(max_length=500)] | None = None

    def wanted(self) -> Filter:
        """As the store understands it."""
        return Filter(
            kind=tuple(self.kind), organization=tuple(self.organization), tag=tuple(self.tag),
            technology=tuple(self.technology), collection=self.collection, since=self.since, until=self.until,
        )  # fmt: skip


class SearchParams(FilterParams):
    """A search."""

    q: str
    mode: Mode = "hybrid"
    limit: Annotated[int, Field(ge=1, le=MOST_PER_PAGE)] = 10
    explain: bool = False

    def question(self) -> str:
        """What makes this search this one and no other, whichever page of it is asked for."""
        return cursors.fingerprint(self.q.strip(), self.mode, self.wanted())


class ListParams(FilterParams):
    """A list of documents."""

    limit: Annotated[int, Field(ge=1, le=MOST_PER_PAGE)] = 20


@router.get("/search", dependencies=[needs("read")])
def search(parts: Parts, params: Annotated[SearchParams, Query()]) -> SearchAnswer:
    """Search by meaning and by words."""
    start = time.perf_counter()
    wanted = params.wanted()
    question = params.question()
    offset = _offset(cursors.decode(params.cursor, question)) if params.cursor else 0
    results = parts.searcher.search(
        search_types.Query(
            text=params.q, mode=params.mode, limit=params.limit, offset=offset, wanted=wanted, explain=params.explain
        )
    )
    if parts.settings.record_empty_queries and not offset and (not results.hits or results.wordless):
        parts.corpus.gaps.note(params.q[:_LONGEST_GAP], "empty")
    seen = offset + params.limit
    more = cursors.encode(seen, question) if results.hits and seen < results.total else None
    return SearchAnswer.of(results, took_ms=_since(start), next=more)


@router.get("/suggest", dependencies=[needs("read")])
def suggest(
    parts: Parts,
    q: Annotated[str, Query(max_length=1000)],
    limit: Annotated[int, Query(ge=1, le=20)] = 8,
) -> SuggestAnswer:
    """How a query that is being typed may go on, and what was probably meant."""
    return SuggestAnswer.of(*parts.searcher.typing.suggest(q, limit))


@router.post("/related", dependencies=[needs("read")])
def related(parts: Parts, question: RelatedQuestion) -> RelatedAnswer:
    """Lessons that bear on a page. The page is not stored and not logged."""
    start = time.perf_counter()
    return RelatedAnswer.of(_related(parts, question), took_ms=_since(start))


@router.get("/documents/{document_id}/related", dependencies=[needs("read")])
def related_to_document(
    parts: Parts, document_id: DocumentId, limit: Annotated[int, Query(ge=1, le=50)] = 5
) -> RelatedAnswer:
    """Lessons that bear on a stored document."""
    start = time.perf_counter()
    return RelatedAnswer.of(parts.related.of_document(document_id, limit), took_ms=_since(start))


@router.get("/documents", dependencies=[needs("read")])
def list_documents(parts: Parts, params: Annotated[ListParams, Query()]) -> DocumentPage:
    """Documents, the latest added first."""
    wanted = params.wanted()
    if wanted.collection:
        parts.corpus.collections.get(wanted.collection)
    question = cursors.fingerprint("documents", wanted)
    after = None
    if params.cursor:
        added, document_id = cursors.texts(params.cursor, question, 2)
        after = (added, document_id)
    found = parts.corpus.documents.page(wanted, limit=params.limit + 1, after=after)
    shown = found[: params.limit]
    more = cursors.encode([shown[-1].added, shown[-1].id], question) if len(found) > params.limit else None
    return DocumentPage(items=[DocumentBrief.of(document) for document in shown], next=more)


@router.post("/documents", status_code=202, dependencies=[needs("ingest")])
def add_document(jobs: Jobs, response: Response, new: NewDocument) -> JobAnswer:
    """Take in an address or a text, as a job that survives a restart."""
    return _accepted(jobs, response, new.model_dump(exclude_none=True))


@router.post("/uploads", status_code=202, dependencies=[needs("ingest")])
async def upload(jobs: Jobs, response: Response, file: UploadFile, kind: Kind | None = None) -> JobAnswer:
    """Take in a file, as a job that survives a restart."""
    job = await jobs.take_upload(file, {"kind": kind} if kind else {})
    response.headers["Location"] = f"/v1/jobs/{job.id}"
    return JobAnswer(job=JobShape.of(job))


@router.get("/documents/{document_id}", dependencies=[needs("read")])
def get_document(parts: Parts, document_id: DocumentId) -> DocumentFull:
    """A document with its text and passages."""
    return whole(parts, parts.corpus.documents.get(document_id))


@router.patch("/documents/{document_id}", dependencies=[needs("curate")])
def edit_document(parts: Parts, person: Who, document_id: DocumentId, edit: DocumentEdit) -> DocumentFull:
    """Set fields by hand; they win over what the source says from now on. State and owner are people's alone."""
    editing.edit(parts, document_id, edit, person.name)
    return whole(parts, parts.corpus.documents.get(document_id))


@router.delete("/documents/{document_id}", status_code=204, dependencies=[needs("curate")])
def remove_document(parts: Parts, document_id: DocumentId) -> None:
    """Remove a document; it is out of the next search."""
    parts.corpus.documents.remove(document_id)


@router.get("/jobs/{job_id}", dependencies=[needs("read")])
def get_job(parts: Parts, job_id: Annotated[str, Path(max_length=64)]) -> JobShape:
    """How a job stands."""
    return JobShape.of(parts.corpus.jobs.get(job_id))


@router.get("/check", dependencies=[needs("read")])
def check(parts: Parts, url: Annotated[str, Query(min_length=1, max_length=2000)]) -> CheckAnswer:
    """Is this address known, in any of its spellings?"""
    try:
        document = parts.corpus.documents.find(url)
    except NotFound:
        document = None
    return CheckAnswer(
        url=url, canonical=canonical(url), known=document is not None,
        document=None if document is None else DocumentBrief.of(document),
    )  # fmt: skip


@router.get("/duplicates", dependencies=[needs("read")])
def list_duplicates(parts: Parts) -> dict[str, Any]:
    """What was joined, what may be copies, and reports of the same event, each with the reason."""
    return duplicates.told(parts, _MOST_PAIRS)


def _related(parts: Lessonry, question: RelatedQuestion) -> Suggestions:
    """A stored document by its own vectors; else what the page says."""
    if question.document_id is not None:
        return parts.related.of_document(question.document_id, question.limit)
    if question.url is not None:
        try:
            return parts.related.of_document(parts.corpus.documents.find(question.url).id, question.limit)
        except NotFound:
            if not (question.title or question.text):
                raise
    return parts.related.of_text(question.title or "", question.text or "", question.limit)


def _accepted(jobs: Worker, response: Response, request: dict[str, Any]) -> JobAnswer:
    job = jobs.take(request)
    response.headers["Location"] = f"/v1/jobs/{job.id}"
    return JobAnswer(job=JobShape.of(job))


def _offset(place: Any) -> int:
    if not isinstance(place, int) or not 0 <= place <= _DEEPEST:
        raise BadQuery("cursor: this is no cursor of ours; leave it out to begin at the first page")
    return place


def _since(start: float) -> float:
    return round((time.perf_counter() - start) * 1000, 2)
