"""Edits and removals by hand, each with what stood there before, so that it can be undone."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from corpus.clock import later, now
from corpus.database import Database
from corpus.errors import NotFound

Stood = tuple[str, int, str, str, str]
"""Where a document stood: slug of the collection, position, note, section, since when."""

_DAY = 24 * 3600


class Edits:
    """The edits of one database."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def note(self, document_id: str, before: Mapping[str, Any], by: str = "") -> int:
        """Remember what the fields were that somebody changed; the number of the edit."""
        with self._db.write() as db:
            noted = db.execute(
                "INSERT INTO document_edits (document_id, before, at, by) VALUES (?, ?, ?, ?) RETURNING id",
                [document_id, json.dumps(before, ensure_ascii=False), now(), by],
            )
            return int(noted.fetchone()[0])

    def around(self, document_id: str, number: int) -> tuple[dict[str, Any], dict[str, Any]]:
        """The fields as they were before an edit, and those it left that were edited again, as it left them.

        NotFound if there is no such edit of the document.
        """
        query = "SELECT id, before FROM document_edits WHERE document_id = ? AND id >= ? ORDER BY id"
        with self._db.read() as db:
            rows = db.execute(query, [document_id, number]).fetchall()
        if not rows or rows[0][0] != number:
            raise NotFound("edit", f"{document_id}/{number}")
        before, *later_ones = (dict(json.loads(held)) for _, held in rows)
        left: dict[str, Any] = {}
        for one in later_ones:
            left.update({name: value for name, value in one.items() if name in before and name not in left})
        return before, left

    def keep_removed(self, document_id: str, file: str, said: str, places: Sequence[Stood]) -> None:
        """Keep a document that is being removed, as the files of a bundle have it, for a day; and where it stood."""
        row = [document_id, file, said, now(), json.dumps(places)]
        with self._db.write() as db:
            db.execute("DELETE FROM removed_documents WHERE at < ?", [later(-_DAY)])
            db.execute("INSERT OR REPLACE INTO removed_documents VALUES (?, ?, ?, ?, ?)", row)

    def removed(self, document_id: str) -> tuple[str, str, list[Stood]]:
        """The files of a document that was removed within a day, and where it stood; NotFound if none was."""
        query = "SELECT file, said, places FROM removed_documents WHERE document_id = ? AND at >= ?"
        with self._db.read() as db:
            row = db.execute(query, [document_id, later(-_DAY)]).fetchone()
        if row is None:
            raise NotFound("removal of the last day", document_id)
        return str(row[0]), str(row[1]), [tuple(stood) for stood in json.loads(row[2])]
