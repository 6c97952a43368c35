"""Matching of a page with a pack, as extension/pack.js does it to the letter: the two are tested against each other.

The search of `related` in small: words weigh as in a search for the page, vectors are those of the static model.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from corpus.fulltext import stemmed
from corpus.urls import canonical
from search import pack_format
from search.ranking import diversify
from search.static_model import StaticModel, unit

_BLANKS = re.compile("[ \t\r\f\v\u00a0]+")
_END = re.compile("(?<=[.!?]) ")
_MARKS = " #>*-•|`"
_LONGEST_PAGE = 400_000
_PASSAGE = 90
"""Words from which a passage is full."""
_MOST_PASSAGES, _LEAD = 12, 4
_READ, _MOST_WORDS, _MOST_OFTEN = 4_000, 64, 2
"""Words of a page that are read, stems that are looked for, and how often one counts at most."""
_SEEN = 254
"""Pieces of a page that its vector is made of."""
_CANDIDATES = 100
_WORDS = 0.7
"""Share of the words in a score; the vectors have the rest."""
_BELOW = 0.25
_BALANCE = 0.85
_COPIED = 0.7


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
        table = (
            self._held["table"].reshape(-1, self.told["dimension"]) * self._held["scales"].astype(np.float64)[:, None]
        )
        self.model = StaticModel(tuple(self._held["pieces"]), table)
        self._units = unit(self._held["units"].reshape(-1, self.told["dimension"]).astype(np.float64))
        self._starts = np.concatenate([[0], np.cumsum(self._held["unit_counts"], dtype=np.int64)])
        self._ignored = set(self._held["ignored"])

    def match(self, page: dict[str, str], limit: int = 5) -> list[Found]:
        """The lessons that bear on a page (url, title, text), best first; none where nothing is near enough."""
        title, sentences = page.get("title", ""), sentences_of(page.get("text", "")[:_LONGEST_PAGE])
        passages = telling(packed(sentences)) or ([[title]] if title.strip() else [])
        if not passages or not self.lessons:
            return []
        read = "\n".join([title, *_first(sentences)])
        words = self._by_words(read)
        near = self._nearest(self.model.encode([read], _SEEN))
        candidates = sorted({*_best(words), *_best(near)})
        ties = self._nearest(self.model.encode([f"{title}\n{' '.join(one)}" for one in passages]))
        known, whole = canonical(page.get("url") or "-"), f" {' '.join(sentences)} "
        scores = _scores(words, near, ties)
        kept = [
            place for place in candidates
            if ties[place] >= self.told["floor"] and scores[place] > 0
            and canonical(self.lessons[place]["url"] or "") != known and not self._is_copy(place, whole)
        ]  # fmt: skip
        kept.sort(key=lambda place: (-scores[place], place))
        kept = kept[: 4 * limit + 4]
        most = scores[kept[0]] if kept else 1.0
        chosen = diversify({str(place): scores[place] / most for place in kept}, self._similarity, limit, _BALANCE)
        places = sorted(map(int, chosen), key=lambda place: (-scores[place], place))
        return list(self._told(places, scores, [one for passage in passages for one in passage]))

    @cached_property
    def _postings(self) -> dict[str, tuple[float, NDArray[np.int64], NDArray[np.float64]]]:
        """stem -> (rarity, lessons, weights)."""
        counts = self._held["stem_counts"]
        places, ends = _places(self._held["gaps"], counts), np.cumsum(counts, dtype=np.int64)
        weights = self._held["weights"] / self.told["steps"]
        return {
            stem: (float(self._held["rarity"][row]), places[end - count : end], weights[end - count : end])
            for row, (stem, count, end) in enumerate(
                zip(self._held["stems"], counts.tolist(), ends.tolist(), strict=True)
            )
        }

    def _by_words(self, text: str) -> NDArray[np.float64]:
        counts = Counter(stem for stem in stemmed([text])[text] if stem not in self._ignored and stem in self._postings)
        weights = {stem: min(count, _MOST_OFTEN) * self._postings[stem][0] for stem, count in counts.items()}
        scores = np.zeros(len(self.lessons))
        for stem in sorted(weights, key=lambda stem: (-weights[stem], stem))[:_MOST_WORDS]:
            _, places, shares = self._postings[stem]
            scores[places] += weights[stem] * shares
        return scores

    def _nearest(self, vectors: NDArray[np.floating[Any]]) -> NDArray[np.float64]:
        """The greatest cosine of any of the vectors to any unit of each lesson; -1 for a lesson without units."""
        near = np.full(len(self.lessons), -1.0)
        if len(self._units):
            every = (self._units @ vectors.T).max(axis=1)
            np.maximum.at(near, np.repeat(np.arange(len(self.lessons)), self._held["unit_counts"]), every)
        return near

    def _is_copy(self, place: int, page: str) -> bool:
        """Do the lesson's telling sentences stand on the page?"""
        theirs = self._held["sentences"][place]
        there = sum(_BLANKS.sub(" ", sentence) in page for sentence in theirs)
        return bool(theirs) and there >= _COPIED * len(theirs)

    def _similarity(self, one: str, other: str) -> float:
        first, second = (self._units[self._starts[int(i)] : self._starts[int(i) + 1]] for i in (one, other))
        return float((first @ second.T).max(initial=0.0))

    def _told(self, places: Sequence[int], scores: NDArray[np.float64], sentences: Sequence[str]) -> Iterator[Found]:
        yours = self.model.encode(sentences)
        for place in places:
            theirs = self._held["sentences"][place]
            near = np.round(yours @ self.model.encode(theirs).T, 6)
            mine, other = np.unravel_index(int(near.argmax()), near.shape) if theirs else (0, 0)
            shown = theirs[other] if theirs else self.lessons[place]["title"]
            yield Found(self.lessons[place], float(scores[place]), sentences[int(mine)], shown)


