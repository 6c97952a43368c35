"""What is common to the texts of a corpus, kept up while it changes: the whitening of a sample of it."""

import threading
from collections.abc import Sequence

import numpy as np

from corpus.changes import ChangeLog
from search import whitening
from search.index import Findable

_SAMPLE = 4_000
"""Passages whose vectors tell it."""


class Common:
    """The whitening of a corpus as it is. Safe from several threads."""

    def __init__(self, changes: ChangeLog, index: Findable) -> None:
        self._changes = changes
        self._index = index
        self._lock = threading.Lock()
        self._seen: tuple[str, int, int] | None = None
        self._sample: Sequence[int] | None = None
        self._fitted: whitening.Whitening | None = None

    def whitening(self) -> whitening.Whitening | None:
        """None where the corpus is too small to tell. Most writes leave the sample, and with it this, as it is."""
        with self._lock:
            seen = (*self._changes.position(), self._index.manifest.count)
            if seen != self._seen:
                self._fit([passage_id for passage_id, _, _ in self._changes.sample(_SAMPLE)])
                self._seen = seen
            return self._fitted

    def _fit(self, ids: Sequence[int]) -> None:
        if ids == self._sample:
            return
        held = self._index.vectors(ids)
        sample = np.stack([held[i] for i in ids if i in held]) if held else np.zeros((0, 1), np.float32)
        self._fitted = whitening.fit(sample)
        self._sample = ids if len(held) == len(ids) else None  # some have no vector yet
