"""Words -> passages in a large corpus: a copy of the full text in tantivy, and what is newer in memory.

FTS5 scores every match of a common word; tantivy skips what cannot be among the best. Like the vector index it is a
base and a tail: the base on disk stands at a revision of the store, the tail holds what came since, and what went is
masked. It can be lost at any time: without it FTS5 answers, later.
"""

import math
import shutil
import threading
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from filelock import FileLock
from numpy.typing import NDArray

from corpus.changes import ChangeLog
from corpus.memo import Memo
from search.index import Ids, Scored, among
from search.words_base import (
    Base,
    any_of,
    ask,
    empty,
    frequency,
    last_written,
    opened,
    phrase_frequency,
    rarity_within,
    stems_of,
    text_of,
    within,
    write,
)

FROM = 5_000
"""Passages from which on FTS5 takes too long (docs/scale.md)."""
MOST_NEW = 2_000
"""Passages that came or went from which on it is worth writing."""
_TOO_MANY_NEW = 20_000
"""Passages in the tail that take longer than FTS5 takes."""
_FEW, _LISTED = 1_000, 20_000
"""So few allowed passages are told to tantivy at once, and so many where it does not do to hold them against the best
that it finds among all."""
_SEEN = 20_000
"""So many of all are looked at at most: of words that stand in fewer passages that is all there is."""
_K1, _B = 1.2, 0.75
"""Of BM25, as tantivy and FTS5 have them (Robertson and Zaragoza, 2009)."""
_REMEMBERED = 10_000
"""Terms whose weights are remembered while nothing changes: those of a common phrase take 50 ms at a million."""
_LEAST = 0.001
"""The weight of a word that most passages have: next to nothing, yet more than scores are rounded by."""


@dataclass(frozen=True, slots=True)
class _New:
    """A passage of the tail: its stems, one after the other, and how often each stands there."""

    run: str
    counts: Counter[str]
    size: int


@dataclass(frozen=True, slots=True)
class _State:
    """Everything a search needs; replaced as a whole, never changed."""

    searcher: Any
    schema: Any
    lineage: str
    written: int
    """See Base."""
    mean: float
    """Words of a passage, on average."""
    revision: int
    tail: Mapping[int, _New]
    masked: Ids
    """Passages of the base that are gone, or in the tail; ascending."""


@dataclass(frozen=True, slots=True)
class _Term:
    """The stems of a word or a phrase, its weight in BM25, and by what tantivy's own weight is to be multiplied."""

    stems: list[str]
    weight: float
    boost: float


