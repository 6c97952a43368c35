"""Fusion of keyword and vector evidence, best passage per document, diversity. Pure functions.

Fusion is a convex sum of scores normalised by the best one of the list. Over public judged sets
that does better than reciprocal ranks, which throw the distances away (docs/relevance.md).
"""

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

NOTHING: Mapping[str, float] = MappingProxyType({})

KEYWORD_WEIGHT = 0.5
"""Share of the keyword evidence in a hybrid score; the vectors have the rest."""
LONG_QUERY = 0.2
"""Added to that for a very long query: of many words the right ones are never all missing."""
EXACT_WEIGHT = 0.6
"""Share of the exact phrases in a score, where any is found: who has the query to the letter stands first."""
IDENTIFIER_SHARE = 1 / 3
"""What the identifiers in a question count, against the whole of it."""

WORDS_ONLY = 0.5
"""What counts who has the words of an identifier one after the other, but spelled otherwise than somebody else has."""


class Evidence(NamedTuple):
    """What speaks for one passage. None: not found that way."""

    document_id: str
    bm25: float | None
    cosine: float | None


class Ranked(NamedTuple):
    """A document with its score and the passage that carries most of it.

    `bm25` and `cosine` are the best of any passage of the document, `exact` is how much of the query
    it has to the letter. `keyword` (BM25 and `exact`) and `semantic` are shares of the best in the
    list, each 0..1. `factor` is by what the score was lowered, because the document is outdated.
    """

    document_id: str
    passage_id: int
    score: float
    bm25: float | None
    cosine: float | None
    keyword: float
    semantic: float
    exact: float = 0.0
    factor: float = 1.0


def hybrid_weight(long: float) -> float:
    """The keyword weight of a hybrid search; `long` is 0 for a question and nearly 1 for a page."""
    return round(KEYWORD_WEIGHT + LONG_QUERY * long, 6)


def weight_of_words(keyword_weight: float, exact: bool) -> float:
    """The weight of the keyword evidence in a score; `exact`: some document has the query to the letter."""
    return round(EXACT_WEIGHT + (1 - EXACT_WEIGHT) * keyword_weight, 6) if exact else keyword_weight


def fuse(
    evidence: Mapping[int, Evidence], keyword_weight: float = KEYWORD_WEIGHT, exact: Mapping[str, float] = NOTHING
) -> list[Ranked]:
    """Documents by score, ties by id. `evidence` is keyed by passage id, `exact` by document id.

    score = w * bm25 / max bm25 + (1 - w) * cosine / max cosine, where each value is the best of
    the document's passages, a missing one counts 0, and negative cosines count 0. Where any
    document has something of the query to the letter, its `exact` is EXACT_WEIGHT of the score, as
    a part of the keyword evidence, and what is said above the rest.
    """
    if not evidence:
        return []
    weight = weight_of_words(keyword_weight, bool(exact))
    exact_share = EXACT_WEIGHT / weight if exact else 0.0
    ids = sorted(evidence)
    owners, bm25s, cosines = zip(*[evidence[i] for i in ids], strict=True)
    bm25, cosine = np.array(bm25s, dtype=np.float64), np.array(cosines, dtype=np.float64)  # None becomes not a number
    keyword, semantic = _share_of_best(bm25), _share_of_best(cosine)
    total = keyword_weight * keyword + (1 - keyword_weight) * semantic
    number: dict[str, int] = {}
    documents = np.array([number.setdefault(owner, len(number)) for owner in owners])
    order = np.lexsort((-total, documents))  # of equal passages the one of the smaller id stands first
    starts = np.searchsorted(documents[order], np.arange(len(number)))
    letters = [exact.get(owner, 0.0) for owner in number]
    best_semantic = np.maximum.reduceat(semantic[order], starts)
    words = (1 - exact_share) * np.maximum.reduceat(keyword[order], starts) + exact_share * np.array(letters)
    score = np.round(weight * words + (1 - weight) * best_semantic, 6)
    ranked = zip(
        number,
        [ids[place] for place in order[starts].tolist()],
        score.tolist(),
        _numbers(np.fmax.reduceat(bm25[order], starts)),
        _numbers(np.fmax.reduceat(cosine[order], starts)),
        np.round(words, 6).tolist(),
        np.round(best_semantic, 6).tolist(),
        letters,
        strict=True,
    )
    return sorted((Ranked(*one) for one in ranked), key=lambda one: (-one.score, one.document_id))


def _share_of_best(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """What each is of the greatest; 0 for what is missing or negative."""
    positive = np.where(values > 0, values, 0.0)
    return positive / (positive.max() or 1.0)


def _numbers(values: NDArray[np.float64]) -> list[float | None]:
    return [None if value != value else value for value in values.tolist()]


def diversify(
    scores: Mapping[str, float], similarity: Callable[[str, str], float], limit: int, balance: float = 0.7
) -> list[str]:
    """Maximal marginal relevance (Carbonell and Goldstein, 1998): up to `limit` keys, in the order chosen.

    Each step takes the key with the greatest balance * score - (1 - balance) * similarity to
    what is taken already; ties go to the earlier key of `scores`.
    """
    left: list[str] = list(scores)
    taken: list[str] = []
    while left and len(taken) < limit:

        def gain(key: str) -> float:
            nearest = max((similarity(key, other) for other in taken), default=0.0)
            return balance * scores[key] - (1 - balance) * nearest

        chosen = max(left, key=gain)
        left.remove(chosen)
        taken.append(chosen)
    return taken


def spread(
    keys: Sequence[str], similarity: Callable[[str, str], float], limit: int, alike: float, together: int
) -> list[str]:
    """Up to `limit` of the keys in their order, of those that are `alike` no more than `together`.

    What is one too many comes after all others.
    """
    taken: list[str] = []
    put_off: list[str] = []
    for key in keys:
        like = sum(similarity(key, other) >= alike for other in taken)
        (taken if like < together else put_off).append(key)
        if len(taken) == limit:
            return taken
    return [*taken, *put_off][:limit]
