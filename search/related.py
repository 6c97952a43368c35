"""related(page) -> suggestions: which lessons bear on a page, and which sentences tie them to it.

Each telling passage of the page looks for its neighbours; what is not near enough to stand out
from the corpus's own background is not suggested. The page is never stored.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np

from corpus.errors import SearchError, StoreUnusable
from corpus.passages import sections, sentences
from corpus.store import Corpus
from corpus.types import Document, Passage, PassageText, encoder_text
from search.index import cosines
from search.indexer import Indexer
from search.keywords import keywords
from search.ranking import Evidence, Ranked, diversify, fuse
from search.types import Because, Encoder, Suggestion, Suggestions, Vectors

Piece = TypeVar("Piece", Passage, PassageText)

Split = Callable[[str, str], list[PassageText]]
"""(title, headed text) -> passages."""

_MOST_PASSAGES = 12
"""Passages of a page that look for neighbours; of a longer page the first ones and an even choice."""
_LONGEST_PAGE = 400_000
"""Characters of a page that are looked at."""
_NEIGHBOURS = 60
_SAME_TEXT = 0.985
"""Cosine from which two passages say the same in almost the same words."""
_SAMPLE = 256
_BACKGROUND_QUANTILE = 0.95
_LEAST_FLOOR = 0.3
"""Below this cosine two texts of the default model have little to do with each other, in any corpus."""
_LONGEST_SENTENCE = 400


@dataclass(frozen=True, slots=True)
class _Yours:
    """A passage of the page with its vector."""

    text: str
    vector: Vectors


@dataclass(frozen=True, slots=True)
class _Tie:
    """The nearest pair of passages between the page and one passage of the corpus."""

    cosine: float
    yours: int


class Related:
    """Suggests documents for a page. Safe from several threads."""

    def __init__(
        self, corpus: Corpus, encoder: Encoder, indexer: Indexer, split: Split, refresh: Callable[[], str | None]
    ) -> None:
        self._corpus = corpus
        self._encoder = encoder
        self._indexer = indexer
        self._split = split
        self._refresh = refresh
        self._floor: tuple[tuple[str, int, int], float] | None = None

    def of_document(self, document_id: str, limit: int = 5) -> Suggestions:
        """Suggestions for a stored document, by its own vectors; NotFound if there is none."""
        document = self._corpus.documents.get(document_id)
        passages = _telling(self._corpus.documents.passages(document_id))

        def suggest(degraded: str | None) -> Suggestions:
            held = self._indexer.index.vectors([passage.id for passage in passages])
            yours = [_Yours(passage.text, held[passage.id]) for passage in passages if passage.id in held]
            return self._suggest(yours, f"{document.title}\n{document.text}", limit, degraded, document)

        return self._answered(suggest)

    def of_text(self, title: str, text: str, limit: int = 5) -> Suggestions:
        """Suggestions for a page that is not stored. A page without words gets none."""
        title, text = (given.encode("utf-8", "replace").decode() for given in (title, text))

        def suggest(degraded: str | None) -> Suggestions:
            passages = _telling(self._split(title, text[:_LONGEST_PAGE]))
            if not passages and title.strip():
                passages = [PassageText("", title)]
            seen = [encoder_text(title, passage.heading, passage.text) for passage in passages]
            vectors = self._encoder.encode(seen)
            yours = [_Yours(passage.text, vector) for passage, vector in zip(passages, vectors, strict=True)]
            return self._suggest(yours, f"{title}\n{text}", limit, degraded, None)

        return self._answered(suggest)

    def neighbours(self, document_id: str, limit: int) -> list[tuple[str, float]]:
        """(document id, cosine) of the documents whose passages are nearest to this one's, best first; no reasons.

        Raises NotFound, and the SearchError that keeps the index from being used.
        """
        self._refresh()
        passages = _telling(self._corpus.documents.passages(document_id))
        held = self._indexer.index.vectors([passage.id for passage in passages])
        near: dict[int, float] = {}
        for vector in held.values():
            for passage_id, cosine in self._indexer.index.search(vector, 2 * limit):
                near[passage_id] = max(cosine, near.get(passage_id, -1.0))
        owners = self._corpus.documents.passage_documents(list(near))
        best: dict[str, float] = {}
        for passage_id, owner in owners.items():
            best[owner] = max(near[passage_id], best.get(owner, -1.0))
        best.pop(document_id, None)
        return sorted(best.items(), key=lambda pair: (-pair[1], pair[0]))[:limit]

    def _answered(self, suggest: Callable[[str | None], Suggestions]) -> Suggestions:
        """Suggestions over an index as fresh as can be; none, and the reason, where there is no model or index."""
        try:
            return suggest(self._refresh())
        except (SearchError, StoreUnusable) as error:
            return Suggestions(items=[], degraded=f"no suggestions: {error}")

    def floor(self) -> float:
        """The cosine that a suggestion must reach: above nearly all pairs of unrelated passages here."""
        seen = (*self._corpus.changes.position(), self._indexer.index.manifest.count)
        if self._floor is None or self._floor[0] != seen:
            self._floor = (seen, self._background())
        return self._floor[1]

    def _background(self) -> float:
        sample = self._corpus.changes.sample(_SAMPLE)
        held = self._indexer.index.vectors([passage_id for passage_id, _, _ in sample])
        known = [(passage_id, owner) for passage_id, owner, _ in sample if passage_id in held]
        owners = [owner for _, owner in known]
        if len(set(owners)) < 10:
            return _LEAST_FLOOR
        matrix = np.stack([held[passage_id] for passage_id, _ in known])
        apart = np.array(owners)[:, None] != np.array(owners)[None, :]
        return max(_LEAST_FLOOR, float(np.quantile((matrix @ matrix.T)[apart], _BACKGROUND_QUANTILE)))

    def _suggest(
        self, yours: Sequence[_Yours], text: str, limit: int, degraded: str | None, itself: Document | None
    ) -> Suggestions:
        if not yours:
            return Suggestions(items=[], degraded=degraded)
        ties, evidence = self._evidence(yours, text)
        floor = self.floor()
        ranked = [
            one
            for one in fuse(evidence)
            if (one.cosine or 0.0) >= floor and (itself is None or one.document_id != itself.id)
        ]
        near = {one.document_id: one for one in ranked[: 4 * limit + 4]}
        copies = self._copies(list(near), yours)
        scores = {i: _score(one) for i, one in near.items() if i not in copies}
        scores = dict(sorted(scores.items(), key=lambda pair: (-pair[1], pair[0])))
        chosen = diversify(scores, self._similarity([near[i] for i in scores]), limit)
        chosen.sort(key=lambda i: (-scores[i], i))
        documents = self._corpus.documents.get_many(chosen)
        because = self._because(yours, [_best_tie(near[i], ties, evidence) for i in chosen if i in documents], ties)
        items = [
            Suggestion(document=documents[i], score=scores[i], because=reasons)
            for i, reasons in zip([i for i in chosen if i in documents], because, strict=True)
        ]
        return Suggestions(items=items, degraded=degraded)

    def _evidence(self, yours: Sequence[_Yours], text: str) -> tuple[dict[int, _Tie], dict[int, Evidence]]:
        """For each near passage of the corpus its tie to the page, and the evidence to rank it by."""
        index = self._indexer.index
        words = keywords(text, self._corpus.fulltext.frequencies)
        matched = self._corpus.fulltext.match(words.expression, limit=_NEIGHBOURS * 2) if words.expression else []
        bm25 = {passage_id: score for passage_id, _, score in matched}
        near = {i for mine in yours for i, _ in index.search(mine.vector, _NEIGHBOURS)}
        held = index.vectors(sorted(near | bm25.keys()))
        ties: dict[int, _Tie] = {}
        if held:
            matrix = np.stack(list(held.values()))
            every = np.stack([cosines(matrix, mine.vector) for mine in yours])
            for place, passage_id in enumerate(held):
                mine = int(every[:, place].argmax())
                ties[passage_id] = _Tie(float(every[mine, place]), mine)
        owners = self._corpus.documents.passage_documents(list(ties))
        evidence = {i: Evidence(owner, bm25.get(i), ties[i].cosine) for i, owner in owners.items()}
        return ties, evidence

    def _copies(self, document_ids: Sequence[str], yours: Sequence[_Yours]) -> set[str]:
        """Documents most of whose passages stand on the page in almost the same words."""
        page = np.stack([mine.vector for mine in yours])
        copies = set()
        for document_id in document_ids:
            held = self._indexer.index.vectors([p.id for p in self._corpus.documents.passages(document_id)])
            if held:
                nearest = (np.stack(list(held.values())) @ page.T).max(axis=1)
                if (nearest >= _SAME_TEXT).mean() > 0.5:
                    copies.add(document_id)
        return copies

    def _similarity(self, ranked: Sequence[Ranked]) -> Callable[[str, str], float]:
        held = self._indexer.index.vectors([one.passage_id for one in ranked])
        vectors = {one.document_id: held[one.passage_id] for one in ranked if one.passage_id in held}

        def similarity(one: str, other: str) -> float:
            return float(vectors[one] @ vectors[other]) if one in vectors and other in vectors else 0.0

        return similarity

    def _because(
        self, yours: Sequence[_Yours], passage_ids: Sequence[int], ties: dict[int, _Tie]
    ) -> list[tuple[Because, ...]]:
        """For each suggested passage the pair of sentences that ties it to the page.

        The pair is the nearest one, where each sentence also counts by how near it is to the whole
        of the other side: two passing remarks that happen to be alike tie nothing.
        """
        passages = self._corpus.documents.passages_by_id(passage_ids)
        held = self._indexer.index.vectors(passage_ids)
        pairs = [
            (_sentences(yours[ties[i].yours].text), _sentences(passages[i].text) if i in passages and i in held else [])
            for i in passage_ids
        ]
        texts = sorted({sentence for mine, theirs in pairs for sentence in (*mine, *theirs)})
        vectors = dict(zip(texts, self._encoder.encode(texts), strict=True))
        reasons: list[tuple[Because, ...]] = []
        for passage_id, (mine, theirs) in zip(passage_ids, pairs, strict=True):
            if not mine or not theirs:
                reasons.append(())
                continue
            my_vectors, their_vectors = np.stack([vectors[s] for s in mine]), np.stack([vectors[s] for s in theirs])
            near = my_vectors @ their_vectors.T
            central = (my_vectors @ held[passage_id])[:, None] + their_vectors @ yours[ties[passage_id].yours].vector
            row, column = np.unravel_index(int((near + central / 2).argmax()), near.shape)
            cosine = max(0.0, round(float(near[row, column]), 6))
            reasons.append((Because(yours=mine[row], theirs=theirs[column], passage_id=passage_id, score=cosine),))
        return reasons


def _telling(passages: Sequence[Piece]) -> list[Piece]:
    """The passages that look for neighbours: the lead of the page and an even choice of the rest."""
    if len(passages) <= _MOST_PASSAGES:
        return list(passages)
    lead = _MOST_PASSAGES // 3
    rest = passages[lead:]
    wanted = _MOST_PASSAGES - lead
    return list(passages[:lead]) + [rest[place * len(rest) // wanted] for place in range(wanted)]


def _score(one: Ranked) -> float:
    """How near, as an absolute value: the cosine, lowered where the page's own words are missing."""
    return round(min(1.0, (one.cosine or 0.0) * (0.8 + 0.2 * one.keyword)), 6)


def _best_tie(one: Ranked, ties: dict[int, _Tie], evidence: dict[int, Evidence]) -> int:
    """The passage of a suggested document that is nearest to the page."""
    own = [i for i, found in evidence.items() if found.document_id == one.document_id]
    return max(own, key=lambda i: (ties[i].cosine, -i))


def _sentences(text: str) -> list[str]:
    """Sentences worth showing, without the marks of lists and code; a text without any gives itself."""
    found = [
        sentence.strip(" -*•|>`#")[:_LONGEST_SENTENCE]
        for section in sections(text)
        for line in section.body.splitlines()
        for sentence in sentences(line)
    ]
    telling = [sentence for sentence in found if len(sentence.split()) >= 4]
    return list(dict.fromkeys(telling or [sentence for sentence in found if sentence]))
