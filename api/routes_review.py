"""Living collections under /v1: what they look out for, and the documents that wait for a curator's word."""

from typing import Annotated

from fastapi import APIRouter, Query, Response

from api import cursors
from api.access import Who, needs
from api.depends import DocumentId, Parts, Slug
from api.schemas_collections import (
    CandidateShape,
    CollectionShape,
    Decided,
    LivingShape,
    Looked,
    ReviewPage,
    Verdict,
)
from api.versions import IfMatch, tagged
from api.wiring import Lessonry
from corpus.collection_state import Edit, unliving
from corpus.collection_state import living as looking_out

router = APIRouter(prefix="/v1")

Cursor = Annotated[str | None, Query(max_length=500)]
Limit = Annotated[int, Query(ge=1, le=100)]
READ, CURATE = [needs("read")], [needs("curate")]


@router.get("/review", dependencies=READ)
def list_all(parts: Parts, cursor: Cursor = None, limit: Limit = 50) -> ReviewPage:
    """What waits for the curators of all living collections."""
    return _page(parts, None, cursor, limit)


@router.put("/collections/{slug}/living", dependencies=CURATE)
def set_living(
    parts: Parts, person: Who, response: Response, slug: Slug, living: LivingShape, version: IfMatch
) -> CollectionShape:
    """Let a collection look out for what a search finds, and for what is like its items and examples."""
    return _changed(parts, person, response, slug, looking_out(living.living()), version)


@router.delete("/collections/{slug}/living", dependencies=CURATE)
def end_living(parts: Parts, person: Who, response: Response, slug: Slug, version: IfMatch) -> CollectionShape:
    """Let it look out for nothing any more; its items stay."""
    return _changed(parts, person, response, slug, unliving, version)


@router.get("/collections/{slug}/review", dependencies=READ)
def list_review(parts: Parts, slug: Slug, cursor: Cursor = None, limit: Limit = 50) -> ReviewPage:
    """What waits for the curators of a collection, with the reasons."""
    parts.corpus.collections.get(slug)
    return _page(parts, slug, cursor, limit)


@router.post("/collections/{slug}/review", dependencies=CURATE)
def look_now(parts: Parts, slug: Slug) -> Looked:
    """Look for new matches now; a server does so by itself when documents have come in."""
    found = parts.living.look(slug)
    return Looked(found=found, waiting=parts.corpus.reviews.count(slug))


@router.post("/collections/{slug}/review/{document_id}", dependencies=CURATE)
def decide(parts: Parts, person: Who, slug: Slug, document_id: DocumentId, said: Verdict, version: IfMatch) -> Decided:
    """Accept a document, with the reason as its note if none is given; or refuse it, and it does not come back."""
    parts.living.decide(
        slug, document_id, said.verdict, note=said.note, section=said.section, who=person.name, version=version
    )
    return Decided(document_id=document_id, verdict=said.verdict, waiting=parts.corpus.reviews.count(slug))


def _page(parts: Lessonry, slug: str | None, cursor: str | None, limit: int) -> ReviewPage:
    question = cursors.fingerprint("review", slug)
    offset = cursors.offset(cursor, question)
    found = parts.corpus.reviews.waiting(slug, limit=limit + 1, offset=offset)
    more = cursors.encode(offset + limit, question) if len(found) > limit else None
    items = [CandidateShape.of(one, parts.living.draft_note(one)) for one in found[:limit]]
    return ReviewPage(items=items, next=more)


def _changed(
    parts: Lessonry, person: Who, response: Response, slug: str, edit: Edit, version: int | None
) -> CollectionShape:
    found = parts.corpus.collections.change(slug, edit, who=person.name, version=version)
    tagged(response, found.version)
    return CollectionShape.of(found)
