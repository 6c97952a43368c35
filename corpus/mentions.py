"""What listings and people say of documents, kept apart: two lists that name one page do not undo each other."""

import json
from dataclasses import asdict

from corpus.database import Database
from corpus.types import Mention


class Mentions:
    """The mentions of one database."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def of(self, document_id: str) -> list[Mention]:
        """What is said of a document, a person's word first, then by source and address."""
        with self._db.read() as db:
            query = "SELECT said FROM mentions WHERE document_id = ? ORDER BY source, address"
            return [_mention(row[0]) for row in db.execute(query, [document_id])]

    def put(self, document_id: str, mention: Mention) -> None:
        """Remember what a source says, in the place of what it said before."""
        said = json.dumps(asdict(mention), ensure_ascii=False)
        with self._db.write() as db:
            db.execute(
                "INSERT OR REPLACE INTO mentions VALUES (?, ?, ?, ?)",
                [document_id, mention.source, mention.address, said],
            )


def _mention(said: str) -> Mention:
    fields = json.loads(said)
    return Mention(**{**fields, "tags": tuple(fields["tags"])})
