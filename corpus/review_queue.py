"""Documents that living collections may want, with the reasons, until a curator accepts or refuses them.

They are kept by identity: a document that was refused is known again when it is taken in anew.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

from corpus.clock import now
from corpus.database import Database
from corpus.documents import Documents
from corpus.errors import NotFound
from corpus.types import Document

Decision = Literal["accept", "refuse"]

_WAITS = (
    "FROM collection_reviews r JOIN documents d ON d.identity = r.identity JOIN collections c ON c.slug = r.slug"
    " WHERE r.verdict IS NULL AND (? IS NULL OR r.slug = ?) AND NOT EXISTS"
    " (SELECT 1 FROM collection_items i WHERE i.slug = r.slug AND i.document_id = d.id)"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """Why a document may belong into a collection.

    By a search: `theirs` is where its `words` stand. By likeness: `yours` is the sentence of the item (an id) that
    `theirs` is like. All are plain text.
    """

    by: Literal["search", "likeness"]
    theirs: str
    query: str = ""
    words: tuple[str, ...] = ()
    yours: str = ""
    item: str = ""
    passage_id: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A document that waits for a curator's word."""

    slug: str
    document: Document
    reasons: tuple[Reason, ...]
    found: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """A document that a curator did not want."""

    identity: str
    note: str
    who: str
    decided: str


class ReviewQueue:
    """The review queues of all collections."""

    def __init__(self, db: Database, documents: Documents) -> None:
        self._db = db
        self._documents = documents

    def offer(self, slug: str, document: Document, reasons: Sequence[Reason]) -> bool:
        """Let a document wait, with the latest reasons; False if it waits already or was decided on."""
        told = json.dumps([asdict(one) for one in reasons], ensure_ascii=False)
        with self._db.write() as db:
            query = "SELECT 1 FROM collection_reviews WHERE slug = ? AND identity = ?"
            known = db.execute(query, [slug, document.identity]).fetchone()
            db.execute(
                "INSERT INTO collection_reviews (slug, identity, reasons, found) VALUES (?, ?, ?, ?)"
                " ON CONFLICT (slug, identity) DO UPDATE SET reasons = excluded.reasons WHERE verdict IS NULL",
                [slug, document.identity, told, now()],
            )
        return known is None

    def waiting(self, slug: str | None = None, *, limit: int = 50, offset: int = 0) -> list[Candidate]:
        """What waits, for one collection or all, the first found first."""
        with self._db.read() as db:
            query = f"SELECT r.slug, d.id, r.reasons, r.found {_WAITS} ORDER BY r.slug, r.found, r.rowid"
            rows = db.execute(f"{query} LIMIT ? OFFSET ?", [slug, slug, limit, offset]).fetchall()
        documents = self._documents.get_many([row[1] for row in rows])
        return [
            Candidate(slug=row[0], document=documents[row[1]], reasons=_reasons(row[2]), found=row[3])
            for row in rows
            if row[1] in documents
        ]

    def count(self, slug: str | None = None) -> int:
        """How many wait."""
        with self._db.read() as db:
            return int(db.execute(f"SELECT count(*) {_WAITS}", [slug, slug]).fetchone()[0])

    def candidate(self, slug: str, document_id: str) -> Candidate:
        """A document that waits; NotFound if it does not."""
        with self._db.read() as db:
            query = f"SELECT r.reasons, r.found {_WAITS} AND d.id = ?"
            row = db.execute(query, [slug, slug, document_id]).fetchone()
        if row is None:
            raise NotFound(f"document in the review queue of {slug!r}", document_id)
        return Candidate(
            slug=slug, document=self._documents.get(document_id), reasons=_reasons(row[0]), found=row[1]
        )  # fmt: skip

    def decide(self, slug: str, identity: str, verdict: Decision | None, *, who: str = "", note: str = "") -> None:
        """Keep a curator's word on a document, or take it back."""
        with self._db.write() as db:
            updated = db.execute(
                "UPDATE collection_reviews SET verdict = ?, decided = ?, who = ?, note = ?"
                " WHERE slug = ? AND identity = ?",
                [verdict, now() if verdict else None, who, note, slug, identity],
            )
            if updated.rowcount == 0:
                raise NotFound(f"document in the review queue of {slug!r}", identity)

    def refused(self, slug: str) -> list[Refusal]:
        """What was refused, by identity."""
        with self._db.read() as db:
            query = "SELECT identity, note, who, decided FROM collection_reviews WHERE slug = ? AND verdict = 'refuse'"
            rows = db.execute(f"{query} ORDER BY identity", [slug]).fetchall()
        return [Refusal(identity=row[0], note=row[1], who=row[2], decided=row[3] or "") for row in rows]

    def refuse(self, slug: str, refusals: Sequence[Refusal]) -> bool:
        """Take refusals over from elsewhere; False if all were known."""
        known = {one.identity for one in self.refused(slug)}
        fresh = [one for one in refusals if one.identity not in known]
        with self._db.write() as db:
            for one in fresh:
                db.execute(
                    "INSERT INTO collection_reviews (slug, identity, reasons, found, verdict, decided, who, note)"
                    " VALUES (?, ?, '[]', ?, 'refuse', ?, ?, ?) ON CONFLICT (slug, identity) DO UPDATE SET"
                    " verdict = 'refuse', decided = excluded.decided, who = excluded.who, note = excluded.note",
                    [slug, one.identity, one.decided, one.decided, one.who, one.note],
                )
        return bool(fresh)


def _reasons(told: str) -> tuple[Reason, ...]:
    kept: list[dict[str, Any]] = json.loads(told)
    return tuple(Reason(**{**one, "words": tuple(one["words"])}) for one in kept)
