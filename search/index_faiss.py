"""FAISS as a base and a tail.

The base is an immutable generation on disk, memory-mapped where it is large: a folder with the
vectors, their ids and a manifest. The tail is what is newer, in memory. `compact` folds the tail into a new
generation; a small file names the one in force and is replaced atomically, so a reader sees the
old one or the new one, whole. The previous generation stays for readers on their way.
"""

import hashlib
import json
import os
import re
import shutil
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from filelock import FileLock

from corpus.errors import IndexDamaged, StoreUnusable
from corpus.mending import NO_HANDLES, no_handle_left
from search.index import Ids, Manifest, Scored, best, cosines
from search.types import Vectors

_GENERATION = re.compile(r"[0-9]{8,12}")
_SPARE = 32
"""Candidates asked of FAISS beyond k: near-ties are decided by our own exact scores."""
_GATHER = 20_000
"""Up to this many allowed passages are scored directly, without the engine."""
_READ_ON_OPENING = 256 * 1024 * 1024
"""Vectors of up to this many bytes are verified and read when they are opened: whatever becomes of the file then, the
process has them. Larger ones are mapped, and only `doctor` verifies them; to cut off a file that is mapped kills."""


@dataclass(frozen=True, slots=True)
class _Base:
    """One generation on disk. `ids` ascends; row n of `engine` is the vector of ids[n]."""

    engine: Any
    ids: Ids
    number: int

    def rows(self, ids: Ids) -> Ids:
        """Row numbers of those of `ids` (ascending) that stand here."""
        places = np.searchsorted(self.ids, ids)
        inside = places < len(self.ids)
        inside[inside] = self.ids[places[inside]] == ids[inside]
        return places[inside]

    def gather(self, rows: Ids) -> Vectors:
        """The vectors [len(rows), d]."""
        vectors: Vectors = self.engine.reconstruct_batch(np.ascontiguousarray(rows))
        return vectors


@dataclass(frozen=True, slots=True)
class _State:
    """Everything a search needs; replaced as a whole, never changed."""

    manifest: Manifest
    base: _Base | None
    masked: Ids
    """Ids of the base that are gone or replaced, ascending."""
    tail_ids: Ids
    """Ascending."""
    tail: Vectors


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
        manifest = _read_manifest(folder)
        if (manifest.encoder, manifest.dimension) == (self.manifest.encoder, self.manifest.dimension):
            self._state = replace(self._empty, manifest=manifest, base=_read_base(folder, manifest))

    def clear(self) -> None:
        """See VectorIndex. What is on disk stays until the next `compact`."""
        self._state = self._empty

    def update(self, ids: Sequence[int], vectors: Vectors, gone: Sequence[int], *, lineage: str, revision: int) -> None:
        """See VectorIndex."""
        state = self._state
        new = np.array(ids, dtype=np.int64)
        dropped = np.union1d(new, np.array(gone, dtype=np.int64))
        keep = ~np.isin(state.tail_ids, dropped)
        tail_ids = np.concatenate([state.tail_ids[keep], new])
        order = np.argsort(tail_ids, kind="stable")
        masked = state.masked
        if state.base is not None:
            masked = np.union1d(masked, np.intersect1d(dropped, state.base.ids, assume_unique=True))
        count = len(tail_ids) + (0 if state.base is None else len(state.base.ids) - len(masked))
        self._state = _State(
            replace(state.manifest, lineage=lineage, revision=revision, count=count, checksum=""),
            state.base,
            masked,
            tail_ids[order],
            np.concatenate([state.tail[keep], vectors])[order],
        )

    def search(self, vector: Vectors, k: int, allowed: Ids | None = None) -> Scored:
        """See VectorIndex."""
        state = self._state
        ids, vectors = [state.tail_ids], [state.tail]
        if allowed is not None:
            inside = np.isin(state.tail_ids, allowed)
            ids, vectors = [state.tail_ids[inside]], [state.tail[inside]]
        if state.base is not None and len(state.base.ids):
            rows = _base_candidates(state, vector, k, allowed)
            ids.append(state.base.ids[rows])
            vectors.append(state.base.gather(rows))
        found = np.concatenate(ids)
        return best(found, cosines(np.concatenate(vectors), vector), k) if len(found) else []

    def vectors(self, ids: Sequence[int]) -> dict[int, Vectors]:
        """See VectorIndex."""
        state = self._state
        wanted = np.unique(np.array(ids, dtype=np.int64))
        found: dict[int, Vectors] = {}
        if state.base is not None and len(wanted):
            rows = state.base.rows(np.setdiff1d(wanted, state.masked, assume_unique=True))
            if len(rows):
                found.update(zip(state.base.ids[rows].tolist(), state.base.gather(rows), strict=True))
        for place in np.flatnonzero(np.isin(state.tail_ids, wanted)):
            found[int(state.tail_ids[place])] = state.tail[place]
        return found

    def compact(self) -> None:
        """Write base and tail as one new generation and go on with it. One process does so at a time.

        StoreUnusable if it cannot be written; the generation in force stays then.
        """
        ids, vectors = self._everything()
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            with FileLock(self._folder / "lock"):
                current = self._replaced()
                folder = self._folder / f"{1 if current is None else int(current.name) + 1:08d}"
                shutil.rmtree(folder, ignore_errors=True)  # left by a process that died here
                manifest = _write_generation(folder, self._state.manifest, ids, vectors)
                self._publish(folder.name)
                self._tidy(keep={folder.name, "" if current is None else current.name})
        except (OSError, RuntimeError) as error:  # RuntimeError is how FAISS says it
            reason = getattr(error, "strerror", None) or "the index cannot be written"
            raise StoreUnusable(self._folder, f"{reason}; make room or mend its rights, then reindex") from error
        self._state = replace(self._empty, manifest=manifest, base=_read_base(folder, manifest))

    def _everything(self) -> tuple[Ids, Vectors]:
        """Base and tail together: ids, ascending, and their vectors."""
        state = self._state
        if state.base is None:
            return state.tail_ids, state.tail
        kept = state.base.rows(np.setdiff1d(state.base.ids, state.masked, assume_unique=True))
        if not len(kept):
            return state.tail_ids, state.tail
        ids = np.concatenate([state.base.ids[kept], state.tail_ids])
        order = np.argsort(ids)
        return ids[order], np.concatenate([state.base.gather(kept), state.tail])[order]

    def problems(self) -> list[str]:
        """What is wrong with the generation in force, one line each; empty if all is well or there is none."""
        try:
            folder = self._current()
            if folder is None:
                return []
            manifest = _read_manifest(folder)
            _read_base(folder, manifest, check_any_size=True)
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
        _sync(partial)
        partial.replace(self._folder / "current")
        _sync(self._folder)

    def _tidy(self, keep: set[str]) -> None:
        for folder in self._folder.iterdir():
            if folder.is_dir() and _GENERATION.fullmatch(folder.name) and folder.name not in keep:
                shutil.rmtree(folder, ignore_errors=True)


