"""Collections to be read elsewhere: feeds, and files to take along. Asked again, they say whether anything changed."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from email.utils import format_datetime, parsedate_to_datetime
from typing import Annotated, Literal, get_args
from urllib.parse import quote, urlencode

from fastapi import APIRouter, Query, Request, Response
from starlette.datastructures import Headers

from api import cursors, exports, feeds
from api.access import needs
from api.citations import bibtex, csl_json
from api.depends import Parts, Slug
from api.wiring import Lessonry
from corpus.types import Collection, CollectionItem

router = APIRouter(prefix="/v1")

Form = Literal["csl.json", "json", "md", "csv", "bib"]
FORMS: tuple[Form, ...] = get_args(Form)
Cursor = Annotated[str | None, Query(max_length=500)]
READ = [needs("read")]

_PER_PAGE = 100
_CACHED = "private, max-age=300"
_NAMES: Mapping[Form, str] = {
    "csl.json": "CSL-JSON", "json": "JSON", "md": "Markdown", "csv": "CSV", "bib": "BibTeX",
}  # fmt: skip
_TYPES: Mapping[Form, str] = {
    "md": "text/markdown; charset=utf-8",
    "csv": "text/csv; charset=utf-8; header=present",
    "json": "application/json",
    "bib": "application/x-bibtex; charset=utf-8",
    "csl.json": "application/vnd.citationstyles.csl+json",
}


@router.get("/collections.opml", dependencies=READ, response_class=Response)
def opml(request: Request, parts: Parts) -> Response:
    """The feeds of all collections, for a feed reader."""
    body = feeds.opml(parts.corpus.collections.all(), _base(request))
    return Response(body, media_type="text/x-opml; charset=utf-8")


@router.get("/collections/{slug}/feed.atom", dependencies=READ, response_class=Response)
def atom_feed(request: Request, parts: Parts, slug: Slug, cursor: Cursor = None) -> Response:
    """What came into a collection, the latest first, as an Atom feed."""
    feed = _feed(request, parts, slug, cursor)
    return _fresh(request, feed.collection, feed.items, feeds.atom(feed), "application/atom+xml; charset=utf-8")


@router.get("/collections/{slug}/feed.json", dependencies=READ, response_class=Response)
def json_feed(request: Request, parts: Parts, slug: Slug, cursor: Cursor = None) -> Response:
    """The same as a JSON Feed."""
    feed = _feed(request, parts, slug, cursor)
    return _fresh(request, feed.collection, feed.items, feeds.json_feed(feed), "application/feed+json; charset=utf-8")


def export(found: Collection, items: Sequence[CollectionItem], form: Form) -> str:
    """A whole collection in one of the forms."""
    documents = [item.document for item in items]
    made: Mapping[Form, Callable[[], str]] = {
        "md": lambda: exports.markdown(found, items),
        "csv": lambda: exports.table(items),
        "json": lambda: exports.whole(found, items),
        "bib": lambda: bibtex(documents),
        "csl.json": lambda: csl_json(documents),
    }
    return made[form]()


def _route(form: Form) -> Callable[..., Response]:
    def exported(request: Request, parts: Parts, slug: Slug) -> Response:
        with parts.corpus.db.snapshot():
            found, items = parts.corpus.collections.get(slug), parts.corpus.collections.items(slug)
        answer = _fresh(request, found, items, export(found, items, form).encode(), _TYPES[form])
        answer.headers["Content-Disposition"] = f"inline; filename*=UTF-8''{quote(slug)}.{form}"
        return answer

    exported.__doc__ = f"A whole collection as {_NAMES[form]}."
    return exported


for _form in FORMS:
    router.get(
        f"/collections/{{slug}}.{_form}", dependencies=READ, response_class=Response, name=f"collection as {_form}"
    )(_route(_form))


def _feed(request: Request, parts: Lessonry, slug: str, cursor: str | None) -> feeds.Feed:
    question = cursors.fingerprint("feed", slug)
    offset = cursors.offset(cursor, question)
    with parts.corpus.db.snapshot():
        found = parts.corpus.collections.get(slug)
        items = parts.corpus.collections.newest(slug, limit=_PER_PAGE + 1, offset=offset)
    more = cursors.encode(offset + _PER_PAGE, question) if len(items) > _PER_PAGE else None
    return feeds.Feed(
        found, items[:_PER_PAGE], _base(request), query=urlencode({"cursor": cursor}) if cursor else "",
        next=urlencode({"cursor": more}) if more else "",
    )  # fmt: skip


def _base(request: Request) -> str:
    return str(request.base_url).rstrip("/")


def _fresh(request: Request, found: Collection, items: Sequence[CollectionItem], body: bytes, kind: str) -> Response:
    """The answer, or 304 where the client has it as it is."""
    tag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    modified = datetime.fromisoformat(max([found.updated, *(item.document.changed for item in items)]))
    headers = {"ETag": tag, "Last-Modified": format_datetime(modified, usegmt=True), "Cache-Control": _CACHED}
    if _has(request.headers, tag, modified):
        return Response(status_code=304, headers=headers)
    return Response(body, media_type=kind, headers=headers)


def _has(asked: Headers, tag: str, modified: datetime) -> bool:
    """Does the client have what it asks for? Its tag counts before its date (RFC 9110, 13.2.2)."""
    if (known := asked.get("if-none-match")) is not None:
        return known.strip() == "*" or tag in known
    try:
        return modified <= parsedate_to_datetime(asked.get("if-modified-since", ""))
    except (ValueError, TypeError):  # no date, or one that does not say where
        return False
