"""The vector cache: what it keeps, and that losing it costs only time."""

from pathlib import Path

import pytest

from corpus.vectors import VectorCache


def filled(path: Path, count: int = 2000) -> dict[bytes, bytes]:
    vectors = {number.to_bytes(16, "big"): bytes([number % 256]) * 64 for number in range(count)}
    cache = VectorCache(path)
    cache.put("fake/1", vectors)
    cache.close()
    return vectors


def test_it_keeps_vectors_by_encoder_and_key(tmp_path: Path) -> None:
    vectors = filled(tmp_path / "vectors.db")
    cache = VectorCache(tmp_path / "vectors.db")
    assert cache.get("fake/1", [*vectors, b"unknown"]) == vectors
    assert cache.get("fake/2", list(vectors)) == {}
    assert (cache.count("fake/1"), cache.count("fake/2")) == (len(vectors), 0)
    cache.put("fake/2", {b"key": b"other"})
    cache.clear("fake/1")
    assert (cache.count("fake/1"), cache.get("fake/2", [b"key"])) == (0, {b"key": b"other"})
    cache.close()


def test_a_key_that_is_there_keeps_its_vector(tmp_path: Path) -> None:
    cache = VectorCache(tmp_path / "vectors.db")
    cache.put("fake/1", {b"key": b"first"})
    cache.put("fake/1", {b"key": b"second", b"new": b"third"})
    assert cache.get("fake/1", [b"key", b"new"]) == {b"key": b"first", b"new": b"third"}
    cache.close()


def garbage(path: Path) -> None:
    path.write_bytes(b"no database at all, and rather longer than a page header is")


def cut_off(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def scribbled_over(path: Path) -> None:
    """The first page is whole, so that opening finds nothing wrong."""
    path.write_bytes(path.read_bytes()[:4096] + b"\xa5" * (path.stat().st_size - 4096))


@pytest.mark.parametrize("damage", [garbage, cut_off, scribbled_over])
def test_a_damaged_file_begins_anew(tmp_path: Path, damage) -> None:  # type: ignore[no-untyped-def]
    path = tmp_path / "vectors.db"
    vectors = filled(path)
    damage(path)
    cache = VectorCache(path)
    assert set(cache.get("fake/1", list(vectors)).items()) <= set(vectors.items())
    cache.put("fake/1", vectors)
    assert cache.get("fake/1", list(vectors)) == vectors
    cache.close()


def test_two_hold_it_at_once(tmp_path: Path) -> None:
    one, other = VectorCache(tmp_path / "vectors.db"), VectorCache(tmp_path / "vectors.db")
    one.put("fake/1", {b"a": b"1"})
    other.put("fake/1", {b"b": b"2"})
    assert one.get("fake/1", [b"a", b"b"]) == other.get("fake/1", [b"a", b"b"]) == {b"a": b"1", b"b": b"2"}
    one.close()
    other.close()


def test_a_write_that_fails_leaves_the_cache_usable(tmp_path: Path) -> None:
    cache = VectorCache(tmp_path / "vectors.db")
    with pytest.raises(Exception, match=r"binding|type"):
        cache.put("fake/1", {b"good": b"1", b"bad": object()})  # type: ignore[dict-item]
    cache.put("fake/1", {b"next": b"2"})
    assert cache.get("fake/1", [b"good", b"next"]) == {b"next": b"2"}
    cache.close()
