"""All reading and writing of documents and their passages."""

import hashlib
import json
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Literal

from corpus import patterns, vocabulary
from corpus.clock import now
from corpus.database import Database
from corpus.errors import NotFound
from corpus.filters import where_filter
from corpus.memo import Memo
from corpus.standing import UNSAID, standings
from corpus.types import Document, Draft, Filter, Passage, PassageText, passage_key
from corpus.urls import canonical

EDITABLE = ("title", "kind", "url", "organization", "published", "language", "tags", "summary", "visibility")
"""What a person may set by hand; a refresh from the source leaves it as it was set."""

_COLUMNS = (
    "id, identity, title, text, kind, url, organization, published, language, source, added, changed, updated,"
    " summary, gone, visibility"
)
_SAID = EDITABLE[1:-1]
_REMEMBERED = 100_000
"""Passages of which it is remembered whose they are: queries find the same ones again and again."""
_PLACES = ", ".join("?" for _ in _COLUMNS.split(","))


def draft_digest(draft: Draft) -> str:
    """Digest of all that the source says; equal digests mean that there is nothing to do."""
    said = [getattr(draft, name) for name in ("title", "text", "updated", *_SAID)]
    said += [draft.visibility] if draft.visibility else []  # digests of the time before stay what they were
    return hashlib.sha256(json.dumps(said, ensure_ascii=False).encode()).hexdigest()


