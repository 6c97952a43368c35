"""What may go wrong with files and lies outside of Lessonry: said in one line, with its mend. Bugs are let through."""

import errno
import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from corpus.errors import StoreUnusable

_FULL = "the disk is full; make room and try again"
_READ_ONLY = "it cannot be written; check the rights of the folder"
NO_HANDLES = "too many files are open; raise the limit (`ulimit -n`, LimitNOFILE) and start again"
_OF_SQLITE = {
    "SQLITE_FULL": _FULL,
    "SQLITE_READONLY": _READ_ONLY,
    "SQLITE_CANTOPEN": "it cannot be opened; check that the folder exists and can be written",
    "SQLITE_IOERR_SHM": _FULL,
    "SQLITE_IOERR": "the disk answers with an error; check the disk and its free space",
    "SQLITE_BUSY": "another program holds it; try again when that has finished",
    "SQLITE_CORRUPT": "it is damaged; restore a backup (`lessonry restore FILE`)",
    "SQLITE_NOTADB": "it is damaged, or not a database of Lessonry; restore a backup or choose another --home",
}
"""By the beginning of SQLite's name for an error; the longer name first."""
_OF_THE_SYSTEM = {
    errno.ENOSPC: _FULL,
    errno.EDQUOT: _FULL,
    errno.EFBIG: _FULL,
    errno.EROFS: _READ_ONLY,
    errno.EACCES: _READ_ONLY,
    errno.EMFILE: NO_HANDLES,
    errno.ENFILE: NO_HANDLES,
}


@contextmanager
def mendable(path: Path) -> Iterator[None]:
    """While a database file is used: StoreUnusable for a full disk, rights, damage; bugs are let through."""
    try:
        yield
    except sqlite3.DatabaseError as error:
        reason = _reason(error, path)
        if reason is None:
            raise
        raise StoreUnusable(path, reason) from error


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """While a file or folder is written: StoreUnusable for whatever the system says."""
    try:
        yield
    except OSError as error:
        reason = _OF_THE_SYSTEM.get(error.errno or 0) or error.strerror or str(error)
        raise StoreUnusable(path, reason) from error


def no_handle_left(folder: Path) -> bool:
    """True if this process or machine can open no file at all."""
    try:
        os.close(os.open(folder, os.O_RDONLY))
    except OSError as error:
        return error.errno in (errno.EMFILE, errno.ENFILE)
    return False


def _reason(error: sqlite3.DatabaseError, path: Path) -> str | None:
    name = getattr(error, "sqlite_errorname", "")
    if name.startswith("SQLITE_CANTOPEN") and no_handle_left(path.parent):
        return NO_HANDLES
    if name.startswith("SQLITE_CANTOPEN") and path.is_file():
        return _READ_ONLY
    return next((reason for prefix, reason in _OF_SQLITE.items() if name.startswith(prefix)), None)
