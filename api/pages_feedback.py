"""Verdicts by form, without scripts, and the page of content gaps."""

import hashlib
from typing import Annotated

from fastapi import APIRouter, Form, Query, Request, Response
from fastapi.responses import RedirectResponse
from pydantic import ValidationError

from api import routes_feedback
from api.access import Who, needs
from api.depends import Parts
from api.forms import here
from api.mistakes import in_words
from api.rendering import error_page, page
from api.schemas import Whole
from api.schemas_lessons import NewFeedback, NewGap
from corpus.errors import BadQuery, LessonryError
from corpus.gaps import GAP_STATES

router = APIRouter()

Text = Annotated[str, Form()]
_COOKIE = "said"
_REMEMBERED, _SECONDS = 50, 3600
"""A browser remembers so many verdicts for so long, so that a second click is not a second reader."""


@router.post("/feedback", dependencies=[needs("read")])
def give_feedback(
    request: Request, parts: Parts, document_id: Text = "", context: Text = "", verdict: Text = "", query: Text = "",
    url: Text = "", next: Text = "/",
) -> Response:  # fmt: skip
    """Count a verdict and go back to where it was given."""
    given = {"document_id": document_id, "context": context, "verdict": verdict, "query": query, "url": url}
    try:
        new = NewFeedback.model_validate({name: said for name, said in given.items() if said})
    except ValidationError as error:
        raise BadQuery("this is no verdict of our forms; go back, reload the page and try again") from error
    said = request.cookies.get(_COOKIE, "").split(".")[:_REMEMBERED]
    this = hashlib.sha256(f"{document_id} {context} {query} {url}".encode()).hexdigest()[:10]
    if this not in said:
        routes_feedback.give_feedback(parts, new)
    answer = RedirectResponse(f"{_place(next)}#verdict-{new.document_id}", 303)
    answer.set_cookie(
        _COOKIE, ".".join([this, *(one for one in said if one and one != this)][:_REMEMBERED]), max_age=_SECONDS,
        httponly=True, samesite="lax", secure=request.url.scheme == "https",
    )  # fmt: skip
    return answer


@router.post("/gaps/tell", dependencies=[needs("read")])
def tell(parts: Parts, query: Text = "", next: Text = "/") -> Response:
    """Tell the curators that nothing helped with a query."""
    try:
        routes_feedback.add_gap(parts, NewGap(query=query))
    except ValidationError as error:
        raise BadQuery(in_words(error)) from error
    return RedirectResponse(f"{_place(next)}#told", 303)


@router.get("/gaps", dependencies=[needs("curate")])
def gaps(
    request: Request, parts: Parts, closed: bool = False, cursor: Annotated[str | None, Query(max_length=500)] = None
) -> Response:
    """What people looked for in vain."""
    found = routes_feedback.list_gaps(parts, closed=closed, cursor=cursor)
    answers = parts.corpus.documents.get_many([one.answered_by for one in found.items if one.answered_by])
    following = f"/gaps?closed={str(closed).lower()}&cursor={found.next}" if found.next else None
    recorded = parts.settings.record_empty_queries
    return page(
        request, "gaps.html", gaps=found.items, closed=closed, answers=answers, next=following, recorded=recorded
    )


@router.post("/gaps/{gap_id}", dependencies=[needs("curate")])
def close(
    request: Request, parts: Parts, person: Who, gap_id: Whole, state: Text = "",
    answered_by: Text = "",
) -> Response:  # fmt: skip
    """Say what became of a gap."""
    chosen = next((one for one in GAP_STATES if one == state), None)
    if chosen is None:
        raise BadQuery(f"a gap is one of {', '.join(GAP_STATES)}")
    try:
        answer = answered_by.strip() or None if chosen == "answered" else None
        parts.corpus.gaps.close(gap_id, chosen, answered_by=answer, by=person.name)
    except LessonryError as error:
        return error_page(request, 422, "That cannot be", str(error))
    return RedirectResponse("/gaps" if chosen != "open" else "/gaps?closed=true", 303)


def _place(next: str) -> str:
    """Where a form was, without the place within the page."""
    return here(next).partition("#")[0]
