"""FAISS as a base and a tail.

The base is an immutable generation on disk (`generations`). The tail is what is newer, in memory. `compact` folds
the tail into a new generation; a small file names the one in force and is replaced atomically, so a reader sees the
old one or the new one, whole. The previous generation stays for readers on their way.
"""

import hashlib
import re
import shutil
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
from filelock import FileLock

from corpus.errors import IndexDamaged, StoreUnusable
from corpus.memo import Memo
from corpus.mending import NO_HANDLES, no_handle_left
from search import generations
from search.generations import Former, Generation, Inside
from search.index import Ids, Manifest, Scored, among, best, cosines
from search.types import Vectors

_GENERATION = re.compile(r"[0-9]{8,12}")
_SPARE = 32
"""Candidates looked for beyond k: near-ties are decided by our own exact scores."""
_BLOCK = 20_000
"""Vectors in memory at once when a generation is written."""
_FILTERS = 8
"""Filters whose rows are remembered."""
_ROUGH = 1e-5
"""By how much a cosine in single precision may be wrong, and more."""


@dataclass(frozen=True, slots=True)
class _State:
    """Everything a search needs; replaced as a whole, never changed."""

    manifest: Manifest
    base: Generation | None
    masked: Ids
    """Rows of the base that are gone or replaced, ascending."""
    tail_ids: Ids
    """Ascending."""
    tail: Vectors
    unmasked: Any = None
    """What the base is told so that masked rows do not count."""
    insides: Memo[int, tuple[Ids, Inside]] = field(init=False, default_factory=lambda: Memo(_FILTERS))
    """The rows of filters, by the number of the very array that was allowed: whoever asks keeps those of a filter."""

    def inside(self, base: Generation, allowed: Ids) -> Inside:
        """The rows of the base that count among `allowed`."""
        known = self.insides.at(None)
        held = known.get(id(allowed))
        if held is None or held[0] is not allowed:
            places = np.setdiff1d(base.places(allowed), self.masked, assume_unique=True)
            known[id(allowed)] = held = (allowed, Inside(places, len(base.ids)))
        return held[1]


def folder_for(root: Path, encoder: str) -> Path:
    """Where the index of an encoder stands: in the root, or beside that of another encoder which stands there."""
    beside = root / f"of-{hashlib.sha256(encoder.encode()).hexdigest()[:12]}"
    if beside.exists():
        return beside
    try:
        there = (root / "current").read_text().strip()
        return root if generations.read_manifest(root / there).encoder == encoder else beside
    except (OSError, ValueError, IndexDamaged):  # nobody's, or not to be told whose
        return root


