"""What an index has to know of the store: changes since a revision, and the texts to encode."""

import json
from collections.abc import Sequence

from corpus.database import Database
from corpus.types import Changes, encoder_text


class ChangeLog:
    """Serves any number of indexes; it keeps no cursor of theirs."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def position(self) -> tuple[str, int]:
        """(lineage, revision) of the store as it is now."""
        with self._db.read() as db:
            lineage, revision = db.execute("SELECT lineage, revision FROM state").fetchone()
        return str(lineage), int(revision)

    def since(self, revision: int) -> Changes:
        """All that happened after `revision`, net: what came and went in between is told as removed only.

        Revision 0 asks for everything.
        """
        with self._db.snapshot() as db:
            lineage, latest = db.execute("SELECT lineage, revision FROM state").fetchone()
            # "+": by the index of revisions, then sorted; read in their order, all there are would be looked at
            added = db.execute("SELECT id, key FROM passages WHERE revision > ? ORDER BY +id", [revision]).fetchall()
            removed = db.execute(
                "SELECT passage_id FROM tombstones WHERE revision > ? ORDER BY +passage_id", [revision]
            ).fetchall()
        return Changes(lineage, latest, [(int(i), bytes(key)) for i, key in added], [int(row[0]) for row in removed])

    def texts(self, ids: Sequence[int]) -> dict[int, str]:
        """passage id -> what the encoder sees, for the passages that still exist."""
        return {passage_id: encoder_text(*fields) for passage_id, fields in self.fields(ids).items()}

    def fields(self, ids: Sequence[int]) -> dict[int, tuple[str, str, str]]:
        """passage id -> (title, heading, text), for the passages that still exist."""
        with self._db.read() as db:
            query = "SELECT id, title, heading, text FROM passages WHERE id IN (SELECT value FROM json_each(?))"
            return {row[0]: (row[1], row[2], row[3]) for row in db.execute(query, [json.dumps(list(ids))])}

    def passage_count(self) -> int:
        """How many passages there are."""
        with self._db.read() as db:
            return int(db.execute("SELECT count(*) FROM passages").fetchone()[0])

    def sample(self, size: int) -> list[tuple[int, str, bytes]]:
        """Up to `size` passages as by lot: (id, document id, key), by key.

        Those of the smallest keys, which are digests of texts: the same corpus has the same sample, in whatever order
        it came, and a passage more seldom changes it.
        """
        with self._db.read() as db:
            query = "SELECT id, document_id, key FROM passages ORDER BY key, id LIMIT ?"
            return [(int(row[0]), str(row[1]), bytes(row[2])) for row in db.execute(query, [size])]
