"""(encoder id, passage key) -> vector. A file of its own, disposable: losing it costs only time."""

import sqlite3
import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TypeVar

from corpus.mending import mendable
from corpus.opening import PAGE, Opened, open_file

_SCHEMA = """
CREATE TABLE IF NOT EXISTS encoders (number INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
CREATE TABLE IF NOT EXISTS vectors (
    encoder INTEGER NOT NULL, key BLOB NOT NULL, vector BLOB NOT NULL, UNIQUE (encoder, key)
);
"""
_BATCH = 500
_DAMAGE = ("SQLITE_NOTADB", "SQLITE_CORRUPT")

Result = TypeVar("Result")


class VectorCache:
    """Vectors as bytes (little-endian float32); what they mean is the encoder's business.

    The file is opened on first use. A damaged one is thrown away and begun anew; StoreUnusable
    for a full disk and the like. Safe from several threads and processes.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = threading.Lock()
        self._file: Opened | None = None

    def get(self, encoder: str, keys: Sequence[bytes]) -> dict[bytes, bytes]:
        """The vectors that are known, by key."""

        def read(db: sqlite3.Connection) -> dict[bytes, bytes]:
            found: dict[bytes, bytes] = {}
            for start in range(0, len(keys), _BATCH):
                part = keys[start : start + _BATCH]
                marks = ", ".join("?" * len(part))
                query = (
                    "SELECT key, vector FROM vectors WHERE encoder = (SELECT number FROM encoders WHERE name = ?)"
                    f" AND key IN ({marks})"
                )
                found.update(db.execute(query, [encoder, *part]).fetchall())
            return found

        return self._attempt(read)

    def put(self, encoder: str, vectors: Mapping[bytes, bytes]) -> None:
        """Remember vectors; a key that is there keeps its vector."""

        def write(db: sqlite3.Connection) -> None:
            with db:
                db.execute("BEGIN IMMEDIATE")
                db.execute("INSERT OR IGNORE INTO encoders (name) VALUES (?)", [encoder])
                db.executemany(
                    "INSERT OR IGNORE INTO vectors SELECT number, ?, ? FROM encoders WHERE name = ?",
                    [(key, value, encoder) for key, value in vectors.items()],
                )

        self._attempt(write, to_write=True)

    def clear(self, encoder: str) -> None:
        """Forget all vectors of an encoder."""
        query = "DELETE FROM vectors WHERE encoder = (SELECT number FROM encoders WHERE name = ?)"
        self._attempt(lambda db: db.execute(query, [encoder]), to_write=True)

    def count(self, encoder: str) -> int:
        """How many vectors of that encoder are known."""
        query = "SELECT count(*) FROM vectors WHERE encoder = (SELECT number FROM encoders WHERE name = ?)"
        return self._attempt(lambda db: int(db.execute(query, [encoder]).fetchone()[0]))

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._close()

    def _attempt(self, work: Callable[[sqlite3.Connection], Result], *, to_write: bool = False) -> Result:
        """Do the work; if the file proves damaged, once more with a new one."""
        with self._lock, mendable(self.path):
            try:
                return work(self._opened(to_write))
            except sqlite3.DatabaseError as error:
                if not getattr(error, "sqlite_errorname", "").startswith(_DAMAGE):
                    raise
                self._discard()
                return work(self._opened(to_write))

    def _opened(self, to_write: bool) -> sqlite3.Connection:
        held = self._file
        if held and (held.outdated or (to_write and held.stands) or not self.path.exists()):  # somebody tidied up
            self._close()
        if self._file is None:
            self._file = open_file(self.path, to_write=to_write)
            if self._file.stands is None:
                self._file.connection.execute(f"PRAGMA page_size = {PAGE}")  # of a file that is not there yet
                self._file.connection.execute("PRAGMA journal_mode = WAL")
            self._file.connection.execute("PRAGMA synchronous = NORMAL")
            self._file.connection.executescript(_SCHEMA)
        return self._file.connection

    def _close(self) -> None:
        if self._file is not None:
            self._file.connection.close()
            self._file = None

    def _discard(self) -> None:
        """Delete the files of the cache."""
        self._close()
        for suffix in ("", "-wal", "-shm"):
            self.path.with_name(self.path.name + suffix).unlink(missing_ok=True)
