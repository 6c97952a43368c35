"""Locks between the processes of one home. They are free again when their process ends, however it does."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from corpus.mending import writing


@contextmanager
def alone(home: Path, name: str, *, again: bool = True) -> Iterator[bool]:
    """Nobody else does what goes by this name meanwhile; False if another process is at it.

    What is not to be done `again` leaves no file behind.
    """
    path = home / "locks" / f"{name}.lock"
    lock = FileLock(path)
    with writing(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            lock.acquire(timeout=0)
        except Timeout:
            mine = False
        else:
            mine = True
    try:
        yield mine
    finally:
        if mine and not again:
            path.unlink(missing_ok=True)
        lock.release()
