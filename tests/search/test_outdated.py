"""What is superseded or obsolete ranks lower and says so; all else ranks as before, to the bit."""

import pytest

from search.outdated import OUTDATED, factors
from search.types import Query
from tests.fakes import Home

DISK = "The disk was full and nobody saw the alarm."


def order(home: Home, text: str = "disk full") -> list[tuple[str, float]]:
    return [(hit.document.id, hit.score) for hit in home.searcher.search(Query(text=text)).hits]


def test_a_superseded_lesson_stands_below_its_successor_and_the_parts_add_up(home: Home):
    old = home.put("old", "disk full")
    new = home.put("new", "When the disk of a router is full, delete what the queue left.")
    far = home.put("far", "A valve and a disk.")
    before = order(home)
    assert [one for one, _ in before] == [old, new, far]
    home.corpus.lifecycle.say(old, {"superseded_by": new})
    after = dict(order(home))
    assert next(iter(after)) == new
    assert after[old] < after[new]
    assert {one: after[one] for one in (new, far)} == {one: dict(before)[one] for one in (new, far)}
    for hit in home.searcher.search(Query(text="disk full", explain=True)).hits:
        why = hit.explanation
        parts = why.keyword_weight * (why.bm25_normalised or 0) + why.semantic_weight * (why.cosine_normalised or 0)
        assert hit.score == pytest.approx(parts, abs=2e-6)
        shares = why.exact_points + sum(word.share for word in why.words)
        assert shares == pytest.approx(why.keyword_weight * (why.bm25_normalised or 0), abs=2e-6)
        assert (why.lowered is not None) == (hit.document.id == old)


def test_states_that_are_not_outdated_change_no_score(home: Home):
    ids = [home.put(name, f"{DISK} {name}") for name in "abc"]
    before = order(home)
    for document, state in zip(ids, ("draft", "reviewed", "verified"), strict=True):
        home.corpus.lifecycle.say(document, {"state": state})
    assert order(home) == before


def test_an_obsolete_lesson_counts_half(home: Home):
    one = home.put("one", "disk full")
    home.put("two", "disk alarm")
    before = dict(order(home))[one]
    home.corpus.lifecycle.say(one, {"state": "obsolete"})
    assert dict(order(home))[one] == pytest.approx(OUTDATED * before, abs=1e-6)


def test_chains_are_lowered_step_by_step():
    scores = {"a": 1.0, "b": 0.8, "c": 0.4, "d": 0.9, "e": 0.5}
    by = factors(scores, {"a": "b", "b": "c", "d": "gone", "e": None})
    assert by["d"] == by["e"] == OUTDATED
    assert scores["c"] > scores["b"] * by["b"] > scores["a"] * by["a"] > 0
    assert factors(scores, {}) == {}
    assert factors({"a": 0.0, "b": 0.5}, {"a": "b"}) == {"a": OUTDATED}


def test_suggestions_put_the_outdated_lower_too(home: Home):
    old = home.put("old", "The certificate of the router expired.")
    new = home.put("new", "A certificate expired, and the crew had no alarm.")
    page = ("Ticket", "The certificate of our router expired last night.")
    before = [one.document.id for one in home.related.of_text(*page).items]
    assert before == [old, new]
    home.corpus.lifecycle.say(old, {"superseded_by": new})
    suggestions = home.related.of_text(*page).items
    assert [one.document.id for one in suggestions] == [new, old]
    assert suggestions[1].document.standing.superseded_by == new
    assert all(one.because for one in suggestions)
