"""How near fixed vectors come to a corpus that changes: as brute force says, without asking everything anew."""

import random
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest

from corpus.types import Changes
from search.common import Common
from search.index import Ids, Manifest, Scored, cosines
from search.indexer import InStep
from search.nearest import Nearest
from search.types import Vectors
from tests.fakes import VOCABULARY, Home


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    with Home(tmp_path / "home") as one:
        yield one


class Counted:
    """The indexer of a home, whose index counts how often it was asked."""

    def __init__(self, whole: InStep) -> None:
        self._whole = whole
        self.index = self
        self.asked = 0

    @property
    def manifest(self) -> Manifest:
        return self._whole.index.manifest

    @property
    def waiting(self) -> Collection[int]:
        return self._whole.waiting

    def search(self, vector: Vectors, k: int, allowed: Ids | None = None) -> Scored:
        self.asked += 1
        return self._whole.index.search(vector, k, allowed)

    def vectors(self, ids: Sequence[int]) -> dict[int, Vectors]:
        return self._whole.index.vectors(ids)

    def changes_since(self, revision: int) -> Changes | None:
        return self._whole.changes_since(revision)

    def catch_up(self, *, encode_at_most: int | None = None, wait: bool = True) -> int:
        return self._whole.catch_up(encode_at_most=encode_at_most, wait=wait)

    def encoded(self, texts: Sequence[str]) -> Vectors:
        return self._whole.encoded(texts)


def brute_force(home: Home, vectors: Vectors) -> list[float]:
    ids = [passage_id for passage_id, _ in home.corpus.changes.since(0).added]
    held = home.index.vectors(ids)
    return [max(cosines(np.stack(list(held.values())), vector)) for vector in vectors] if held else []


def text(chance: random.Random) -> str:
    return " ".join(chance.choices(VOCABULARY, k=4))


def test_it_is_what_brute_force_says_whatever_came_and_went(home: Home) -> None:
    chance = random.Random(3)
    asked = home.encoder.encode([text(chance) for _ in range(12)])
    counted = Counted(home.indexer)
    nearest = Nearest(counted, asked)
    assert list(nearest.cosines()) == []
    ids: list[str] = []
    for step in range(120):
        for _ in range(chance.randrange(3)):
            ids.append(home.put(f"One {step} {len(ids)}", text(chance)))
        if ids and chance.random() < 0.5:
            home.corpus.documents.remove(ids.pop(chance.randrange(len(ids))))
        home.indexer.catch_up(encode_at_most=chance.choice([0, 1, None]))
        if chance.random() < 0.2:
            home.indexer.compact_if_worth_it()
        assert list(nearest.cosines()) == brute_force(home, asked), step
    home.indexer.catch_up()
    assert list(nearest.cosines()) == brute_force(home, asked) != []


def test_what_comes_costs_no_search_and_what_goes_only_those_it_was_nearest_to(home: Home) -> None:
    chance = random.Random(3)
    asked = home.encoder.encode([" ".join([word] * 3) for word in VOCABULARY])
    for number in range(30):
        home.put(f"One {number}", text(chance))
    home.indexer.catch_up()
    counted = Counted(home.indexer)
    nearest = Nearest(counted, asked)
    nearest.cosines()
    first = counted.asked
    added = home.put("Another", "valve valve valve")
    home.indexer.catch_up()
    assert list(nearest.cosines()) == brute_force(home, asked)
    assert counted.asked == first == len(asked)
    assert nearest.cosines()[VOCABULARY.index("valve")] == 1.0
    home.corpus.documents.remove(added)
    home.indexer.catch_up()
    assert list(nearest.cosines()) == brute_force(home, asked)
    assert counted.asked == first + 1


def test_whitening_stays_while_the_sample_does(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("search.common._SAMPLE", 40)
    chance = random.Random(3)
    for number in range(60):
        home.put(f"One {number}", text(chance))
    home.indexer.catch_up()
    common = Common(home.corpus.changes, home.index)
    fits = {id(fitted): fitted for fitted in [common.whitening()]}
    samples = {tuple(home.corpus.changes.sample(40))}
    for number in range(40):
        home.put(f"Another {number}", text(chance))
        home.indexer.catch_up()
        samples.add(tuple(home.corpus.changes.sample(40)))
        fitted = common.whitening()
        fits[id(fitted)] = fitted
    assert len(fits) == len(samples) < 40
    again = Common(home.corpus.changes, home.index).whitening()
    assert fitted is not None
    assert again is not None
    assert np.array_equal(fitted.scale, again.scale)
    assert np.array_equal(fitted.mean, again.mean)