class Documents:
    """The documents of one database."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._owners = Memo[int, str](_REMEMBERED)

    def get(self, document_id: str) -> Document:
        """The document of that id; NotFound if there is none."""
        found = self.get_many([document_id])
        if not found:
            raise NotFound("document", document_id)
        return found[document_id]

    def get_many(self, ids: Sequence[str]) -> dict[str, Document]:
        """The documents that exist among `ids`, by id."""
        with self._db.read() as db:
            query = f"SELECT {_COLUMNS} FROM documents WHERE id IN (SELECT value FROM json_each(?))"
            rows = _rows(db.execute(query, [json.dumps(list(ids))]))
            return {str(row["id"]): document for row, document in zip(rows, self._documents(rows), strict=True)}

    def find(self, key: str) -> Document:
        """By id, by URL in any of its spellings, by source address, or by an alias; NotFound if there is none."""
        with self._db.read() as db:
            row = (
                db.execute(
                    "SELECT id FROM documents WHERE id = ? OR identity IN (?, ?) OR source = ?"
                    " ORDER BY id = ? DESC, id LIMIT 1",
                    [key, canonical(key), key, key, key],
                ).fetchone()
                or db.execute(
                    "SELECT document_id FROM aliases WHERE identity IN (?, ?) OR former = ? LIMIT 1",
                    [canonical(key), key, key],
                ).fetchone()
            )
        if row is None:
            raise NotFound("document", key)
        return self.get(row[0])

    def digest(self, document_id: str) -> str | None:
        """`draft_digest` of the draft stored last, None if the document does not exist."""
        with self._db.read() as db:
            row = db.execute("SELECT digest FROM documents WHERE id = ?", [document_id]).fetchone()
            return None if row is None else str(row[0])

    def ids(self, wanted: Filter = Filter()) -> list[str]:
        """Ids of all documents inside the filter, by id."""
        where, values = where_filter(wanted)
        with self._db.read() as db:
            return [row[0] for row in db.execute(f"SELECT id FROM documents d WHERE {where} ORDER BY id", values)]

    def page(self, wanted: Filter = Filter(), *, limit: int, after: tuple[str, str] | None = None) -> list[Document]:
        """Documents inside the filter, the latest added first; `after` is (added, id) of the last one seen."""
        where, values = where_filter(wanted)
        if after is not None:
            where += " AND (d.added, d.id) < (?, ?)"
            values += after
        query = f"SELECT {_COLUMNS} FROM documents d WHERE {where} ORDER BY d.added DESC, d.id DESC LIMIT ?"
        with self._db.read() as db:
            return self._documents(_rows(db.execute(query, [*values, limit])))

    def count(self, wanted: Filter = Filter()) -> int:
        """How many documents are inside the filter."""
        where, values = where_filter(wanted)
        with self._db.read() as db:
            return int(db.execute(f"SELECT count(*) FROM documents d WHERE {where}", values).fetchone()[0])

    def newest(self, wanted: Filter, *, limit: int, offset: int = 0) -> list[Document]:
        """Documents inside the filter, the latest published first, those without a date at the end."""
        where, values = where_filter(wanted)
        order = "d.published IS NULL, d.published DESC, d.added DESC, d.id"
        with self._db.read() as db:
            query = f"SELECT id FROM documents d WHERE {where} ORDER BY {order} LIMIT ? OFFSET ?"
            ids = [row[0] for row in db.execute(query, [*values, limit, offset])]
            found = self.get_many(ids)
        return [found[document_id] for document_id in ids if document_id in found]

    def put(self, draft: Draft, passages: Sequence[PassageText]) -> Literal["added", "changed", "unchanged"]:
        """Store a draft with its passages, in one transaction. Passages that stay the same keep their ids."""
        digest = draft_digest(draft)
        with self._db.write() as db:
            row = db.execute(  # a bundle may have brought the identity in under an id of its own
                "SELECT digest, edits, id FROM documents WHERE identity = ? OR id = ? ORDER BY identity = ? DESC",
                [draft.identity, draft.id, draft.identity],
            ).fetchone()
            if row is not None and row[0] == digest:
                return "unchanged"
            edits = {} if row is None else json.loads(row[1])
            key = draft.id if row is None else row[2]
            self._store(db, _edited(draft, edits), passages, digest=digest, edits=edits, document_id=key)
            return "added" if row is None else "changed"

    def edit(self, document_id: str, fields: Mapping[str, Any], passages: Sequence[PassageText]) -> Document:
        """Set EDITABLE fields by hand; they win over what the source says from now on.

        `passages` are those of the document as it will be (its title is part of them).
        """
        with self._db.write() as db:
            row = db.execute("SELECT digest, edits FROM documents WHERE id = ?", [document_id]).fetchone()
            if row is None:
                raise NotFound("document", document_id)
            edits = {**json.loads(row[1]), **fields}
            draft = _edited(as_draft(self.get(document_id)), fields)
            self._store(db, draft, passages, digest=row[0], edits=edits, document_id=document_id)
        return self.get(document_id)

    def restore(self, document: Document, passages: Sequence[PassageText], *, edits: Mapping[str, Any]) -> bool:
        """Store a document as an export holds it, id and times included; False if it already stands so."""
        digest = draft_digest(as_draft(document))
        with self._db.write() as db:
            if self.get_many([document.id]).get(document.id) == document and self.edits(document.id) == edits:
                return False
            db.execute("DELETE FROM documents WHERE identity = ? AND id <> ?", [document.identity, document.id])
            self._store(
                db,
                as_draft(document),
                passages,
                digest=digest,
                edits=dict(edits),
                document_id=document.id,
                added=document.added,
                changed=document.changed,
            )
            return True

    def edits(self, document_id: str) -> dict[str, Any]:
        """What people set by hand on the document."""
        with self._db.read() as db:
            row = db.execute("SELECT edits FROM documents WHERE id = ?", [document_id]).fetchone()
            return {} if row is None else dict(json.loads(row[0]))

    def mark_gone(self, document_id: str, gone: str | None) -> None:
        """Remember since when (YYYY-MM-DD) a document's page is not there any more; None: it is there."""
        with self._db.write() as db:
            db.execute("UPDATE documents SET gone = ? WHERE id = ?", [gone, document_id])

    def move(self, document_id: str, url: str) -> None:
        """Remember that a document's page is to be found at another address now, unless a person set its address."""
        with self._db.write() as db:
            db.execute("UPDATE documents SET url = ? WHERE id = ? AND edits ->> '$.url' IS NULL", [url, document_id])

    def remove(self, document_id: str) -> None:
        """Remove the document and all that hangs on it, and remember that; NotFound if there is none."""
        with self._db.write() as db:
            identities = "SELECT identity FROM {} WHERE {} = ?"
            known = f"{identities.format('documents', 'id')} UNION {identities.format('aliases', 'document_id')}"
            db.execute(
                f"INSERT OR REPLACE INTO removals SELECT identity, ? FROM ({known})", [now(), *[document_id] * 2]
            )
            if db.execute("DELETE FROM documents WHERE id = ?", [document_id]).rowcount == 0:
                raise NotFound("document", document_id)

    def removed(self, identity: str) -> str | None:
        """When a person removed the document of this identity, None if nobody did or it is back."""
        with self._db.read() as db:
            row = db.execute("SELECT removed FROM removals WHERE identity = ?", [identity]).fetchone()
            return None if row is None else str(row[0])

    def passages(self, document_id: str) -> list[Passage]:
        """The passages of a document in reading order."""
        with self._db.read() as db:
            query = "SELECT * FROM passages WHERE document_id = ? ORDER BY position"
            return [_passage(row) for row in _rows(db.execute(query, [document_id]))]

    def passages_by_id(self, ids: Sequence[int]) -> dict[int, Passage]:
        """The passages that still exist among `ids`."""
        with self._db.read() as db:
            query = "SELECT * FROM passages WHERE id IN (SELECT value FROM json_each(?))"
            return {passage.id: passage for passage in map(_passage, _rows(db.execute(query, [json.dumps(list(ids))])))}

    def passage_ids(self, wanted: Filter) -> list[int]:
        """Ids of all passages of the documents inside the filter."""
        where, values = where_filter(wanted)
        query = f"SELECT p.id FROM passages p JOIN documents d ON d.id = p.document_id WHERE {where} ORDER BY p.id"
        with self._db.read() as db:
            return [row[0] for row in db.execute(query, values)]

    def passage_documents(self, ids: Sequence[int]) -> dict[int, str]:
        """passage id -> document id, for the passages that still exist."""
        with self._db.remembering(self._owners) as (db, known):
            if missing := [passage_id for passage_id in ids if passage_id not in known]:
                query = "SELECT id, document_id FROM passages WHERE id IN (SELECT value FROM json_each(?))"
                known.update(db.execute(query, [json.dumps(missing)]).fetchall())
            return {passage_id: known[passage_id] for passage_id in ids if passage_id in known}

    def _documents(self, rows: Sequence[Mapping[str, Any]]) -> list[Document]:
        tags: dict[str, list[str]] = {row["id"]: [] for row in rows}
        with self._db.read() as db:
            inside = "document_id IN (SELECT value FROM json_each(?))"
            query = f"SELECT document_id, tag FROM document_tags WHERE {inside} ORDER BY position"
            for document_id, tag in db.execute(query, [json.dumps(list(tags))]):
                tags[document_id].append(tag)
            known = standings(db, list(tags))
        return [Document(**row, tags=tuple(tags[i := row["id"]]), standing=known.get(i, UNSAID)) for row in rows]

    def _store(
        self,
        db: Any,
        draft: Draft,
        passages: Sequence[PassageText],
        *,
        digest: str,
        edits: Mapping[str, Any],
        document_id: str | None = None,
        added: str | None = None,
        changed: str | None = None,
    ) -> None:
        key = document_id or draft.id
        time = now()
        db.execute(
            f"INSERT INTO documents ({_COLUMNS}, digest, edits) VALUES ({_PLACES}, ?, ?)"
            " ON CONFLICT (id) DO UPDATE SET"
            " identity = excluded.identity, title = excluded.title, text = excluded.text,"
            " kind = excluded.kind, url = excluded.url, organization = excluded.organization,"
            " published = excluded.published, language = excluded.language, source = excluded.source,"
            " added = iif(?, excluded.added, added), changed = excluded.changed,"
            " updated = excluded.updated, summary = excluded.summary, gone = excluded.gone,"
            " visibility = excluded.visibility, digest = excluded.digest, edits = excluded.edits",
            [
                key,
                draft.identity,
                draft.title,
                draft.text,
                draft.kind,
                draft.url,
                draft.organization,
                draft.published,
                draft.language,
                draft.source,
                added or time,
                changed or time,
                draft.updated,
                draft.summary,
                draft.gone,
                draft.visibility,
                digest,
                json.dumps(edits, ensure_ascii=False, sort_keys=True),
                added is not None,
            ],
        )
        db.execute("DELETE FROM removals WHERE identity = ?", [draft.identity])
        db.execute("DELETE FROM document_tags WHERE document_id = ?", [key])
        for position, tag in enumerate(dict.fromkeys(draft.tags)):
            db.execute("INSERT INTO document_tags VALUES (?, ?, ?)", [key, tag, position])
        _store_passages(db, key, draft.title, passages)
        vocabulary.remember(db, key, f"{draft.title}\n{draft.full_text}")


