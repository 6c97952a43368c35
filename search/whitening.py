"""Closeness with what is common to the whole corpus taken out.

In a narrow corpus all texts point the same way: a few directions of the vector space carry most of
the variance, and a cosine mostly tells that both texts are of this corpus. Whitening (Su et al.,
2021) gives each direction the weight that it deserves here. It helps texts that are like the
corpus's own; a short question is not, and keeps its plain cosine.
"""

from dataclasses import dataclass
from typing import cast

import numpy as np
from numpy.typing import NDArray

from search.types import Vectors

Cosines = NDArray[np.float64]

SHRINKAGE = 1.0
"""Added to each variance, as a multiple of their mean: few vectors tell little of the small variances."""
_SHORT = 12
"""Telling words up to which a query is a question, and not a text like those of the corpus."""


@dataclass(frozen=True, slots=True)
class Whitening:
    """x -> (x - mean) @ scale, after which the sample's directions have nearly equal variance."""

    mean: NDArray[np.float64]
    scale: NDArray[np.float64]

    def cosines(self, vectors: Vectors, query: Vectors) -> Cosines:
        """[n, d] and [d] -> cosines [n] between the whitened vectors, rounded to six digits."""
        moved = self.moved(np.vstack([vectors, query[None, :]]))
        return rounded_products(moved[:-1], moved[-1])

    def moved(self, vectors: Vectors) -> NDArray[np.float64]:
        """[n, d] -> the whitened vectors, of unit length."""
        moved = (vectors.astype(np.float64) - self.mean) @ self.scale
        unit: NDArray[np.float64] = moved / np.maximum(np.sqrt((moved * moved).sum(axis=1, keepdims=True)), 1e-12)
        return unit


def fit(sample: Vectors) -> Whitening | None:
    """The whitening of a sample [n, d] of the corpus; None if it is too small to tell of d directions."""
    count, dimension = sample.shape
    if count <= dimension:
        return None
    wide = sample.astype(np.float64)
    mean = wide.mean(axis=0)
    covariance = (wide - mean).T @ (wide - mean) / count
    variance = covariance.trace() / dimension
    if variance <= 0:
        return None
    regular = covariance / variance + SHRINKAGE * np.eye(dimension)
    return Whitening(mean, np.linalg.cholesky(np.linalg.inv(regular)))


def share(words: int) -> float:
    """How much of the closeness of a query with so many telling words is the whitened one: 0 .. nearly 1."""
    return max(0, words - _SHORT) / words if words else 0.0


def rounded_products(vectors: NDArray[np.float64], query: NDArray[np.float64]) -> Cosines:
    """[n, d] and [d] of unit length -> cosines [n], rounded to six digits."""
    return np.round(cast(Cosines, np.vecdot(vectors, query)), 6)


def closeness(plain: Cosines, whitened: Cosines | None, part: float) -> Cosines:
    """Plain cosines with a part of them taken after whitening, if there is one."""
    return plain if whitened is None else np.round((1 - part) * plain + part * whitened, 6)
