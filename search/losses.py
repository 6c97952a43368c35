"""What a page finds without one of its sentences: reckoned for what is left of it, exactly as it was scored."""

from collections import Counter
from collections.abc import Sequence

import numpy as np

from corpus.store import Corpus
from search.index import cosines
from search.keywords import Frequency, looked_for, terms_of
from search.neighbours import Neighbours, Tie
from search.page import Encode, Page
from search.ranking import Ranked
from search.searcher import Ranking, Searcher
from search.types import Vectors

_RIVALS = 8
"""Documents that have most of the words, and that are nearest: a score is a share of what the best one has."""
_TRIED = 24
"""Sentences that are left out in turn; of a longer page those that have most to do with what is suggested."""


class Losses:
    """Ranks some documents (`chosen`) anew without each sentence of a page."""

    def __init__(
        self,
        corpus: Corpus,
        searcher: Searcher,
        encode: Encode,
        page: Page,
        found: Ranking,
        chosen: Sequence[str],
        near: Neighbours,
    ) -> None:
        self.page = page
        self._near = near.of(chosen)
        self.chosen = chosen
        self.tried = _promising(page, self._near)
        listed = {*chosen, *_rivals(found.documents)}
        owners = {i: one.document_id for i, one in found.evidence.items() if one.document_id in listed}
        self._read = _read_without(page, self.tried, encode)
        self._times = _times_without(page, self.tried, corpus.fulltext.frequencies)
        terms = dict.fromkeys(term for times in self._times.values() for term in times)
        self._shortlist = searcher.shortlist(owners, list(terms))

    def without(self, place: int) -> tuple[list[Ranked], dict[str, Tie], int]:
        """The documents ranked for the page without a sentence, what ties the chosen ones to it, and its parts."""
        parts = self.page.windows(place)
        ranked = self._shortlist.rank(self._times[place], self.page.asked(self._read[place], place))
        return ranked, self._near.ties(parts), len(parts)


def _promising(page: Page, near: Neighbours) -> list[int]:
    """Places of the sentences that it is worth to leave out."""
    places = page.telling
    if len(places) <= _TRIED:
        return places
    close = np.stack([cosines(page.vectors[places], vector) for vector in near.vectors.values()]).max(axis=0)
    order = np.argsort(-close, kind="stable")[:_TRIED]
    return sorted(places[row] for row in order.tolist())


def _read_without(page: Page, places: Sequence[int], encode: Encode) -> dict[int, Vectors]:
    """How an encoder reads the page without the sentence at each place."""
    readings = {place: page.reading(place) for place in places}
    different = list(dict.fromkeys(readings.values()))  # most sentences of a long page stand behind what is read
    read = dict(zip(different, encode(different), strict=True))
    return {place: read[reading] for place, reading in readings.items()}


def _times_without(page: Page, places: Sequence[int], frequency: Frequency) -> dict[int, dict[str, int]]:
    """How often each term is looked for without the sentence at each place."""
    counts = [terms_of(sentence) for sentence in page.sentences]
    every: Counter[str] = Counter()
    for count in counts:
        every.update(count)
    known = frequency(list(every))

    def times(left: Counter[str]) -> dict[str, int]:
        return looked_for(left, lambda terms: {term: known[term] for term in terms})

    return {place: times(every - counts[place]) for place in places}


def _rivals(ranked: Sequence[Ranked]) -> list[str]:
    by_words = sorted(ranked, key=lambda one: -one.keyword)[:_RIVALS]
    by_meaning = sorted(ranked, key=lambda one: -one.semantic)[:_RIVALS]
    return [one.document_id for one in (*by_words, *by_meaning)]