def _store_passages(db: Any, document_id: str, title: str, passages: Sequence[PassageText]) -> None:
    """Keep the rows whose text stays, whatever their place; delete and insert the others."""
    kept: dict[bytes, list[int]] = {}
    for row_id, key in db.execute("SELECT id, key FROM passages WHERE document_id = ? ORDER BY id", [document_id]):
        kept.setdefault(key, []).append(row_id)
    for position, passage in enumerate(passages):
        key = passage_key(title, passage.heading, passage.text)
        if kept.get(key):
            db.execute("UPDATE passages SET position = ? WHERE id = ?", [position, kept[key].pop(0)])
        else:
            (row_id,) = db.execute(
                "INSERT INTO passages (document_id, position, title, heading, text, key, revision)"
                " SELECT ?, ?, ?, ?, ?, ?, revision FROM state RETURNING id",
                [document_id, position, title, passage.heading, passage.text, key],
            ).fetchone()
            patterns.remember(db, row_id, passage.text)
    for row_id in [row_id for ids in kept.values() for row_id in ids]:
        db.execute("DELETE FROM passages WHERE id = ?", [row_id])


def as_draft(document: Document) -> Draft:
    """The draft that would give this document."""
    return Draft(
        identity=document.identity,
        title=document.title,
        text=document.text,
        kind=document.kind,
        url=document.url,
        organization=document.organization,
        published=document.published,
        tags=document.tags,
        language=document.language,
        source=document.source,
        updated=document.updated,
        summary=document.summary,
        gone=document.gone,
        visibility=document.visibility,
    )


def _edited(draft: Draft, edits: Mapping[str, Any]) -> Draft:
    fields = dict(edits)
    if "tags" in fields:
        fields["tags"] = tuple(fields["tags"])
    return replace(draft, **fields)


def _rows(cursor: sqlite3.Cursor) -> list[dict[str, Any]]:
    names = [column[0] for column in cursor.description]
    return [dict(zip(names, row, strict=True)) for row in cursor]


def _passage(row: Mapping[str, Any]) -> Passage:
    return Passage(**{name: value for name, value in row.items() if name != "revision"})
