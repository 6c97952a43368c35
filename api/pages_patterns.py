"""The web pages of what keeps happening: small charts beside one another, and the sentences of each factor."""

from typing import Annotated, Any

from fastapi import APIRouter, Path, Request, Response

from api import charts, links
from api.access import needs
from api.depends import Parts
from api.links import Asked
from api.rendering import error_page, page
from api.routes_patterns import SentenceParams, list_sentences, what_happened
from api.wiring import Lessonry
from corpus import factors
from corpus.errors import BadQuery
from corpus.patterns import By, Pattern

router = APIRouter(dependencies=[needs("read")])

_MOST = 36
"""Charts of a page."""


@router.get("/patterns")
def patterns(request: Request, parts: Parts) -> Response:
    """Contributing factors over time."""
    return _charts(request, parts, "factor")


@router.get("/patterns/technologies")
def technologies(request: Request, parts: Parts) -> Response:
    """Technologies over time."""
    return _charts(request, parts, "technology")


@router.get("/patterns/{slug}")
def pattern(request: Request, parts: Parts, slug: Annotated[str, Path(max_length=100)]) -> Response:
    """A contributing factor over time, and a sentence of each document that tells of it."""
    name = next((one for one in factors.names() if slug_of(one) == slug), None)
    if name is None:
        return error_page(request, 404, "There is no such factor", "All factors that are looked for stand in the list.")
    asked = Asked.of(request)
    try:
        params = asked.list_params()
        found = list_sentences(parts, SentenceParams(**params.model_dump(), factor=name))
    except BadQuery as error:
        return error_page(request, 422, "That cannot be asked for", str(error))
    wanted = what_happened(params)
    base = parts.corpus.patterns.base(wanted)
    counted = {one.name: one for one in parts.corpus.patterns.all("factor", wanted)}
    over = charts.spans(base.years)
    one = counted.get(name, Pattern(name, 0, {}))
    return page(
        request, "pattern.html", asked=asked, chips=links.chips(asked), pattern=one, base=base, sentences=found.items,
        columns=charts.columns(one.years, over, charts.top([one.years], over)),
        next=asked.at(found.next) if found.next else None,
    )  # fmt: skip


def slug_of(factor: str) -> str:
    """A factor as part of an address."""
    return factor.replace(" ", "-")


def _charts(request: Request, parts: Lessonry, by: By) -> Response:
    asked = Asked.of(request)
    shown: dict[str, Any] = {"asked": asked, "chips": links.chips(asked), "by": by, "notice": None}
    try:
        wanted = what_happened(asked.list_params())
    except BadQuery as error:
        return page(
            request, "patterns.html", status=422, **shown | {"notice": str(error)}, base=Pattern("", 0, {}), drawn=[],
            facets=[], highest=0.0,
        )  # fmt: skip
    base = parts.corpus.patterns.base(wanted)
    found = parts.corpus.patterns.all(by, wanted)[:_MOST]
    over = charts.spans(base.years)
    highest = charts.top([one.years for one in found], over)
    drawn = [(one, _more(asked, by, one.name), charts.columns(one.years, over, highest)) for one in found]
    facets = links.facets(asked, parts.corpus.facets.within(wanted))
    return page(request, "patterns.html", **shown, base=base, drawn=drawn, facets=facets, highest=highest)


def _more(asked: Asked, by: By, name: str) -> str:
    """Where a pattern is told of in full, with the same filters."""
    if by == "factor":
        return Asked(f"/patterns/{slug_of(name)}", tuple(asked.filters)).at(None)
    kept = [pair for pair in asked.filters if pair != ("technology", name)]
    return Asked("/documents", (*kept, ("technology", name))).at(None)
