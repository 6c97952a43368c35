"""One suite for every VectorIndex: after any history it answers exactly as brute force over a dict."""

import random
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from search import generations, index_faiss
from search.index import ExactIndex, Ids, Scored, VectorIndex
from search.index_faiss import FaissIndex

DIMENSION = 8
Held = dict[int, NDArray[np.float32]]
Settle = Callable[[VectorIndex], VectorIndex]


def plainly(held: Held, vector: NDArray[np.float32], k: int, allowed: set[int] | None = None) -> Scored:
    """The definition: cosines to six digits, best first, ties by id."""
    scores = [
        (i, round(float(np.dot(one.astype(float), vector.astype(float))), 6))
        for i, one in held.items()
        if allowed is None or i in allowed
    ]
    return sorted(scores, key=lambda pair: (-pair[1], pair[0]))[:k]


def unit(values: NDArray[np.float64]) -> NDArray[np.float32]:
    """As vectors are kept: in half precision."""
    return (values / np.linalg.norm(values)).astype(np.float16).astype(np.float32)


def some_vector(chance: np.random.Generator) -> NDArray[np.float32]:
    """Every second one out of a few, so that ties are frequent."""
    if chance.random() < 0.5:
        few = np.zeros(DIMENSION)
        few[chance.integers(3)] = 1
        few[chance.integers(3)] += 1
        return unit(few)
    return unit(chance.normal(size=DIMENSION))


class Opened:
    """An index in one of the ways it can stand after an update."""

    def __init__(self, kind: str, folder: Path) -> None:
        self.kind = kind
        self.folder = folder
        self.chance = random.Random(kind)
        self.index: VectorIndex = (
            ExactIndex("fake", DIMENSION) if kind == "exact" else FaissIndex(folder, "fake", DIMENSION)
        )

    def settle(self) -> None:
        if not isinstance(self.index, FaissIndex):
            return
        if self.kind.startswith("faiss base") or (self.kind.startswith("faiss mixed") and self.chance.random() < 0.3):
            self.index.compact()
        if self.kind.startswith("faiss reopened"):
            self.index.compact()
            self.index = FaissIndex(self.folder, "fake", DIMENSION)
            self.index.open()

    def update(self, ids: list[int], vectors: list[NDArray[np.float32]], gone: list[int], revision: int = 1) -> None:
        matrix = np.stack(vectors) if vectors else np.zeros((0, DIMENSION), np.float32)
        self.index.update(ids, matrix, gone, lineage="L", revision=revision)
        self.settle()


KINDS = ["exact", "faiss tail", "faiss base", "faiss reopened", "faiss mixed", "faiss mixed by selector"]
LARGE = ["faiss base in lists", "faiss reopened in lists", "faiss mixed in lists", "faiss mixed in lists by selector"]