def _base_candidates(state: _State, vector: Vectors, k: int, allowed: Ids | None) -> Ids:
    """Rows of the base that may be among the k best; masked ones left out."""
    import faiss

    assert state.base is not None
    base = state.base
    masked = base.rows(state.masked)
    if allowed is not None:
        inside: Ids = np.setdiff1d(base.rows(allowed), masked, assume_unique=True)
        if len(inside) <= _GATHER:
            return inside
        selector: Any = faiss.IDSelectorBatch(inside)
    else:
        selector = faiss.IDSelectorNot(faiss.IDSelectorBatch(masked)) if len(masked) else None
    parameters = None
    if selector is not None:
        parameters = faiss.SearchParameters(sel=selector)  # type: ignore[call-arg]  # the stubs lag behind
    _, rows = base.engine.search(vector.reshape(1, -1), min(k + _SPARE, len(base.ids)), params=parameters)
    found: Ids = rows[0][rows[0] >= 0].astype(np.int64)
    return found


def _write_generation(folder: Path, held: Manifest, ids: Ids, vectors: Vectors) -> Manifest:
    """All files of a generation, on the disk for good when this returns."""
    import faiss

    engine = faiss.IndexFlatIP(held.dimension)
    engine.add(np.ascontiguousarray(vectors))
    folder.mkdir()
    faiss.write_index(engine, str(folder / "vectors.faiss"))
    np.save(folder / "ids.npy", ids)
    manifest = replace(held, count=len(ids), checksum="")
    manifest = replace(manifest, checksum=_checksum(folder, manifest))
    (folder / "manifest.json").write_text(json.dumps(asdict(manifest), indent=2))
    for path in [*folder.iterdir(), folder]:
        _sync(path)
    return manifest


def _read_manifest(folder: Path) -> Manifest:
    try:
        return Manifest(**json.loads((folder / "manifest.json").read_text()))
    except (OSError, ValueError, TypeError) as error:
        raise IndexDamaged(folder, "its manifest is missing or unreadable") from error


def _read_base(folder: Path, manifest: Manifest, *, check_any_size: bool = False) -> _Base:
    import faiss

    path = folder / "vectors.faiss"
    try:
        small = path.stat().st_size <= _READ_ON_OPENING
        if (check_any_size or small) and _checksum(folder, manifest) != manifest.checksum:
            raise IndexDamaged(path, "it is not what its manifest says")
        ids = np.load(folder / "ids.npy")
        engine = faiss.read_index(str(path), 0 if small else faiss.IO_FLAG_MMAP_IFC)
    except IndexDamaged:
        raise
    except (OSError, EOFError, ValueError, RuntimeError) as error:
        raise IndexDamaged(path, "it is missing or cut off") from error
    if not (len(ids) == engine.ntotal == manifest.count and engine.d == manifest.dimension):
        raise IndexDamaged(path, "it is not what its manifest says")
    return _Base(engine, ids, int(folder.name))


def _checksum(folder: Path, manifest: Manifest) -> str:
    """Of the files and of what the manifest says beside it."""
    digest = hashlib.blake2b(json.dumps(asdict(replace(manifest, checksum=""))).encode(), digest_size=16)
    for name in ("vectors.faiss", "ids.npy"):
        with (folder / name).open("rb") as file:
            while block := file.read(1 << 20):
                digest.update(block)
    return digest.hexdigest()


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
