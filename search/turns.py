"""Whose turn it is: searches take turns, and what is encoded for later makes way for them."""

import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

_SHARE = 4
"""What is encoded for later leaves searches so many times as long as it takes itself, while there are any."""

T = TypeVar("T")


class Turns:
    """Turns of the searches of one process, `at_once` of them at the same time."""

    def __init__(self, at_once: int) -> None:
        self._places = threading.Semaphore(at_once)
        self._lock = threading.Lock()
        self._here = 0
        self._nobody = threading.Event()
        self._nobody.set()
        self._mine = threading.local()

    @contextmanager
    def one(self) -> Iterator[None]:
        """A turn, when there is a place. Who waits for one counts as well."""
        self._came(1)
        try:
            with self._places:
                self._mine.searches = True
                try:
                    yield
                finally:
                    self._mine.searches = False
        finally:
            self._came(-1)

    def make_way(self, took: float) -> None:
        """Wait as long as there are searches, and at most _SHARE times the seconds that it `took` to do something."""
        self._nobody.wait(_SHARE * took)

    def polite(self, work: Callable[..., T]) -> Callable[..., T]:
        """That work, which makes way after each time; not so for who searches, and waits for it."""
        if getattr(self._mine, "searches", False):
            return work

        def politely(*given: object) -> T:
            start = time.perf_counter()
            done = work(*given)
            self.make_way(time.perf_counter() - start)
            return done

        return politely

    def _came(self, change: int) -> None:
        with self._lock:
            self._here += change
            if self._here:
                self._nobody.clear()
            else:
                self._nobody.set()


TURNS = Turns((os.cpu_count() or 1) + 1)
"""Of this process. More searches at once would not be answered sooner, but each of them later, and long ones never."""