@pytest.fixture(params=[*KINDS, *LARGE])
def opened(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Opened:
    if request.param.endswith("by selector"):  # as if more passages were allowed than are scored one by one
        monkeypatch.setattr(generations, "_DIRECT", -1)
    if "in lists" in request.param:  # as if these were a great many; all lists are looked into, and all codes held good
        monkeypatch.setattr(generations, "FLAT_UP_TO", 0)
        monkeypatch.setattr(generations, "PROBES", 10_000)
        monkeypatch.setattr(index_faiss, "_SPARE", 400)
    return Opened(request.param, tmp_path / "index")


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_any_history_is_answered_as_by_brute_force(opened: Opened, seed: int) -> None:
    chance = np.random.default_rng(seed)
    held: Held = {}
    for turn in range(25):
        fresh = [int(i) for i in np.unique(chance.integers(1, 400, size=chance.integers(0, 40)))]
        chance.shuffle(fresh)
        vectors = [some_vector(chance) for _ in fresh]
        gone = [int(i) for i in chance.choice(400, size=chance.integers(0, 15), replace=False) if i not in fresh]
        opened.update(fresh, vectors, gone, revision=turn + 1)
        for i in gone:
            held.pop(i, None)
        held.update(zip(fresh, vectors, strict=True))

        manifest = opened.index.manifest
        assert (manifest.count, manifest.lineage, manifest.revision) == (len(held), "L", turn + 1)
        query = some_vector(chance)
        for k in (1, 7, 1000):
            assert opened.index.search(query, k) == plainly(held, query, k)
        allowed = np.unique(chance.integers(0, 450, size=chance.integers(0, 200))).astype(np.int64)
        for k in (1, 20):
            found, right = opened.index.search(query, k, allowed), plainly(held, query, k, set(allowed.tolist()))
            if (
                opened.kind == "faiss mixed in lists by selector"
            ):  # by codes alone the farthest may be taken for nothing
                nearer = -(-len(right) // 2)
                found, right = found[:nearer], right[:nearer]
            assert found == right
        asked = [int(i) for i in chance.integers(0, 450, size=30)]
        kept = opened.index.vectors(asked)
        assert kept.keys() == held.keys() & set(asked)
        assert all(np.array_equal(kept[i], held[i]) for i in kept)


@pytest.mark.parametrize("k", [1, 10, 100, 150])
def test_many_equal_texts_go_by_id(opened: Opened, k: int) -> None:
    """More equal vectors than any engine is asked for: still the smallest ids."""
    same, other = unit(np.eye(DIMENSION)[0]), unit(np.arange(DIMENSION) + 1.0)
    ids = list(range(1, 601))
    random.Random(5).shuffle(ids)
    opened.update(ids, [same if i > 20 else other for i in ids], [])
    assert opened.index.search(same, k) == [(i, 1.0) for i in range(21, 21 + k)]
    opened.update([], [], list(range(30, 50)))
    assert opened.index.search(same, k) == [(i, 1.0) for i in [*range(21, 30), *range(50, 700)][:k]]


def test_a_filter_that_is_asked_again_follows_each_change(opened: Opened) -> None:
    """What is remembered of a filter is of the index as it stands."""
    chance = np.random.default_rng(9)
    held: Held = {i: some_vector(chance) for i in range(1, 200)}
    opened.update(list(held), list(held.values()), [])
    allowed = np.arange(50, 250, dtype=np.int64)
    for turn in range(6):
        query = some_vector(chance)
        for _ in range(2):  # the second time from memory
            assert opened.index.search(query, 10, allowed) == plainly(held, query, 10, set(allowed.tolist()))
        gone, new = [50 + turn, 150 - turn], {200 + turn: some_vector(chance), 60 + turn: some_vector(chance)}
        opened.update(list(new), list(new.values()), gone, revision=2 + turn)
        held = {i: one for i, one in {**held, **new}.items() if i not in gone}


def test_nothing_gives_nothing(opened: Opened) -> None:
    query = unit(np.eye(DIMENSION)[0])
    nobody: Ids = np.zeros(0, dtype=np.int64)
    assert opened.index.search(query, 5) == []
    assert opened.index.vectors([1, 2]) == {}
    opened.update([1, 2], [query, query], [])
    assert opened.index.search(query, 5, nobody) == []
    assert opened.index.search(query, 5, np.array([7])) == []
    assert opened.index.vectors([]) == {}
    opened.update([], [], [1, 2, 3])
    assert opened.index.search(query, 5) == []
    assert opened.index.manifest.count == 0


def test_clear_forgets_everything(opened: Opened) -> None:
    query = unit(np.eye(DIMENSION)[0])
    opened.update([1], [query], [], revision=9)
    opened.index.clear()
    assert opened.index.search(query, 5) == []
    assert (opened.index.manifest.revision, opened.index.manifest.lineage, opened.index.manifest.count) == (0, "", 0)
    opened.update([2], [query], [])
    assert opened.index.search(query, 5) == [(2, 1.0)]
