"""Matching of a page with a pack, as extension/pack.js does it to the letter: the two are tested against each other.

The search of `related` in small: words weigh as in a search for the page, vectors are those of the static model.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from corpus.urls import canonical
from search import pack_format, pack_page, whitening
from search.pack_page import Page, greatest, nearest_lessons
from search.ranking import hybrid_weight, spread
from search.static_model import StaticModel, unit

_MOST_WORDS, _MOST_OFTEN = 64, 2
"""Words of a page that are looked for, the most telling ones, and how often one counts at most."""
_CANDIDATES = 100
_BELOW = 0.25
"""What nearness to a later part of the page counts, which its beginning does not tell."""
_ALIKE, _TOGETHER = 0.9, 2
"""Cosine from which two lessons say the same, and how many of those are shown while there are others."""
_COPIED = 0.7

Numbers = NDArray[np.floating[Any]]


@dataclass(frozen=True, slots=True)
class Found:
    """A lesson that bears on a page, and the sentences that tie them."""

    document: dict[str, Any]
    score: float
    yours: str
    theirs: str


class Pack:
    """A pack that was read; PackUnusable if it cannot be."""

    def __init__(self, data: bytes) -> None:
        self.told, self._held = pack_format.read(data)
        self.lessons: list[dict[str, Any]] = self._held["lessons"]
        dimension = self.told["dimension"]
        table = self._held["table"].reshape(-1, dimension) * self._held["scales"].astype(np.float64)[:, None]
        self.model = StaticModel(tuple(self._held["pieces"]), table)
        self._units = unit(self._held["units"].reshape(-1, dimension).astype(np.float64))
        self._starts = np.concatenate([[0], np.cumsum(self._held["unit_counts"], dtype=np.int64)])
        self._common = self._held["common"].astype(np.float64)
        self._metric = self._held["metric"].reshape(dimension, dimension).astype(np.float64)
        self._ignored = set(self._held["ignored"])

    def match(self, asked: dict[str, str], limit: int = 5) -> list[Found]:
        """The lessons that bear on a page (url, title, text), best first; none where nothing is near enough."""
        page = pack_page.read(asked.get("title", ""), asked.get("text", ""))
        if page is None or not len(self._units):
            return []
        counts = Counter(pack_page.words_of(page.words))
        stems = pack_page.telling(counts, self._ignored)
        vectors = self.model.encode(page.sentences)
        whole = page.vector(vectors)[0]
        cosines = self._units @ whole
        near = nearest_lessons(greatest(cosines, self._held["unit_counts"]))
        if self._is_quiet(pack_page.familiar(stems.values(), self._postings) * near):
            return []
        known = {word: stem for word, stem in stems.items() if stem in self._postings}
        scores = self._scores(counts, known, whole, cosines)
        ties = self._units @ page.parts(vectors).T
        units = {place: self._nearest(ties, place) for place in _best(scores) if self._held["unit_counts"][place]}
        kept = {
            place: self._with_later_parts(scores[place], ties[at])
            for place, at in units.items()
            if ties[at].max() >= self.told["floor"] and not self._is_itself(place, asked.get("url", ""), page.whole)
        }
        order = sorted((place for place in kept if kept[place] > 0), key=lambda place: (-kept[place], place))
        chosen = spread(
            [str(place) for place in order[: 2 * limit + 8]],
            lambda one, other: float(self._units[units[int(one)]] @ self._units[units[int(other)]]),
            limit, _ALIKE, _TOGETHER,
        )  # fmt: skip
        places = sorted(map(int, chosen), key=lambda place: (-kept[place], place))
        return list(self._told(places, kept, page, vectors))

    def _scores(self, counts: Counter[str], known: dict[str, str], whole: Numbers, cosines: Numbers) -> Numbers:
        """Words and nearness of each lesson, each as a share of the best, times the nearness of the best."""
        words, count = self._by_words(counts, known)
        long = whitening.share(count)
        near = greatest((1 - long) * cosines + long * self._whitened(whole), self._held["unit_counts"])
        share, most_words, most_near = hybrid_weight(long), max(words.max(), 1e-12), max(near.max(), 1e-12)
        scores: Numbers = (share * words / most_words + (1 - share) * near / most_near) * min(1.0, most_near)
        return scores

    @staticmethod
    def _with_later_parts(score: float, ties: Numbers) -> float:
        """The score with what nearness to a later part of the page adds to it."""
        whole = max(score, _BELOW * ties.max()) if ties.argmax() else score
        return float(np.floor(whole * 1e4 + 0.5) / 1e4)

    @cached_property
    def _postings(self) -> dict[str, tuple[float, NDArray[np.int64], Numbers]]:
        """stem -> (rarity, passages, weights)."""
        counts = self._held["stem_counts"]
        places, ends = _places(self._held["gaps"], counts), np.cumsum(counts, dtype=np.int64)
        weights = (
            np.stack([self._held["weights"] >> 4, self._held["weights"] & 15], axis=1).ravel() / self.told["steps"]
        )
        return {
            stem: (float(self._held["rarity"][row]), places[end - count : end], weights[end - count : end])
            for row, (stem, count, end) in enumerate(
                zip(self._held["stems"], counts.tolist(), ends.tolist(), strict=True)
            )
        }

    def _by_words(self, counts: Counter[str], known: dict[str, str]) -> tuple[Numbers, int]:
        """How much the words of a page weigh in the best passage of each lesson, and how many are looked for.

        `known` are those that lessons have: word -> stem.
        """
        weights = {word: min(counts[word], _MOST_OFTEN) * self._postings[stem][0] for word, stem in known.items()}
        asked = sorted(known, key=lambda word: -weights[word])[:_MOST_WORDS]
        scores = np.zeros(int(self._held["passage_counts"].sum()))
        for word in asked:
            _, places, shares = self._postings[known[word]]
            scores[places] += weights[word] * shares
        return greatest(scores, self._held["passage_counts"]), len(asked)

    def _is_quiet(self, nearest: Numbers) -> bool:
        """Does a page come no nearer to its nearest lesson, and to the few nearest together, than by chance?

        `nearest`: how near it comes, times how familiar its words are.
        """
        return bool(nearest[0] < self.told["quiet"] and nearest.mean() < self.told["quiet_together"])

    def _whitened(self, vector: Numbers) -> Numbers:
        """The cosine of a vector to each unit, with what is common to all lessons taken out."""
        apart = vector - self._common
        turned = self._metric @ apart / max(float(np.sqrt(apart @ self._metric @ apart)), 1e-12)
        lengths = np.maximum(self._held["unit_lengths"].astype(np.float64), 1e-12)
        whitened: Numbers = (self._units @ turned - self._common @ turned) / lengths
        return whitened

    def _nearest(self, ties: Numbers, place: int) -> int:
        """The unit of a lesson that comes nearest to any part of the page."""
        first, after = self._starts[place], self._starts[place + 1]
        return int(first) + int(ties[first:after].max(axis=1).argmax())

    def _is_itself(self, place: int, url: str, page: str) -> bool:
        """Is the lesson the page, by its address or because its telling sentences stand there?"""
        theirs = self._held["sentences"][place]
        there = sum(pack_page.BLANKS.sub(" ", sentence) in page for sentence in theirs)
        copied = bool(theirs) and there >= _COPIED * len(theirs)
        return copied or canonical(self.lessons[place]["url"] or "") == canonical(url or "-")

    def _told(self, places: Sequence[int], scores: dict[int, float], page: Page, vectors: Numbers) -> Iterator[Found]:
        body = slice(page.heads if page.heads < len(page.sentences) else 0, None)
        yours, sentences = vectors[body], page.sentences[body]
        for place in places:
            theirs = self._held["sentences"][place]
            near = np.round(yours @ self.model.encode(theirs).T, 6)
            mine, other = np.unravel_index(int(near.argmax()), near.shape) if theirs else (0, 0)
            shown = theirs[other] if theirs else self.lessons[place]["title"]
            yield Found(self.lessons[place], scores[place], sentences[int(mine)], shown)


def _best(scores: Numbers) -> list[int]:
    """The places of the best, ties by place."""
    rounded = np.floor(scores * 1e6 + 0.5)
    return [int(place) for place in np.lexsort((np.arange(len(scores)), -rounded))[:_CANDIDATES] if scores[place] > 0]


def _places(gaps: NDArray[np.uint8], counts: NDArray[np.uint32]) -> NDArray[np.int64]:
    """Numbers of lessons from their distances, stem by stem."""
    places, gap, shift = [], 0, 0
    left = iter(counts.tolist())
    wanted, before = 0, -1
    for byte in gaps.tolist():
        gap |= (byte & 127) << shift
        shift += 7
        if byte > 127:
            continue
        if not wanted:
            wanted, before = next(left), -1
        before += gap + 1
        places.append(before)
        wanted, gap, shift = wanted - 1, 0, 0
    return np.array(places, dtype=np.int64)