class WordIndex:
    """Finds passages by words. All its methods may be called from any thread."""

    def __init__(self, folder: Path, changes: ChangeLog) -> None:
        self._folder = folder
        self._changes = changes
        self._lock = threading.Lock()
        self._state: _State | None = None
        self._terms = Memo[str, _Term](_REMEMBERED)

    def search(self, terms: Mapping[str, int], k: int, allowed: Ids | None = None) -> Scored | None:
        """The `k` best passages by BM25, only among `allowed` (sorted ids) if given; ties by id.

        `terms` (words, a phrase if several) count as often as is said. None if the copy cannot tell.
        """
        state = self._in_step()
        if state is None:
            return None
        asked = [(term, count) for term, count in self._weighed(state, terms) if term.stems]
        found = self._in_base(state, asked, k, allowed)
        for passage_id, new in state.tail.items():
            score = sum(count * term.weight * _share(new, term.stems, state.mean) for term, count in asked)
            if score > 0:
                found[passage_id] = score
        if allowed is not None and state.tail:
            ids = np.fromiter(found, dtype=np.int64, count=len(found))
            found = {int(i): found[int(i)] for i in ids[among(ids, allowed)]}
        return sorted(((i, round(score, 6)) for i, score in found.items()), key=lambda pair: (-pair[1], pair[0]))[:k]

    def frequencies(self, terms: Sequence[str]) -> dict[str, int] | None:
        """In how many passages each term occurs, of a phrase its rarest word; None if the copy cannot tell."""
        state = self._in_step()
        if state is None:
            return None
        return {term: min((_count(state, stem) for stem in stems_of(term)), default=0) for term in terms}

    def compact_if_worth_it(self) -> bool:
        """Write the tail into the base, or a base where there is none and the corpus has grown large enough."""
        state = self._in_step()
        if state is not None and len(state.masked) <= MOST_NEW:
            return False
        if self._changes.passage_count() < FROM:
            return False
        self.write()
        return True

    def write(self) -> None:
        """Bring the base to the store's revision. One process does so at a time; searches go on meanwhile."""
        self._folder.mkdir(parents=True, exist_ok=True)
        with FileLock(self._folder / "lock"):
            base = opened(self._folder / "base")
            changes = self._changes.since(base.stands.revision if base else 0)
            if base is None or base.stands.lineage != changes.lineage:
                shutil.rmtree(self._folder / "base", ignore_errors=True)
                base, changes = empty(self._folder / "base"), self._changes.since(0)
            write(base, changes, self._changes.fields)
        with self._lock:
            self._state = None

    def clear(self) -> None:
        """Forget the copy; it is written anew when it is next worth it."""
        with self._lock:
            self._state = None
            shutil.rmtree(self._folder, ignore_errors=True)

    def _weighed(self, state: _State, terms: Mapping[str, int]) -> Iterator[tuple[_Term, int]]:
        """Terms with what they weigh, and how often each counts. A query asks for the same ones up to three times."""
        known = self._terms.at((state.lineage, state.revision, state.written))
        for term, count in terms.items():
            if term not in known:
                known[term] = _term(state, term)
            yield known[term], count

    def _in_step(self) -> _State | None:
        """What there is to search, at the store's revision; None where FTS5 is quicker or there is nothing."""
        with self._lock:
            lineage, revision = self._changes.position()
            state = self._state
            if state is None or state.lineage != lineage or self._is_written_anew(state):
                state = _state(opened(self._folder / "base"), lineage)
            if state is not None and state.revision != revision:
                state = self._followed(state)
            self._state = state
            return state if state is None or len(state.tail) <= _TOO_MANY_NEW else None

    def _is_written_anew(self, state: _State) -> bool:
        """Has this process or another one taken into the base what stands in the tail?"""
        return len(state.masked) > MOST_NEW and last_written(self._folder / "base") != state.written

    def _followed(self, state: _State) -> _State:
        """What came and went since."""
        changes = self._changes.since(state.revision)
        gone = set(changes.removed)
        added = [i for i, _ in changes.added if i not in gone]
        tail = {i: new for i, new in state.tail.items() if i not in gone}
        if len(tail) + len(added) <= _TOO_MANY_NEW:
            tail.update({i: _new(*fields) for i, fields in self._changes.fields(added).items()})
        else:
            tail.update({i: _new("", "", "") for i in added})  # not searched before they are written
        masked = np.union1d(state.masked, np.array([*gone, *added], np.int64))
        return replace(state, revision=changes.revision, tail=tail, masked=masked)

    def _in_base(
        self, state: _State, terms: Sequence[tuple[_Term, int]], k: int, allowed: Ids | None
    ) -> dict[int, float]:
        """Passage id -> BM25 of the best of the base, without those that are masked."""
        query = any_of(state.schema, [(term.stems, count * term.boost) for term, count in terms])
        wanted = k + min(len(state.masked), k)
        if allowed is None or len(allowed) <= _FEW:
            return self._unmasked(state, query, wanted, k, allowed)
        spread = state.searcher.num_docs / max(1, len(allowed))
        asked = min(math.ceil(2 * wanted * spread), _SEEN // 4)  # twice as many as hold them if spread evenly
        while True:
            ids, scores, more = _ask(state, query, asked)
            inside = among(ids, allowed)
            if inside.sum() >= k or not more:
                return _scored(ids[inside], scores[inside])
            if asked >= _SEEN and len(allowed) <= _LISTED:
                return self._unmasked(state, query, wanted, k, allowed)
            asked = 4 * asked if asked >= _SEEN else min(4 * asked, _SEEN)

    def _unmasked(self, state: _State, query: Any, asked: int, k: int, allowed: Ids | None) -> dict[int, float]:
        """The same of all, or of those that are told to tantivy."""
        told = query if allowed is None else within(query, state.schema, allowed)
        while True:
            ids, scores, more = _ask(state, told, asked)
            if len(ids) >= k or not more:
                return _scored(ids, scores)
            asked *= 4


def _ask(state: _State, query: Any, asked: int) -> tuple[Ids, NDArray[np.float64], bool]:
    """Ids and BM25 of the best of the base, without those that are masked; and whether there may be more."""
    ids, scores = ask(state.searcher, query, asked)
    kept = ~among(ids, state.masked)
    return ids[kept], scores[kept], len(ids) == asked


def _scored(ids: Ids, scores: NDArray[np.float64]) -> dict[int, float]:
    return dict(zip(ids.tolist(), scores.tolist(), strict=True))


def _state(base: Base | None, lineage: str) -> _State | None:
    """That base with nothing newer; None if it is of another store."""
    if base is None or base.stands.lineage != lineage:
        return None
    stands = base.stands
    mean = max(1, stands.words) / max(1, stands.passages)
    return _State(
        base.index.searcher(),
        base.index.schema,
        lineage,
        base.written,
        mean,
        stands.revision,
        {},
        np.zeros(0, np.int64),
    )


def _new(title: str, heading: str, text: str) -> _New:
    whole = text_of(title, heading, text)
    stems = stems_of(whole)
    return _New(" ".join(("", *stems, "")), Counter(stems), len(whole.split()))


def _term(state: _State, term: str) -> _Term:
    stems = stems_of(term)
    if not stems:
        return _Term(stems, 0.0, 0.0)
    weight = _rarity(state, stems)
    return _Term(stems, weight, weight / rarity_within(state.searcher, stems))


def _rarity(state: _State, stems: list[str]) -> float:
    """The weight of a word or a phrase, as FTS5 reckons it: ln((N - n + 1/2) / (n + 1/2))."""
    has = _count(state, stems[0]) if len(stems) == 1 else _phrase_count(state, stems)
    of = state.searcher.num_docs + len(state.tail)
    return max(_LEAST, math.log((of - min(has, of) + 0.5) / (has + 0.5)))


def _share(new: _New, words: list[str], mean: float) -> float:
    """What BM25 makes of how often a word or a phrase stands in a passage of the tail, before its weight."""
    often = new.counts[words[0]] if len(words) == 1 else new.run.count(" ".join(("", *words, "")))
    return often * (_K1 + 1) / (often + _K1 * (1 - _B + _B * new.size / mean))


def _count(state: _State, stem: str) -> int:
    """In how many passages a word stands; those that went since are still counted."""
    return frequency(state.searcher, stem) + sum(stem in new.counts for new in state.tail.values())


def _phrase_count(state: _State, stems: list[str]) -> int:
    """In how many passages a phrase stands."""
    run = " ".join(("", *stems, ""))
    return phrase_frequency(state.searcher, state.schema, stems) + sum(run in new.run for new in state.tail.values())
