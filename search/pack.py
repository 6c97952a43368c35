"""A pack: all that a browser needs to match pages with lessons by itself. Built here, read by `pack_matching`
and by extension/pack.js; docs/pack.md tells what stands in it, `pack_format` how.
"""

from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from corpus.store import Corpus
from corpus.types import Document, Passage, encoder_text
from search import pack_format, pack_page, silence, static_model, whitening
from search.indexer import Indexer
from search.pack_page import greatest, nearest_lessons
from search.pack_words import STEPS, Lesson, ignored, share, weighed
from search.static_model import StaticModel
from search.types import Vectors

DIMENSION = 128
"""Numbers of a vector. With them, and with what follows, 10,000 lessons take less than 12 MB."""
_UNITS, _MOST_UNITS = 20_000, 12
"""Passages whose vectors are in a large pack; of one lesson so many at most."""
_APART, _FOLDS = 3, 10
"""How often a paragraph about other things counts, and in how many parts they are held out in turn."""
_LOW = 0.75
"""A lesson is shown if some part of the page is nearer to it than this share of ordinary paragraphs is to any."""
_BATCH = 500


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


def build(corpus: Corpus, indexer: Indexer, base: StaticModel, wrong_in: int, told: dict[str, Any]) -> bytes:
    """The pack of all lessons; `told` is what its manifest says besides.

    Of `wrong_in` pages that have to do with no lesson, one may get a wrong suggestion.
    """
    lessons = list(_lessons(corpus))
    vectors = indexer.index.vectors([passage.id for lesson in lessons for passage in lesson.passages])
    return made(lessons, vectors, indexer.encoded(silence.background()), base, wrong_in, told)


def made(
    lessons: Sequence[Lesson], vectors: Mapping[int, Vectors], apart: Vectors, base: StaticModel, wrong_in: int,
    told: dict[str, Any],
) -> bytes:  # fmt: skip
    """The pack of these lessons; `vectors` are the encoder's by passage id, `apart` those of the background."""
    passages = [passage for lesson in lessons for passage in lesson.passages if passage.id in vectors]
    placed = {one.id: place for place, one in enumerate(passages)}
    texts = [encoder_text(one.title, one.heading, one.text) for one in passages]
    dimension = min(DIMENSION, base.table.shape[1])
    held = np.stack([vectors[i] for i in placed]) if placed else np.zeros((0, base.table.shape[1]), np.float32)
    turn = static_model.axes(held, dimension)
    seen = _Seen(base.encode(texts), held, base.encode(silence.background()), apart)
    table, scales = scaled((base.table @ seen.fit() @ turn).astype(np.float32))
    told_apart = [
        place for place, piece in enumerate(base.pieces) if piece == static_model.UNKNOWN or table[place].any()
    ]
    most = share([len(lesson.passages) for lesson in lessons], _UNITS, _MOST_UNITS)
    shown = [[placed[one.id] for one in _lead(lesson.passages, most) if one.id in placed] for lesson in lessons]
    units, _ = scaled(static_model.unit(held @ turn)[[place for places in shown for place in places]])
    words, sentences = weighed(lessons)
    counts = np.array([len(places) for places in shown], dtype=np.uint8)
    turned = static_model.unit(units.astype(np.float64))
    near, familiar = _nearness(base, seen, turn, turned, counts), _familiar(set(words.stems))
    common, metric = _whitening(held, turn)
    apart_units = turned - common
    return pack_format.write(
        {
            **told, "lessons": len(lessons), "dimension": dimension, "steps": STEPS,
            **_floors(near, familiar, wrong_in),
        },
        {
            "lessons": [_told(lesson.document) for lesson in lessons],
            "sentences": sentences,
            "pieces": [base.pieces[place] for place in told_apart],
            "table": table[told_apart],
            "scales": scales[told_apart],
            "units": units,
            "unit_counts": counts,
            "common": common.astype(np.float32),
            "metric": metric.astype(np.float32),
            "unit_lengths": np.sqrt(((apart_units @ metric) * apart_units).sum(axis=1)).astype(np.float32),
            "passage_counts": np.array([len(lesson.passages) for lesson in lessons], dtype=np.uint32),
            "ignored": sorted(ignored()),
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
    count = min(most, len(passages))
    return [passages[place * len(passages) // count] for place in range(count)]


def _nearness(
    base: StaticModel, seen: _Seen, turn: Vectors, units: Vectors, counts: NDArray[np.uint8]
) -> NDArray[np.float64]:
    """[paragraphs, 5]: how near each paragraph about other things, as a page, comes to the lessons nearest to it,
    by a map that has not seen it."""
    pages = [page for text in silence.background() if (page := pack_page.read("", text))]
    near = []
    for fold in range(_FOLDS if len(units) else 0):
        held = np.arange(len(pages)) % _FOLDS == fold
        to = seen.fit(held) @ turn
        for place in np.flatnonzero(held):
            vectors = static_model.unit(base.encode(pages[place].sentences) @ to)
            near.append(nearest_lessons(greatest(units @ pages[place].vector(vectors)[0], counts)))
    return np.array(near)


def _familiar(known: Set[str]) -> NDArray[np.float64]:
    """How many of the telling words of each paragraph about other things lessons have."""
    pages = filter(None, (pack_page.read("", text) for text in silence.background()))
    stems = [pack_page.telling(pack_page.words_of(page.words), ignored()).values() for page in pages]
    return np.array([pack_page.familiar(one, known) for one in stems])


def _floors(near: NDArray[np.float64], familiar: NDArray[np.float64], wrong_in: int) -> dict[str, float]:
    """How near a page of familiar words must come to its nearest lesson, or to the five nearest together, to be told
    anything: each lets half of the wrong pages through. And how near a lesson must come to some part of it."""
    if not len(near):
        return {"quiet": 1.0, "quiet_together": 1.0, "floor": 1.0}
    quiet = 1 - 1 / (2 * max(1, wrong_in))
    return {
        "quiet": max(silence.LEAST, silence.fit((familiar * near[:, 0]).tolist()).at(quiet)),
        "quiet_together": max(silence.LEAST, silence.fit((familiar * near.mean(axis=1)).tolist()).at(quiet)),
        "floor": float(np.quantile(near[:, 0], _LOW)),
    }


def _whitening(vectors: Vectors, turn: Vectors) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """(mean, metric) of the server's whitening along the pack's directions: nothing is whitened where it does not."""
    fitted = whitening.fit(vectors)
    if fitted is None:
        return np.zeros(turn.shape[1]), np.eye(turn.shape[1])
    covariance = np.linalg.inv(fitted.scale @ fitted.scale.T)
    return fitted.mean @ turn, np.linalg.inv((turn.T @ covariance @ turn).astype(np.float64))


def _told(document: Document) -> dict[str, Any]:
    names = ("id", "title", "url", "kind", "organization", "published")
    standing = document.standing
    return {
        **{name: getattr(document, name) for name in names},
        "state": standing.state,
        "superseded_by": standing.superseded_by,
        "actions": {"open": standing.open},
    }
