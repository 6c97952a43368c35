"""The web pages of collections for those who read them: the list, a collection, its print, its history."""

from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, Query, Request, Response

from api import cursors
from api.access import needs
from api.depends import Parts, Slug
from api.rendering import error_page, page
from api.schemas import Whole
from api.wiring import Lessonry
from corpus.collection_history import Change
from corpus.errors import NotFound
from corpus.types import Collection, CollectionItem

router = APIRouter()

PER_PAGE = 100
_CHANGES = 50
Cursor = Annotated[str | None, Query(max_length=500)]
READ = [needs("read")]


@router.get("/collections", dependencies=READ)
def collections(request: Request, parts: Parts, deleted: Annotated[str, Query(max_length=100)] = "") -> Response:
    """All collections; after one was deleted with a way to bring it back."""
    return listed(request, parts, deleted=deleted)


@router.get("/collections/{slug}", dependencies=READ)
def collection(request: Request, parts: Parts, slug: Slug, cursor: Cursor = None, undo: Whole = 0) -> Response:
    """A collection in its curator's order."""
    try:
        return page(request, "collection.html", **shown(parts, slug, cursor, undo))
    except NotFound:
        return missing(request)


@router.get("/collections/{slug}/print", dependencies=READ)
def printed(request: Request, parts: Parts, slug: Slug) -> Response:
    """A whole collection, to be printed or kept."""
    try:
        found, items = parts.corpus.collections.get(slug), parts.corpus.collections.items(slug)
    except NotFound:
        return missing(request)
    return page(request, "collection_print.html", collection=found, groups=grouped(found, items))


@router.get("/collections/{slug}/history", dependencies=READ)
def history(request: Request, parts: Parts, slug: Slug, cursor: Cursor = None) -> Response:
    """Who changed what and when, each with a way back."""
    question = cursors.fingerprint("changes", slug)
    try:
        before = cursors.offset(cursor, question) or None
        changes = parts.corpus.collections.history.of(slug, limit=_CHANGES + 1, before=before)
    except NotFound:
        return missing(request)
    more = cursors.encode(changes[_CHANGES - 1].number, question) if len(changes) > _CHANGES else None
    try:
        found = parts.corpus.collections.get(slug)
    except NotFound:
        found = None
    return page(
        request, "collection_history.html", slug=slug, collection=found, changes=changes[:_CHANGES],
        next=f"?cursor={more}" if more else None, first="?" if cursor else None,
    )  # fmt: skip


def listed(request: Request, parts: Lessonry, *, status: int = 200, deleted: str = "", **given: Any) -> Response:
    """The page with all collections; after a mistake with what was given, and what is wrong with it."""
    shown = {"title": "", "description": "", "query": "", "documents": (), "error": "", **given}
    return page(
        request, "collections.html", status=status, collections=parts.corpus.collections.all(),
        deleted=_deleted(parts, deleted), slug=deleted, given=shown,
    )  # fmt: skip


def shown(parts: Lessonry, slug: str, cursor: str | None = None, undo: int = 0) -> dict[str, Any]:
    """What the pages of a collection show: itself, a page of its items by section, what can be undone."""
    question = cursors.fingerprint("items on a page", slug)
    offset = cursors.offset(cursor, question)
    found = parts.corpus.collections.get(slug)
    items = parts.corpus.collections.items(slug, limit=PER_PAGE + 1, offset=offset)
    following = cursors.encode(offset + PER_PAGE, question) if len(items) > PER_PAGE else None
    before = max(0, offset - PER_PAGE)
    previous = f"?cursor={cursors.encode(before, question)}" if before else "?"
    return {
        "collection": found,
        "groups": grouped(found, items[:PER_PAGE]),
        "offset": offset,
        "next": f"?cursor={following}" if following else None,
        "previous": previous if offset else None,
        "undo": last_change(parts, found) if undo == found.version else None,
        "waiting": parts.corpus.reviews.count(slug) if found.living else 0,
    }


def grouped(found: Collection, items: list[CollectionItem]) -> list[tuple[str, list[CollectionItem]]]:
    """The items by section, those of none first; sections without items too."""
    groups: dict[str, list[CollectionItem]] = {"": [], **{name: [] for name in found.sections}}
    for item in items:
        groups.setdefault(item.section, []).append(item)
    return [(name, held) for name, held in groups.items() if name or held or not found.sections]


def last_change(parts: Lessonry, found: Collection) -> Change | None:
    """The latest change of a collection, if there is a state before it."""
    changes = parts.corpus.collections.history.of(found.slug, limit=2)
    return changes[0] if len(changes) == 2 and changes[0].number == found.version else None


def missing(request: Request) -> Response:
    """The page for a collection that is not there."""
    return error_page(request, 404, "There is no such collection", "All collections there are stand in the list.")


def address(slug: str) -> str:
    """Where the page of a collection is."""
    return f"/collections/{quote(slug)}"


def _deleted(parts: Lessonry, slug: str) -> Change | None:
    """The change before the deletion, which brings the collection back; None if it is not a deleted one."""
    if not slug or any(one.slug == slug for one in parts.corpus.collections.all()):
        return None
    try:
        changes = parts.corpus.collections.history.of(slug, limit=2)
    except NotFound:
        return None
    return changes[1] if len(changes) == 2 else None
