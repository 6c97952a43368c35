"""The web pages for readers: search, browse. Views over the routes of /v1."""

import time
from typing import Any
from xml.etree import ElementTree

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from api import (
    cursors,
    links,
    pages_adding,
    pages_collections,
    pages_curating,
    pages_document,
    pages_feedback,
    pages_lessons,
    pages_patterns,
    pages_reference,
    pages_review,
    pages_settings,
    pages_signin,
    pages_sources,
    routes,
)
from api.access import needs, the_person
from api.depends import Parts
from api.links import Asked
from api.problems import STATUS
from api.rendering import page
from api.schemas_search import SearchAnswer
from api.wiring import Lessonry
from corpus.errors import BadQuery, LessonryError
from search.types import WORDLESS

router = APIRouter(include_in_schema=False)
router.include_router(pages_adding.router)
router.include_router(pages_document.router)
router.include_router(pages_patterns.router)
router.include_router(pages_feedback.router)
router.include_router(pages_lessons.router)
router.include_router(pages_reference.router)
router.include_router(pages_settings.router)
router.include_router(pages_collections.router)
router.include_router(pages_curating.router)
router.include_router(pages_review.router)
router.include_router(pages_signin.router)
router.include_router(pages_sources.router)

EXAMPLES = (
    "a regular expression used all the CPU",
    "certificate expired and nobody noticed",
    "backups that could not be restored",
    "everyone retried at once",
    "the alarm stayed silent",
)
_NEWEST = 6
_REST = 10
"""Counting everything takes at most one part in so many of the time."""


@router.get("/", dependencies=[needs("read")])
def home(request: Request, parts: Parts) -> Response:
    """The search box, and under it what there is; with `q` the results."""
    asked = Asked.of(request)
    if asked.first("q"):
        return _results(request, parts, asked)
    if asked.filters:
        return RedirectResponse(Asked("/documents", tuple(asked.filters)).at(None), 303)
    return page(
        request, "home.html", asked=asked, overview=_overview(request, parts), examples=EXAMPLES,
        collections=parts.corpus.collections.all(), newest=parts.corpus.documents.page(limit=_NEWEST),
        popular=parts.corpus.feedback.popular(_NEWEST), waiting=parts.corpus.reviews.count(),
    )  # fmt: skip


@router.get("/documents", dependencies=[needs("read")])
def browse(request: Request, parts: Parts) -> Response:
    """All documents, the latest added first."""
    asked = Asked.of(request)
    shown: dict[str, Any] = {"asked": asked, "chips": links.chips(asked), "facets": [], "documents": [], "total": 0}
    try:
        params = asked.list_params()
        wanted = params.wanted()
        found = routes.list_documents(parts, params)
    except BadQuery as error:
        return page(request, "browse.html", status=422, notice=str(error), next=None, **shown)
    documents = parts.corpus.documents
    total = documents.count(wanted)
    counts = _overview(request, parts)["facets"]
    if wanted:
        counts = parts.corpus.facets.within(wanted)
    shown |= {"documents": found.items, "total": total, "facets": links.facets(asked, counts)}
    following = asked.at(found.next) if found.next else None
    return page(request, "browse.html", notice=None, next=following, **shown)


@router.get("/help", dependencies=[needs("read")])
def help_page(request: Request) -> Response:
    """How to ask, and the keys."""
    return page(request, "help.html")


@router.get("/opensearch.xml")
def opensearch(request: Request) -> Response:
    """Lets a browser search here from its address bar."""
    base = str(request.base_url).rstrip("/")
    root = ElementTree.Element("OpenSearchDescription", xmlns="http://a9.com/-/spec/opensearch/1.1/")
    ElementTree.SubElement(root, "ShortName").text = "Lessonry"
    ElementTree.SubElement(root, "Description").text = "Search what organisations have already learned"
    ElementTree.SubElement(root, "InputEncoding").text = "UTF-8"
    ElementTree.SubElement(root, "Image", type="image/svg+xml").text = f"{base}/static/icon.svg"
    ElementTree.SubElement(root, "Url", type="text/html", template=f"{base}/?q={{searchTerms}}")
    typed = f"{base}/v1/suggest/opensearch?q={{searchTerms}}"
    ElementTree.SubElement(root, "Url", type="application/x-suggestions+json", template=typed)
    text = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
    return Response(text, media_type="application/opensearchdescription+xml")


@router.get("/favicon.ico")
def favicon() -> Response:
    """For those who look for the icon where it used to be."""
    return RedirectResponse("/static/icon.svg", 308)


def _results(request: Request, parts: Lessonry, asked: Asked) -> Response:
    shown: dict[str, Any] = {"asked": asked, "chips": links.chips(asked), "modes": links.modes(asked)}
    try:
        params = asked.search_params()
        answer = routes.search(parts, params)
    except LessonryError as error:
        notice = str(error)
        return page(request, "results.html", status=STATUS[type(error)], notice=notice, answer=None, facets=[], **shown)
    question = params.question()
    offset = int(cursors.decode(params.cursor, question)) if params.cursor else 0
    before = max(0, offset - params.limit)
    counts = {name: [(one["value"], one["count"]) for one in counted] for name, counted in answer.facets.items()}
    return page(
        request, "results.html", notice=None, answer=answer, wordless=WORDLESS in answer.notes, listed=_listed(answer),
        facets=links.facets(asked, counts), first=offset + 1,
        previous=asked.at(cursors.encode(before, question) if before else None) if offset else None,
        next=asked.at(answer.next) if answer.next else None, **shown,
    )  # fmt: skip


def _listed(answer: SearchAnswer) -> bool:
    """Nothing but filters was asked for: there is no score."""
    return not any(hit.explain and (hit.explain.keyword or hit.explain.semantic) for hit in answer.hits)


def _overview(request: Request, parts: Lessonry) -> dict[str, Any]:
    """How much of what there is. Counted again when something has changed, but of a large store not all the time."""
    position = parts.corpus.changes.position()
    kept: dict[str, tuple[Any, float, dict[str, Any]]] = request.app.state.overviews
    known = kept.get(the_person(request).sees)
    start = time.monotonic()
    if known is None or (known[0] != position and start > known[1]):
        counts = {"total": parts.corpus.documents.count(), "facets": parts.corpus.facets.over()}
        good_until = start + _REST * (time.monotonic() - start)
        known = kept[the_person(request).sees] = (position, good_until, counts)
    return known[2]
