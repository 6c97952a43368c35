"""What is remembered of the store is what stands in it: after each change, and after one that was undone."""

import pytest

from corpus.memo import Memo
from corpus.types import Filter
from tests.fakes import Home


def test_what_is_known_of_one_state_is_not_told_of_another() -> None:
    memo = Memo[str, int](most=2)
    memo.at(1)["a"] = 1
    assert memo.at(1) == {"a": 1}
    assert memo.at(2) == {}
    assert memo.at(1) == {}


def test_too_much_is_forgotten() -> None:
    memo = Memo[int, int](most=2)
    memo.at(0).update({1: 1, 2: 2})
    assert memo.at(0) == {1: 1, 2: 2}
    memo.at(0)[3] = 3
    assert memo.at(0) == {}


def test_facets_and_owners_follow_each_change(home: Home) -> None:
    facets, documents = home.corpus.facets, home.corpus.documents
    one, other = home.put("One", "The valve.", tags=["pump"]), home.put("Two", "The seal.", tags=["pump"])
    places = documents.passage_ids(Filter())
    for _ in range(2):  # the second time from memory
        assert facets.of([one, other])["tag"] == [("pump", 2)]
        assert sorted(documents.passage_documents([*places, 999]).items()) == [(places[0], one), (places[1], other)]
    documents.edit(other, {"tags": ["seal"]}, [])
    assert facets.of([one, other])["tag"] == [("pump", 1), ("seal", 1)]
    documents.remove(one)
    assert facets.of([one, other])["tag"] == [("seal", 1)]
    assert documents.passage_documents(places[:1]) == {}


def test_what_was_undone_is_not_remembered(home: Home) -> None:
    one = home.put("One", "The valve.", tags=["pump"])
    facets, documents = home.corpus.facets, home.corpus.documents

    def undone() -> None:
        with home.corpus.db.write() as db:
            db.execute("UPDATE document_tags SET tag = 'wrong'")
            assert facets.of([one])["tag"] == [("wrong", 1)]
            raise RuntimeError("undone")

    with pytest.raises(RuntimeError, match="undone"):
        undone()
    documents.mark_gone(one, "2026-01-01")  # the store is at the very revision that was undone
    assert facets.of([one])["tag"] == [("pump", 1)]
