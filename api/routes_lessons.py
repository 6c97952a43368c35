"""/v1: how lessons stand, their action items, learning moments, and which lessons to look at again."""

from typing import Annotated

from fastapi import APIRouter, Query, Response

from api import cursors, editing, moments
from api.access import Who, needs
from api.depends import DocumentId, Parts
from api.schemas import DocumentFull, Whole
from api.schemas_lessons import (
    ActionEdit,
    ActionList,
    ActionOfDocument,
    ActionPage,
    ActionShape,
    NewAction,
    NewMoment,
    StateHistory,
    StateShape,
    StillTrue,
    StillTruePage,
)
from api.whole import whole
from corpus.actions import ActionText
from corpus.standing import ActionState

router = APIRouter(prefix="/v1")

Cursor = Annotated[str | None, Query(max_length=500)]
Limit = Annotated[int, Query(ge=1, le=100)]


@router.get("/documents/{document_id}/states", dependencies=[needs("read")])
def list_states(parts: Parts, document_id: DocumentId) -> StateHistory:
    """Who said when how a lesson stands, the latest first."""
    return StateHistory(items=[StateShape.of(one) for one in parts.corpus.lifecycle.history(document_id)])


@router.get("/still-true", dependencies=[needs("curate")])
def list_still_true(parts: Parts, limit: Limit = 20, cursor: Cursor = None) -> StillTruePage:
    """Lessons to look at again: the review is due, the page is gone, the successor is outdated itself."""
    offset = cursors.offset(cursor, "still-true")
    found = parts.corpus.lifecycle.in_doubt(limit=limit + 1, offset=offset)
    more = cursors.encode(offset + limit, "still-true") if len(found) > limit else None
    return StillTruePage(items=[StillTrue.of(one) for one in found[:limit]], next=more)


@router.post("/documents/{document_id}/still-true", dependencies=[needs("curate")])
def still_true(parts: Parts, person: Who, document_id: DocumentId) -> DocumentFull:
    """Somebody looked at it and found it true; to be looked at again in a year."""
    editing.still_true(parts, document_id, person.name)
    return whole(parts, parts.corpus.documents.get(document_id))


@router.get("/documents/{document_id}/actions", dependencies=[needs("read")])
def list_actions(parts: Parts, document_id: DocumentId) -> ActionList:
    """What a document says is to be done, and how far that is."""
    return ActionList(items=[ActionShape.of(one) for one in parts.corpus.actions.of(document_id)])


@router.post("/documents/{document_id}/actions", status_code=201, dependencies=[needs("curate")])
def add_action(parts: Parts, person: Who, response: Response, document_id: DocumentId, new: NewAction) -> ActionShape:
    """Write an action item."""
    made = parts.corpus.actions.add(document_id, ActionText(**new.model_dump()), person.name)
    response.headers["Location"] = f"/v1/documents/{made.document_id}/actions/{made.number}"
    return ActionShape.of(made)


@router.get("/documents/{document_id}/actions/{number}", dependencies=[needs("read")])
def get_action(parts: Parts, document_id: DocumentId, number: Whole) -> ActionShape:
    """One action item."""
    return ActionShape.of(parts.corpus.actions.get(document_id, number))


@router.patch("/documents/{document_id}/actions/{number}", dependencies=[needs("curate")])
def edit_action(parts: Parts, person: Who, document_id: DocumentId, number: Whole, edit: ActionEdit) -> ActionShape:
    """Set fields by hand; they win over what the text says from now on."""
    fields = edit.model_dump(include=edit.model_fields_set)
    return ActionShape.of(parts.corpus.actions.change(document_id, number, fields, person.name))


@router.delete("/documents/{document_id}/actions/{number}", status_code=204, dependencies=[needs("curate")])
def remove_action(parts: Parts, person: Who, document_id: DocumentId, number: Whole) -> None:
    """Take an action item away; a refresh does not bring it back."""
    parts.corpus.actions.remove(document_id, number, person.name)


@router.get("/actions", dependencies=[needs("read")])
def list_all_actions(
    parts: Parts, state: ActionState | None = None, limit: Limit = 20, cursor: Cursor = None
) -> ActionPage:
    """Action items of all documents."""
    question = cursors.fingerprint("actions", state)
    after = cursors.pair(cursor, question)
    found = parts.corpus.actions.page(state, limit=limit + 1, after=after)
    last = found[limit - 1][0] if len(found) > limit else None
    more = cursors.encode([last.document_id, last.number], question) if last else None
    return ActionPage(items=[ActionOfDocument.told(*one) for one in found[:limit]], next=more)


@router.post("/moments", status_code=201, dependencies=[needs("ingest")])
def add_moment(parts: Parts, person: Who, response: Response, new: NewMoment) -> DocumentFull:
    """Write a short lesson; it is found and suggested at once, as a draft."""
    document = moments.take(parts, new, person.name)
    response.headers["Location"] = f"/v1/documents/{document.id}"
    return whole(parts, document)
