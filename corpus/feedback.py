"""Verdicts of readers, counted by document and day. Nobody knows who gave one; a query given with it is kept."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, get_args

from corpus.clock import today
from corpus.database import Database
from corpus.documents import Documents
from corpus.errors import NotFound
from corpus.types import Document

Verdict = Literal["useful", "not-useful", "already-knew"]
VERDICTS: tuple[Verdict, ...] = get_args(Verdict)
Context = Literal["search", "related", "collection"]
CONTEXTS: tuple[Context, ...] = get_args(Context)

_COLUMNS = "context, verdict, day, query, page, count"


@dataclass(frozen=True, slots=True)
class Counted:
    """How often a verdict on a document was given on a day, for a query or while a stored document was read."""

    context: Context
    verdict: Verdict
    day: str
    query: str
    page: str
    count: int


@dataclass(frozen=True, slots=True)
class Judgement:
    """What people said of a document as an answer to a query, and how many did."""

    query: str
    document_id: str
    verdict: Verdict
    count: int


class Feedback:
    """The verdicts of one database."""

    def __init__(self, db: Database, documents: Documents) -> None:
        self._db = db
        self._documents = documents

    def give(
        self, document_id: str, context: Context, verdict: Verdict, *, query: str | None = None, url: str | None = None
    ) -> None:
        """Count a verdict. Of a page's address only the id of its document is kept, if it is stored; else nothing.

        NotFound if there is no such document.
        """
        self._documents.get(document_id)
        key = [document_id, context, verdict, today(), normalised(query or ""), self._page(url)]
        with self._db.write() as db:
            db.execute(
                f"INSERT INTO feedback (document_id, {_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, 1)"
                " ON CONFLICT DO UPDATE SET count = count + 1",
                key,
            )

    def counts(self, document_id: str) -> dict[Verdict, int]:
        """How many gave each verdict; 0 for those that nobody gave."""
        counted = "SELECT verdict, sum(count) FROM feedback WHERE document_id = ? GROUP BY verdict"
        with self._db.read() as db:
            found = dict(db.execute(counted, [document_id]).fetchall())
        return {verdict: found.get(verdict, 0) for verdict in VERDICTS}

    def popular(self, limit: int) -> list[tuple[Document, int]]:
        """Documents that most people found useful, with how many did so."""
        counted = (
            "SELECT document_id, sum(count) FROM feedback WHERE verdict = 'useful'"
            " AND document_id IN (SELECT id FROM documents) GROUP BY document_id ORDER BY 2 DESC, 1 LIMIT ?"
        )
        with self._db.read() as db:
            rows = db.execute(counted, [limit]).fetchall()
        documents = self._documents.get_many([row[0] for row in rows])
        return [(documents[row[0]], row[1]) for row in rows if row[0] in documents]

    def judgements(self) -> list[Judgement]:
        """All verdicts that came with a query, by query and document."""
        counted = (
            "SELECT query, document_id, verdict, sum(count) FROM feedback WHERE query <> ''"
            " GROUP BY query, document_id, verdict ORDER BY query, document_id, verdict"
        )
        with self._db.read() as db:
            return [Judgement(*row) for row in db.execute(counted)]

    def of(self, document_id: str) -> list[Counted]:
        """All that was said of a document."""
        query = f"SELECT {_COLUMNS} FROM feedback WHERE document_id = ? ORDER BY day, {_COLUMNS}"
        with self._db.read() as db:
            return [Counted(*row) for row in db.execute(query, [document_id])]

    def restore(self, document_id: str, counted: Sequence[Counted]) -> bool:
        """Let the verdicts of an export be known, as often at least as it says; False if they are already."""
        changed = False
        with self._db.write() as db:
            for one in counted:
                values = [document_id, one.context, one.verdict, one.day, one.query, one.page, one.count]
                written = db.execute(
                    f"INSERT INTO feedback (document_id, {_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?)"
                    " ON CONFLICT DO UPDATE SET count = excluded.count WHERE excluded.count > count",
                    values,
                )
                changed = changed or bool(written.rowcount)
        return changed

    def _page(self, url: str | None) -> str:
        try:
            return self._documents.find(url).id if url else ""
        except NotFound:
            return ""


def normalised(query: str) -> str:
    """A query as it is counted: small letters, one blank between words."""
    return " ".join(query.lower().split())
