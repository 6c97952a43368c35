"""Curated lists of documents, in the curator's order, each item with a note on why it is there.

Every change is one function from state to state (`collection_state`), checked against the version
that the curator saw, and remembered with what undoes it (`collection_history`).
"""

import json
import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from corpus.clock import now
from corpus.collection_history import CollectionHistory, change_of, difference, in_words
from corpus.collection_state import Edit, Living, Place, State, added, arranged, described, settled
from corpus.database import Database
from corpus.documents import Documents
from corpus.errors import BadEdit, Conflict, NotFound, Outdated
from corpus.types import Collection, CollectionItem

_SIZE = "(SELECT count(*) FROM collection_items i WHERE i.slug = c.slug)"
_COLUMNS = "title, description, visibility, curators, sections, living"
_QUERY = f"SELECT slug, {_COLUMNS}, version, updated, {_SIZE} FROM collections c"
_ITEM = "document_id, position, note, section, added"
_LONGEST_SLUG = 60


def slug_of(title: str) -> str:
    """The address part of a title: lower-case letters and digits joined by hyphens, at most 60 characters."""
    return re.sub(r"[\W_]+", "-", title.lower()).strip("-")[:_LONGEST_SLUG].strip("-") or "collection"


class Collections:
    """The collections of one database."""

    def __init__(self, db: Database, documents: Documents) -> None:
        self._db = db
        self._documents = documents
        self.history = CollectionHistory(db)

    def all(self) -> list[Collection]:
        """All collections, by title."""
        return self.page(limit=-1)

    def page(self, *, limit: int, after: tuple[str, str] | None = None) -> list[Collection]:
        """Collections by title, those after a (title, slug)."""
        with self._db.read() as db:
            query = f"{_QUERY} WHERE (title, slug) > (?, ?) ORDER BY title, slug LIMIT ?"
            return [_collection(row) for row in db.execute(query, [*(after or ("", "")), limit])]

    def get(self, slug: str) -> Collection:
        """The collection of that slug; NotFound if there is none."""
        with self._db.read() as db:
            row = db.execute(f"{_QUERY} WHERE slug = ?", [slug]).fetchone()
        if row is None:
            raise NotFound("collection", slug)
        return _collection(row)

    def items(self, slug: str, *, limit: int = -1, offset: int = 0) -> list[CollectionItem]:
        """The items in the curator's order; NotFound if there is no such collection."""
        return self._items(slug, "number", limit, offset)

    def newest(self, slug: str, *, limit: int, offset: int = 0) -> list[CollectionItem]:
        """The items that came in last; NotFound if there is no such collection."""
        return self._items(slug, "added DESC, number", limit, offset)

    def _items(self, slug: str, order: str, limit: int, offset: int) -> list[CollectionItem]:
        self.get(slug)
        with self._db.read() as db:
            numbered = "SELECT *, row_number() OVER (ORDER BY position) - 1 AS number FROM collection_items"
            query = f"SELECT document_id, number, note, section, added FROM ({numbered} WHERE slug = ?)"
            rows = db.execute(f"{query} ORDER BY {order} LIMIT ? OFFSET ?", [slug, limit, offset]).fetchall()
        documents = self._documents.get_many([row[0] for row in rows])
        return [
            CollectionItem(document=documents[row[0]], position=row[1], note=row[2], section=row[3], added=row[4])
            for row in rows
            if row[0] in documents
        ]

    def containing(self, document_id: str) -> list[Collection]:
        """The collections in which a document stands."""
        with self._db.read() as db:
            inside = "WHERE slug IN (SELECT slug FROM collection_items WHERE document_id = ?) ORDER BY title"
            return [_collection(row) for row in db.execute(f"{_QUERY} {inside}", [document_id])]

    def state(self, slug: str) -> State:
        """The whole collection as one value; NotFound if there is none."""
        found = self.get(slug)
        with self._db.read() as db:
            query = "SELECT document_id, note, section, added FROM collection_items WHERE slug = ? ORDER BY position"
            places = tuple(Place(*row) for row in db.execute(query, [slug]))
        return State(
            title=found.title, description=found.description, visibility=found.visibility, curators=found.curators,
            sections=found.sections, living=found.living, places=places,
        )  # fmt: skip

    def create(self, title: str, *, slug: str | None = None, description: str = "", who: str = "") -> Collection:
        """A new, empty collection of whoever makes it; Conflict if the slug is taken."""
        slug = slug_of(title) if slug is None else slug
        if slug != slug_of(slug):
            raise BadEdit(f"slug: {slug!r:.80} cannot stand in an address; {slug_of(slug)!r} can")
        state = settled(described(title=title, description=description, curators=(who,) if who else ())(State()))
        with self._db.write() as db:
            if db.execute("SELECT 1 FROM collections WHERE slug = ?", [slug]).fetchone():
                raise Conflict(f"there is a collection {slug!r} already; choose another title or slug")
            db.execute("DELETE FROM collection_reviews WHERE slug = ?", [slug])
            self._put(slug, State(), state, who, f"made the collection “{title}”")
        return self.get(slug)

    def change(self, slug: str, edit: Edit, *, who: str = "", version: int | None = None, what: str = "") -> Collection:
        """Make a change, and remember it; Outdated if the collection is not at that version any more."""
        with self._db.write():
            before = self.state(slug)
            self._expect(slug, version)
            after = settled(edit(before))
            self._check_documents(before, after)
            if after != before:
                self._put(slug, before, after, who, what or in_words(before, after, self._title_of))
        return self.get(slug)

    def delete(self, slug: str, *, who: str = "", version: int | None = None) -> int:
        """Remove a collection; the number in its history that brings it back."""
        with self._db.write() as db:
            before = self.state(slug)
            self._expect(slug, version)
            number = self.history.newest(slug)
            change = change_of(number + 1, who, "deleted the collection")
            self.history.record(slug, change, difference(before, State()))
            db.execute("DELETE FROM collections WHERE slug = ?", [slug])
        return number

    def restore(self, slug: str, number: int, *, who: str = "", version: int | None = None) -> Collection:
        """Bring back how it was after change `number`, as a change of its own; documents that are gone stay gone."""
        with self._db.write():
            try:
                before = self.state(slug)
                self._expect(slug, version)
            except NotFound:
                before = State()
            after = self.history.state(slug, number, before)
            there = self._documents.get_many([place.document_id for place in after.places])
            after = replace(after, places=tuple(place for place in after.places if place.document_id in there))
            self._put(slug, before, settled(after), who, f"brought back how it was after change {number}")
        return self.get(slug)

    def describe(self, slug: str, *, title: str, description: str) -> None:
        """Set title and description; NotFound if there is no such collection."""
        self.change(slug, described(title=title, description=description))

    def add(
        self, slug: str, document_id: str, note: str = "", *, section: str = "", position: int | None = None,
        who: str = "", version: int | None = None,
    ) -> bool:  # fmt: skip
        """Put a document in, at the end if no position is given; False if it stands there already (and stays)."""
        self._documents.get(document_id)
        with self._db.write():
            if self.state(slug).has(document_id):
                return False
            place = Place(document_id, note, section, now())
            self.change(slug, added(place, position), who=who, version=version)
            return True

    def arrange(self, slug: str, items: Sequence[tuple[str, str]]) -> None:
        """Put these (document id, note) first, in this order; items that are not named keep their order behind."""
        self.change(slug, arranged([Place(document_id, note, added=now()) for document_id, note in items]))

    def due(self) -> list[str]:
        """The slugs of living collections for which nobody has looked since passages last came in."""
        with self._db.read() as db:
            query = "SELECT slug FROM collections WHERE living IS NOT NULL AND looked IS NOT ? ORDER BY slug"
            return [row[0] for row in db.execute(query, [self.frontier()])]

    def frontier(self) -> int:
        """The revision that the newest passages are of."""
        with self._db.read() as db:
            return int(db.execute("SELECT coalesce(max(revision), 0) FROM passages").fetchone()[0])

    def looked(self, slug: str, frontier: int) -> None:
        """Remember that matches were looked for among all passages up to a revision."""
        with self._db.write() as db:
            db.execute("UPDATE collections SET looked = ? WHERE slug = ?", [frontier, slug])

    def _expect(self, slug: str, version: int | None) -> None:
        present = self.get(slug).version
        if version is not None and version != present:
            raise Outdated("collection", slug, present)

    def _check_documents(self, before: State, after: State) -> None:
        known = {place.document_id for place in before.places}
        wanted = [place.document_id for place in after.places if place.document_id not in known]
        if after.living is not None and after.living != before.living:
            wanted += [*after.living.examples, *after.living.against]
        there = self._documents.get_many(wanted)
        for document_id in wanted:
            if document_id not in there:
                raise NotFound("document", document_id)

    def _title_of(self, document_id: str) -> str:
        found = self._documents.get_many([document_id]).get(document_id)
        return found.title if found else document_id

    def _put(self, slug: str, before: State, after: State, who: str, what: str) -> None:
        """Write what differs, and the change itself."""
        change = change_of(self.history.newest(slug) + 1, who, what)
        living = None if after.living is None else json.dumps(list(_living_row(after.living)), ensure_ascii=False)
        row = [after.title, after.description, after.visibility, _names(after.curators), _names(after.sections), living]
        old = set(before.places)
        kept = {place.document_id for place in after.places}
        with self._db.write() as db:
            query = "SELECT document_id, position FROM collection_items WHERE slug = ?"
            positions = dict(db.execute(query, [slug]).fetchall())  # what went with its document left a gap
            db.execute(
                f"INSERT INTO collections (slug, {_COLUMNS}, version, updated) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
                " ON CONFLICT (slug) DO UPDATE SET title = excluded.title, description = excluded.description,"
                " visibility = excluded.visibility, curators = excluded.curators, sections = excluded.sections,"
                " looked = iif(living IS excluded.living, looked, NULL), living = excluded.living,"
                " version = excluded.version, updated = excluded.updated",
                [slug, *row, change.number, change.at],
            )
            for place in before.places:
                if place.document_id not in kept:
                    db.execute(
                        "DELETE FROM collection_items WHERE slug = ? AND document_id = ?", [slug, place.document_id]
                    )
            for number, place in enumerate(after.places):
                if place not in old or positions[place.document_id] != number:
                    db.execute(
                        f"INSERT INTO collection_items (slug, {_ITEM}) VALUES (?, ?, ?, ?, ?, ?)"
                        " ON CONFLICT (slug, document_id) DO UPDATE SET position = excluded.position,"
                        " note = excluded.note, section = excluded.section, added = excluded.added",
                        [slug, place.document_id, number, place.note, place.section, place.added],
                    )
        self.history.record(slug, change, difference(before, after))


def _names(names: Sequence[str]) -> str:
    return json.dumps(list(names), ensure_ascii=False)


def _living_row(living: Living) -> tuple[str, tuple[str, ...], tuple[str, ...]]:
    return living.query, living.examples, living.against


def _collection(row: Any) -> Collection:
    living = None if row[6] is None else json.loads(row[6])
    return Collection(
        slug=row[0], title=row[1], description=row[2], visibility=row[3], curators=tuple(json.loads(row[4])),
        sections=tuple(json.loads(row[5])),
        living=None if living is None else Living(living[0], tuple(living[1]), tuple(living[2])),
        version=row[7], updated=row[8], size=row[9],
    )  # fmt: skip
