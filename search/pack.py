"""A pack: all that a browser needs to match pages with lessons by itself. Built here, read by `pack_matching`
and by extension/pack.js; docs/pack.md tells what stands in it, `pack_format` how.
"""

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from corpus.fulltext import stemmed
from corpus.store import Corpus
from corpus.types import Document, Passage, encoder_text
from search import pack_format, silence, static_model
from search.indexer import Indexer
from search.keywords import STOP_WORDS
from search.static_model import StaticModel
from search.ties import sentences_of
from search.types import Vectors

DIMENSION = 128
"""Numbers of a vector. With them, and with what follows, 10,000 lessons take less than 12 MB."""
_UNITS, _MOST_UNITS = 20_000, 6
"""Passages whose vectors are in a large pack; of one lesson so many at most."""
_TERMS, _MOST_TERMS = 960_000, 400
"""Words of lessons in a large pack, the most telling ones of each; of one lesson so many at most."""
_MOST_SENTENCES, _LONGEST = 3, 240
STEPS = 15
"""Of how a word's weight in a lesson is measured: from 1 to this."""
_SATURATION, _LENGTH = 1.2, 0.75
"""BM25's k and b, as full text has them; and there a word of a title counts double."""
_TITLE = 2
_APART, _FOLDS = 3, 10
"""How often a paragraph about other things counts, and in how many parts they are held out in turn."""
_BATCH = 500


@dataclass(frozen=True, slots=True)
class Lesson:
    """A document with its passages."""

    document: Document
    passages: Sequence[Passage]


@dataclass(frozen=True, slots=True)
class _Seen:
    """What the map of the static model is fitted on: passages of lessons, and ordinary paragraphs, which show it
    where all else lies. Each with the mean of its pieces and the encoder's vector."""

    means: Vectors
    vectors: Vectors
    apart_means: Vectors
    apart_vectors: Vectors

    def fit(self, but: NDArray[np.bool_] | None = None) -> Vectors:
        """The map, fitted on all but these paragraphs."""
        kept = slice(None) if but is None else ~but
        apart = [self.apart_means[kept]] * _APART, [self.apart_vectors[kept]] * _APART
        return static_model.fit(np.vstack([self.means, *apart[0]]), np.vstack([self.vectors, *apart[1]]))

    def nearness(self, turn: Vectors, units: Vectors) -> list[float]:
        """How near each paragraph comes to the lessons by a map that has not seen it."""
        best: list[float] = []
        for fold in range(_FOLDS if len(units) else 0):
            held = np.arange(len(self.apart_means)) % _FOLDS == fold
            best += (static_model.unit(self.apart_means[held] @ self.fit(held) @ turn) @ units.T).max(axis=1).tolist()
        return best


@dataclass(frozen=True, slots=True)
class Words:
    """Stems of the lessons: how rare each is, and how much it weighs in which of them."""

    stems: list[str]
    rarity: NDArray[np.float32]
    counts: NDArray[np.uint32]
    """Lessons that each stem is kept for."""
    gaps: NDArray[np.uint8]
    """Distances between the numbers of these lessons, seven bits a byte, the high bit where more follow."""
    weights: NDArray[np.uint8]