class FaissIndex:
    """A VectorIndex in a folder. Opening a damaged one raises IndexDamaged; `reset` makes it empty."""

    def __init__(self, folder: Path, encoder: str, dimension: int) -> None:
        self._folder = folder
        self._empty = _State(
            Manifest(encoder, dimension),
            None,
            np.zeros(0, dtype=np.int64),
            np.zeros(0, dtype=np.int64),
            np.zeros((0, dimension), dtype=np.float32),
        )
        self._state = self._empty
        self._writing = threading.Lock()

    @property
    def manifest(self) -> Manifest:
        """See VectorIndex."""
        return self._state.manifest

    @property
    def tail_size(self) -> int:
        """How much is not in the base yet: new vectors and masked ones."""
        state = self._state
        return len(state.tail_ids) + len(state.masked)

    @property
    def base_size(self) -> int:
        """How many vectors the generation on disk holds."""
        base = self._state.base
        return 0 if base is None else len(base.ids)

    @property
    def generation(self) -> int:
        """The number of the generation on disk that is in use, 0 if there is none."""
        base = self._state.base
        return 0 if base is None else base.number

    def open(self) -> None:
        """Take the generation in force as the base, with an empty tail. One of another encoder counts as none."""
        self._state = self._empty
        try:
            self._open()
        except IndexDamaged as error:
            if no_handle_left(self._folder.parent):
                raise StoreUnusable(self._folder, NO_HANDLES) from error
            raise

    def _open(self) -> None:
        folder = self._current()
        if folder is None:
            return
        manifest = generations.read_manifest(folder)
        if (manifest.encoder, manifest.dimension) == (self.manifest.encoder, self.manifest.dimension):
            self._state = replace(self._empty, manifest=manifest, base=generations.read(folder, manifest))

    def follow(self) -> bool:
        """Go on with the generation that another process has made of what is held here too; False if there is none.

        IndexDamaged if it cannot be read.
        """
        state, folder = self._state, self._current()
        if state.base is None or folder is None or int(folder.name) <= state.base.number:
            return False
        manifest = generations.read_manifest(folder)
        ours = state.manifest
        if (manifest.encoder, manifest.lineage) != (ours.encoder, ours.lineage) or manifest.revision > ours.revision:
            return False
        base = generations.read(folder, manifest)
        with self._writing:
            if self._state.base is not state.base:
                return False
            self._state = _followed(self._state, base)
        return True

    def clear(self) -> None:
        """See VectorIndex. What is on disk stays until the next `compact`."""
        with self._writing:
            self._state = self._empty

    def update(self, ids: Sequence[int], vectors: Vectors, gone: Sequence[int], *, lineage: str, revision: int) -> None:
        """See VectorIndex. A generation keeps of them what half precision has."""
        new = np.array(ids, dtype=np.int64)
        dropped = np.union1d(new, np.array(gone, dtype=np.int64))
        with self._writing:
            state = self._state
            keep = ~among(state.tail_ids, dropped)
            tail_ids = np.concatenate([state.tail_ids[keep], new])
            order = np.argsort(tail_ids, kind="stable")
            tail = np.concatenate([state.tail[keep], vectors])[order]
            manifest = replace(state.manifest, lineage=lineage, revision=revision, checksum="")
            self._state = _state(manifest, state.base, _masked(state, dropped), tail_ids[order], tail)

    def search(self, vector: Vectors, k: int, allowed: Ids | None = None) -> Scored:
        """See VectorIndex."""
        state = self._state
        near = _near_in_tail(state, vector, k + _SPARE, allowed)
        ids, vectors = [state.tail_ids[near]], [state.tail[near]]
        if state.base is not None and len(state.base.ids):
            inside = None if allowed is None else state.inside(state.base, allowed)
            places = state.base.near(vector, min(k + _SPARE, len(state.base.ids)), inside, state.unmasked)
            places = places[~among(places, state.masked)]
            ids.append(state.base.ids[places])
            vectors.append(state.base.gather(places))
        found = np.concatenate(ids)
        return best(found, cosines(np.concatenate(vectors), vector), k) if len(found) else []

    def vectors(self, ids: Sequence[int]) -> dict[int, Vectors]:
        """See VectorIndex."""
        state = self._state
        wanted = np.unique(np.array(ids, dtype=np.int64))
        found: dict[int, Vectors] = {}
        if state.base is not None and len(wanted):
            places = np.setdiff1d(state.base.places(wanted), state.masked, assume_unique=True)
            found.update(zip(state.base.ids[places].tolist(), state.base.gather(places), strict=True))
        for place in np.flatnonzero(among(state.tail_ids, wanted)):
            found[int(state.tail_ids[place])] = state.tail[place]
        return found

    def compact(self) -> None:
        """Write base and tail as one new generation and go on with it. One process does so at a time.

        What is searched or updated meanwhile goes on with the one before. StoreUnusable if it cannot be written.
        """
        state = self._state
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            with FileLock(self._folder / "lock"):
                current = self._replaced()
                folder = self._folder / f"{1 if current is None else int(current.name) + 1:08d}"
                shutil.rmtree(folder, ignore_errors=True)  # left by a process that died here
                manifest = self._write(folder, state)
                self._publish(folder.name)
                self._tidy(keep={folder.name, "" if current is None else current.name})
        except (OSError, RuntimeError) as error:  # RuntimeError is how FAISS says it
            reason = getattr(error, "strerror", None) or "the index cannot be written"
            raise StoreUnusable(self._folder, f"{reason}; make room or mend its rights, then reindex") from error
        base = generations.read(folder, manifest)
        with self._writing:
            if self._state.base is state.base:
                self._state = _moved(state, self._state, base)

    def _write(self, folder: Path, state: _State) -> Manifest:
        """Base and tail as a generation in that folder."""
        base = state.base
        if base is None:
            return generations.write(folder, state.manifest, state.tail_ids, _blocks(None, state), None)
        stays = np.ones(len(base.ids), dtype=bool)
        stays[state.masked] = False
        kept = np.flatnonzero(stays)
        ids = np.sort(np.concatenate([base.ids[kept], state.tail_ids]))
        to = np.full(len(base.ids), -1)
        to[kept] = np.searchsorted(ids, base.ids[kept])
        former = Former(base, self._folder / f"{base.number:08d}", to)
        return generations.write(folder, state.manifest, ids, _blocks(former, state), former)

    def problems(self) -> list[str]:
        """What is wrong with the generation in force, one line each; empty if all is well or there is none."""
        try:
            folder = self._current()
            if folder is None:
                return []
            generations.read(folder, generations.read_manifest(folder), check_any_size=True)
        except IndexDamaged as error:
            return [str(error)]
        return []

    def _current(self) -> Path | None:
        try:
            name = (self._folder / "current").read_text().strip()
        except FileNotFoundError:
            return None
        except (OSError, UnicodeDecodeError) as error:
            raise IndexDamaged(self._folder / "current", "it cannot be read") from error
        if not _GENERATION.fullmatch(name):
            raise IndexDamaged(self._folder / "current", "it names no generation")
        return self._folder / name

    def _replaced(self) -> Path | None:
        """The generation that a new one takes the place of; the latest there is, if `current` is damaged."""
        try:
            return self._current()
        except IndexDamaged:
            return max((path for path in self._folder.iterdir() if _GENERATION.fullmatch(path.name)), default=None)

    def _publish(self, name: str) -> None:
        partial = self._folder / "current.partial"
        partial.write_text(name + "\n")
        generations.sync(partial)
        partial.replace(self._folder / "current")
        generations.sync(self._folder)

    def _tidy(self, keep: set[str]) -> None:
        for folder in self._folder.iterdir():
            if folder.is_dir() and _GENERATION.fullmatch(folder.name) and folder.name not in keep:
                shutil.rmtree(folder, ignore_errors=True)


