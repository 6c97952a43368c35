"""The passages that are near a page: which of them ties a document to it, and how near it is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from search.index import cosines
from search.types import Vectors


@dataclass(frozen=True, slots=True)
class Tie:
    """The nearest pair of a part of the page and a passage of a document."""

    cosine: float
    part: int
    passage_id: int


class Neighbours:
    """Passages with their vectors and their documents."""

    def __init__(self, held: Mapping[int, Vectors], owners: Mapping[int, str]) -> None:
        self.owners = {i: owners[i] for i in held if i in owners}
        self.vectors = {i: held[i] for i in self.owners}
        self._matrix = np.stack(list(self.vectors.values())) if self.vectors else None

    def ties(self, parts: Vectors) -> dict[str, Tie]:
        """document id -> how it is tied to a page of these parts [k, d]; the first of equals."""
        if self._matrix is None:
            return {}
        every = np.stack([cosines(self._matrix, part) for part in parts])
        nearest, best = every.argmax(axis=0).tolist(), every.max(axis=0).tolist()
        ties: dict[str, Tie] = {}
        for (passage_id, owner), part, cosine in zip(self.owners.items(), nearest, best, strict=True):
            if owner not in ties or cosine > ties[owner].cosine:
                ties[owner] = Tie(cosine, part, passage_id)
        return ties

    def of(self, document_ids: Sequence[str]) -> "Neighbours":
        """Those of some documents."""
        wanted = set(document_ids)
        return Neighbours({i: self.vectors[i] for i, owner in self.owners.items() if owner in wanted}, self.owners)