def build(corpus: Corpus, indexer: Indexer, base: StaticModel, wrong_in: int, told: dict[str, Any]) -> bytes:
    """The pack of all lessons; `told` is what its manifest says besides.

    Of `wrong_in` pages that have to do with no lesson, one may get a wrong suggestion.
    """
    lessons = list(_lessons(corpus))
    passages = [passage for lesson in lessons for passage in lesson.passages]
    vectors = indexer.index.vectors([passage.id for passage in passages])
    placed = {one.id: place for place, one in enumerate(one for one in passages if one.id in vectors)}
    texts = [encoder_text(one.title, one.heading, one.text) for one in passages if one.id in placed]
    dimension = min(DIMENSION, base.table.shape[1])
    held = np.stack([vectors[i] for i in placed]) if placed else np.zeros((0, base.table.shape[1]), np.float32)
    turn = static_model.axes(held, dimension)
    seen = _Seen(base.encode(texts), held, base.encode(silence.background()), indexer.encoded(silence.background()))
    model = StaticModel(base.pieces, (base.table @ seen.fit() @ turn).astype(np.float32))
    shown = [
        [placed[one.id] for one in _lead(lesson.passages, _UNITS // len(lessons)) if one.id in placed]
        for lesson in lessons
    ]
    units, _ = scaled(static_model.unit(held @ turn)[[place for places in shown for place in places]])
    words, sentences = _words(lessons)
    table, scales = scaled(model.table)
    quiet = silence.fit(seen.nearness(turn, static_model.unit(units.astype(np.float32))))
    return pack_format.write(
        {
            **told, "lessons": len(lessons), "dimension": dimension, "steps": STEPS,
            "floor": _floor(quiet, wrong_in),
        },
        {
            "lessons": [_told(lesson.document) for lesson in lessons],
            "sentences": sentences,
            "pieces": list(model.pieces),
            "table": table,
            "scales": scales,
            "units": units,
            "unit_counts": np.array([len(places) for places in shown], dtype=np.uint8),
            "ignored": sorted({stem for stems in stemmed(sorted(STOP_WORDS)).values() for stem in stems}),
            "stems": words.stems,
            "rarity": words.rarity,
            "stem_counts": words.counts,
            "gaps": words.gaps,
            "weights": words.weights,
        },
    )  # fmt: skip


def scaled(rows: Vectors) -> tuple[NDArray[np.int8], NDArray[np.float32]]:
    """Rows as whole numbers from -127 to 127, and what each row is to be multiplied by."""
    most = np.abs(rows).max(axis=1, initial=1e-12)
    return np.round(rows / most[:, None] * 127).astype(np.int8), (most / 127).astype(np.float32)


def _lessons(corpus: Corpus) -> Iterator[Lesson]:
    ids = corpus.documents.ids()
    for start in range(0, len(ids), _BATCH):
        documents = corpus.documents.get_many(ids[start : start + _BATCH])
        for document_id in sorted(documents):
            yield Lesson(documents[document_id], corpus.documents.passages(document_id))


def _lead(passages: Sequence[Passage], most: int) -> list[Passage]:
    """The first passage and an even choice of the others."""
    count = min(max(1, most), _MOST_UNITS, len(passages))
    return [passages[place * len(passages) // count] for place in range(count)]


def _told(document: Document) -> dict[str, Any]:
    names = ("id", "title", "url", "kind", "organization", "published")
    standing = document.standing
    return {
        **{name: getattr(document, name) for name in names},
        "state": standing.state,
        "superseded_by": standing.superseded_by,
        "actions": {"open": standing.open},
    }


def _words(lessons: Sequence[Lesson]) -> tuple[Words, list[list[str]]]:
    """The words of the lessons, and of each lesson the sentences that hold most of its telling words."""
    spread: Counter[str] = Counter()
    total, length = 0, 0
    for _, passages in _stems(lessons):
        spread.update(stem for counts in passages for stem in counts)
        total += len(passages)
        length += sum(counts.total() for counts in passages)
    ignored = {stem for stems in stemmed(sorted(STOP_WORDS)).values() for stem in stems}
    stems = sorted(spread.keys() - ignored)
    rarity = {stem: max(1e-6, float(np.log((total - spread[stem] + 0.5) / (spread[stem] + 0.5)))) for stem in stems}
    number = {stem: place for place, stem in enumerate(stems)}
    postings: list[list[tuple[int, int]]] = [[] for _ in stems]
    sentences = []
    most = min(_MOST_TERMS, _TERMS // max(1, len(lessons)))
    for place, (lesson, passages) in enumerate(_stems(lessons)):
        weights = _weights(passages, rarity, length / max(1, total))
        kept = sorted(weights, key=lambda stem: (-weights[stem] * rarity[stem], stem))[:most]
        for stem in kept:
            postings[number[stem]].append((place, max(1, round(weights[stem] / (_SATURATION + 1) * STEPS))))
        sentences.append(_telling(lesson, {stem: rarity[stem] * weights[stem] for stem in kept}))
    used = [stem for stem in stems if postings[number[stem]]]
    listed = [postings[number[stem]] for stem in used]
    return Words(
        used,
        np.array([rarity[stem] for stem in used], dtype=np.float32),
        np.array([len(one) for one in listed], dtype=np.uint32),
        np.array([byte for one in listed for byte in _gaps([place for place, _ in one])], dtype=np.uint8),
        np.array([weight for one in listed for _, weight in one], dtype=np.uint8),
    ), sentences


def _stems(lessons: Sequence[Lesson]) -> Iterator[tuple[Lesson, list[Counter[str]]]]:
    """Each lesson with how often its passages have each stem, those of titles counted more."""
    for start in range(0, len(lessons), _BATCH):
        batch = lessons[start : start + _BATCH]
        texts = {text for one in batch for p in one.passages for text in (p.title, f"{p.heading}\n{p.text}")}
        stems = {text: Counter(found) for text, found in stemmed(sorted(texts)).items()}
        for lesson in batch:
            yield (
                lesson,
                [
                    sum((stems[p.title] for _ in range(_TITLE)), stems[f"{p.heading}\n{p.text}"])
                    for p in lesson.passages
                ],
            )


def _weights(passages: Sequence[Counter[str]], known: dict[str, float], usual: float) -> dict[str, float]:
    """stem -> its greatest BM25 weight in any passage, rarity apart."""
    weights: dict[str, float] = {}
    for counts in passages:
        held = _SATURATION * (1 - _LENGTH + _LENGTH * counts.total() / usual)
        for stem, count in counts.items():
            if stem in known:
                weights[stem] = max(weights.get(stem, 0.0), count * (_SATURATION + 1) / (count + held))
    return weights


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


def _gaps(places: Sequence[int]) -> Iterator[int]:
    before = -1
    for place in places:
        gap, before = place - before - 1, place
        while gap > 127:
            yield gap & 127 | 128
            gap >>= 7
        yield gap


def _floor(quiet: silence.Silence, wrong_in: int) -> float:
    """How near a lesson must be to a page: measured, a page comes no nearer by chance than one paragraph does."""
    return max(silence.LEAST, quiet.place - quiet.spread * math.log(-math.log(1 - 1 / max(2, wrong_in))))
