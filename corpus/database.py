"""One SQLite file: connections, transactions, and what may go wrong with the file itself.

Readers and writers of any number of threads and processes: a connection a thread, WAL, every
writing transaction `BEGIN IMMEDIATE`. Each writing transaction raises `revision` by one, which
is how an index sees what it has not seen.
"""

import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import sqlite_utils

from corpus.memo import Key, Memo, Value
from corpus.mending import mendable, writing
from corpus.opening import Opened, open_file
from corpus.schema import migrate
from corpus.steps import run


class Database:
    """The open file. Close it when done; it may be used from any thread until then.

    `views` are statements that lay views over its tables for whoever reads here (see `public`).
    """

    def __init__(self, path: Path, views: str = "") -> None:
        self.path = path
        self._views = views
        self._local = threading.local()
        self._lock = threading.Lock()
        self._open: dict[threading.Thread, sqlite_utils.Database] = {}
        with writing(path.parent):
            path.parent.mkdir(parents=True, exist_ok=True)
        try:
            with mendable(self.path):
                if not views:  # what lies over the tables is no place to change them
                    migrate(self._connection(), path)
        except BaseException:
            self.close()
            raise

    def _connection(self, *, to_write: bool = False) -> sqlite_utils.Database:
        opened: Opened | None = getattr(self._local, "opened", None)
        if opened is None or opened.outdated or (to_write and opened.stands):
            opened = open_file(self.path, to_write=to_write)
            connection = sqlite_utils.Database(opened.connection)
            with self._lock:
                me = threading.current_thread()
                self._close(thread for thread in list(self._open) if thread is me or not thread.is_alive())
                self._open[me] = connection
            connection.execute("PRAGMA foreign_keys = ON")
            connection.execute("PRAGMA synchronous = FULL")
            run(connection, self._views)
            self._local.connection, self._local.opened = connection, opened
        held: sqlite_utils.Database = self._local.connection
        return held

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
    def remembering(self, memo: Memo[Key, Value]) -> Iterator[tuple[sqlite_utils.Database, dict[Key, Value]]]:
        """A snapshot, and what is known of it already; nothing inside a transaction, which may be undone."""
        with self.read() as db:
            inside = db.conn.in_transaction
        with self.snapshot() as db:
            yield db, {} if inside else memo.at(db.execute("SELECT lineage, revision FROM state").fetchone())

    @contextmanager
    def write(self) -> Iterator[sqlite_utils.Database]:
        """One writing transaction, all or nothing; nested blocks join the outer one."""
        with mendable(self.path):
            connection = self._connection(to_write=True)
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
