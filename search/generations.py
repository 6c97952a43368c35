"""Generations: indexes on disk, each written once and never changed.

A folder with the ids of passages, ascending, an engine of FAISS over their row numbers, and a manifest. Up to
FLAT_UP_TO vectors the engine holds them in half precision, as they are cached, and is exact. More are found by inverted
lists of codes, two bits a component (docs/scale.md has the measurements); the vectors themselves stand beside, and
each is read from the file when its cosine is to be told, so that a million of them take no memory.
"""

import hashlib
import json
import math
import os
import shutil
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from corpus.errors import IndexDamaged
from search.index import Ids, Manifest
from search.types import Vectors

FLAT_UP_TO = 50_000
"""Vectors up to which all are looked at for each query: exact, and as quick as lists."""
PROBES = 192
"""Lists that a query looks into, of 2 * sqrt(n). Of the ten nearest to questions in a person's words, which are far
from all passages, they have 98.8 % at a hundred thousand passages (128 have 97.6 %); passages find all ten with 128."""
_DEEP = 500
"""Neighbours up to which so many lists do; more of them lie in more lists."""
_RARER = 0.2
"""The nearest of the share s of all vectors lie in s ** -_RARER as many lists: of a hundredth in two and a half times
as many."""
_PER_LIST = 50
"""Vectors a list by which the lists are placed. More of them take longer and place them no better."""
_FINER = 3
"""Codes tell the near ones only roughly: of so many times as many the cosines are told."""
_COMPONENTS, _BITS = 2, 4
"""Components that have a code together (product quantization), and bits of that code: what fast scans go by."""
_GROWN = 4
"""Lists that were placed for so many times fewer vectors are placed anew."""
_DIRECT = 2_000
"""Up to this many allowed passages are read and scored one by one, without the engine."""
_BLOCK = 20_000
"""Vectors in memory at once while a generation is written."""

_IDS, _ENGINE, _PLACED, _ROWS = "ids.npy", "vectors.faiss", "placed.faiss", "rows.f16"


class Rows:
    """Vectors [n, d] in half precision in a file."""

    def __init__(self, path: Path, count: int, dimension: int) -> None:
        self._path = path
        self._shape = (count, dimension)
        self._file = path.open("rb", buffering=0)
        if os.fstat(self._file.fileno()).st_size != 2 * count * dimension:
            raise IndexDamaged(path, "it is cut off")

    def read(self, places: Ids) -> Vectors:
        """Those at `places`, which ascend. IndexDamaged if the file has become shorter meanwhile."""
        half = np.empty((len(places), self._shape[1]), dtype="<f2")
        if not len(places):
            return half.astype(np.float32)
        width = 2 * self._shape[1]
        into = memoryview(half).cast("B")  # type: ignore[arg-type]  # numpy says so from 3.12 on
        together = places[-1] - places[0] + 1 == len(places)
        runs = [(int(places[0]), len(places))] if together else [(place, 1) for place in places.tolist()]
        start = 0
        for place, count in runs:
            end = start + count * width
            if os.preadv(self._file.fileno(), [into[start:end]], place * width) != count * width:
                raise IndexDamaged(self._path, "it has been cut off")
            start = end
        return half.astype(np.float32)


@dataclass(frozen=True)
class Inside:
    """The rows of a generation of `count` that a filter leaves: their numbers, ascending."""

    places: Ids
    count: int

    @cached_property
    def selector(self) -> Any:
        """What the engine is told so that only these count."""
        import faiss

        inside = np.zeros(self.count, dtype=bool)
        inside[self.places] = True
        return faiss.IDSelectorBitmap(np.packbits(inside, bitorder="little"))  # type: ignore[call-arg, arg-type]  # stubs lag


