"""/v1: verdicts of readers, and what they looked for in vain."""

from typing import Annotated

from fastapi import APIRouter, Query

from api import cursors
from api.access import Who, needs
from api.depends import Parts
from api.routes_lessons import Cursor, Limit
from api.schemas import Whole
from api.schemas_lessons import FeedbackAnswer, GapEdit, GapPage, GapShape, NewFeedback, NewGap

router = APIRouter(prefix="/v1")


@router.post("/feedback", status_code=201, dependencies=[needs("read")])
def give_feedback(parts: Parts, new: NewFeedback) -> FeedbackAnswer:
    """Count a verdict on a document. Nothing about the person is kept; a query is, if one is given."""
    feedback = parts.corpus.feedback
    feedback.give(new.document_id, new.context, new.verdict, query=new.query, url=new.url)
    if new.verdict == "not-useful" and new.query and new.query.strip():
        parts.corpus.gaps.note(new.query, "unhelpful")
    return FeedbackAnswer(document_id=new.document_id, counts=feedback.counts(new.document_id))


@router.get("/gaps", dependencies=[needs("curate")])
def list_gaps(
    parts: Parts, closed: Annotated[bool, Query()] = False, limit: Limit = 20, cursor: Cursor = None
) -> GapPage:
    """What people looked for in vain, those met most often first; `closed`: those that were answered or dropped."""
    question = cursors.fingerprint("gaps", closed)
    offset = cursors.offset(cursor, question)
    found = parts.corpus.gaps.page(closed=closed, limit=limit + 1, offset=offset)
    more = cursors.encode(offset + limit, question) if len(found) > limit else None
    return GapPage(items=[GapShape.of(one) for one in found[:limit]], next=more)


@router.post("/gaps", status_code=201, dependencies=[needs("read")])
def add_gap(parts: Parts, new: NewGap) -> GapShape:
    """Tell the curators that nothing helped with a query. It is kept with a count, without who asked."""
    return GapShape.of(parts.corpus.gaps.note(new.query, "told"))


@router.patch("/gaps/{gap_id}", dependencies=[needs("curate")])
def close_gap(parts: Parts, person: Who, gap_id: Whole, edit: GapEdit) -> GapShape:
    """Say what became of a gap: answered by a document, dropped, or open again."""
    closed = parts.corpus.gaps.close(gap_id, edit.state, answered_by=edit.answered_by, by=person.name)
    return GapShape.of(closed)
