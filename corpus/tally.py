"""Counts of what happened in this process since it began, by name."""

import threading
from collections.abc import Sequence


class Tally:
    """Counts up, from any thread. The names are known from the beginning, so that what never happened is told as 0."""

    def __init__(self, names: Sequence[str]) -> None:
        self._counts = dict.fromkeys(names, 0)
        self._lock = threading.Lock()

    def add(self, name: str) -> None:
        """Once more."""
        with self._lock:
            self._counts[name] += 1

    def counts(self) -> dict[str, int]:
        """How often each happened."""
        with self._lock:
            return dict(self._counts)
