"""The words of a pack: how much each weighs in which passage, and of each lesson the sentences that tell most."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from corpus.fulltext import stemmed
from corpus.types import Document, Passage
from search.keywords import STOP_WORDS
from search.ties import sentences_of

_TERMS, _MOST_TERMS = 2_000_000, 100
"""Words of passages in a large pack; of one passage so many at most, the most telling ones."""
_MOST_SENTENCES, _LONGEST = 3, 240
STEPS = 15
"""Of how a word's weight in a passage is measured: from 1 to this."""
_SATURATION, _LENGTH = 1.2, 0.75
"""BM25's k and b, as full text has them; and there a word of a title counts double."""
_TITLE = 2
_BATCH = 500


@dataclass(frozen=True, slots=True)
class Lesson:
    """A document with its passages."""

    document: Document
    passages: Sequence[Passage]


@dataclass(frozen=True, slots=True)
class Words:
    """Stems of the lessons: how rare each is, and how much it weighs in which of their passages."""

    stems: list[str]
    rarity: NDArray[np.float32]
    counts: NDArray[np.uint32]
    """Passages that each stem is kept for."""
    gaps: NDArray[np.uint8]
    """Distances between the numbers of these passages, seven bits a byte, the high bit where more follow."""
    weights: NDArray[np.uint8]
    """Two a byte, the first one in its high half."""


def weighed(lessons: Sequence[Lesson]) -> tuple[Words, list[list[str]]]:
    """The words of the lessons, and of each lesson the sentences that hold most of its telling words."""
    spread: Counter[str] = Counter()
    sizes, kinds = [], []
    for _, passages in _stems(lessons):
        for counts, size in passages:
            spread.update(counts.keys())
            sizes.append(size)
            kinds.append(len(counts))
    total, usual = len(sizes), sum(sizes) / max(1, len(sizes))
    stems = sorted(spread.keys() - ignored())
    rarity = {stem: max(1e-6, float(np.log((total - spread[stem] + 0.5) / (spread[stem] + 0.5)))) for stem in stems}
    postings: dict[str, list[tuple[int, int]]] = {stem: [] for stem in stems}
    sentences = []
    most = share(kinds, _TERMS, _MOST_TERMS)
    place = 0
    for lesson, passages in _stems(lessons):
        telling: dict[str, float] = {}
        for counts, size in passages:
            weights = _weights(counts, rarity, size / usual)
            for stem in sorted(weights, key=lambda stem: (-weights[stem] * rarity[stem], stem))[:most]:
                postings[stem].append((place, max(1, round(weights[stem] / (_SATURATION + 1) * STEPS))))
                telling[stem] = max(telling.get(stem, 0.0), weights[stem] * rarity[stem])
            place += 1
        sentences.append(_telling(lesson, telling))
    listed = {stem: held for stem, held in postings.items() if held}
    return Words(
        list(listed),
        np.array([rarity[stem] for stem in listed], dtype=np.float32),
        np.array([len(held) for held in listed.values()], dtype=np.uint32),
        np.array([byte for held in listed.values() for byte in _gaps([at for at, _ in held])], dtype=np.uint8),
        _in_halves([weight for held in listed.values() for _, weight in held]),
    ), sentences


def ignored() -> set[str]:
    """The stems of stop words."""
    return {stem for stems in stemmed(sorted(STOP_WORDS)).values() for stem in stems}


def share(counts: Sequence[int], room: int, most: int) -> int:
    """What each may have at most, and no more than `most`, so that all together fit in."""
    return max((one for one in range(2, most + 1) if sum(min(one, count) for count in counts) <= room), default=1)


def _stems(lessons: Sequence[Lesson]) -> Iterator[tuple[Lesson, list[tuple[Counter[str], int]]]]:
    """Each lesson with how often its passages have each stem, those of titles counted more, and their lengths."""
    for start in range(0, len(lessons), _BATCH):
        batch = lessons[start : start + _BATCH]
        texts = {text for one in batch for p in one.passages for text in (p.title, f"{p.heading}\n{p.text}")}
        stems = {text: Counter(found) for text, found in stemmed(sorted(texts)).items()}
        for lesson in batch:
            yield lesson, [_counted(stems[p.title], stems[f"{p.heading}\n{p.text}"]) for p in lesson.passages]


def _counted(title: Counter[str], text: Counter[str]) -> tuple[Counter[str], int]:
    return sum([title] * _TITLE, text), title.total() + text.total()


def _weights(counts: Counter[str], known: Mapping[str, float], length: float) -> dict[str, float]:
    """stem -> its BM25 weight in a passage of this length, the usual one being 1; rarity apart."""
    held = _SATURATION * (1 - _LENGTH + _LENGTH * length)
    return {stem: count * (_SATURATION + 1) / (count + held) for stem, count in counts.items() if stem in known}


def _telling(lesson: Lesson, weights: dict[str, float]) -> list[str]:
    """The sentences that hold most of a lesson's telling words, none for what one before it holds; in their order."""
    listed = list(dict.fromkeys(one for passage in lesson.passages for one in sentences_of(passage.text)))
    short = [one for one in listed if len(one) <= _LONGEST] or [one[:_LONGEST] for one in listed]
    stems = {one: set(found) for one, found in stemmed(short).items()}
    left = dict(weights)
    taken: list[str] = []
    while len(taken) < min(_MOST_SENTENCES, len(short)):
        best = max(
            (one for one in short if one not in taken),
            key=lambda one: (sum(left.get(stem, 0.0) for stem in stems[one]), -short.index(one)),
        )
        taken.append(best)
        left = {stem: weight for stem, weight in left.items() if stem not in stems[best]}
    return sorted(taken, key=short.index)


def _in_halves(weights: Sequence[int]) -> NDArray[np.uint8]:
    """Two weights a byte, the first one in its high half."""
    pairs = zip([*weights, 0][::2], [*weights, 0][1::2], strict=False)
    return np.array([first << 4 | second for first, second in pairs], dtype=np.uint8)


def _gaps(places: Sequence[int]) -> Iterator[int]:
    before = -1
    for place in places:
        gap, before = place - before - 1, place
        while gap > 127:
            yield gap & 127 | 128
            gap >>= 7
        yield gap
