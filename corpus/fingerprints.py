"""Fingerprints of texts, looked up by their bands: which documents may hold nearly the same text."""

from collections import Counter
from collections.abc import Sequence

from corpus.database import Database

BAND_BYTES = 6
"""So few that all bands of a million texts hardly have one in common by chance; the schema cuts them so too."""
_CROWD = 200
"""So many documents of one band are looked at: what stands in more of them is boilerplate."""


class Fingerprints:
    """The fingerprints of one database. A document whose text changes loses its own until it is taken again."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def put(self, document_id: str, bands: Sequence[bytes]) -> None:
        """Remember a document's fingerprint, bands of BAND_BYTES; none say that its text is too short."""
        own = list(dict.fromkeys(bands))
        with self._db.write() as db:
            db.execute("DELETE FROM fingerprints WHERE document_id = ?", [document_id])
            number = db.execute(
                "INSERT INTO fingerprints (document_id, bands) VALUES (?, ?)", [document_id, b"".join(own)]
            ).lastrowid
            for band in own:
                db.execute("INSERT INTO fingerprint_bands VALUES (?, ?)", [band, number])

    def candidates(self, bands: Sequence[bytes], *, most: int) -> list[str]:
        """Ids of documents that share bands, those with the most in common first, then by id."""
        shared: Counter[str] = Counter()
        query = (
            "SELECT f.document_id FROM fingerprint_bands b JOIN fingerprints f ON f.number = b.number"
            " WHERE b.band = ? ORDER BY b.number LIMIT ?"
        )
        with self._db.snapshot() as db:
            for band in set(bands):
                shared.update(row[0] for row in db.execute(query, [band, _CROWD]))
        return sorted(shared, key=lambda document_id: (-shared[document_id], document_id))[:most]

    def missing(self, limit: int) -> list[str]:
        """Ids of documents that have no fingerprint yet, by id."""
        query = (
            "SELECT id FROM documents WHERE NOT EXISTS (SELECT 1 FROM fingerprints WHERE document_id = documents.id)"
            " ORDER BY id LIMIT ?"
        )
        with self._db.read() as db:
            return [row[0] for row in db.execute(query, [limit])]
