"""related(page) -> suggestions: which lessons bear on a page, and which sentences tie them to it.

They are ranked as a search for the page's text ranks them. What comes no nearer to any passage of the page than
ordinary texts come to this corpus is not suggested. The page is never stored.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np

from corpus.errors import SearchError, StoreUnusable
from corpus.store import Corpus
from corpus.types import Document, Passage, PassageText, encoder_text
from search import silence
from search.index import cosines
from search.indexer import Indexer
from search.more_like import MoreLike
from search.outdated import lowered_scores
from search.ranking import diversify
from search.reasons import Reasons, Tie
from search.searcher import LONGEST_QUERY, Ranking, Searcher
from search.sight import Sighted
from search.ties import same_words, without
from search.types import Because, Encoder, Query, Suggestion, Suggestions, Vectors

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
_BELOW = 0.25
"""What nearness to a later passage of the page counts, which a search for its text does not see."""
_BALANCE = 0.85
"""How much nearness counts against variety."""
_CLOSE = 0.1
"""So near to the floor the loss of a sentence may bring a suggestion below it."""
_WRONG_IN = 20


@dataclass(frozen=True, slots=True)
class _Yours:
    """A passage of the page with its vector, and its heading path."""

    text: str
    vector: Vectors
    heading: str = ""


@dataclass(frozen=True, slots=True)
class _Page:
    """What suggestions are asked for."""

    title: str
    text: str
    passages: Sequence[_Yours]
    among: int = 1

    def question(self, text: str) -> Query:
        """The page, its text perhaps changed, as a search."""
        return Query(text=f"{self.title}\n{text}"[:LONGEST_QUERY])


class Related:
    """Suggests documents for a page. Safe from several threads.

    `wrong_in`: of so many pages that have to do with nothing here, one may get a wrong suggestion.
    """

    def __init__(
        self, corpus: Corpus, encoder: Encoder, indexer: Indexer, split: Split, searcher: Searcher,
        wrong_in: int = _WRONG_IN,
    ) -> None:  # fmt: skip
        self._corpus = corpus
        self._encoder = encoder
        self._indexer = indexer
        self._split = split
        self._refresh = searcher.refresh
        self._searcher = Searcher(corpus, Sighted(encoder), indexer)
        self._wrong_in = wrong_in
        self._reasons = Reasons(corpus, encoder)
        self._more_like = MoreLike(corpus, indexer, self._reasons)
        self._silence: tuple[tuple[str, int, int], silence.Silence] | None = None

    def of_document(self, document_id: str, limit: int = 5) -> Suggestions:
        """Suggestions for a stored document, by its own vectors; NotFound if there is none."""
        document = self._corpus.documents.get(document_id)
        passages = _telling(self._corpus.documents.passages(document_id))

        def suggest(degraded: str | None) -> Suggestions:
            held = self._indexer.index.vectors([passage.id for passage in passages])
            yours = [_Yours(one.text, held[one.id], one.heading) for one in passages if one.id in held]
            return self._suggest(_Page(document.title, document.text, yours), limit, degraded, document)

        return self._answered(suggest)

    def of_text(self, title: str, text: str, limit: int = 5, *, among: int = 1) -> Suggestions:
        """Suggestions for a page that is not stored. A page without words gets none.

        `among`: of how many passages the whole is that the text is a part of; silence is kept for the whole.
        """
        title, text = (given.encode("utf-8", "replace").decode().replace("\x00", " ") for given in (title, text))
        text = text[:_LONGEST_PAGE]

        def suggest(degraded: str | None) -> Suggestions:
            passages = _telling(self._split(title, text))
            if not passages and title.strip():
                passages = [PassageText("", title)]
            vectors = self._encoder.encode([encoder_text(title, one.heading, one.text) for one in passages])
            yours = [_Yours(one.text, vector, one.heading) for one, vector in zip(passages, vectors, strict=True)]
            return self._suggest(_Page(title, text, yours, among), limit, degraded, None)

        return self._answered(suggest)

    def of_collection(
        self, slug: str, against: Sequence[str] = (), limit: int = 5, examples: Sequence[str] = ()
    ) -> Suggestions:
        """Documents like those of a collection (and `examples`), unlike those `against` it; NotFound if one is none."""
        ids = list(dict.fromkeys([*(item.document.id for item in self._corpus.collections.items(slug)), *examples]))
        unlike = [self._corpus.documents.get(one).id for one in against]

        def suggest(degraded: str | None) -> Suggestions:
            found = self._more_like.suggest(ids, unlike, limit, self.floor())
            return Suggestions(items=found.items, degraded=degraded)

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

    def floor(self, passages: int = 1) -> float:
        """The cosine that a suggestion for a page of so many passages must reach, in this corpus as it is now."""
        seen = (*self._corpus.changes.position(), self._indexer.index.manifest.count)
        if self._silence is None or self._silence[0] != seen:
            vectors = self._indexer.encoded(silence.background())
            best = [found[0][1] for vector in vectors if (found := self._indexer.index.search(vector, 1))]
            self._silence = (seen, silence.fit(best))
        return self._silence[1].floor(passages, self._wrong_in)

    def _answered(self, suggest: Callable[[str | None], Suggestions]) -> Suggestions:
        """Suggestions over an index as fresh as can be; none, and the reason, where there is no model or index."""
        try:
            return suggest(self._refresh())
        except (SearchError, StoreUnusable) as error:
            return Suggestions(items=[], degraded=f"no suggestions: {error}")

    def _suggest(self, page: _Page, limit: int, degraded: str | None, itself: Document | None) -> Suggestions:
        if not page.passages:
            return Suggestions(items=[], degraded=degraded)
        found = self._searcher.rank(page.question(page.text))
        ties = self._ties(page.passages, found)
        floor = self.floor(max(page.among, len(page.passages)))
        scores = self._scores(found, {i: tie.cosine for i, tie in ties.items() if tie.yours})
        near = [i for i in scores.keys() & ties if ties[i].cosine >= floor and (itself is None or i != itself.id)]
        near = sorted(near, key=lambda i: (-scores[i], i))[: 4 * limit + 4]
        copies = self._copies(near, page)
        near = [i for i in near if i not in copies]
        most = max((scores[i] for i in near), default=0.0) or 1.0
        shares = {i: scores[i] / most for i in near}
        chosen = diversify(shares, self._similarity({i: ties[i] for i in near}), limit, _BALANCE)
        chosen.sort(key=lambda i: (-scores[i], i))
        reasons = self._reasons.of_page(
            [one.text for one in page.passages],
            {i: ties[i] for i in chosen},
            scores,
            lambda sentence: self._again(page, sentence, {i: ties[i] for i in chosen}, floor),
        )
        return Suggestions(items=self._told(chosen, scores, reasons, itself), degraded=degraded)

    def _told(
        self,
        chosen: Sequence[str],
        scores: Mapping[str, float],
        reasons: Mapping[str, tuple[Because, ...]],
        itself: Document | None,
    ) -> list[Suggestion]:
        documents = self._corpus.documents.get_many(chosen)
        same = self._same_event(itself)
        return [
            Suggestion(
                document=documents[i],
                score=scores[i],
                because=reasons.get(i, ()),
                relation="same event" if documents[i].identity in same else "similar",
            )
            for i in chosen
            if i in documents
        ]

    def _same_event(self, itself: Document | None) -> set[str]:
        """Identities of the reports of a stored document's event, those that a person said are apart left out."""
        if itself is None:
            return set()
        pairs = self._corpus.aliases.pairs("same event", undecided_only=False, identity=itself.identity)
        return {identity for pair in pairs if pair.decision != "apart" for identity in (pair.one, pair.other)}

    def _ties(self, yours: Sequence[_Yours], found: Ranking) -> dict[str, Tie]:
        """The nearest passages of the page and of each document that is near it, or found by a search for it."""
        index = self._indexer.index
        near = {i for mine in yours for i, _ in index.search(mine.vector, _NEIGHBOURS)}
        held = index.vectors(sorted(near | {one.passage_id for one in found.documents[:_NEIGHBOURS]}))
        if not held:
            return {}
        matrix = np.stack(list(held.values()))
        every = np.stack([cosines(matrix, mine.vector) for mine in yours])
        owners = self._corpus.documents.passage_documents(list(held))
        ties: dict[str, Tie] = {}
        for place, passage_id in enumerate(held):
            mine = int(every[:, place].argmax())
            tie = Tie(float(every[mine, place]), mine, passage_id)
            owner = owners.get(passage_id)
            if owner is not None and (owner not in ties or tie.cosine > ties[owner].cosine):
                ties[owner] = tie
        return ties

    def _again(self, page: _Page, sentence: str, ties: dict[str, Tie], floor: float) -> dict[str, float]:
        """The scores of some documents for the page without a sentence; those that fall below the floor left out."""
        text = without(page.text, sentence)
        if not f"{page.title}{text}".strip():
            return {}
        asked = {i: tie for i, tie in ties.items() if tie.yours or tie.cosine < floor + _CLOSE}
        changed = {
            tie.yours: encoder_text(page.title, one.heading, without(one.text, sentence))
            for tie in asked.values()
            if sentence in (one := page.passages[tie.yours]).text
        }
        vectors = {yours: self._encoder.encode([text])[0] for yours, text in changed.items()}
        held = self._indexer.index.vectors([tie.passage_id for tie in asked.values()])
        near = {
            i: float(vectors[tie.yours] @ held[tie.passage_id])
            if tie.yours in vectors and tie.passage_id in held
            else tie.cosine
            for i, tie in asked.items()
        }
        scores = self._scores(self._searcher.rank(page.question(text)), {i: near[i] for i in near if ties[i].yours})
        return {i: score for i, score in scores.items() if near.get(i, 1.0) >= floor}

    def _scores(self, found: Ranking, below: Mapping[str, float]) -> dict[str, float]:
        """How near, in 0..1: the search's own score, which is a share of the best, times the nearness of the best.

        `below` are the cosines of documents that are near a later passage of the page. What is outdated is lowered.
        """
        most = min(1.0, max((one.cosine or 0.0 for one in found.documents), default=0.0))
        scores = {one.document_id: one.score / one.factor * most for one in found.documents}
        for i, cosine in below.items():
            scores[i] = max(scores.get(i, 0.0), _BELOW * cosine)
        rounded = {i: round(max(0.0, score), 6) for i, score in scores.items()}
        return lowered_scores(rounded, self._corpus.lifecycle.outdated(list(rounded)))

    def _copies(self, document_ids: Sequence[str], page: _Page) -> set[str]:
        """Documents most of whose passages have their like on the page, and which stand there nearly word for word."""
        yours = np.stack([mine.vector for mine in page.passages])
        alike = []
        for document_id in document_ids:
            held = self._indexer.index.vectors([p.id for p in self._corpus.documents.passages(document_id)])
            if held and ((np.stack(list(held.values())) @ yours.T).max(axis=1) >= _SAME_TEXT).mean() > 0.5:
                alike.append(document_id)
        text = f"{page.title}\n{page.text}"
        found = self._corpus.documents.get_many(alike)
        return {i for i, one in found.items() if same_words(text, f"{one.title}\n{one.text}")}

    def _similarity(self, ties: dict[str, Tie]) -> Callable[[str, str], float]:
        held = self._indexer.index.vectors([tie.passage_id for tie in ties.values()])
        vectors = {i: held[tie.passage_id] for i, tie in ties.items() if tie.passage_id in held}

        def similarity(one: str, other: str) -> float:
            return float(vectors[one] @ vectors[other]) if one in vectors and other in vectors else 0.0

        return similarity


def _telling(passages: Sequence[Piece]) -> list[Piece]:
    """The passages that look for neighbours: the lead of the page and an even choice of the rest."""
    if len(passages) <= _MOST_PASSAGES:
        return list(passages)
    lead = _MOST_PASSAGES // 3
    rest = passages[lead:]
    wanted = _MOST_PASSAGES - lead
    return list(passages[:lead]) + [rest[place * len(rest) // wanted] for place in range(wanted)]