@dataclass(frozen=True, slots=True)
class Generation:
    """One generation in use. `ids` ascends; row n of the engine is the vector of ids[n]."""

    number: int
    ids: Ids
    engine: Any
    rows: Rows | None
    """None: the engine has them."""

    def places(self, ids: Ids) -> Ids:
        """Row numbers of those of `ids` (ascending) that stand here."""
        places = np.searchsorted(self.ids, ids)
        inside = places < len(self.ids)
        inside[inside] = self.ids[places[inside]] == ids[inside]
        return places[inside]

    def gather(self, places: Ids) -> Vectors:
        """The vectors [len(places), d] at row numbers that ascend."""
        if self.rows is not None:
            return self.rows.read(places)
        vectors: Vectors = self.engine.reconstruct_batch(np.ascontiguousarray(places))
        return vectors

    def near(self, vector: Vectors, k: int, inside: Inside | None, without: Any) -> Ids:
        """Row numbers, ascending, of some `k` that are near, only of those `inside` if given.

        `without` is what `leaving_out` made of those that do not count, which may be told where all are; what is inside
        counts.
        """
        if inside is not None and len(inside.places) <= max(k, _DIRECT):
            return inside.places
        rough = k if self.rows is None else _FINER * k
        if inside is None and rough >= len(self.ids):
            return np.arange(len(self.ids))
        selector = without if inside is None else inside.selector
        share = 1.0 if inside is None else len(inside.places) / len(self.ids)
        parameters = self._parameters(k, share, selector)
        _, found = self.engine.search(vector.reshape(1, -1), rough, params=parameters)
        near: Ids = np.sort(found[0][found[0] >= 0]).astype(np.int64)
        return near

    def leaving_out(self, places: Ids) -> Any:
        """What `near` is told so that these do not count; None if there are none."""
        import faiss

        return faiss.IDSelectorNot(faiss.IDSelectorBatch(places)) if len(places) else None

    def _parameters(self, k: int, share: float, selector: Any) -> Any:
        """How the engine is asked. The fewer count, the more lists have to be looked into for as many of them."""
        import faiss

        if self.rows is None:
            return None if selector is None else faiss.SearchParameters(sel=selector)  # type: ignore[call-arg]  # stubs lag
        probes = min(self.engine.nlist, math.ceil(PROBES * max(1.0, k / _DEEP) * share**-_RARER))
        return faiss.SearchParametersIVF(sel=selector, nprobe=probes)  # type: ignore[call-arg]  # stubs lag


@dataclass(frozen=True, slots=True)
class Former:
    """The generation that a new one takes the place of, and the rows its vectors get there, -1 for those that go."""

    generation: Generation
    folder: Path
    to: Ids


def write(folder: Path, held: Manifest, ids: Ids, blocks: Iterable[Vectors], former: Former | None) -> Manifest:
    """All files of a generation, on the disk for good when this returns. `blocks`: the vectors in the order of ids."""
    import faiss

    folder.mkdir()
    if len(ids) <= FLAT_UP_TO:
        engine = faiss.IndexScalarQuantizer(held.dimension, faiss.ScalarQuantizer.QT_fp16, faiss.METRIC_INNER_PRODUCT)
        for block in blocks:
            engine.add(np.ascontiguousarray(block))
    else:
        with (folder / _ROWS).open("wb") as file:
            for block in blocks:
                file.write(block.astype("<f2").tobytes())
        engine = _lists(folder, Rows(folder / _ROWS, len(ids), held.dimension), len(ids), held.dimension, former)
    faiss.write_index(engine, str(folder / _ENGINE))
    np.save(folder / _IDS, ids)
    manifest = replace(held, count=len(ids), checksum="")
    manifest = replace(manifest, checksum=_checksum(folder, manifest))
    (folder / "manifest.json").write_text(json.dumps(asdict(manifest), indent=2))
    for path in [*folder.iterdir(), folder]:
        sync(path)
    return manifest


def read_manifest(folder: Path) -> Manifest:
    """What a generation says of itself; IndexDamaged if it says nothing."""
    try:
        return Manifest(**json.loads((folder / "manifest.json").read_text()))
    except (OSError, ValueError, TypeError) as error:
        raise IndexDamaged(folder, "its manifest is missing or unreadable") from error


def read(folder: Path, manifest: Manifest, *, check_any_size: bool = False) -> Generation:
    """Open a generation; IndexDamaged if it is not what its manifest says.

    One without lists is verified; of larger ones only `check_any_size` reads everything. Whatever becomes of the file
    of the engine then, the process has it.
    """
    import faiss

    path = folder / _ENGINE
    try:
        large = (folder / _ROWS).exists()
        if (check_any_size or not large) and _checksum(folder, manifest) != manifest.checksum:
            raise IndexDamaged(path, "it is not what its manifest says")
        ids = np.load(folder / _IDS)
        engine: Any = faiss.read_index(str(path))
        if isinstance(engine, faiss.IndexIVFPQ):
            engine = _for_fast_scans(engine)
        rows = Rows(folder / _ROWS, manifest.count, manifest.dimension) if large else None
    except IndexDamaged:
        raise
    except (OSError, EOFError, ValueError, RuntimeError) as error:
        raise IndexDamaged(path, "it is missing or cut off") from error
    if not (len(ids) == engine.ntotal == manifest.count and engine.d == manifest.dimension):
        raise IndexDamaged(path, "it is not what its manifest says")
    return Generation(int(folder.name), ids, engine, rows)


