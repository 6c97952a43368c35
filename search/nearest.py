"""How near some fixed vectors come to a corpus, kept up while passages come and go."""

import threading
from collections.abc import Sequence

import numpy as np

from search.index import Manifest, cosines
from search.indexer import InStep
from search.types import Vectors

_FEW = 5_000
"""Changes up to which following them is quicker than to ask anew."""


class Nearest:
    """The cosine of each vector to the passage nearest to it. Safe from several threads."""

    def __init__(self, indexer: InStep, vectors: Vectors) -> None:
        self._indexer = indexer
        self._vectors = vectors
        self._lock = threading.Lock()
        self._seen: Manifest | None = None
        self._ids = np.zeros(0, dtype=np.int64)
        self._cosines = np.zeros(0)
        self._waiting: set[int] = set()
        """Passages that came and have no vector yet."""

    def cosines(self) -> Sequence[float]:
        """One for each vector, none where the index holds nothing. While it catches up, as it stood a moment ago."""
        with self._lock:
            manifest = self._indexer.index.manifest
            if manifest != self._seen and self._followed(manifest):
                self._seen = manifest
            return [float(one) for one, held in zip(self._cosines, self._ids, strict=True) if held]

    def _followed(self, manifest: Manifest) -> bool:
        """Look at what came and went since the last time; False if the index has to catch up before."""
        seen = self._seen
        changes = self._indexer.changes_since(seen.revision) if seen and seen.lineage == manifest.lineage else None
        if changes is None or len(changes.added) > _FEW:
            self._ask_anew()
            return True
        if changes.revision != manifest.revision:
            return False
        self._waiting |= {passage_id for passage_id, _ in changes.added}
        self._waiting -= set(changes.removed)
        self._compare(self._indexer.index.vectors(sorted(self._waiting)))
        for place in np.flatnonzero(np.isin(self._ids, changes.removed)):
            self._ask(int(place))
        return True

    def _compare(self, held: dict[int, Vectors]) -> None:
        """Passages that are new in the index."""
        for passage_id, vector in held.items():
            near = cosines(self._vectors, vector)
            nearer = (near > self._cosines) | (self._ids == 0)
            self._ids[nearer], self._cosines[nearer] = passage_id, near[nearer]
        self._waiting -= held.keys()

    def _ask_anew(self) -> None:
        self._waiting = set(self._indexer.waiting)
        self._ids = np.zeros(len(self._vectors), dtype=np.int64)
        self._cosines = np.zeros(len(self._vectors))
        for place in range(len(self._vectors)):
            self._ask(place)

    def _ask(self, place: int) -> None:
        [found] = self._indexer.index.search(self._vectors[place], 1) or [(0, 0.0)]
        self._ids[place], self._cosines[place] = found
