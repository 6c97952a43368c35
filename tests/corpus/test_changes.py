"""What an index is told: after any history, one that follows at any moments holds what is stored."""

import itertools
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.store import Corpus
from corpus.types import PassageText
from tests.fakes import Home, draft

Stored = dict[int, bytes]


def stored(corpus: Corpus) -> Stored:
    return {p.id: p.key for document_id in corpus.documents.ids() for p in corpus.documents.passages(document_id)}


class Follower:
    """An index as simple as can be."""

    def __init__(self) -> None:
        self.lineage = ""
        self.revision = 0
        self.held: Stored = {}

    def follow(self, corpus: Corpus) -> None:
        changes = corpus.changes.since(self.revision)
        if changes.lineage != self.lineage:
            self.held, changes = {}, corpus.changes.since(0)
        for passage_id in changes.removed:
            self.held.pop(passage_id, None)
        assert not set(changes.removed) & {passage_id for passage_id, _ in changes.added}
        assert [passage_id for passage_id, _ in changes.added] == sorted(passage_id for passage_id, _ in changes.added)
        self.held.update(changes.added)
        self.lineage, self.revision = changes.lineage, changes.revision


names = st.sampled_from(["a", "b", "c"])
histories = st.lists(
    st.one_of(
        st.tuples(st.just("put"), names, st.lists(st.sampled_from(["one", "two", "three"]), max_size=4)),
        st.tuples(st.just("remove"), names, st.none()),
        st.tuples(st.just("follow"), st.integers(0, 2), st.none()),
    ),
    max_size=25,
)


@given(histories)
def test_an_index_that_follows_now_and_then_holds_what_is_stored(
    tmp_path_factory: pytest.TempPathFactory, history
) -> None:  # type: ignore[no-untyped-def]
    with Corpus(tmp_path_factory.mktemp("home")) as corpus:
        corpus.db._connection().execute("PRAGMA synchronous = OFF")  # many small homes; nothing here pulls the plug
        followers = [Follower() for _ in range(3)]
        for action, which, texts in history:
            one = draft(str(which), " ".join(texts or []))
            if action == "put":
                corpus.documents.put(one, [PassageText("", text) for text in texts])
            elif action == "remove" and one.id in corpus.documents.ids():
                corpus.documents.remove(one.id)
            elif action == "follow":
                followers[which].follow(corpus)
                assert followers[which].held == stored(corpus)
        for follower in followers:
            follower.follow(corpus)
            assert follower.held == stored(corpus)
        assert corpus.changes.passage_count() == len(stored(corpus))
        assert corpus.problems() == []


def test_a_reading_raises_no_revision_and_a_write_raises_it_by_one(home: Home) -> None:
    start = home.corpus.changes.position()[1]
    document_id = home.put("One", "The valve.")
    assert home.corpus.changes.position()[1] == start + 1
    home.corpus.documents.get(document_id)
    home.corpus.documents.facets()
    home.corpus.changes.since(0)
    home.corpus.fulltext.match('"valve"', limit=1)
    assert home.corpus.changes.position()[1] == start + 1
    home.corpus.documents.remove(document_id)
    assert home.corpus.changes.position()[1] == start + 2


def test_what_came_and_went_is_told_as_removed_only(home: Home) -> None:
    start = home.corpus.changes.position()[1]
    home.corpus.documents.remove(home.put("One", "The valve."))
    changes = home.corpus.changes.since(start)
    assert (changes.added, changes.removed, changes.revision) == ([], [1], start + 2)
    assert home.corpus.changes.since(start + 2).removed == []


def test_a_sample_is_spread_evenly_and_always_the_same(home: Home) -> None:
    chance = random.Random(7)
    for number in range(60):
        home.put(f"Document {number}", "word " * 3)
        if chance.random() < 0.2:
            home.corpus.documents.remove(home.put("Gone", "word"))
    everything = sorted(stored(home.corpus))
    assert [one[0] for one in home.corpus.changes.sample(1000)] == everything
    for size in (1, 7, 20, 59):
        sample = home.corpus.changes.sample(size)
        places = [everything.index(one[0]) for one in sample]
        gaps = [after - before for before, after in itertools.pairwise(places)]
        assert len(sample) == size
        assert max(gaps, default=0) - min(gaps, default=0) <= 1
        assert sample == home.corpus.changes.sample(size)
        assert all(home.corpus.documents.passage_documents([i]) == {i: owner} for i, owner, _ in sample)


def test_texts_are_told_for_passages_that_still_exist(home: Home) -> None:
    document_id = home.put("Leap", "The valve stuck.")
    (passage,) = home.corpus.documents.passages(document_id)
    assert home.corpus.changes.texts([passage.id, 999]) == {passage.id: "Leap\nThe valve stuck."}
