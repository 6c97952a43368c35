"""Locks between the processes of one home. They are free again when their process ends, however it does."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from corpus.errors import Conflict
from corpus.mending import writing


@contextmanager
def alone(home: Path, name: str, busy: str, *, again: bool = True) -> Iterator[None]:
    """While nobody else does what goes by this name. Conflict(busy) if another process is at it.

    What is not to be done `again` leaves no file behind.
    """
    path = home / "locks" / f"{name}.lock"
    lock = FileLock(path)
    with writing(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            lock.acquire(timeout=0)
        except Timeout:
            raise Conflict(busy) from None
    try:
        yield
    finally:
        if not again:
            path.unlink(missing_ok=True)
        lock.release()
