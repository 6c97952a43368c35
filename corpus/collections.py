"""Curated lists of documents, in the curator's order, each item with a note on why it is there."""

import re
from collections.abc import Sequence
from typing import Any

from corpus.database import Database
from corpus.documents import Documents
from corpus.errors import Conflict, NotFound
from corpus.types import Collection, CollectionItem

_SIZE = "(SELECT count(*) FROM collection_items i WHERE i.slug = c.slug)"
_QUERY = f"SELECT slug, title, description, {_SIZE} FROM collections c"


def slug_of(title: str) -> str:
    """The address part of a title: lower-case letters and digits joined by hyphens, at most 60 characters."""
    return re.sub(r"[\W_]+", "-", title.lower()).strip("-")[:60].strip("-") or "collection"


class Collections:
    """The collections of one database."""

    def __init__(self, db: Database, documents: Documents) -> None:
        self._db = db
        self._documents = documents

    def all(self) -> list[Collection]:
        """All collections, by title."""
        with self._db.read() as db:
            return [_collection(row) for row in db.execute(f"{_QUERY} ORDER BY title, slug")]

    def get(self, slug: str) -> Collection:
        """The collection of that slug; NotFound if there is none."""
        with self._db.read() as db:
            row = db.execute(f"{_QUERY} WHERE slug = ?", [slug]).fetchone()
        if row is None:
            raise NotFound("collection", slug)
        return _collection(row)

    def items(self, slug: str) -> list[CollectionItem]:
        """The items in the curator's order; NotFound if there is no such collection."""
        self.get(slug)
        with self._db.read() as db:
            query = "SELECT document_id, position, note FROM collection_items WHERE slug = ? ORDER BY position"
            rows = db.execute(query, [slug]).fetchall()
        documents = self._documents.get_many([row[0] for row in rows])
        return [CollectionItem(document=documents[row[0]], position=row[1], note=row[2]) for row in rows]

    def containing(self, document_id: str) -> list[Collection]:
        """The collections in which a document stands."""
        with self._db.read() as db:
            inside = "WHERE slug IN (SELECT slug FROM collection_items WHERE document_id = ?) ORDER BY title"
            return [_collection(row) for row in db.execute(f"{_QUERY} {inside}", [document_id])]

    def create(self, title: str, *, slug: str | None = None, description: str = "") -> Collection:
        """A new, empty collection; Conflict if the slug is taken."""
        slug = slug or slug_of(title)
        with self._db.write() as db:
            if db.execute("SELECT 1 FROM collections WHERE slug = ?", [slug]).fetchone():
                raise Conflict(f"there is a collection {slug!r} already")
            db.execute("INSERT INTO collections VALUES (?, ?, ?)", [slug, title, description])
        return self.get(slug)

    def describe(self, slug: str, *, title: str, description: str) -> None:
        """Set title and description; NotFound if there is no such collection."""
        with self._db.write() as db:
            updated = db.execute(
                "UPDATE collections SET title = ?, description = ? WHERE slug = ?", [title, description, slug]
            )
            if updated.rowcount == 0:
                raise NotFound("collection", slug)

    def add(self, slug: str, document_id: str, note: str = "") -> bool:
        """Put a document at the end; False if it stands there already (its note is kept)."""
        self.get(slug)
        self._documents.get(document_id)
        with self._db.write() as db:
            added = db.execute(
                "INSERT OR IGNORE INTO collection_items SELECT ?, ?, coalesce(max(position), -1) + 1, ?"
                " FROM collection_items WHERE slug = ?",
                [slug, document_id, note, slug],
            )
            return bool(added.rowcount)

    def arrange(self, slug: str, items: Sequence[tuple[str, str]]) -> None:
        """Put these (document id, note) first, in this order; items that are not named keep their order behind."""
        held = [(item.document.id, item.note) for item in self.items(slug)]
        named = {document_id for document_id, _ in items}
        with self._db.write() as db:
            db.execute("DELETE FROM collection_items WHERE slug = ?", [slug])
            for position, (document_id, note) in enumerate([*items, *(one for one in held if one[0] not in named)]):
                db.execute("INSERT INTO collection_items VALUES (?, ?, ?, ?)", [slug, document_id, position, note])


def _collection(row: Any) -> Collection:
    return Collection(slug=row[0], title=row[1], description=row[2], size=row[3])
