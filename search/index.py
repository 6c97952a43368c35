"""VectorIndex: the seam between the searcher and an engine; and ExactIndex, its oracle.

An index is a copy. It says in its manifest what it was built from, it may miss what is newer,
and whatever it returns is read back from the store.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Protocol, cast

import numpy as np
from numpy.typing import NDArray

from search.types import Vectors

Ids = NDArray[np.int64]
Scored = list[tuple[int, float]]
"""(passage id, cosine), best first, ties by id."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """What an index holds: vectors of this encoder, of a store of this lineage at this revision."""

    encoder: str
    dimension: int
    lineage: str = ""
    revision: int = 0
    count: int = 0
    checksum: str = ""


class Findable(Protocol):
    """Vectors of unit length by passage id, to be searched."""

    @property
    def manifest(self) -> Manifest:
        """What the index holds now."""

    def search(self, vector: Vectors, k: int, allowed: Ids | None = None) -> Scored:
        """The `k` nearest passages by cosine, only among `allowed` (sorted ids) if given."""

    def vectors(self, ids: Sequence[int]) -> dict[int, Vectors]:
        """The vectors that are held among `ids`."""


class VectorIndex(Findable, Protocol):
    """A Findable that is kept. Readers may search while one writer updates."""

    def update(self, ids: Sequence[int], vectors: Vectors, gone: Sequence[int], *, lineage: str, revision: int) -> None:
        """Hold these vectors too (an id that is there is replaced), drop those gone, stand at `revision`."""

    def clear(self) -> None:
        """Hold nothing and stand at revision 0."""


def cosines(vectors: Vectors, query: Vectors) -> NDArray[np.float64]:
    """[n, d] and [d] of unit length -> cosines [n], rounded to six digits.

    Computed row by row in double precision, so that neither the engine, nor the number of
    threads, nor the place of a vector changes a score: equal texts tie exactly.
    """
    return np.round(cast(NDArray[np.float64], np.vecdot(vectors, query, dtype=np.float64)), 6)


def packed(vector: Sequence[float] | Vectors) -> bytes:
    """A vector as it is kept: half precision, little-endian. That moves a cosine by a hundred-thousandth."""
    return np.asarray(vector, dtype="<f2").tobytes()


def unpacked(kept: Sequence[bytes], dimension: int) -> Vectors:
    """Such vectors again [n, d]. Homes of earlier days kept them in single precision."""
    matrix = np.empty((len(kept), dimension), dtype="<f2")
    for row, one in zip(matrix, kept, strict=True):
        row[:] = np.frombuffer(one, dtype="<f2" if len(one) == 2 * dimension else "<f4")
    return matrix.astype(np.float32)


def best(ids: Ids, scores: NDArray[np.float64], k: int) -> Scored:
    """The `k` best, ties by id."""
    order = np.lexsort((ids, -scores))[:k]
    return list(zip(ids[order].tolist(), scores[order].tolist(), strict=True))


def among(ids: Ids, others: Ids) -> NDArray[np.bool_]:
    """Which of `ids` are among `others`, which ascend."""
    if not len(others):
        return np.zeros(len(ids), dtype=bool)
    places = np.minimum(np.searchsorted(others, ids), len(others) - 1)
    return np.asarray(others[places] == ids)


class ExactIndex:
    """Brute force over an array in memory: slow at size, right by construction."""

    def __init__(self, encoder: str, dimension: int) -> None:
        self._empty = Manifest(encoder, dimension)
        self.clear()

    def clear(self) -> None:
        """See VectorIndex."""
        self.manifest = self._empty
        self._held: dict[int, Vectors] = {}

    def update(self, ids: Sequence[int], vectors: Vectors, gone: Sequence[int], *, lineage: str, revision: int) -> None:
        """See VectorIndex."""
        held = dict(self._held)
        for passage_id in gone:
            held.pop(passage_id, None)
        held.update(zip(ids, vectors, strict=True))
        self._held = held
        self.manifest = replace(self.manifest, lineage=lineage, revision=revision, count=len(held))

    def search(self, vector: Vectors, k: int, allowed: Ids | None = None) -> Scored:
        """See VectorIndex."""
        held = self._held
        ids = sorted(held if allowed is None else held.keys() & set(allowed.tolist()))
        if not ids:
            return []
        return best(np.array(ids, dtype=np.int64), cosines(np.stack([held[i] for i in ids]), vector), k)

    def vectors(self, ids: Sequence[int]) -> dict[int, Vectors]:
        """See VectorIndex."""
        held = self._held
        return {passage_id: held[passage_id] for passage_id in ids if passage_id in held}
