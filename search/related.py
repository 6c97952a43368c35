"""related(page) -> suggestions: which lessons bear on a page, and which sentences tie them to it.

They are ranked as a search for the page's text ranks them. What comes no nearer to any passage of the page than
ordinary texts come to this corpus is not suggested. The page is never stored.
"""

import threading
from collections.abc import Callable, Mapping, Sequence

import numpy as np

from corpus.errors import SearchError, StoreUnusable
from corpus.store import Corpus
from corpus.tally import Tally
from corpus.types import Document
from corpus.vocabulary import words_in
from search import page, silence
from search.events import Rarity, report, same_event
from search.indexer import InStep
from search.keywords import STOP_WORDS
from search.losses import Losses
from search.more_like import MoreLike
from search.nearest import Nearest
from search.neighbours import Neighbours, Tie
from search.outdated import lowered_scores
from search.page import Encode, Page, evenly
from search.ranking import Ranked, spread
from search.reasons import Reasons
from search.searcher import LONGEST_QUERY, Ranking, Searcher
from search.ties import same_words
from search.turns import TURNS
from search.types import Because, Encoder, Query, Suggestion, Suggestions, Vectors

_MOST_PASSAGES = 12
"""Passages of a stored document that look for neighbours."""
_LONGEST_PAGE = 400_000
"""Characters of a page that are looked at."""
_NEIGHBOURS = 60
_COPIES = 20
"""So many of the best are compared with the page word by word."""
_BELOW = 0.25
"""What nearness to a later part of the page counts, which a search for its text does not see."""
_ALIKE, _TOGETHER = 0.9, 2
"""Cosine from which two suggestions say the same, and how many of those are shown while there are others."""
_WRONG_IN = 20


