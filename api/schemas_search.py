"""The JSON shapes of answers: hits with their reasons, help with typing, related lessons."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Annotated, Any

from pydantic import Field, model_validator
from typing_extensions import TypedDict  # pydantic wants that one before Python 3.12

from api.schemas import DocumentBrief, PassageShape, Shape
from search.completion import Completion, CompletionKind
from search.types import Explanation, Hit, Relation, Results, Suggestion, Suggestions


class ExplanationShape(Shape):
    """How a score came about: the sum of weight x normalised over `keyword` and `semantic`.

    `exact` tells how much of the query the document has to the letter; it is a part of the keyword evidence.
    The keyword part is the sum of `exact_points` and the `share` of each of `words`. `lowered`: the document is
    superseded or obsolete, and both weights are that share of what they are for others.
    """

    keyword: dict[str, Any] | None
    semantic: dict[str, Any] | None
    lowered: float | None = None

    @classmethod
    def of(cls, made: Explanation) -> "ExplanationShape":
        """The shape of an explanation."""
        keyword = {
            "bm25": made.bm25, "normalised": made.bm25_normalised, "weight": made.keyword_weight,
            "exact": made.exact, "exact_points": made.exact_points, "terms": list(made.terms),
            "words": [asdict(word) for word in made.words],
        }  # fmt: skip
        semantic = {"cosine": made.cosine, "normalised": made.cosine_normalised, "weight": made.semantic_weight}
        return cls(
            keyword=keyword if made.keyword_weight else None,
            semantic=semantic if made.semantic_weight else None,
            lowered=made.lowered,
        )


class HitShape(Shape):
    """A document that answers, its best passage, and why."""

    document: DocumentBrief
    score: float
    passage: PassageShape
    snippet: str
    explain: ExplanationShape | None

    @classmethod
    def of(cls, hit: Hit, explain: bool) -> "HitShape":
        """The shape of a hit."""
        return cls(
            document=DocumentBrief.of(hit.document), score=hit.score, passage=PassageShape.of(hit.passage),
            snippet=hit.snippet, explain=ExplanationShape.of(hit.explanation) if explain else None,
        )  # fmt: skip


class FacetCount(TypedDict):
    """How many of the documents found have this value."""

    value: str
    count: int


class SearchAnswer(Shape):
    """The answer to a search."""

    query: str
    mode: str
    took_ms: float
    degraded: str | None
    total: int
    next: str | None
    facets: dict[str, list[FacetCount]]
    hits: list[HitShape]
    notes: list[str]
    did_you_mean: str | None

    @classmethod
    def of(cls, results: Results, *, took_ms: float, next: str | None) -> "SearchAnswer":
        """The shape of results."""
        query = results.query
        return cls(
            query=query.text, mode=query.mode, took_ms=took_ms, degraded=results.degraded, total=results.total,
            next=next, hits=[HitShape.of(hit, query.explain) for hit in results.hits],
            notes=list(results.notes), did_you_mean=results.did_you_mean,
            facets={
                name: [{"value": value, "count": count} for value, count in counts]
                for name, counts in results.facets.items()
            },
        )  # fmt: skip


class CompletionShape(Shape):
    """How a query may go on: `text` to be shown, `query` to be asked; a title has the id of its document."""

    text: str
    kind: CompletionKind
    query: str
    document_id: str | None


class SuggestAnswer(Shape):
    """Help with typing."""

    completions: list[CompletionShape]
    did_you_mean: str | None

    @classmethod
    def of(cls, completions: Sequence[Completion], did_you_mean: str | None) -> "SuggestAnswer":
        """The shape of completions."""
        return cls(completions=[CompletionShape(**asdict(one)) for one in completions], did_you_mean=did_you_mean)


class RelatedQuestion(Shape):
    """The page to find lessons for: a stored document, or an address, a title, a text."""

    url: Annotated[str, Field(max_length=2000)] | None = None
    title: Annotated[str, Field(max_length=1000)] | None = None
    text: Annotated[str, Field(max_length=2_000_000)] | None = None
    document_id: str | None = None
    limit: Annotated[int, Field(ge=1, le=50)] = 5

    @model_validator(mode="after")
    def _enough(self) -> "RelatedQuestion":
        if not (self.url or self.title or self.text or self.document_id):
            raise ValueError("give a document_id, a url, a title or a text")
        return self


class BecauseShape(Shape):
    """The two sentences that tie a suggestion to the page; `item` is the document of yours in a collection."""

    yours: str
    theirs: str
    passage_id: int
    score: float
    item: str | None = None


class SuggestionShape(Shape):
    """A document that bears on the page."""

    document: DocumentBrief
    score: float
    relation: Relation
    because: list[BecauseShape]

    @classmethod
    def of(cls, one: Suggestion) -> "SuggestionShape":
        """The shape of a suggestion."""
        return cls(
            document=DocumentBrief.of(one.document), score=one.score, relation=one.relation,
            because=[BecauseShape(**asdict(because)) for because in one.because],
        )  # fmt: skip


class RelatedAnswer(Shape):
    """Suggestions, best first; an empty list where nothing is near enough."""

    took_ms: float
    degraded: str | None
    suggestions: list[SuggestionShape]

    @classmethod
    def of(cls, found: Suggestions, *, took_ms: float) -> "RelatedAnswer":
        """The shape of suggestions."""
        return cls(
            took_ms=took_ms,
            degraded=found.degraded,
            suggestions=[SuggestionShape.of(one) for one in found.items],
        )
