"""Collections under /v1: themselves, their items in order, their histories. Changes honour If-Match."""

import time
from dataclasses import replace
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Query, Response

from api import cursors
from api.access import Who, needs
from api.depends import DocumentId, Parts, Slug, Words
from api.schemas import Whole
from api.schemas_collections import (
    ChangeShape,
    CollectionEdit,
    CollectionFull,
    CollectionPage,
    CollectionShape,
    HistoryPage,
    ItemEdit,
    ItemPage,
    ItemShape,
    NewCollection,
    NewItem,
    Order,
)
from api.schemas_search import RelatedAnswer
from api.versions import IfMatch, tagged
from api.wiring import Lessonry
from corpus.clock import now
from corpus.collection_state import Edit, Place, State, changed, described, removed, sectioned
from corpus.errors import BadQuery, Conflict
from corpus.types import Collection

router = APIRouter(prefix="/v1/collections")

FIRST_ITEMS = 1_000
"""Items that a collection is answered with; more are paged."""

Cursor = Annotated[str | None, Query(max_length=500)]
Limit = Annotated[int, Query(ge=1, le=1000)]
READ, CURATE = [needs("read")], [needs("curate")]


@router.get("", dependencies=READ)
def list_collections(parts: Parts, cursor: Cursor = None, limit: Limit = 100) -> CollectionPage:
    """Collections, by title."""
    question = cursors.fingerprint("collections")
    after = None
    if cursor:
        title, slug = cursors.texts(cursor, question, 2)
        after = (title, slug)
    found = parts.corpus.collections.page(limit=limit + 1, after=after)
    shown = found[:limit]
    more = cursors.encode([shown[-1].title, shown[-1].slug], question) if len(found) > limit else None
    return CollectionPage(items=[CollectionShape.of(one) for one in shown], next=more)


@router.post("", status_code=201, dependencies=CURATE)
def create_collection(parts: Parts, person: Who, response: Response, new: NewCollection) -> CollectionFull:
    """Make a collection."""
    made = parts.corpus.collections.create(new.title, slug=new.slug, description=new.description, who=person.name)
    response.headers["Location"] = f"/v1/collections/{quote(made.slug)}"
    return _full(parts, response, made)


@router.get("/{slug}", dependencies=READ)
def get_collection(parts: Parts, response: Response, slug: Slug) -> CollectionFull:
    """A collection with its first thousand items in the curator's order."""
    return _full(parts, response, parts.corpus.collections.get(slug))


@router.patch("/{slug}", dependencies=CURATE)
def edit_collection(
    parts: Parts, person: Who, response: Response, slug: Slug, edit: CollectionEdit, version: IfMatch
) -> CollectionFull:
    """Rename, describe, show to others, set curators and sections."""
    fields = edit.model_dump(include={"title", "description", "visibility"})
    if edit.curators is not None:
        fields["curators"] = tuple(edit.curators)

    def change(state: State) -> State:
        state = described(**fields)(state)
        if edit.sections is None and not edit.renamed:
            return state
        return sectioned(edit.sections or [edit.renamed.get(one, one) for one in state.sections], edit.renamed)(state)

    return _changed(parts, person, response, slug, change, version)


@router.delete("/{slug}", status_code=204, dependencies=CURATE)
def delete_collection(parts: Parts, person: Who, slug: Slug, version: IfMatch) -> None:
    """Delete a collection; its history brings it back."""
    parts.corpus.collections.delete(slug, who=person.name, version=version)


@router.get("/{slug}/items", dependencies=READ)
def list_items(parts: Parts, response: Response, slug: Slug, cursor: Cursor = None, limit: Limit = 100) -> ItemPage:
    """Items in the curator's order."""
    question = cursors.fingerprint("items", slug)
    offset = cursors.offset(cursor, question)
    tagged(response, parts.corpus.collections.get(slug).version)
    return _items(parts, slug, offset, limit)


@router.post("/{slug}/items", status_code=201, dependencies=CURATE)
def add_item(parts: Parts, person: Who, response: Response, slug: Slug, new: NewItem, version: IfMatch) -> ItemShape:
    """Put a document in; 409 if it stands there already."""
    collections = parts.corpus.collections
    put = collections.add(
        slug, new.document_id, new.note, section=new.section, position=new.position, who=person.name, version=version
    )
    if not put:
        raise Conflict(f"document {new.document_id!r} stands in this collection already")
    response.headers["Location"] = f"/v1/collections/{quote(slug)}/items/{new.document_id}"
    return _item(parts, response, slug, new.document_id)


