"""What keeps happening: documents by year that tell of a contributing factor or a technology, and the sentences.

Kept by every write of a passage; a year is that of publication.
"""

from collections import defaultdict
from dataclasses import dataclass
from typing import Any, Literal

from corpus import factors
from corpus.database import Database
from corpus.filters import where_filter
from corpus.types import Filter

By = Literal["factor", "technology"]

_TELLING: dict[By, str] = {
    "factor": "SELECT DISTINCT s.factor AS name, p.document_id"
    " FROM factor_sentences s JOIN passages p ON p.id = s.passage_id",
    "technology": "SELECT technology AS name, document_id FROM document_technologies",
}


@dataclass(frozen=True, slots=True)
class Pattern:
    """How many documents tell of something, in all and by year; those without a date are in `documents` only."""

    name: str
    documents: int
    years: dict[str, int]


@dataclass(frozen=True, slots=True)
class Sentence:
    """The first sentence of a document that tells of a factor."""

    document_id: str
    passage_id: int
    text: str


class Patterns:
    """The patterns of one database."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def base(self, wanted: Filter = Filter()) -> Pattern:
        """All documents inside the filter, told of something or not: what shares are shares of."""
        where, values = where_filter(wanted)
        query = f"SELECT '', substr(d.published, 1, 4), count(*) FROM documents d WHERE {where} GROUP BY 2"
        return next(iter(self._counted(query, values)), Pattern("", 0, {}))

    def all(self, by: By, wanted: Filter = Filter()) -> list[Pattern]:
        """What documents inside the filter tell of, the most frequent first."""
        where, values = where_filter(wanted)
        query = (
            f"SELECT t.name, substr(d.published, 1, 4), count(*) FROM ({_TELLING[by]}) t"
            f" JOIN documents d ON d.id = t.document_id WHERE {where} GROUP BY 1, 2"
        )
        return sorted(self._counted(query, values), key=lambda one: (-one.documents, one.name))

    def sentences(self, factor: str, wanted: Filter = Filter(), *, limit: int, offset: int = 0) -> list[Sentence]:
        """One sentence of each document that tells of a factor, the latest published first."""
        where, values = where_filter(wanted)
        query = (  # of the row with the least place, as SQLite gives the columns beside min()
            "SELECT d.id, p.id, substr(p.text, s.first + 1, s.after - s.first), min((p.position << 32) + s.first)"
            " FROM factor_sentences s JOIN passages p ON p.id = s.passage_id JOIN documents d ON d.id = p.document_id"
            f" WHERE s.factor = ? AND {where} GROUP BY d.id"
            " ORDER BY d.published IS NULL, d.published DESC, d.id LIMIT ? OFFSET ?"
        )
        with self._db.read() as db:
            return [Sentence(*row[:3]) for row in db.execute(query, [factor, *values, limit, offset])]

    def catch_up(self) -> None:
        """Look through what was stored before there was a list of factors, or with another one."""
        if self._made_with() == factors.digest():
            return
        with self._db.write() as db:
            if self._made_with() == factors.digest():
                return  # another process was quicker
            db.execute("DELETE FROM factor_sentences")
            for (passage_id,) in db.execute("SELECT id FROM passages").fetchall():
                (text,) = db.execute("SELECT text FROM passages WHERE id = ?", [passage_id]).fetchone()
                remember(db, passage_id, text)
            db.execute("UPDATE factor_list SET made_with = ?", [factors.digest()])

    def _counted(self, query: str, values: list[Any]) -> list[Pattern]:
        """Rows of (name, year or None, documents) put together by name."""
        years: dict[str, dict[str, int]] = defaultdict(dict)
        totals: dict[str, int] = defaultdict(int)
        with self._db.read() as db:
            for name, year, count in db.execute(query, values):
                totals[name] += count
                if year:
                    years[name][year] = count
        return [Pattern(name, total, dict(sorted(years[name].items()))) for name, total in totals.items()]

    def _made_with(self) -> str:
        with self._db.read() as db:
            return str(db.execute("SELECT made_with FROM factor_list").fetchone()[0])


def remember(db: Any, passage_id: int, text: str) -> None:
    """Keep what a new passage tells of, in the caller's transaction."""
    rows = [(told.factor, passage_id, told.start, told.end) for told in factors.found_in(text)]
    db.conn.executemany("INSERT OR IGNORE INTO factor_sentences VALUES (?, ?, ?, ?)", rows)
