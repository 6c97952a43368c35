"""The index follows the store: only what is new is encoded, and a kill at any moment loses nothing."""

import random
from pathlib import Path

import pytest

from corpus.errors import EncoderMissing
from corpus.types import Filter
from search import generations
from search.types import Query
from tests.fakes import FakeEncoder, Home

WORDS = "certificate disk clock valve crew router backup".split()


def text(number: int) -> str:
    """Each number another text, of two sections."""
    filler = "filler " * 40
    return f"# Causes\n\n{filler}cause {number} of the {WORDS[number % 7]}.\n\n# Repair\n\n{filler}repair {number}."


def held(home: Home) -> dict[int, bytes]:
    """What the index holds, by passage id."""
    ids = range(1, 2000)
    return {i: vector.tobytes() for i, vector in home.index.vectors(ids).items()}


def right(home: Home) -> dict[int, bytes]:
    """What it should hold: every stored passage, encoded, in half precision."""
    encoder = FakeEncoder()
    ids = home.corpus.documents.passage_ids(Filter())
    told = home.corpus.changes.texts(ids)
    return {i: encoder.encode([seen])[0].astype("<f2").astype("<f4").tobytes() for i, seen in told.items()}


def assert_in_step(home: Home) -> None:
    assert held(home) == right(home)
    assert home.index.manifest.count == home.corpus.changes.passage_count()
    assert (home.indexer.pending, home.indexer.lag) == (0, 0)


def test_only_what_is_new_is_encoded(home: Home) -> None:
    for number in range(5):
        home.put(f"Document {number}", text(number))
    assert home.indexer.catch_up() == 0
    assert home.encoder.encoded == 10
    assert_in_step(home)
    assert home.indexer.catch_up() == 0
    assert home.encoder.encoded == 10

    home.put("Document 1", text(1).replace("cause 1", "cause one"))  # one of two sections
    home.put("Document 9", text(9))
    home.corpus.documents.remove(home.put("Document 2", text(2)))
    home.put("Document 3", text(3))  # as it was
    home.indexer.catch_up()
    assert home.encoder.encoded == 13
    assert_in_step(home)


def test_what_was_encoded_once_never_is_again(home: Home) -> None:
    home.put("Leap", text(1))
    home.indexer.catch_up()
    home.corpus.documents.remove(home.corpus.documents.ids()[0])
    home.indexer.catch_up()
    home.put("Leap", text(1))
    home.indexer.rebuild()
    assert home.encoder.encoded == 2
    with home.reopened() as later:
        later.indexer.catch_up()
        later.indexer.rebuild()
        assert later.encoder.encoded == 0
        assert_in_step(later)


def test_equal_passages_are_encoded_once(home: Home) -> None:
    for number in range(6):
        home.put(f"Document {number}", text(1), title="One title")
    home.indexer.catch_up()
    assert home.encoder.encoded == 2
    assert_in_step(home)


def test_progress_is_told(home: Home) -> None:
    for number in range(80):
        home.put(f"Document {number}", text(number))
    told: list[tuple[int, int]] = []
    home.indexer.catch_up(progress=lambda done, of: told.append((done, of)))
    assert told == [(64, 160), (128, 160), (160, 160)]


def test_a_bound_leaves_the_rest_for_later(home: Home) -> None:
    for number in range(5):
        home.put(f"Document {number}", text(number))
    assert home.indexer.catch_up(encode_at_most=3) == 7
    assert (home.encoder.encoded, home.indexer.pending, home.index.manifest.count) == (3, 7, 3)
    assert held(home).items() <= right(home).items()
    assert not home.indexer.compact_if_worth_it()  # a generation that lacks something would say that it does not
    home.corpus.documents.remove(home.put("Document 4", text(4)))
    home.put("Document 5", text(5))
    assert home.indexer.catch_up(encode_at_most=0) == right(home).keys().__len__() - home.index.manifest.count
    while home.indexer.catch_up(encode_at_most=3):
        assert held(home).items() <= right(home).items()
    assert_in_step(home)


def test_what_was_pending_is_found_by_another_process(home: Home) -> None:
    for number in range(5):
        home.put(f"Document {number}", text(number))
    home.indexer.catch_up(encode_at_most=4)
    with home.reopened() as later:
        later.indexer.catch_up()
        assert later.encoder.encoded == 6
        assert_in_step(later)


class Killed(BaseException):
    """The process ends here."""


class MortalEncoder(FakeEncoder):
    """Dies after so many texts."""

    def __init__(self, lives: int) -> None:
        super().__init__()
        self.lives = lives

    def encode(self, texts):  # type: ignore[no-untyped-def]
        if self.encoded + len(texts) > self.lives:
            raise Killed
        return super().encode(texts)


