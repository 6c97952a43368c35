"""/v1: what keeps happening, by contributing factor or technology, and the sentences that tell of it."""

from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import Field

from api import cursors
from api.access import needs
from api.depends import Parts, Words
from api.routes import FilterParams, ListParams
from api.schemas import DocumentBrief
from api.schemas_patterns import PatternsAnswer, PatternShape, SentencePage, SentenceShape
from corpus import factors
from corpus.errors import NotFound
from corpus.patterns import By
from corpus.types import Filter

router = APIRouter(prefix="/v1")


class PatternParams(FilterParams):
    """Which documents are looked at: post-mortems and lessons, unless another kind is asked for."""

    by: By = "factor"
    limit: Annotated[int, Field(ge=1, le=100)] = 50


class SentenceParams(ListParams):
    """A factor, and which documents are looked at."""

    factor: Words


@router.get("/patterns", dependencies=[needs("read")])
def list_patterns(parts: Parts, params: Annotated[PatternParams, Query()]) -> PatternsAnswer:
    """What post-mortems and lessons tell of, by year, with the number of documents there are."""
    wanted = what_happened(params)
    base = parts.corpus.patterns.base(wanted)
    found = parts.corpus.patterns.all(params.by, wanted)[: params.limit]
    return PatternsAnswer(
        by=params.by, documents=base.documents, undated=base.documents - sum(base.years.values()),
        items=[PatternShape.of_pattern(one, base) for one in found],
    )  # fmt: skip


@router.get("/patterns/sentences", dependencies=[needs("read")])
def list_sentences(parts: Parts, params: Annotated[SentenceParams, Query()]) -> SentencePage:
    """One sentence of each document that tells of a factor, the latest published first."""
    if params.factor not in factors.names():
        raise NotFound("factor", params.factor)
    wanted = what_happened(params)
    question = cursors.fingerprint("sentences", params.factor, wanted)
    offset = cursors.offset(params.cursor, question)
    found = parts.corpus.patterns.sentences(params.factor, wanted, limit=params.limit + 1, offset=offset)
    documents = parts.corpus.documents.get_many([one.document_id for one in found])
    told = [(documents[one.document_id], one) for one in found[: params.limit] if one.document_id in documents]
    return SentencePage(
        items=[
            SentenceShape(document=DocumentBrief.of(it), passage_id=one.passage_id, text=one.text) for it, one in told
        ],
        next=cursors.encode(offset + params.limit, question) if len(found) > params.limit else None,
    )


def what_happened(params: FilterParams) -> Filter:
    """The documents asked for; guidance tells what may happen, and counts only if it is asked for."""
    wanted = params.wanted()
    return wanted if wanted.kind else replace(wanted, kind=("post-mortem", "lesson"))