def _state(manifest: Manifest, base: Generation | None, masked: Ids, tail_ids: Ids, tail: Vectors) -> _State:
    """These together, counted."""
    count = len(tail_ids) + (0 if base is None else len(base.ids) - len(masked))
    unmasked = None if base is None else base.leaving_out(masked)
    return _State(replace(manifest, count=count), base, masked, tail_ids, tail, unmasked)


def _masked(state: _State, dropped: Ids) -> Ids:
    """Rows of the base that do not count once these ids are dropped too."""
    return state.masked if state.base is None else np.union1d(state.masked, state.base.places(dropped))


def _near_in_tail(state: _State, vector: Vectors, k: int, allowed: Ids | None) -> Ids:
    """Places in the tail of some `k` that are near."""
    places = np.arange(len(state.tail_ids)) if allowed is None else np.flatnonzero(among(state.tail_ids, allowed))
    if len(places) <= 2 * k:
        return places
    scores = (state.tail if allowed is None else state.tail[places]) @ vector
    floor = np.partition(scores, len(scores) - k)[len(scores) - k]
    near: Ids = places[scores >= floor - _ROUGH]
    return near


def _blocks(former: Former | None, state: _State) -> Iterator[Vectors]:
    """The vectors of base and tail in the order of their ids, some at a time."""
    if former is None:
        yield from (state.tail[start : start + _BLOCK] for start in range(0, len(state.tail), _BLOCK))
        return
    kept = np.flatnonzero(former.to >= 0)
    count = len(kept) + len(state.tail_ids)
    of_base = np.full(count, -1)
    of_base[former.to[kept]] = kept
    of_tail = np.cumsum(of_base < 0) - 1
    for start in range(0, count, _BLOCK):
        rows = of_base[start : start + _BLOCK]
        block = np.empty((len(rows), state.tail.shape[1]), dtype=np.float32)
        block[rows >= 0] = former.generation.gather(rows[rows >= 0])
        block[rows < 0] = state.tail[of_tail[start : start + _BLOCK][rows < 0]]
        yield block


def _moved(then: _State, now: _State, base: Generation) -> _State:
    """What holds `now`, said with a base that was made of what held `then`: what came and went since is its tail."""
    kept = now.tail_ids[np.flatnonzero(among(now.tail_ids, then.tail_ids))]
    kept = kept[(_rows(now, kept) == _rows(then, kept)).all(axis=1)]
    fresh = ~among(now.tail_ids, kept)
    masked = [then.tail_ids[~among(then.tail_ids, kept)]]
    if then.base is not None:
        masked.append(then.base.ids[np.setdiff1d(now.masked, then.masked, assume_unique=True)])
    gone = base.places(np.sort(np.concatenate(masked)))
    return _state(now.manifest, base, gone, now.tail_ids[fresh], now.tail[fresh])


def _followed(now: _State, base: Generation) -> _State:
    """What holds `now`, said with a base that held at an earlier revision what the store held then."""
    assert now.base is not None
    held = np.union1d(np.delete(now.base.ids, now.masked), now.tail_ids)
    known = base.places(now.tail_ids)
    same = (base.gather(known) == _rows(now, base.ids[known])).all(axis=1)
    kept = base.ids[known[same]]
    fresh = ~among(now.tail_ids, kept)
    gone = np.union1d(np.flatnonzero(~among(base.ids, held)), base.places(now.tail_ids[fresh]))
    return _state(now.manifest, base, gone, now.tail_ids[fresh], now.tail[fresh])


def _rows(state: _State, ids: Ids) -> Vectors:
    """Vectors of the tail."""
    return state.tail[np.searchsorted(state.tail_ids, ids)]