def sentences_of(text: str) -> list[str]:
    """The sentences of a text, line by line, without the marks of headings and lists."""
    lines = (_BLANKS.sub(" ", line).strip(_MARKS) for line in text.split("\n"))
    return [sentence for line in lines for sentence in _END.split(line) if sentence]


def packed(sentences: Sequence[str]) -> list[list[str]]:
    """Sentences in passages."""
    passages: list[list[str]] = []
    weight = _PASSAGE
    for sentence in sentences:
        if weight >= _PASSAGE:
            passages.append([])
            weight = 0
        passages[-1].append(sentence)
        weight += sentence.count(" ") + 1
    return passages


def telling(passages: list[list[str]]) -> list[list[str]]:
    """The first passages and an even choice of the rest."""
    if len(passages) <= _MOST_PASSAGES:
        return passages
    rest, wanted = passages[_LEAD:], _MOST_PASSAGES - _LEAD
    return passages[:_LEAD] + [rest[place * len(rest) // wanted] for place in range(wanted)]


def _first(sentences: Sequence[str]) -> Iterator[str]:
    """As many as are read of a page."""
    words = 0
    for sentence in sentences:
        if words >= _READ:
            return
        words += sentence.count(" ") + 1
        yield sentence


def _scores(words: NDArray[np.float64], near: NDArray[np.float64], ties: NDArray[np.float64]) -> NDArray[np.float64]:
    most_words, most_near = max(words.max(), 1e-12), max(near.max(), 1e-12)
    fused = (_WORDS * words / most_words + (1 - _WORDS) * np.maximum(near, 0) / most_near) * min(1.0, most_near)
    rounded: NDArray[np.float64] = np.floor(np.maximum(fused, _BELOW * ties) * 1e4 + 0.5) / 1e4
    return rounded


def _best(scores: NDArray[np.float64]) -> list[int]:
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
