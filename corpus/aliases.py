"""Other addresses of a document, and pairs of documents that may belong together: what people decided stays so."""

import json
from dataclasses import asdict, replace
from typing import Any, Literal

from corpus.clock import now
from corpus.database import Database
from corpus.documents import Documents, as_draft
from corpus.errors import Conflict, NotFound
from corpus.joining import hand_over
from corpus.public import narrowest
from corpus.types import Alias, Document, Draft, Pair
from corpus.urls import canonical

_ALIAS = "SELECT identity, document_id, reason, added, address FROM aliases"
_PAIR = "SELECT one, other, relation, reason, score, decision FROM pairs"

Relation = Literal["copy", "same event"]
Decision = Literal["joined", "apart"]


class Aliases:
    """The aliases and pairs of one database."""

    def __init__(self, db: Database, documents: Documents) -> None:
        self._db = db
        self._documents = documents

    def of(self, document_id: str) -> list[Alias]:
        """A document's aliases, by identity."""
        with self._db.read() as db:
            return [
                Alias(*row) for row in db.execute(f"{_ALIAS} WHERE document_id = ? ORDER BY identity", [document_id])
            ]

    def all(self, *, limit: int, after: str = "") -> list[Alias]:
        """All aliases by identity; `after` is that of the last one seen."""
        with self._db.read() as db:
            query = f"{_ALIAS} WHERE identity > ? ORDER BY identity LIMIT ?"
            return [Alias(*row) for row in db.execute(query, [after, limit])]

    def document_of(self, identity: str) -> str | None:
        """Id of the document that an alias stands for, None if the identity is no alias."""
        with self._db.read() as db:
            query = "SELECT document_id FROM aliases WHERE identity IN (?, ?) ORDER BY identity = ? DESC"
            row = db.execute(query, [identity, canonical(identity), identity]).fetchone()
            return None if row is None else str(row[0])

    def is_free(self, identity: str) -> bool:
        """True if the identity is neither that of a document nor an alias."""
        query = "SELECT 1 FROM documents WHERE identity = ? UNION ALL SELECT 1 FROM aliases WHERE identity = ?"
        with self._db.read() as db:
            return db.execute(query, [identity, identity]).fetchone() is None

    def add(
        self, identity: str, document_id: str, reason: str, copy: Draft | None = None, *, address: str | None = None
    ) -> None:
        """Let an identity stand for a document; `copy` is the draft that was found there, to split it off again.

        `address` is the identity as it was found, if that is not the copy's.

        Said again of the same document it is written anew. NotFound if there is no such document; Conflict if the
        identity is that of a document or stands for another one.
        """
        with self._db.write() as db:
            self._documents.get(document_id)
            if db.execute("SELECT 1 FROM documents WHERE identity = ?", [identity]).fetchone():
                raise Conflict(f"{identity} is a document of its own; join the two instead")
            row = db.execute("SELECT document_id FROM aliases WHERE identity = ?", [identity]).fetchone()
            if row is not None and row[0] != document_id:
                raise Conflict(f"{identity} is an address of document {row[0]} already")
            found = address or (copy and copy.url) or identity
            _store(db, identity, document_id, reason, copy, None if copy is None else copy.id, found)

    def drop(self, identity: str) -> None:
        """Take an alias off: another text stands there now. Nothing is decided; nothing happens if it is none."""
        with self._db.write() as db:
            db.execute("DELETE FROM aliases WHERE identity = ?", [identity])

    def join(self, keep_id: str, other_id: str, reason: str) -> None:
        """Make the other document an alias of the kept one, which takes over what hung on it.

        NotFound if there is no such document; Conflict if the two are one.
        """
        with self._db.write() as db:
            kept, other = self._documents.get(keep_id), self._documents.get(other_id)
            if keep_id == other_id:
                raise Conflict(f"{keep_id} cannot be joined with itself")
            hand_over(db, kept=kept.id, other=other.id)
            _share_events(db, kept, other)
            db.execute("DELETE FROM documents WHERE id = ?", [other_id])
            _store(db, other.identity, keep_id, reason, as_draft(other), other_id, other.url or other.identity)
            _decide(db, kept.identity, other.identity, "joined", reason)

    def split(self, identity: str) -> Draft:
        """Take an alias off its document, and remember that the two are apart; the draft that stood there.

        Whoever calls stores the draft. NotFound if there is no such alias; Conflict if it never was a document.
        """
        with self._db.write() as db:
            row = db.execute(
                "SELECT a.identity, a.reason, a.copy, d.identity, d.visibility"
                " FROM aliases a JOIN documents d ON d.id = document_id"
                " WHERE a.identity IN (?, ?) ORDER BY a.identity = ? DESC",
                [identity, canonical(identity), identity],
            ).fetchone()
            if row is None:
                raise NotFound("alias", identity)
            alias, reason, copy, kept, visibility = row
            if copy is None:
                raise Conflict(f"{alias} was never a document of its own ({reason}); it cannot be split off")
            draft = _draft(copy)
            draft = replace(draft, visibility=narrowest([draft.visibility, visibility]))
            db.execute("DELETE FROM aliases WHERE identity = ?", [alias])
            # What is known of its page is told of the other document: it is read anew.
            db.execute("DELETE FROM fetches WHERE url IN (?, ?, ?)", [alias, draft.url, draft.source])
            _decide(db, kept, alias, "apart", reason)
            return draft

    def decision(self, one: str, other: str, relation: Relation = "copy") -> str | None:
        """What a person decided about two identities: "joined", "apart", or None."""
        with self._db.read() as db:
            query = "SELECT decision FROM pairs WHERE one = ? AND other = ? AND relation = ?"
            row = db.execute(query, [*sorted((one, other)), relation]).fetchone()
            return None if row is None else row[0]

    def propose(self, one: str, other: str, relation: Relation, reason: str, score: float) -> None:
        """Remember a pair of identities for a person to look at; what was decided stays."""
        with self._db.write() as db:
            _propose(db, one, other, relation, reason, score)

    def pairs(
        self,
        relation: Relation | None = None,
        *,
        undecided_only: bool = True,
        identity: str | None = None,
        limit: int = 100,
    ) -> list[Pair]:
        """Pairs whose documents both exist (one of them `identity`, if given), the surest first."""
        conditions = ["EXISTS (SELECT 1 FROM documents WHERE identity = one)"]
        conditions += ["EXISTS (SELECT 1 FROM documents WHERE identity = other)"]
        conditions += ["(? IS NULL OR relation = ?)", "(? IS NULL OR ? IN (one, other))"]
        conditions += ["decision IS NULL"] if undecided_only else []
        query = f"{_PAIR} WHERE {' AND '.join(conditions)} ORDER BY score DESC, one, other, relation LIMIT ?"
        with self._db.read() as db:
            return [Pair(*row) for row in db.execute(query, [relation, relation, identity, identity, limit])]

    def decide(self, one: str, other: str, relation: Relation, decision: Decision | None) -> None:
        """Set, or with None take back, what a person says of a pair; NotFound if nobody proposed it."""
        with self._db.write() as db:
            updated = db.execute(
                "UPDATE pairs SET decision = ? WHERE one = ? AND other = ? AND relation = ?",
                [decision, *sorted((one, other)), relation],
            )
            if updated.rowcount == 0:
                raise NotFound("pair", f"{one} and {other}")


