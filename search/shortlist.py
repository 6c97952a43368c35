"""Some passages with all that is needed to rank them again for fewer words and another vector: no index is asked."""

from collections.abc import Mapping, Sequence

import numpy as np

from search import whitening
from search.index import cosines
from search.keywords import single_words
from search.ranking import Evidence, Ranked, fuse, hybrid_weight
from search.types import Vectors
from search.whitening import Whitening, rounded_products


class Shortlist:
    """`owners`: the document of each passage; `matrix` and `parts`, in that order: its vector, and what each of
    `terms` adds to its BM25."""

    def __init__(
        self,
        owners: Mapping[int, str],
        matrix: Vectors,
        terms: Sequence[str],
        parts: Sequence[Mapping[str, float]],
        fitted: Whitening | None,
    ) -> None:
        self._owners = owners
        self._matrix = matrix
        self._terms = terms
        self._parts = np.array([[part.get(term, 0.0) for term in terms] for part in parts], np.float64)
        self._fitted = fitted
        self._whitened = None if fitted is None else fitted.moved(matrix)

    def rank(self, times: Mapping[str, int], vector: Vectors) -> list[Ranked]:
        """Their documents best first, for terms that are looked for so many times and a vector."""
        long = whitening.share(single_words(times))
        whitened = None
        if self._fitted is not None and self._whitened is not None and long:
            whitened = rounded_products(self._whitened, self._fitted.moved(vector[None, :]))
        close = whitening.closeness(cosines(self._matrix, vector), whitened, long)
        bm25 = (self._parts * [times.get(term, 0) for term in self._terms]).sum(axis=1)
        rows = zip(self._owners.items(), bm25.tolist(), close.tolist(), strict=True)
        return fuse({i: Evidence(owner, words, near) for (i, owner), words, near in rows}, hybrid_weight(long))
