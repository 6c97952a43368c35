"""What an index is told: after any history, one that follows at any moments holds what is stored."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.store import Corpus
from corpus.types import PassageText
from tests.fakes import Home, draft, split

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
    home.corpus.facets.over()
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


def test_what_is_new_is_found_without_looking_at_what_is_old(home: Home) -> None:
    """Steps of SQLite's machine, not seconds: a million passages must not be read for each query after a change."""
    steps = []
    for count in (20, 400):
        for number in range(len(home.corpus.documents.ids()), count):
            home.put(f"Number {number}", "The valve.")
        taken: list[int] = []
        with home.corpus.db.read() as db:
            db.conn.set_progress_handler(lambda taken=taken: taken.append(1), 1)  # type: ignore[misc]
            changes = home.corpus.changes.since(home.corpus.changes.position()[1] - 1)
            db.conn.set_progress_handler(None, 1)
        assert len(changes.added) == 1
        steps.append(len(taken))
    assert steps[1] < 1.5 * steps[0]


def test_a_sample_is_that_of_the_smallest_keys(home: Home) -> None:
    for number in range(60):
        document_id = home.put(f"Document {number}", "word " * 3)
        if number % 5 == 0:
            home.corpus.documents.remove(document_id)
    everything = sorted((bytes(key), passage_id) for passage_id, key in home.corpus.changes.since(0).added)
    for size in (1, 7, 20, 47, 48, 1000):
        sample = home.corpus.changes.sample(size)
        assert [(key, passage_id) for passage_id, _, key in sample] == everything[:size]
        assert all(home.corpus.documents.passage_documents([i]) == {i: owner} for i, owner, _ in sample)


def test_the_same_texts_have_the_same_sample_in_whatever_order_they_came(tmp_path: Path) -> None:
    samples = []
    for number, order in enumerate((range(40), reversed(range(40)))):
        with Corpus(tmp_path / str(number)) as corpus:
            for one in order:
                corpus.documents.put(draft(f"Document {one}", f"text {one}"), split(f"Document {one}", f"text {one}"))
            samples.append([key for _, _, key in corpus.changes.sample(10)])
    assert samples[0] == samples[1]


def test_texts_are_told_for_passages_that_still_exist(home: Home) -> None:
    document_id = home.put("Leap", "The valve stuck.")
    (passage,) = home.corpus.documents.passages(document_id)
    assert home.corpus.changes.texts([passage.id, 999]) == {passage.id: "Leap\nThe valve stuck."}
