"""Opens the files of SQLite. One beside which nothing can be written is read as it stands."""

import sqlite3
from dataclasses import dataclass
from pathlib import Path

PAGE = 16 * 1024
"""Bytes of a page of a file that is made anew: texts and vectors fill large ones to the brim, of small ones a sixth
or less stays empty. A file keeps what it was made with."""
_BUSY_SECONDS = 30.0
_NO_PLACE = ("SQLITE_CANTOPEN", "SQLITE_READONLY", "SQLITE_FULL", "SQLITE_IOERR_SHM")
"""How SQLite says that it cannot write what it needs for reading: a read-only folder, a full disk."""


@dataclass(frozen=True, slots=True)
class Opened:
    """A connection, for any thread. `stands` is what the file was if it is read as it stands, else None."""

    connection: sqlite3.Connection
    path: Path
    stands: tuple[int, int] | None = None

    @property
    def outdated(self) -> bool:
        """Is the file read as it stood, and another program has come that writes to it?"""
        return self.stands is not None and self.stands != _as_it_stands(self.path)


def open_file(path: Path, *, to_write: bool = False) -> Opened:
    """Open a file, made if there is none. sqlite3.OperationalError if it can neither be written nor read."""
    try:
        return Opened(_connected(path, ""), path)
    except sqlite3.OperationalError as error:
        stands = _as_it_stands(path)
        if to_write or stands is None or not getattr(error, "sqlite_errorname", "").startswith(_NO_PLACE):
            raise
    return Opened(_connected(path, "?immutable=1"), path, stands)


def _connected(path: Path, how: str) -> sqlite3.Connection:
    connection = sqlite3.connect(
        path.absolute().as_uri() + how,
        uri=True,
        timeout=_BUSY_SECONDS,
        check_same_thread=False,
        isolation_level=None,
    )
    try:
        connection.execute("SELECT count(*) FROM sqlite_master").fetchone()  # nothing is opened before it is used
    except BaseException:
        connection.close()
        raise
    return connection


def _as_it_stands(path: Path) -> tuple[int, int] | None:
    """Time and size of a file that nobody writes to, None if it is not there or somebody does.

    Whoever writes, writes to the log beside it first.
    """
    try:
        told = path.stat()
        log = path.with_name(path.name + "-wal")
        return None if log.exists() and log.stat().st_size else (told.st_mtime_ns, told.st_size)
    except OSError:
        return None
