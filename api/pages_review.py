"""The web page of the review queues: what living collections may want, and why."""

from typing import Annotated, Literal
from urllib.parse import quote

from fastapi import APIRouter, Form, Query, Request, Response
from fastapi.responses import RedirectResponse

from api import cursors
from api.access import Who, needs
from api.depends import DocumentId, Parts, Slug
from api.problems import STATUS
from api.rendering import error_page, page
from corpus.errors import LessonryError, NotFound

router = APIRouter()

_PER_PAGE = 20
CURATE = [needs("curate")]
Words = Annotated[str, Form()]
Verdict = Annotated[Literal["accept", "refuse", "again"], Form()]


@router.get("/review", dependencies=[needs("read")])
def review(
    request: Request, parts: Parts, collection: Annotated[str, Query(max_length=100)] = "",
    cursor: Annotated[str | None, Query(max_length=500)] = None, refused: Annotated[str, Query(max_length=200)] = "",
    accepted: Annotated[str, Query(max_length=200)] = "",
) -> Response:  # fmt: skip
    """What waits for a curator's word, with the reasons."""
    slug = collection or None
    question = cursors.fingerprint("to review", slug)
    offset = cursors.offset(cursor, question)
    found = parts.corpus.reviews.waiting(slug, limit=_PER_PAGE + 1, offset=offset)
    waiting = found[:_PER_PAGE]
    every = {one.slug: one for one in parts.corpus.collections.all()}
    more = cursors.encode(offset + _PER_PAGE, question) if len(found) > _PER_PAGE else None
    items = [reason.item for one in waiting for reason in one.reasons if reason.item]
    done = parts.corpus.documents.get_many([one for one in (refused, accepted) if one])
    living = [one for one in every.values() if one.living]
    tabs = [(f"/review?collection={quote(one.slug)}", one.title, one.slug == slug) for one in living]
    return page(
        request, "review.html", waiting=waiting, total=parts.corpus.reviews.count(slug), collections=every,
        chosen=every.get(collection), living=living, tabs=[("/review", "All", not slug), *tabs],
        notes={(one.slug, one.document.id): parts.living.draft_note(one) for one in waiting},
        titles={i: one.title for i, one in parts.corpus.documents.get_many(items).items()},
        refused=done.get(refused), accepted=done.get(accepted),
        next=f"?collection={quote(collection)}&cursor={more}" if more else None,
    )  # fmt: skip


@router.post("/review/{slug}/look", dependencies=CURATE)
def look(request: Request, parts: Parts, slug: Slug) -> Response:
    """Look for new matches now."""
    try:
        parts.living.look(slug)
    except LessonryError as error:
        return error_page(request, STATUS[type(error)], "Nothing was looked for", str(error))
    return RedirectResponse(f"/review?collection={quote(slug)}", 303)


@router.post("/review/{slug}/{document_id}", dependencies=CURATE)
def decide(
    request: Request, parts: Parts, person: Who, slug: Slug, document_id: DocumentId, verdict: Verdict,
    note: Words = "",
) -> Response:  # fmt: skip
    """Accept with the note as it stands, refuse, or take a refusal back."""
    back = f"/review?collection={quote(slug)}"
    note = note.replace("\r\n", "\n").strip()
    try:
        if verdict == "again":
            parts.corpus.reviews.decide(slug, parts.corpus.documents.get(document_id).identity, None)
        elif verdict == "accept":
            parts.living.decide(slug, document_id, "accept", note=note, who=person.name)
            back += f"&accepted={document_id}"
        else:
            parts.living.decide(slug, document_id, "refuse", who=person.name)
            back += f"&refused={document_id}"
    except NotFound:
        detail = "Somebody decided on it meanwhile, or it was removed. The queue shows what waits now."
        return error_page(request, 404, "It does not wait any more", detail)
    except LessonryError as error:
        return error_page(request, STATUS[type(error)], "It was not put in", str(error))
    return RedirectResponse(back, 303)
