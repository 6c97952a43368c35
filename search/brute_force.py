"""Holds answers of an index against brute force over the vectors that are cached."""

import numpy as np
from numpy.typing import NDArray

from corpus.changes import ChangeLog
from corpus.vectors import VectorCache
from search.generations import FLAT_UP_TO
from search.index import VectorIndex, cosines, unpacked
from search.types import Vectors

_NEAREST, _MAY_MISS = 10, 2
_BLOCK = 10_000
"""Vectors in memory at once."""


def wrong_answers(index: VectorIndex, changes: ChangeLog, cache: VectorCache, sample: int) -> int:
    """How many of so many queries the index answers otherwise. The vectors of passages are the queries."""
    keys = dict(changes.since(0).added)
    chosen = {passage_id: key for passage_id, _, key in changes.sample(sample)}
    queries = list(_vectors(index, cache, chosen).values())
    right = _scores(index, cache, keys, queries)
    return sum(_is_wrong(index, query, scores) for query, scores in zip(queries, right, strict=True))


def _is_wrong(index: VectorIndex, query: Vectors, scores: dict[int, float]) -> bool:
    """Is there a nearer passage than those it names, or is one of them not as near as it says? Ties are free.

    Of an index that is made of lists one or two of the nearest may be missing: it finds nearly all, not all.
    """
    named = index.search(query, _NEAREST)
    nearest = sorted(scores.values(), reverse=True)[:_NEAREST]
    if any(scores.get(i) != score for i, score in named) or len(named) != len(nearest):
        return True
    missed = sum(score < nearest[-1] for _, score in named)
    return missed > (0 if len(scores) <= FLAT_UP_TO else _MAY_MISS)


def _scores(
    index: VectorIndex, cache: VectorCache, keys: dict[int, bytes], queries: list[Vectors]
) -> list[dict[int, float]]:
    """For each query: passage id -> cosine, of all passages."""
    scores: list[dict[int, float]] = [{} for _ in queries]
    ids = list(keys)
    for start in range(0, len(ids), _BLOCK):
        held = _vectors(index, cache, {i: keys[i] for i in ids[start : start + _BLOCK]})
        matrix: NDArray[np.float32] = np.stack(list(held.values()))
        for query, found in zip(queries, scores, strict=True):
            found.update(zip(held, cosines(matrix, query).tolist(), strict=True))
    return scores


def _vectors(index: VectorIndex, cache: VectorCache, keys: dict[int, bytes]) -> dict[int, Vectors]:
    """passage id -> vector: the cached one; of a passage that is not cached the one that the index holds."""
    cached = cache.get(index.manifest.encoder, list(dict.fromkeys(keys.values())))
    held = index.vectors([i for i, key in keys.items() if key not in cached])
    known = [i for i, key in keys.items() if key in cached]
    vectors = unpacked([cached[keys[i]] for i in known], index.manifest.dimension)
    return {**dict(zip(known, vectors, strict=True)), **held}
