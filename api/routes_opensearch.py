"""Suggestions for the address bar, in the shape that OpenSearch gives them."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import JSONResponse

from api.access import needs
from api.depends import Parts
from search.completion import Completion

router = APIRouter(prefix="/v1")

_MOST = 8


class Suggestions(JSONResponse):
    """The query; the completions; a word on each; where each leads (empty: to its search)."""

    media_type = "application/x-suggestions+json"


@router.get("/suggest/opensearch", dependencies=[needs("read")], response_class=Suggestions)
def opensearch_suggestions(parts: Parts, request: Request, q: Annotated[str, Query(max_length=1000)]) -> Suggestions:
    """How a query that is being typed may go on, for a browser's address bar."""
    completions, _ = parts.searcher.typing.suggest(q, _MOST)
    base = str(request.base_url).rstrip("/")

    def leads_to(one: Completion) -> str:
        return f"{base}/documents/{one.document_id}" if one.document_id else ""

    return Suggestions([
        q, [one.text if one.document_id else one.query for one in completions], [one.kind for one in completions],
        [leads_to(one) for one in completions],
    ])  # fmt: skip