class Related:
    """Suggests documents for a page. Safe from several threads.

    `wrong_in`: of so many pages that have to do with nothing here, one may get a wrong suggestion.
    """

    def __init__(
        self, corpus: Corpus, encoder: Encoder, indexer: InStep, searcher: Searcher,
        wrong_in: int = _WRONG_IN,
    ) -> None:  # fmt: skip
        self._corpus = corpus
        self._encoder = encoder
        self._indexer = indexer
        self._searcher = searcher
        self._wrong_in = wrong_in
        self._reasons = Reasons(corpus, indexer.encoded)
        self._more_like = MoreLike(corpus, indexer, self._reasons)
        self.answers = Tally(["suggested", "silent", "degraded"])
        self._lock = threading.Lock()
        self._silence: dict[bool, Nearest] = {}
        self._shares: tuple[object, list[float]] = (None, [])

    def of_document(self, document_id: str, limit: int = 5) -> Suggestions:
        """Suggestions for a stored document; NotFound if there is none."""
        document = self._corpus.documents.get(document_id)
        return self._answered(document.title, document.text, limit, document, self._indexer.encoded)

    def of_text(self, title: str, text: str, limit: int = 5) -> Suggestions:
        """Suggestions for a page that is not stored. A page without words gets none."""
        title, text = (given.encode("utf-8", "replace").decode().replace("\x00", " ") for given in (title, text))
        return self._answered(title, text, limit, None, self._encoder.encode)

    def of_collection(
        self, slug: str, against: Sequence[str] = (), limit: int = 5, examples: Sequence[str] = ()
    ) -> Suggestions:
        """Documents like those of a collection (and `examples`), unlike those `against` it; NotFound if one is none."""
        ids = list(dict.fromkeys([*(item.document.id for item in self._corpus.collections.items(slug)), *examples]))
        unlike = [self._corpus.documents.get(one).id for one in against]

        def suggest(degraded: str | None) -> Suggestions:
            found = self._more_like.suggest(ids, unlike, limit, self.floor())
            return Suggestions(items=found.items, degraded=degraded)

        return self._unless_degraded(suggest)

    def neighbours(self, document_id: str, limit: int) -> list[tuple[str, float]]:
        """(document id, cosine) of the documents whose passages are nearest to this one's, best first; no reasons.

        Raises NotFound, and the SearchError that keeps the index from being used.
        """
        self._searcher.refresh()
        passages = evenly(self._corpus.documents.passages(document_id), _MOST_PASSAGES)
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

    def floor(self, passages: float = 1, short: bool = False, familiar: float | None = None) -> float:
        """The cosine that a suggestion for a page of so many passages must reach, in this corpus as it is now.

        `short`: the page is less than a paragraph. How near a sentence comes by chance differs more.
        `familiar`: how many of the page's telling words the corpus has, 0..1. A page of other words must come nearer.
        """
        near = self._background(short).cosines()
        if familiar is None or short or not near:
            return silence.fit(near).floor(passages, self._wrong_in)
        shares = self._familiar_background()
        fitted = silence.fit([share * one for share, one in zip(shares, near, strict=True)])
        return fitted.floor(passages, self._wrong_in, familiar)

    def _familiar(self, text: str) -> float:
        """How many of the telling words of a text the corpus has, 0..1."""
        words = [word for word in words_in(text[:LONGEST_QUERY]) if word not in STOP_WORDS]
        return self._corpus.vocabulary.known(words) / max(1, len(words))

    def _familiar_background(self) -> list[float]:
        """The same of each paragraph about other things."""
        position = self._corpus.changes.position()
        with self._lock:
            if self._shares[0] != position:
                self._shares = (position, [self._familiar(text) for text in silence.background()])
            return self._shares[1]

    def _background(self, short: bool) -> Nearest:
        """How near ordinary paragraphs come to this corpus; with `short`, their single sentences."""
        with self._lock:
            if short not in self._silence:
                pages = filter(None, (page.read("", text, self._indexer.encoded) for text in silence.background()))
                vectors = [vector for one in pages for vector in (one.vectors if short else [one.vector()])]
                self._silence[short] = Nearest(self._indexer, np.stack(vectors))
            return self._silence[short]

    def paperwork(self, text: str) -> float:
        """The cosine to the nearest paragraph on what plans hold beside their matter: people, money, dates, terms."""
        asked = page.read("", text, self._encoder.encode)
        examples = [page.read("", one, self._indexer.encoded) for one in silence.paperwork()]
        return max(float(one.vector() @ asked.vector()) for one in examples if one) if asked else 0.0

    def _answered(self, title: str, text: str, limit: int, itself: Document | None, encode: Encode) -> Suggestions:
        def suggest(degraded: str | None) -> Suggestions:
            asked = page.read(title, text[:_LONGEST_PAGE], encode)
            return Suggestions(items=self._suggest(asked, encode, limit, itself) if asked else [], degraded=degraded)

        found = self._unless_degraded(suggest)
        self.answers.add("suggested" if found.items else "degraded" if found.degraded else "silent")
        return found

    def _unless_degraded(self, suggest: Callable[[str | None], Suggestions]) -> Suggestions:
        """Suggestions over an index as fresh as can be; none, and the reason, where there is no model or index."""
        try:
            with TURNS.one():
                return suggest(self._searcher.refresh())
        except (SearchError, StoreUnusable) as error:
            return Suggestions(items=[], degraded=f"no suggestions: {error}")

    def _suggest(self, page: Page, encode: Encode, limit: int, itself: Document | None) -> list[Suggestion]:
        (read,) = encode([page.reading()])
        found = self._searcher.rank(Query(text=f"{page.title}\n{page.text}"[:LONGEST_QUERY]), page.asked(read))
        parts = page.windows()
        near = self._near(parts, found)
        ties = near.ties(parts)
        familiar = self._familiar(f"{page.title}\n{page.text}")
        scores = self._scored(found.documents, ties, self.floor(len(parts), page.is_short(), familiar))
        scores = lowered_scores(scores, self._corpus.lifecycle.outdated(list(scores)))
        order = sorted(scores.keys() - self._itself(page, scores, itself), key=lambda i: (-scores[i], i))
        chosen = spread(order[: 2 * limit + 8], _similarity(near, ties), limit, _ALIKE, _TOGETHER)
        chosen.sort(key=lambda i: (-scores[i], i))
        losses = (
            Losses(self._corpus, self._searcher, self._encoder.encode, page, found, chosen, near) if chosen else None
        )
        shown = self._shown(losses, familiar) if losses else {}
        reasons = self._reasons.of_page(page, shown, {i: ties[i].passage_id for i in chosen})
        return self._told(chosen, scores, ties, reasons, itself or report(page.title, page.text))

    def _shown(self, losses: Losses, familiar: float) -> dict[str, int]:
        """The place of the sentence whose loss costs a suggestion the most; what makes it outdated changes nothing."""

        def left(place: int) -> dict[str, float]:
            ranked, ties, parts = losses.without(place)
            return self._scored(ranked, ties, self.floor(parts, losses.page.is_short(place), familiar))

        without = {place: left(place) for place in losses.tried}
        return {
            i: min(losses.tried, key=lambda place: (round(without[place].get(i, 0.0), 6), place)) for i in losses.chosen
        }

    def _scored(self, ranked: Sequence[Ranked], ties: Mapping[str, Tie], floor: float) -> dict[str, float]:
        """How near, in 0..1; what comes no nearer than the floor is left out.

        It is the search's own score, which is a share of the best, times the nearness of the best. Nearness to a
        later part of the page, which a search for its text does not see, counts too.
        """
        most = min(1.0, max((one.cosine or 0.0 for one in ranked), default=0.0))
        scores = {one.document_id: one.score / one.factor * most for one in ranked}
        for i, tie in ties.items():
            if tie.part:
                scores[i] = max(scores.get(i, 0.0), _BELOW * tie.cosine)
        return {i: round(scores[i], 6) for i in scores.keys() & ties if ties[i].cosine >= floor and scores[i] > 0}

    def _told(
        self,
        chosen: Sequence[str],
        scores: Mapping[str, float],
        ties: Mapping[str, Tie],
        reasons: Mapping[str, tuple[Because, ...]],
        asked: Document,
    ) -> list[Suggestion]:
        documents = self._corpus.documents.get_many(chosen)
        same = self._same_event(asked, documents)
        return [
            Suggestion(
                document=documents[i],
                score=scores[i],
                cosine=ties[i].cosine,
                because=reasons.get(i, ()),
                relation="same event" if i in same else "similar",
            )
            for i in chosen
            if i in documents
        ]

    def _same_event(self, asked: Document, documents: Mapping[str, Document]) -> set[str]:
        """Ids of the reports of one event with what is asked: those that are known, and those that tell so themselves.

        What a person said are two events are two.
        """
        pairs = self._corpus.aliases.pairs("same event", undecided_only=False, identity=asked.identity)
        decided = {identity: pair.decision for pair in pairs for identity in (pair.one, pair.other)}
        frequencies = self._corpus.fulltext.frequencies
        return {
            i
            for i, one in documents.items()
            if (decided[one.identity] != "apart" if one.identity in decided
                else same_event(asked, one, Rarity(frequencies, asked, one)))
        }  # fmt: skip

    def _near(self, parts: Vectors, found: Ranking) -> Neighbours:
        """The passages that are near any part of the page, or found by a search for it."""
        index = self._indexer.index
        near = {i for part in parts for i, _ in index.search(part, _NEIGHBOURS)}
        held = index.vectors(sorted(near | {one.passage_id for one in found.documents[:_NEIGHBOURS]}))
        return Neighbours(held, self._corpus.documents.passage_documents(list(held)))

    def _itself(self, page: Page, scores: Mapping[str, float], itself: Document | None) -> set[str]:
        """The page itself and its copies: documents that stand on it word for word, or nearly."""
        likely = sorted(scores, key=lambda i: (-scores[i], i))[:_COPIES]
        text = f"{page.title}\n{page.text}"
        found = self._corpus.documents.get_many(likely)
        copies = {i for i, one in found.items() if same_words(text, f"{one.title}\n{one.text}")}
        return copies if itself is None else {*copies, itself.id}


def _similarity(near: Neighbours, ties: Mapping[str, Tie]) -> Callable[[str, str], float]:
    vectors = near.vectors
    return lambda one, other: float(vectors[ties[one].passage_id] @ vectors[ties[other].passage_id])
