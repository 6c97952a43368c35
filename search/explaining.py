"""Why a hit stands where it does: parts that add up to its score, word by word. Pure."""

import math
from collections.abc import Mapping, Sequence

from corpus.fulltext import places
from corpus.types import Document, Passage
from search.ranking import EXACT_WEIGHT, Ranked
from search.types import Explanation, MatchedWord

_ELSEWHERE = ("elsewhere",)
_READ = 50_000
"""Characters of a document that are looked through where the passage shown has none of the words."""


def explain(
    one: Ranked, weight: float, found: Mapping[str, tuple[str, ...]], rarity: Mapping[str, float]
) -> Explanation:
    """The explanation of a score, with the words `found` in its hit and where, shared out by how rare they are."""
    exact_points = EXACT_WEIGHT * one.exact * one.factor if weight > 0 else 0.0
    points = round(weight * one.factor * one.keyword - exact_points, 6)
    return Explanation(
        bm25=one.bm25 if weight > 0 else None,
        bm25_normalised=one.keyword if weight > 0 else None,
        keyword_weight=weight * one.factor,
        cosine=one.cosine if weight < 1 else None,
        cosine_normalised=one.semantic if weight < 1 else None,
        semantic_weight=round(1 - weight, 6) * one.factor,
        lowered=one.factor if one.factor < 1 else None,
        exact=one.exact,
        exact_points=exact_points,
        terms=tuple(term for term, where in found.items() if where != _ELSEWHERE),
        words=tuple(_shared(points, found, rarity)) if found and points > 0 else (),
    )


def words_in(hits: Sequence[tuple[Document, Passage]], terms: Sequence[str]) -> list[dict[str, tuple[str, ...]]]:
    """For each hit: the terms that its passage has and where, else those that stand elsewhere in its document."""
    here = places([{"title": one.title, "heading": one.heading, "text": one.text} for _, one in hits], terms)
    rest = [document.full_text[:_READ] for (document, _), found in zip(hits, here, strict=True) if not found]
    beyond = iter(places([{_ELSEWHERE[0]: text} for text in rest], terms) if rest else [])
    return [found or next(beyond) or {"other words": _ELSEWHERE} for found in here]


def rarity(frequencies: Mapping[str, int], passages: int) -> dict[str, float]:
    """term -> its inverse frequency, as BM25 weighs it."""
    return {term: math.log(1 + (passages - n + 0.5) / (n + 0.5)) for term, n in frequencies.items()}


def _shared(points: float, found: Mapping[str, tuple[str, ...]], rarity: Mapping[str, float]) -> list[MatchedWord]:
    """What each word adds to the score: the points of all, shared out by how rare each is; the sum is exact."""
    weights = [rarity.get(term, 0.0) or 1e-9 for term in found]  # never all nothing
    shares = [round(points * weight / sum(weights), 6) for weight in weights]
    shares[-1] = round(points - sum(shares[:-1]), 6)
    return [MatchedWord(term, where, share) for (term, where), share in zip(found.items(), shares, strict=True)]