def _store(
    db: Any,
    identity: str,
    document_id: str,
    reason: str,
    copy: Draft | None,
    former: str | None,
    address: str,
) -> None:
    kept = None if copy is None else json.dumps(asdict(copy), ensure_ascii=False)
    db.execute(
        "INSERT INTO aliases (identity, document_id, reason, former, copy, added, address) VALUES (?, ?, ?, ?, ?, ?, ?)"
        " ON CONFLICT (identity) DO UPDATE SET"
        " reason = excluded.reason, former = coalesce(excluded.former, former), copy = coalesce(excluded.copy, copy)",
        [identity, document_id, reason, former, kept, now(), address],
    )


def _draft(copy: str) -> Draft:
    fields = json.loads(copy)
    return Draft(**{**fields, "tags": tuple(fields["tags"])})


def _share_events(db: Any, kept: Document, other: Document) -> None:
    """Let the kept document tell of the same events as the other."""
    query = f"{_PAIR} WHERE ? IN (one, other) AND relation = 'same event'"
    for pair in [Pair(*row) for row in db.execute(query, [other.identity])]:
        third = pair.one if pair.other == other.identity else pair.other
        if third != kept.identity:
            _propose(db, kept.identity, third, "same event", pair.reason, pair.score, pair.decision)


def _propose(
    db: Any, one: str, other: str, relation: Relation, reason: str, score: float, decision: str | None = None
) -> None:
    db.execute(
        "INSERT INTO pairs VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET"
        " reason = excluded.reason, score = excluded.score, decision = excluded.decision WHERE decision IS NULL",
        [*sorted((one, other)), relation, reason, score, decision, now()],
    )


def _decide(db: Any, one: str, other: str, decision: Decision, reason: str) -> None:
    _propose(db, one, other, "copy", reason, 1.0)
    db.execute(
        "UPDATE pairs SET decision = ? WHERE one = ? AND other = ? AND relation = 'copy'",
        [decision, *sorted((one, other))],
    )