@router.put("/{slug}/items", dependencies=CURATE)
def put_items(
    parts: Parts, person: Who, response: Response, slug: Slug, order: Order, version: IfMatch
) -> CollectionFull:
    """Set the whole list, in order."""
    ids = [one.document_id for one in order.items]
    if len(set(ids)) < len(ids):
        raise BadQuery("items: a document is named twice")

    def change(state: State) -> State:
        held = {place.document_id: place for place in state.places}
        places = []
        for one in order.items:
            old = held.get(one.document_id, Place(one.document_id, added=now()))
            note, section = (old.note if one.note is None else one.note), one.section
            places.append(replace(old, note=note, section=old.section if section is None else section))
        return replace(state, places=tuple(places))

    return _changed(parts, person, response, slug, change, version)


@router.patch("/{slug}/items/{document_id}", dependencies=CURATE)
def edit_item(
    parts: Parts, person: Who, response: Response, slug: Slug, document_id: DocumentId, edit: ItemEdit,
    version: IfMatch,
) -> ItemShape:  # fmt: skip
    """Write its note, move it to a position (from 0) or a section."""
    change = changed(document_id, note=edit.note, section=edit.section, position=edit.position)
    parts.corpus.collections.change(slug, change, who=person.name, version=version)
    return _item(parts, response, slug, document_id)


@router.delete("/{slug}/items/{document_id}", status_code=204, dependencies=CURATE)
def remove_item(
    parts: Parts, person: Who, response: Response, slug: Slug, document_id: DocumentId, version: IfMatch
) -> None:
    """Take a document out; it stays in the store."""
    found = parts.corpus.collections.change(slug, removed(document_id), who=person.name, version=version)
    tagged(response, found.version)


@router.get("/{slug}/history", dependencies=READ)
def list_history(parts: Parts, slug: Slug, cursor: Cursor = None, limit: Limit = 50) -> HistoryPage:
    """Who changed what and when, the latest first; of a deleted collection too."""
    question = cursors.fingerprint("history", slug)
    before = cursors.offset(cursor, question) or None
    found = parts.corpus.collections.history.of(slug, limit=limit + 1, before=before)
    more = cursors.encode(found[limit - 1].number, question) if len(found) > limit else None
    return HistoryPage(items=[ChangeShape.of(one) for one in found[:limit]], next=more)


@router.post("/{slug}/history/{number}/restore", dependencies=CURATE)
def restore_state(
    parts: Parts, person: Who, response: Response, slug: Slug, number: Whole, version: IfMatch
) -> CollectionFull:
    """Bring back how it was after that change, as a change of its own."""
    return _full(parts, response, parts.corpus.collections.restore(slug, number, who=person.name, version=version))


@router.get("/{slug}/suggestions", dependencies=READ)
def suggest_for_collection(
    parts: Parts,
    slug: Slug,
    limit: Annotated[int, Query(ge=1, le=50)] = 5,
    against: Annotated[list[Words] | None, Query(max_length=100)] = None,
) -> RelatedAnswer:
    """Documents like those of a collection; `against` are ids of documents that they should not be like."""
    start = time.perf_counter()
    found = parts.related.of_collection(slug, against or (), limit)
    return RelatedAnswer.of(found, took_ms=round((time.perf_counter() - start) * 1000, 2))


def _changed(
    parts: Lessonry, person: Who, response: Response, slug: str, edit: Edit, version: int | None
) -> CollectionFull:
    found = parts.corpus.collections.change(slug, edit, who=person.name, version=version)
    return _full(parts, response, found)


def _full(parts: Lessonry, response: Response, found: Collection) -> CollectionFull:
    tagged(response, found.version)
    page = _items(parts, found.slug, 0, FIRST_ITEMS)
    told = CollectionShape.of(found).model_dump(by_alias=True)
    return CollectionFull(**told, items=page.items, next=page.next)


def _items(parts: Lessonry, slug: str, offset: int, limit: int) -> ItemPage:
    found = parts.corpus.collections.items(slug, limit=limit + 1, offset=offset)
    more = cursors.encode(offset + limit, cursors.fingerprint("items", slug)) if len(found) > limit else None
    return ItemPage(items=[ItemShape.of(item) for item in found[:limit]], next=more)


def _item(parts: Lessonry, response: Response, slug: str, document_id: str) -> ItemShape:
    with parts.corpus.db.snapshot():
        found = parts.corpus.collections.get(slug)
        number = parts.corpus.collections.state(slug).index(document_id)
        (item,) = parts.corpus.collections.items(slug, limit=1, offset=number)
    tagged(response, found.version)
    return ItemShape.of(item)
