"""(encoder id, passage key) -> vector. A file of its own, disposable: losing it costs only time."""

import sqlite3
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path

_SCHEMA = """
CREATE TABLE IF NOT EXISTS encoders (number INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
CREATE TABLE IF NOT EXISTS vectors (
    encoder INTEGER NOT NULL, key BLOB NOT NULL, vector BLOB NOT NULL, PRIMARY KEY (encoder, key)
) WITHOUT ROWID;
"""


_BATCH = 500


class VectorCache:
    """Vectors as bytes (little-endian float32); what they mean is the encoder's business.

    A damaged file is thrown away and begun anew. Safe from several threads and processes.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = threading.Lock()
        try:
            self._db = self._opened()
        except sqlite3.DatabaseError as error:
            if getattr(error, "sqlite_errorname", "") not in ("SQLITE_NOTADB", "SQLITE_CORRUPT"):
                raise
            self.discard()
            self._db = self._opened()

    def _opened(self) -> sqlite3.Connection:
        db = sqlite3.connect(self.path, timeout=30, check_same_thread=False, isolation_level=None)
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("PRAGMA synchronous = NORMAL")
        db.executescript(_SCHEMA)
        return db

    def get(self, encoder: str, keys: Sequence[bytes]) -> dict[bytes, bytes]:
        """The vectors that are known, by key."""
        found: dict[bytes, bytes] = {}
        with self._lock:
            number = self._number(encoder)
            for start in range(0, len(keys), _BATCH):
                part = keys[start : start + _BATCH]
                marks = ", ".join("?" * len(part))
                query = f"SELECT key, vector FROM vectors WHERE encoder = ? AND key IN ({marks})"
                found.update(self._db.execute(query, [number, *part]).fetchall())
        return found

    def put(self, encoder: str, vectors: Mapping[bytes, bytes]) -> None:
        """Remember vectors; a key that is there keeps its vector."""
        with self._lock:
            number = self._number(encoder)
            self._db.execute("BEGIN IMMEDIATE")
            self._db.executemany(
                "INSERT OR IGNORE INTO vectors VALUES (?, ?, ?)",
                [(number, key, value) for key, value in vectors.items()],
            )
            self._db.execute("COMMIT")

    def clear(self, encoder: str) -> None:
        """Forget all vectors of an encoder."""
        with self._lock:
            self._db.execute("DELETE FROM vectors WHERE encoder = ?", [self._number(encoder)])

    def count(self, encoder: str) -> int:
        """How many vectors of that encoder are known."""
        with self._lock:
            query = "SELECT count(*) FROM vectors WHERE encoder = ?"
            return int(self._db.execute(query, [self._number(encoder)]).fetchone()[0])

    def _number(self, encoder: str) -> int:
        self._db.execute("INSERT OR IGNORE INTO encoders (name) VALUES (?)", [encoder])
        return int(self._db.execute("SELECT number FROM encoders WHERE name = ?", [encoder]).fetchone()[0])

    def discard(self) -> None:
        """Delete the files of the cache."""
        for suffix in ("", "-wal", "-shm"):
            self.path.with_name(self.path.name + suffix).unlink(missing_ok=True)

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._db.close()
