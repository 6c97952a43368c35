"""The life of a lesson: what people say of its state and its owner, and which lessons to look at again."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, Literal

from corpus.clock import later, now, today
from corpus.database import Database
from corpus.documents import Documents
from corpus.errors import Conflict, NotFound
from corpus.standing import OUTDATED, Standing, State
from corpus.types import Document

FIELDS = ("state", "superseded_by", "owner", "review_by")
"""What a person may say of a document."""
SAID = (*FIELDS, "reviewed_at", "reviewed_by")
"""What is known of that."""
_YEAR = 365 * 24 * 3600

Doubt = Literal["review due", "page gone", "successor outdated", "successor gone", "verified long ago"]
_DOUBTS: dict[Doubt, str] = {
    "review due": "l.review_by <= :today AND l.state IS NOT 'superseded'",
    "page gone": "d.gone IS NOT NULL",
    "successor outdated": "l.state = 'superseded' AND s.state IN ('superseded', 'obsolete')",
    "successor gone": "l.state = 'superseded' AND l.superseded_by IS NULL",
    "verified long ago": "l.state IN ('reviewed', 'verified') AND l.review_by IS NULL AND l.reviewed_at < :year_ago",
}
"""Why a lesson should be looked at again, as a condition; the first that holds is told."""


@dataclass(frozen=True, slots=True)
class StateChange:
    """Who said when how a lesson stands."""

    state: State | None
    superseded_by: str | None
    at: str
    by: str


@dataclass(frozen=True, slots=True)
class InDoubt:
    """A lesson that may not be true any more, and why."""

    document: Document
    doubt: Doubt
    since: str | None


class Lifecycle:
    """How the documents of one database stand."""

    def __init__(self, db: Database, documents: Documents) -> None:
        self._db = db
        self._documents = documents

    def say(self, document_id: str, said: Mapping[str, Any], by: str = "", *, again: bool = False) -> Standing:
        """Set some of FIELDS; `superseded_by` is an id or an address, and alone means the state `superseded`.

        `again`: it stood so before, and its successor may be gone. Conflict says why that cannot be; NotFound if there
        is no such document.
        """
        with self._db.write() as db:
            old = self._documents.get(document_id).standing
            new = replace(old, **{name: said[name] for name in FIELDS if name in said})
            if not (again and new.state == "superseded" and new.superseded_by is None):
                new = self._settled(document_id, new, said)
            if said.get("state") in ("reviewed", "verified"):
                new = replace(new, reviewed_at=now(), reviewed_by=by)
            self._put(db, document_id, new)
            if "state" in said or new.state != old.state or new.superseded_by != old.superseded_by:
                db.execute(
                    "INSERT INTO lesson_states (document_id, state, superseded_by, at, by) VALUES (?, ?, ?, ?, ?)",
                    [document_id, new.state, new.superseded_by, now(), by],
                )
        return new

    def still_true(self, document_id: str, by: str = "") -> Standing:
        """Somebody looked at it and found it true: reviewed (verified, if it was), to be looked at again in a year.

        Conflict if another lesson took its place, and that one stands.
        """
        standing = self._documents.get(document_id).standing
        successor = self._documents.get_many([standing.superseded_by or ""]).get(standing.superseded_by or "")
        if successor and successor.standing.state not in OUTDATED:
            raise Conflict(f"{successor.title!r:.100} took its place; if it is true after all, change its state first")
        kept = "verified" if standing.state == "verified" else "reviewed"
        return self.say(document_id, {"state": kept, "review_by": later(_YEAR)[:10]}, by)

    def history(self, document_id: str) -> list[StateChange]:
        """Who said when how it stands, the latest first; NotFound if there is no such document."""
        self._documents.get(document_id)
        with self._db.read() as db:
            query = "SELECT state, superseded_by, at, by FROM lesson_states WHERE document_id = ? ORDER BY id DESC"
            return [StateChange(*row) for row in db.execute(query, [document_id])]

    def stands(self, document_id: str, standing: Standing, history: Sequence[StateChange]) -> bool:
        """Does a document stand just so, with this history, the latest first?"""
        held = self._documents.get(document_id).standing
        return _said(held) == _said(standing) and self.history(document_id) == list(history)

    def forget(self, document_id: str) -> None:
        """Nothing is said of a document any more; its history is kept."""
        with self._db.write() as db:
            db.execute("DELETE FROM lessons WHERE document_id = ?", [document_id])

    def restore(self, document_id: str, standing: Standing, history: Sequence[StateChange]) -> None:
        """Let a document stand as an export has it, with its history; Conflict if that leads round in a circle."""
        with self._db.write() as db:
            self._put(db, document_id, self._settled(document_id, standing, {}))
            db.execute("DELETE FROM lesson_states WHERE document_id = ?", [document_id])
            for one in reversed(history):
                db.execute(
                    "INSERT INTO lesson_states (document_id, state, superseded_by, at, by) VALUES (?, ?, ?, ?, ?)",
                    [document_id, one.state, one.superseded_by, one.at, one.by],
                )

    def outdated(self, ids: Sequence[str]) -> dict[str, str | None]:
        """Those of the documents that are superseded, with the id of their successor, or obsolete."""
        query = (
            "SELECT document_id, superseded_by FROM lessons WHERE state IN (?, ?)"
            " AND document_id IN (SELECT value FROM json_each(?))"
        )
        with self._db.read() as db:
            return dict(db.execute(query, [*OUTDATED, json.dumps(list(ids))]).fetchall())

    def replaced_by(self, document_id: str) -> list[Document]:
        """The documents that this one superseded, by title."""
        query = "SELECT document_id FROM lessons WHERE superseded_by = ?"
        with self._db.read() as db:
            ids = [row[0] for row in db.execute(query, [document_id])]
        return sorted(self._documents.get_many(ids).values(), key=lambda one: (one.title, one.id))

    def in_doubt(self, *, limit: int, offset: int = 0) -> list[InDoubt]:
        """Lessons that should be looked at again, those due longest first; what is obsolete already is left out."""
        told = " ".join(f"WHEN {condition} THEN '{doubt}'" for doubt, condition in _DOUBTS.items())
        values = {"today": today(), "year_ago": later(-_YEAR), "limit": limit, "offset": offset}
        with self._db.read() as db:
            rows = db.execute(
                f"SELECT * FROM (SELECT d.id AS id, CASE {told} END AS doubt,"
                " coalesce(l.review_by, d.gone, l.reviewed_at) AS since"
                " FROM documents d LEFT JOIN lessons l ON l.document_id = d.id"
                " LEFT JOIN lessons s ON s.document_id = l.superseded_by"
                " WHERE l.state IS NOT 'obsolete'"
                " AND (d.gone IS NULL OR coalesce(l.reviewed_at, '') < d.gone OR l.review_by <= :today))"
                " WHERE doubt IS NOT NULL ORDER BY since, id LIMIT :limit OFFSET :offset",
                values,
            ).fetchall()
        documents = self._documents.get_many([row[0] for row in rows])
        return [InDoubt(documents[row[0]], row[1], row[2]) for row in rows if row[0] in documents]

    def _settled(self, document_id: str, new: Standing, said: Mapping[str, Any]) -> Standing:
        """The standing with its successor known by id; Conflict if the two do not go together."""
        if said.get("superseded_by") and "state" not in said:
            new = replace(new, state="superseded")
        if new.state != "superseded":
            if said.get("superseded_by"):
                raise Conflict(f"state: what is superseded by another document is not {new.state or 'without a state'}")
            return replace(new, superseded_by=None)
        if new.superseded_by is None:
            if "state" in said or "superseded_by" in said:
                raise Conflict("superseded_by: say which document took its place")
            return new
        return replace(new, superseded_by=self._successor(document_id, new.superseded_by))

    def _successor(self, document_id: str, key: str) -> str:
        """The id of the document that is to take the place; Conflict if that leads round in a circle."""
        try:
            successor = self._documents.find(key)
        except NotFound as error:
            raise Conflict(f"superseded_by: {error}") from error
        if successor.id == document_id:
            raise Conflict("superseded_by: a document cannot take its own place")
        met: Document | None = successor
        while met is not None:
            if met.id == document_id:
                raise Conflict(
                    f"superseded_by: {successor.title!r:.100} is itself superseded by this document, by way of others"
                    " or directly; that would go round in a circle"
                )
            met = self._documents.get_many([met.standing.superseded_by or ""]).get(met.standing.superseded_by or "")
        return successor.id

    def _put(self, db: Any, document_id: str, standing: Standing) -> None:
        known = _said(standing)
        db.execute(
            f"INSERT OR REPLACE INTO lessons (document_id, {', '.join(known)})"
            f" VALUES (?, {', '.join('?' for _ in known)})",
            [document_id, *known.values()],
        )


def _said(standing: Standing) -> dict[str, Any]:
    return {name: value for name, value in asdict(standing).items() if name in SAID}