def sync(path: Path) -> None:
    """What is written there is on the disk when this returns."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _lists(folder: Path, rows: Rows, count: int, dimension: int, former: Former | None) -> Any:
    """Inverted lists of all rows. Those of a former generation are moved as they are, if they fit so many still."""
    import faiss

    engine = _placed(former, count)
    fresh = np.arange(count)
    if engine is None:
        engine = _place(rows, count, dimension)
        faiss.write_index(engine, str(folder / _PLACED))
    else:
        assert former is not None
        shutil.copyfile(former.folder / _PLACED, folder / _PLACED)
        _move(former, engine)
        fresh = np.setdiff1d(fresh, former.to)
    for start in range(0, len(fresh), _BLOCK):
        part = fresh[start : start + _BLOCK]
        engine.add_with_ids(rows.read(part), part)
    return engine


def _placed(former: Former | None, count: int) -> Any:
    """The lists of a former generation, empty; None if there are none, or they were placed for far more or fewer."""
    import faiss

    if former is None or former.generation.rows is None or not (former.folder / _PLACED).exists():
        return None
    engine: Any = faiss.read_index(str(former.folder / _PLACED))
    fit = isinstance(engine, faiss.IndexIVFPQ) and count / _GROWN <= (engine.nlist / 2) ** 2 <= count * _GROWN
    return engine if fit else None  # generations of earlier days have codes of another kind


def _place(rows: Rows, count: int, dimension: int) -> Any:
    """Empty lists, and what their codes stand for, by a sample of the rows."""
    import faiss

    lists = min(count, int(2 * math.sqrt(count)))
    codes = dimension // _COMPONENTS if dimension % _COMPONENTS == 0 else dimension
    engine = faiss.IndexIVFPQ(faiss.IndexFlatIP(dimension), dimension, lists, codes, _BITS, faiss.METRIC_INNER_PRODUCT)
    engine.by_residual = False
    engine.cp.spherical = True
    engine.cp.min_points_per_centroid = engine.pq.cp.min_points_per_centroid = 1
    engine.cp.max_points_per_centroid = _PER_LIST
    sample = rows.read(np.unique(np.linspace(0, count - 1, min(count, _PER_LIST * lists)).astype(np.int64)))
    engine.train(np.resize(sample, (max(len(sample), 2**_BITS), dimension)))  # fewer than there are codes come again
    return engine


def _move(former: Former, engine: Any) -> None:
    """What stays of the lists of a former generation, under its new row numbers."""
    import faiss

    there: Any = faiss.read_index(str(former.folder / _ENGINE))
    lists = there.invlists
    for number in range(engine.nlist):
        size = lists.list_size(number)
        if not size:
            continue
        to = former.to[faiss.rev_swig_ptr(lists.get_ids(number), size)]
        codes = faiss.rev_swig_ptr(lists.get_codes(number), size * engine.code_size).reshape(size, -1)
        stay = to >= 0
        kept, moved = np.ascontiguousarray(codes[stay]), np.ascontiguousarray(to[stay])
        engine.invlists.add_entries(number, len(moved), faiss.swig_ptr(moved), faiss.swig_ptr(kept))
        engine.ntotal += len(moved)


def _for_fast_scans(engine: Any) -> Any:
    """The same lists with their codes in the order in which a processor takes 32 of them in one step."""
    import faiss

    fast = faiss.IndexIVFPQFastScan(engine)
    engine.reset()  # it lends the other its centroids; its codes are not needed twice
    return fast


def _checksum(folder: Path, manifest: Manifest) -> str:
    """Of the files and of what the manifest says beside it."""
    digest = hashlib.blake2b(json.dumps(asdict(replace(manifest, checksum=""))).encode(), digest_size=16)
    names = (_ENGINE, _IDS, *(name for name in (_PLACED, _ROWS) if (folder / name).exists()))
    for name in names:
        with (folder / name).open("rb") as file:
            while block := file.read(1 << 20):
                digest.update(block)
    return digest.hexdigest()
