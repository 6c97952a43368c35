"""Fingerprints are looked up by bands, as counting by hand would have it."""

import random
from collections import Counter

from corpus import fingerprints
from tests.fakes import Home, draft, split


def band(number: int) -> bytes:
    return number.to_bytes(fingerprints.BAND_BYTES, "big")


def test_candidates_are_those_that_share_the_most_bands(home: Home) -> None:
    chosen = random.Random(1)
    bands = {home.put(f"d{i}", f"text {i}"): [band(n) for n in chosen.sample(range(40), 8)] for i in range(60)}
    for document_id, own in bands.items():
        home.corpus.fingerprints.put(document_id, own)
    for asked in [chosen.sample(range(45), 8) for _ in range(20)]:
        wanted = {band(n) for n in asked}
        shared = Counter({one: len(wanted & set(own)) for one, own in bands.items() if wanted & set(own)})
        best = sorted(shared, key=lambda one: (-shared[one], one))
        assert home.corpus.fingerprints.candidates([*wanted, *wanted], most=7) == best[:7]
    assert home.corpus.fingerprints.candidates([], most=7) == []


def test_a_crowded_band_is_looked_at_in_part(home: Home, monkeypatch) -> None:
    monkeypatch.setattr(fingerprints, "_CROWD", 5)
    ids = sorted(home.put(f"d{i}", f"text {i}") for i in range(20))
    for document_id in ids:
        home.corpus.fingerprints.put(document_id, [band(0)])
    home.corpus.fingerprints.put(ids[-1], [band(0), band(1)])
    assert home.corpus.fingerprints.candidates([band(0), band(1)], most=99) == [*ids[:5], ids[-1]]


def test_missing_are_those_without_one(home: Home) -> None:
    ids = sorted(home.put(f"d{i}", f"text {i}") for i in range(5))
    assert home.corpus.fingerprints.missing(3) == ids[:3]
    home.corpus.fingerprints.put(ids[0], ())  # too short
    home.corpus.fingerprints.put(ids[1], [band(1)])
    assert home.corpus.fingerprints.missing(9) == ids[2:]


def test_a_new_text_needs_a_new_fingerprint(home: Home) -> None:
    one = draft("a", "text")
    home.put("a", "text")
    home.corpus.fingerprints.put(one.id, [band(1)])
    home.corpus.documents.edit(one.id, {"title": "By hand"}, split("By hand", "text"))
    assert home.corpus.fingerprints.missing(9) == []
    home.put("a", "another text")
    assert home.corpus.fingerprints.missing(9) == [one.id]
    assert home.corpus.fingerprints.candidates([band(1)], most=9) == []


def test_putting_again_replaces(home: Home) -> None:
    document_id = home.put("a", "text")
    home.corpus.fingerprints.put(document_id, [band(1), band(2)])
    home.corpus.fingerprints.put(document_id, [band(3), band(3)])
    assert home.corpus.fingerprints.candidates([band(1), band(2)], most=9) == []
    assert home.corpus.fingerprints.candidates([band(3)], most=9) == [document_id]


def test_they_go_with_their_document(home: Home) -> None:
    document_id = home.put("a", "text")
    home.corpus.fingerprints.put(document_id, [band(1)])
    home.corpus.documents.remove(document_id)
    assert home.corpus.fingerprints.candidates([band(1)], most=9) == []
    assert home.corpus.problems() == []
