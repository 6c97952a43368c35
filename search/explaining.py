"""Why a hit stands where it does: parts that add up to its score, word by word. Pure."""

import math
from collections.abc import Mapping

from corpus.fulltext import places
from corpus.types import Document, Passage
from search.keywords import Keywords
from search.ranking import EXACT_WEIGHT, Ranked
from search.types import Explanation, MatchedWord

_READ = 50_000
"""Characters of a document that are looked through for a word that its best passage does not have."""


def explain(
    one: Ranked,
    weight: float,
    words: Keywords,
    shown: tuple[Document, Passage] | None = None,
    rarity: Mapping[str, float] | None = None,
) -> Explanation:
    """The explanation of a score; with its words if the hit that is `shown` is given, and how rare each word is."""
    found = _found(words, *shown) if shown and words.terms else {}
    exact_points = EXACT_WEIGHT * one.exact if weight > 0 else 0.0
    points = round(weight * one.keyword - exact_points, 6)
    return Explanation(
        bm25=one.bm25 if weight > 0 else None,
        bm25_normalised=one.keyword if weight > 0 else None,
        keyword_weight=weight,
        cosine=one.cosine if weight < 1 else None,
        cosine_normalised=one.semantic if weight < 1 else None,
        semantic_weight=round(1 - weight, 6),
        exact=one.exact,
        exact_points=exact_points,
        terms=tuple(term for term, where in found.items() if where != ("elsewhere",)),
        words=tuple(_shared(points, found, rarity or {})) if points > 0 else (),
    )


def rarity(frequencies: Mapping[str, int], passages: int) -> dict[str, float]:
    """term -> its inverse frequency, as BM25 weighs it."""
    return {term: math.log(1 + (passages - n + 0.5) / (n + 0.5)) for term, n in frequencies.items()}


def _found(words: Keywords, document: Document, passage: Passage) -> dict[str, tuple[str, ...]]:
    """Term -> where it stands in the passage, or that it stands elsewhere in the document."""
    texts = {"title": passage.title, "heading": passage.heading, "text": passage.text}
    found = places({**texts, "elsewhere": document.full_text[:_READ]}, words.terms)
    here = {term: tuple(name for name in where if name != "elsewhere") for term, where in found.items()}
    return {term: here[term] or ("elsewhere",) for term in words.terms if found[term]}


def _shared(points: float, found: Mapping[str, tuple[str, ...]], rarity: Mapping[str, float]) -> list[MatchedWord]:
    """What each word adds to the score: the points of all, shared out by how rare each is; the sum is exact."""
    terms = list(found) or ["other words"]
    weights = [rarity.get(term, 0.0) or 1e-9 for term in terms]
    shares = [round(points * weight / sum(weights), 6) for weight in weights]
    shares[-1] = round(points - sum(shares[:-1]), 6)
    return [
        MatchedWord(term, found.get(term, ("elsewhere",)), share) for term, share in zip(terms, shares, strict=True)
    ]
