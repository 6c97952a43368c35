"""What the corpus can be asked for in its own words: technologies, names, titles, and words as they are written.

Kept by every write of a document. Words are only ever added: one whose documents are gone is known by the
full text, which has it no more.
"""

import json
import re
from collections.abc import Sequence
from itertools import product
from typing import Any, Literal

from corpus import technologies
from corpus.database import Database

Field = Literal["organization", "tag", "technology"]

_LONGEST = 30
_WORD = re.compile(rf"\b[^\W\d_]{{3,{_LONGEST}}}\b")
_MOST_WORDS = 3_000
"""Words of one document that are kept: no text of a person has more, a dump of data does."""
_COUNTED: dict[Field, str] = {
    "organization": "SELECT organization, count(*) FROM documents WHERE organization IS NOT NULL GROUP BY organization",
    "tag": "SELECT tag, count(*) FROM document_tags GROUP BY tag",
    "technology": "SELECT technology, count(*) FROM document_technologies GROUP BY technology",
}


class Vocabulary:
    """The vocabulary of one database."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def names(self, field: Field) -> list[tuple[str, int]]:
        """(name, documents) of all organizations, tags or technologies there are, by name."""
        with self._db.read() as db:
            return [(str(name), int(count)) for name, count in db.execute(_COUNTED[field])]

    def titles(self, part: str, limit: int) -> list[tuple[str, str]]:
        """(document id, title) of up to `limit` documents that have `part` in their title, by title."""
        pattern = "%" + re.sub(r"([\\%_])", r"\\\1", part) + "%"
        with self._db.read() as db:
            query = "SELECT id, title FROM documents WHERE title LIKE ? ESCAPE '\\' ORDER BY title, id LIMIT ?"
            return [(str(row[0]), str(row[1])) for row in db.execute(query, [pattern, limit])]

    def beginning(self, start: str, limit: int) -> list[str]:
        """Up to `limit` words that begin with `start`, the shortest first."""
        found: list[str] = []
        query = "SELECT word FROM words WHERE length = ? AND word >= ? AND word < ? ORDER BY word LIMIT ?"
        with self._db.read() as db:
            for length in range(len(start), _LONGEST + 1):
                rows = db.execute(query, [length, start, start + "\U0010ffff", limit - len(found)])
                found += [str(row[0]) for row in rows]
        return found

    def of_length(self, shortest: int, longest: int, letters: str) -> list[str]:
        """All words of these lengths that begin with one of the letters."""
        found: list[str] = []
        query = "SELECT word FROM words WHERE length = ? AND word >= ? AND word < ?"
        with self._db.read() as db:
            for length, letter in product(range(shortest, longest + 1), sorted(set(letters))):
                found += [row[0] for row in db.execute(query, [length, letter, letter + "\U0010ffff"])]
        return found

    def known(self, words: Sequence[str]) -> int:
        """How many of these words stand, or stood once, in any document."""
        query = (
            "SELECT count(*) FROM json_each(?) asked"
            " WHERE EXISTS (SELECT 1 FROM words WHERE length = length(asked.value) AND word = asked.value)"
        )
        with self._db.read() as db:
            return int(db.execute(query, [json.dumps(list(words))]).fetchone()[0])

    def catch_up(self) -> None:
        """Take in what was stored before there was a vocabulary, or with another list of technologies."""
        if self._made_with() == technologies.digest():
            return
        with self._db.write() as db:
            if self._made_with() == technologies.digest():
                return  # another process was quicker
            for (document_id,) in db.execute("SELECT id FROM documents").fetchall():
                query = "SELECT title, coalesce(summary, ''), text FROM documents WHERE id = ?"
                remember(db, document_id, "\n".join(db.execute(query, [document_id]).fetchone()))
            db.execute("UPDATE vocabulary SET made_with = ?", [technologies.digest()])

    def _made_with(self) -> str:
        with self._db.read() as db:
            return str(db.execute("SELECT made_with FROM vocabulary").fetchone()[0])


def words_in(text: str) -> list[str]:
    """The distinct words of a text that a vocabulary has room for, in lower case, in their order."""
    return list(dict.fromkeys(_WORD.findall(text.lower())))


def remember(db: Any, document_id: str, text: str) -> None:
    """Take in a document's words and the technologies that it tells of, in the caller's transaction."""
    db.execute("DELETE FROM document_technologies WHERE document_id = ?", [document_id])
    _insert(db, "document_technologies", [(document_id, name) for name in technologies.found_in(text)])
    _insert(db, "words", sorted((len(word), word) for word in words_in(text)[:_MOST_WORDS]))


def _insert(db: Any, table: str, rows: Sequence[tuple[object, ...]]) -> None:
    db.conn.executemany(f"INSERT OR IGNORE INTO {table} VALUES (?, ?)", rows)
