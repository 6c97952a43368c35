"""One SQLite file: connections, transactions, and what may go wrong with the file itself.

Readers and writers of any number of threads and processes: a connection a thread, WAL, every
writing transaction `BEGIN IMMEDIATE`. Each writing transaction raises `revision` by one, which
is how an index sees what it has not seen.
"""

import sqlite3
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import sqlite_utils

from corpus.errors import StoreUnusable
from corpus.schema import migrate

_BUSY_SECONDS = 30.0


class Database:
    """The open file. Close it when done; it may be used from any thread until then."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._local = threading.local()
        self._lock = threading.Lock()
        self._open: dict[threading.Thread, sqlite_utils.Database] = {}
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StoreUnusable(path.parent, error.strerror or str(error)) from error
        try:
            with mendable(self.path):
                migrate(self._connection(), path)
        except BaseException:
            self.close()
            raise

    def _connection(self) -> sqlite_utils.Database:
        connection: sqlite_utils.Database | None = getattr(self._local, "connection", None)
        if connection is None:
            raw = sqlite3.connect(self.path, timeout=_BUSY_SECONDS, check_same_thread=False, isolation_level=None)
            connection = sqlite_utils.Database(raw)
            with self._lock:
                self._close(thread for thread in list(self._open) if not thread.is_alive())
                self._open[threading.current_thread()] = connection
            connection.execute("PRAGMA foreign_keys = ON")
            connection.execute("PRAGMA synchronous = FULL")
            self._local.connection = connection
        return connection

    @contextmanager
    def read(self) -> Iterator[sqlite_utils.Database]:
        """A connection to read with. Inside a `write` of the same thread it sees that write."""
        with mendable(self.path):
            yield self._connection()

    @contextmanager
    def snapshot(self) -> Iterator[sqlite_utils.Database]:
        """A connection that sees one state of the database for as long as the block lasts."""
        with mendable(self.path):
            connection = self._connection()
            if connection.conn.in_transaction:
                yield connection
                return
            connection.execute("BEGIN")
            try:
                yield connection
            finally:
                connection.conn.rollback()

    @contextmanager
    def write(self) -> Iterator[sqlite_utils.Database]:
        """One writing transaction, all or nothing; nested blocks join the outer one."""
        with mendable(self.path):
            connection = self._connection()
            if connection.conn.in_transaction:
                yield connection
                return
            connection.execute("BEGIN IMMEDIATE")
            try:
                connection.execute("UPDATE state SET revision = revision + 1")
                yield connection
                connection.conn.commit()
            except BaseException:
                connection.conn.rollback()
                raise

    def close(self) -> None:
        """Close the connections of all threads."""
        with self._lock:
            self._close(list(self._open))
        self._local = threading.local()

    def _close(self, threads: Iterable[threading.Thread]) -> None:
        for thread in threads:
            self._open.pop(thread).close()


@contextmanager
def mendable(path: Path) -> Iterator[None]:
    """Wrap what a person can mend about a database file (full disk, rights, damage); let bugs through."""
    try:
        yield
    except sqlite3.DatabaseError as error:
        reason = _reason(error)
        if reason is None:
            raise
        raise StoreUnusable(path, reason) from error


def _reason(error: sqlite3.DatabaseError) -> str | None:
    """One line for a fault that lies outside of Lessonry, None for a bug of ours."""
    name = getattr(error, "sqlite_errorname", "")
    known = {
        "SQLITE_FULL": "the disk is full; make room and run the command again",
        "SQLITE_READONLY": "it cannot be written; check the rights of the folder",
        "SQLITE_CANTOPEN": "it cannot be opened; check that the folder exists and can be written",
        "SQLITE_IOERR": "the disk answers with an error; check the disk and its free space",
        "SQLITE_BUSY": "another program holds it; try again when that has finished",
        "SQLITE_CORRUPT": "it is damaged; restore a backup (`lessonry restore FILE`)",
        "SQLITE_NOTADB": "it is damaged, or not a database of Lessonry; restore a backup or choose another --home",
    }
    for prefix, reason in known.items():
        if name.startswith(prefix):
            return reason
    return None
