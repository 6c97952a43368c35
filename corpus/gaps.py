"""Content gaps: what people looked for and did not find, as far as they said so. For curators."""

from dataclasses import dataclass
from typing import Any, Literal, get_args

from corpus.clock import today
from corpus.database import Database
from corpus.documents import Documents
from corpus.errors import Conflict, NotFound
from corpus.feedback import normalised

GapState = Literal["open", "answered", "dropped"]
GAP_STATES: tuple[GapState, ...] = get_args(GapState)
Sign = Literal["told", "unhelpful", "empty"]

_COLUMNS = "id, words, told, unhelpful, empty, first, last, state, answered_by, closed_by"


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """A query and how often somebody `told` that nothing helped, an answer was `unhelpful`, or it found nothing."""

    id: int
    words: str
    told: int
    unhelpful: int
    empty: int
    first: str
    last: str
    state: GapState
    answered_by: str | None
    closed_by: str


class Gaps:
    """The content gaps of one database."""

    def __init__(self, db: Database, documents: Documents) -> None:
        self._db = db
        self._documents = documents

    def note(self, query: str, sign: Sign) -> Gap:
        """Count a query that found nothing of use. One that was answered is open again, one that was dropped is not."""
        with self._db.write() as db:
            row = db.execute(
                "INSERT INTO gaps (query, words, told, unhelpful, empty, first, last, state, closed_by)"
                " VALUES (?, ?, 0, 0, 0, ?, ?, 'open', '') ON CONFLICT DO UPDATE SET"
                " words = excluded.words, last = excluded.last,"
                " answered_by = NULL, state = iif(state = 'answered', 'open', state) RETURNING id",
                [normalised(query), " ".join(query.split()), today(), today()],
            ).fetchone()
            db.execute(f"UPDATE gaps SET {sign} = {sign} + 1 WHERE id = ?", [row[0]])
        return self.get(row[0])

    def get(self, gap_id: int) -> Gap:
        """The gap of that id; NotFound if there is none."""
        with self._db.read() as db:
            row = db.execute(f"SELECT {_COLUMNS} FROM gaps WHERE id = ?", [gap_id]).fetchone()
        if row is None:
            raise NotFound("content gap", str(gap_id))
        return _gap(row)

    def page(self, *, closed: bool = False, limit: int, offset: int = 0) -> list[Gap]:
        """The gaps that are open (or those that are closed): those met most often first, then the latest."""
        query = (
            f"SELECT {_COLUMNS} FROM gaps WHERE (state = 'open') = ?"
            " ORDER BY told + unhelpful + empty DESC, last DESC, id LIMIT ? OFFSET ?"
        )
        with self._db.read() as db:
            return [_gap(row) for row in db.execute(query, [not closed, limit, offset])]

    def close(self, gap_id: int, state: GapState, *, answered_by: str | None = None, by: str = "") -> Gap:
        """Say what became of a gap: answered by a document (id or address), dropped, or open again.

        NotFound if there is no such gap or document; Conflict if it is answered by none.
        """
        self.get(gap_id)
        if (state == "answered") != (answered_by is not None):
            raise Conflict("answered_by: name the document that answers it, and none for another state than answered")
        answer = self._documents.find(answered_by).id if answered_by is not None else None
        with self._db.write() as db:
            db.execute(
                "UPDATE gaps SET state = ?, answered_by = ?, closed_by = ? WHERE id = ?", [state, answer, by, gap_id]
            )
        return self.get(gap_id)


def _gap(row: Any) -> Gap:
    return Gap(**dict(zip(_COLUMNS.split(", "), row, strict=True)))
