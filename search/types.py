"""What is asked of search and what it answers, and what it asks of an encoder."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol, get_args

import numpy as np
from numpy.typing import NDArray

from corpus.types import Document, Filter, Passage

Mode = Literal["hybrid", "semantic", "keyword"]
MODES: tuple[Mode, ...] = get_args(Mode)

Relation = Literal["same event", "similar"]

Vectors = NDArray[np.float32]


class Encoder(Protocol):
    """Turns texts into vectors of unit length, the same text always into the same vector."""

    @property
    def id(self) -> str:
        """Names everything that changes a vector: model, digest, backend, pooling, prompts, length, dimension."""

    @property
    def dimension(self) -> int:
        """How many numbers a vector has."""

    @property
    def limit(self) -> int:
        """How many word pieces of a text are read, the special ones not counted; the rest is not seen."""

    def measure(self, texts: Sequence[str]) -> list[int]:
        """The number of word pieces of each text, without the special ones and uncut."""

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Passages -> float32 [len(texts), dimension]."""

    def encode_query(self, text: str) -> Vectors:
        """A query -> float32 [dimension]."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """What a person typed, in the language of `query_language`, and a filter beside it. `offset` counts documents.

    `explain` asks for the matching terms of each hit, which cost a little extra.
    """

    text: str
    mode: Mode = "hybrid"
    limit: int = 10
    offset: int = 0
    wanted: Filter = field(default_factory=Filter)
    explain: bool = False


@dataclass(frozen=True, slots=True)
class MatchedWord:
    """A word of the query that a hit has. `share` is what it adds to the score.

    `where` is of "title", "heading" and "text" for the passage shown, else "elsewhere" in the document.
    """

    term: str
    where: tuple[str, ...]
    share: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """Where a score comes from: score = sum of weight x normalised over the parts that are there.

    `bm25` and `cosine` are those of the document's best passages; each normalised value is a share
    of the best one in this result list. `exact` is 1 where the document has the whole query to the
    letter, less where it has identifiers of it, and makes up most of `bm25_normalised` where any
    document has. None: the part took no share. The keyword part (weight x normalised) is the sum of the
    shares of `words` and of `exact_points`; both are told where an explanation was asked for.
    `lowered`: the document is outdated, and so both weights are this share of what they are for others.
    """

    bm25: float | None
    bm25_normalised: float | None
    keyword_weight: float
    cosine: float | None
    cosine_normalised: float | None
    semantic_weight: float
    exact: float = 0.0
    exact_points: float = 0.0
    terms: tuple[str, ...] = ()
    words: tuple[MatchedWord, ...] = ()
    lowered: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """A document, the passage of it that answers best, and a snippet (escaped HTML with <mark>)."""

    document: Document
    passage: Passage
    score: float
    snippet: str
    explanation: Explanation


WORDLESS = "none of these words occurs; what is listed is merely nearest in meaning"
"""A note on results."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Results:
    """The answer to a query. `degraded` says in a line what is missing from it, if anything is.

    `total` counts the documents found within the search depth; `facets` are counted over them.
    `notes` say how the query was understood where that may surprise; `did_you_mean` is the query with
    words that occur nowhere mended, if it has such words.
    """

    query: Query
    hits: list[Hit]
    total: int
    facets: dict[str, list[tuple[str, int]]] = field(default_factory=dict)
    degraded: str | None = None
    notes: tuple[str, ...] = ()
    did_you_mean: str | None = None

    @property
    def wordless(self) -> bool:
        """Words were looked for, and none of them stands in what was found."""
        return WORDLESS in self.notes


@dataclass(frozen=True, slots=True, kw_only=True)
class Because:
    """The sentence of yours and the sentence of theirs that tie a suggestion to a page.

    `item` is the id of the document of yours, where suggestions are for a collection.
    """

    yours: str
    theirs: str
    passage_id: int
    score: float
    item: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestion:
    """A document that bears on a page, with the reason. `score` is in 0..1.

    `cosine`: of the nearest passages of page and document; unlike scores, comparable between pages.
    `relation`: a report of the event that the page itself reports, or something similar.
    """

    document: Document
    score: float
    because: tuple[Because, ...]
    cosine: float = 0.0
    relation: Relation = "similar"


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestions:
    """Suggestions for a page, best first; empty where nothing is near enough."""

    items: list[Suggestion]
    degraded: str | None = None
