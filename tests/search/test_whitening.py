"""Whitening: equal variances by the formula, the plain cosine where nothing is known, and bounds."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.index import cosines
from search.whitening import SHRINKAGE, Whitening, fit, share
from tests.fakes import Home


def unit(rows: np.ndarray) -> np.ndarray:
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)


def narrow(count: int, dimension: int = 6) -> np.ndarray:
    """Unit vectors that nearly all point one way."""
    spread = np.array([0.2, 1.0, 0.5, 0.3, 0.1, 0.05])[:dimension]
    rows = np.random.default_rng(5).normal(size=(count, dimension)) * spread
    rows[:, 0] += 3
    return unit(rows)


def test_the_scale_is_the_inverse_of_the_regular_covariance() -> None:
    sample = narrow(400)
    fitted = fit(sample)
    assert fitted is not None
    covariance = np.cov(sample.astype(np.float64).T, bias=True)
    right = np.linalg.inv(covariance / (np.trace(covariance) / 6) + SHRINKAGE * np.eye(6))
    assert fitted.scale @ fitted.scale.T == pytest.approx(right)
    assert fitted.mean == pytest.approx(sample.mean(axis=0), abs=1e-6)


def test_cosines_are_those_of_the_moved_vectors() -> None:
    sample = narrow(400)
    fitted = fit(sample)
    assert fitted is not None
    query = sample[7]
    moved = (sample.astype(np.float64) - fitted.mean) @ fitted.scale
    right = moved @ moved[7] / (np.linalg.norm(moved, axis=1) * np.linalg.norm(moved[7]))
    found = fitted.cosines(sample, query)
    assert found == pytest.approx(right, abs=1e-6)
    assert found[7] == 1.0
    assert np.array_equal(fitted.cosines(sample[3:5], query), found[3:5])


def test_what_all_texts_share_brings_none_nearer() -> None:
    sample = narrow(400)
    fitted = fit(sample)
    assert fitted is not None
    assert cosines(sample, sample[0]).mean() > 0.8
    assert abs(fitted.cosines(sample, sample[0]).mean()) < 0.05


def test_nothing_to_tell_apart_divides_by_nothing() -> None:
    none = Whitening(np.ones(3), np.eye(3))
    assert none.cosines(np.ones((2, 3), np.float32), np.ones(3, np.float32)).tolist() == [0.0, 0.0]


@pytest.mark.parametrize("count", [0, 1, 6])
def test_too_small_a_sample_fits_nothing(count: int) -> None:
    assert fit(narrow(400)[:count]) is None
    assert fit(np.ones((20, 6), np.float32)) is None


@given(st.integers(0, 2000))
def test_the_share_rises_with_the_words_from_nothing_to_less_than_all(words: int) -> None:
    assert 0 <= share(words) <= share(words + 1) < 1
    assert (share(words) > 0) == (words > 12)


def test_a_long_query_is_answered_alike_before_and_after_compaction_and_restart(home: Home) -> None:
    words = "alarm backup certificate clock config crew deploy disk expired full leap outage queue restore".split()
    for number in range(40):
        home.put(f"Document {number}", f"outage {words[number % 14]} {words[number * 5 % 14]} {words[number // 3]}")
    home.indexer.catch_up()

    def answer(one: Home) -> list[tuple[str, float]]:
        from search.types import Query

        hits = one.searcher.search(Query(text=" ".join(words), mode="semantic", limit=50)).hits
        return [(hit.document.id, hit.score) for hit in hits]

    right = answer(home)
    assert len(right) == 40
    home.indexer.rebuild()
    assert answer(home) == right
    with home.reopened() as later:
        assert answer(later) == right
