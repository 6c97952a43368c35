"""More like a collection: documents near to several of its items, and not nearer to those given against it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from corpus.store import Corpus
from corpus.types import Passage
from search.index import cosines
from search.indexer import InStep
from search.outdated import lowered_scores
from search.ranking import diversify
from search.reasons import Reasons
from search.types import Suggestion, Suggestions, Vectors

_PER_ITEM, _MOST = 4, 240
"""Passages of an item that look for neighbours, the first ones; and of all items."""
_NEIGHBOURS = 40
_TOGETHER = 3
"""So many items, those that are nearest, say how near a document is."""
_AGAINST = 0.5
"""What nearness to an example against counts."""
_BALANCE = 0.7


@dataclass(frozen=True, slots=True)
class _Examples:
    """Passages of documents with their vectors."""

    passages: Sequence[Passage]
    matrix: Vectors

    def nearest(self, vector: Vectors) -> tuple[dict[str, float], Passage]:
        """document id -> its greatest cosine to a vector, and the nearest passage of all."""
        near = cosines(self.matrix, vector)
        best: dict[str, float] = {}
        for passage, cosine in zip(self.passages, near.tolist(), strict=True):
            best[passage.document_id] = max(cosine, best.get(passage.document_id, -1.0))
        return best, self.passages[int(near.argmax())]


class MoreLike:
    """Suggests documents for a collection. Safe from several threads."""

    def __init__(self, corpus: Corpus, indexer: InStep, reasons: Reasons) -> None:
        self._corpus = corpus
        self._indexer = indexer
        self._reasons = reasons

    def suggest(self, ids: Sequence[str], against: Sequence[str], limit: int, floor: float) -> Suggestions:
        """The documents most like `ids` and unlike `against`, none of them itself; nothing below the floor."""
        like, unlike = self._examples(ids), self._examples(against)
        if not like.passages:
            return Suggestions(items=[])
        candidates = self._near(like, {*ids, *against})
        scores: dict[str, float] = {}
        tied: dict[str, tuple[int, Passage]] = {}
        for passage_id, (document_id, vector) in candidates.items():
            by_item, nearest = like.nearest(vector)
            contrary = max(unlike.nearest(vector)[0].values(), default=0.0) if unlike.passages else 0.0
            best = max(by_item.values())
            score = round(max(0.0, _mean_of_best(list(by_item.values())) - _AGAINST * max(0.0, contrary)), 6)
            if best >= floor and best > contrary and score > scores.get(document_id, 0.0):
                scores[document_id], tied[document_id] = score, (passage_id, nearest)
        scores = lowered_scores(scores, self._corpus.lifecycle.outdated(list(scores)))
        vectors = {i: candidates[tied[i][0]][1] for i in scores}
        order = dict(sorted(scores.items(), key=lambda pair: (-pair[1], pair[0])))
        chosen = diversify(order, _similarity(vectors), limit, _BALANCE)
        return self._told(sorted(chosen, key=lambda i: (-scores[i], i)), scores, tied)

    def _told(
        self, chosen: Sequence[str], scores: Mapping[str, float], tied: Mapping[str, tuple[int, Passage]]
    ) -> Suggestions:
        documents = self._corpus.documents.get_many(chosen)
        pairs = {i: (tied[i][1].text, tied[i][0]) for i in chosen}
        reasons = self._reasons.of_pairs(pairs, {i: tied[i][1].document_id for i in chosen})
        return Suggestions(
            items=[
                Suggestion(document=documents[i], score=min(1.0, scores[i]), because=reasons.get(i, ()))
                for i in chosen
                if i in documents
            ]
        )

    def _examples(self, ids: Sequence[str]) -> _Examples:
        each = max(1, min(_PER_ITEM, _MOST // max(1, len(ids))))
        passages = [one for i in ids[:_MOST] for one in self._corpus.documents.passages(i)[:each]]
        held = self._indexer.index.vectors([passage.id for passage in passages])
        passages = [passage for passage in passages if passage.id in held]
        none = np.zeros((0, 1), np.float32)
        return _Examples(passages, np.stack([held[one.id] for one in passages]) if passages else none)

    def _near(self, like: _Examples, known: set[str]) -> dict[int, tuple[str, Vectors]]:
        """passage id -> (document id, vector) of what is near any example, the examples themselves left out."""
        index = self._indexer.index
        found = sorted({i for vector in like.matrix for i, _ in index.search(vector, _NEIGHBOURS)})
        held = index.vectors(found)
        owners = self._corpus.documents.passage_documents(found)
        return {i: (owners[i], held[i]) for i in found if i in held and i in owners and owners[i] not in known}


def _mean_of_best(values: list[float]) -> float:
    best = sorted(values, reverse=True)[:_TOGETHER]
    return sum(best) / len(best)


def _similarity(vectors: Mapping[str, Vectors]) -> Callable[[str, str], float]:
    return lambda one, other: float(vectors[one] @ vectors[other])