def test_a_kill_while_encoding_costs_at_most_a_batch(tmp_path: Path) -> None:
    home = Home(tmp_path, MortalEncoder(lives=130))
    for number in range(80):
        home.put(f"Document {number}", text(number))
    with pytest.raises(Killed):
        home.indexer.catch_up()
    assert home.encoder.encoded == 128
    with home.reopened() as later:
        later.indexer.catch_up()
        assert later.encoder.encoded == 160 - 128
        assert_in_step(later)


def test_a_kill_between_encoding_and_compaction_loses_nothing(home: Home) -> None:
    for number in range(5):
        home.put(f"Document {number}", text(number))
    home.indexer.catch_up()  # in memory only: nothing of the index is on disk
    assert not (home.folder / "index").exists()
    with home.reopened() as later:
        later.indexer.catch_up()
        assert later.encoder.encoded == 0
        assert_in_step(later)
        assert later.indexer.compact_if_worth_it()
        later.put("Document 9", text(9))
        later.indexer.catch_up()
        with later.reopened() as last:
            last.indexer.catch_up()
            assert (last.encoder.encoded, last.index.base_size, last.index.tail_size) == (0, 10, 2)
            assert_in_step(last)


def test_a_fault_of_the_encoder_leaves_the_index_as_it_was(home: Home) -> None:
    home.put("Document 1", text(1))
    home.indexer.catch_up()
    before = (held(home), home.index.manifest)
    home.put("Document 2", text(2))
    home.encoder.broken = EncoderMissing("fake", "gone")
    with pytest.raises(EncoderMissing):
        home.indexer.catch_up()
    assert (held(home), home.index.manifest) == before
    home.encoder.broken = None
    home.indexer.catch_up()
    assert_in_step(home)


def test_another_encoder_has_an_index_of_its_own(home: Home) -> None:
    home.put("Document 1", text(1))
    home.indexer.rebuild()
    home.close()
    with Home(home.folder, FakeEncoder("fake/2")) as other:
        other.indexer.catch_up()
        assert other.encoder.encoded == 2
        assert other.index.manifest.encoder == "fake/2"
        assert_in_step(other)
        other.indexer.rebuild()
    with Home(home.folder, FakeEncoder("fake/1")) as back:
        back.indexer.catch_up()
        assert back.encoder.encoded == 0
        assert_in_step(back)


def test_a_lost_cache_costs_only_time(home: Home) -> None:
    home.put("Document 1", text(1))
    home.indexer.rebuild()
    home.close()
    for path in home.folder.glob("vectors.db*"):
        path.unlink()
    with Home(home.folder) as later:
        later.indexer.catch_up()
        assert later.encoder.encoded == 0  # the generation on disk has them
        assert_in_step(later)
        later.indexer.rebuild()
        assert later.encoder.encoded == 2
        assert_in_step(later)


def test_compaction_is_worth_it_for_a_first_and_for_a_large_tail(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("search.indexer._SMALL_TAIL", 3)
    assert not home.indexer.compact_if_worth_it()
    home.put("Document 0", text(0))
    home.indexer.catch_up()
    assert home.indexer.compact_if_worth_it()
    home.put("Document 1", text(1))
    home.indexer.catch_up()
    assert not home.indexer.compact_if_worth_it()
    home.put("Document 2", text(2))
    home.indexer.catch_up()
    assert home.indexer.compact_if_worth_it()
    assert (home.index.base_size, home.index.tail_size) == (6, 0)


@pytest.mark.parametrize("follow", [False, True])
@pytest.mark.parametrize("flat_up_to", [0, 1000])
@pytest.mark.parametrize("seed", [1, 2])
def test_two_processes_and_any_history_end_in_step(
    home: Home, seed: int, flat_up_to: int, follow: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two indexes over one store; each catches up, compacts, and is opened anew at random moments."""
    monkeypatch.setattr(generations, "FLAT_UP_TO", flat_up_to)
    if follow:
        monkeypatch.setattr("search.indexer._SMALL_TAIL", 2)
    chance = random.Random(seed)
    other = Home(home.folder)
    for _turn in range(80):
        one = (home, other)[chance.randrange(2)]
        act = chance.random()
        if act < 0.4:
            one.put(f"Document {chance.randrange(15)}", text(chance.randrange(30)))
        elif act < 0.5 and one.corpus.documents.ids():
            one.corpus.documents.remove(chance.choice(one.corpus.documents.ids()))
        elif act < 0.7:
            one.indexer.catch_up(encode_at_most=chance.choice([None, 0, 2]))
        elif act < 0.8:
            one.indexer.compact_if_worth_it()
        elif act < 0.9:
            one.indexer.rebuild()
        else:
            other.close()
            other = Home(home.folder)
    for one in (home, other):
        one.indexer.catch_up()
        assert_in_step(one)
    found = [
        [
            (hit.document.id, hit.score)
            for hit in one.searcher.search(Query(text="certificate and valve", limit=50)).hits
        ]
        for one in (home, other)
    ]
    assert found[0] == found[1]
    other.close()
