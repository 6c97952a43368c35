"""The copy of the full text in tantivy: it finds what brute force finds, in step with the store, or FTS5 is asked."""

import math
import random
import shutil
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from corpus.store import restore_backup
from corpus.types import Filter
from search import words, words_base
from search.types import Query
from search.words_base import stems_of
from tests.fakes import Home

WORDS = "valve disk clock certificate router queue crew backup leap replica canary paging".split()


@pytest.fixture(autouse=True)
def at_any_size(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(words, "FROM", 1)


def brute_force(home: Home, terms: dict[str, int]) -> dict[int, float]:
    """BM25 by its definition, over all passages as they are stored; a phrase is as rare as the passages that have it."""
    ids = home.corpus.documents.passage_ids(Filter())
    texts = {
        i: stems_of(f"{title} {title} {heading} {text}") for i, (title, heading, text) in fields(home, ids).items()
    }
    mean = sum(map(len, texts.values())) / max(1, len(texts))
    found: dict[int, float] = {}
    for term, count in terms.items():
        parts = stems_of(term)
        often = {i: sum(text[at : at + len(parts)] == parts for at in range(len(text))) for i, text in texts.items()}
        idf = rarity(sum(map(bool, often.values())), len(texts))
        for i, text in texts.items():
            share = often[i] * 2.2 / (often[i] + 1.2 * (0.25 + 0.75 * len(text) / mean))
            if often[i]:
                found[i] = found.get(i, 0.0) + count * idf * share
    return found


def rarity(has: int, of: int) -> float:
    return max(0.001, math.log((of - has + 0.5) / (has + 0.5)))


def fields(home: Home, ids: list[int]) -> dict[int, tuple[str, str, str]]:
    return home.corpus.changes.fields(ids)


def test_a_copy_just_written_ranks_as_bm25_is_defined(home: Home) -> None:
    chance = random.Random(1)
    for number in range(60):
        home.put(f"Number {number}", " ".join(chance.choices(WORDS, k=chance.randint(3, 25))))
    home.indexer.words.write()
    for terms in (
        {"valve": 1},
        {"valve": 2, "disk": 1},
        {"clock router": 1, "leap": 1},
        {"canaries": 1},
        {"Number 7": 1},
    ):
        found = home.indexer.words.search(terms, 100)
        right = brute_force(home, terms)
        assert found is not None
        assert {i for i, _ in found} == right.keys()
        assert dict(found) == pytest.approx(right, rel=0.05)
        assert found == sorted(found, key=lambda pair: (-pair[1], pair[0]))
        assert home.indexer.words.search(terms, 3) == found[:3]
        allowed = np.array([*sorted(right)[::2], 10_000], dtype=np.int64)
        among = home.indexer.words.search(terms, 100, allowed)
        assert among == [(i, score) for i, score in found if i in set(allowed.tolist())]


@pytest.mark.parametrize("listed", [20_000, -1])
@pytest.mark.parametrize("seed", [1, 2])
def test_any_history_finds_what_is_there(home: Home, seed: int, listed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Written now and then, by this process or another: base, tail and masks are one."""
    monkeypatch.setattr(words, "_LISTED", listed)
    monkeypatch.setattr(words, "_FEW", min(listed, 5))
    monkeypatch.setattr(words, "_SEEN", 8)
    monkeypatch.setattr(words, "MOST_NEW", 3)
    chance = random.Random(seed)
    other = Home(home.folder)
    for turn in range(40):
        for _ in range(chance.randint(1, 4)):
            name = f"Number {chance.randrange(25)}"
            if chance.random() < 0.2:
                home.corpus.documents.remove(home.put(name, "The valve."))
            else:
                home.put(name, " ".join(chance.choices(WORDS, k=chance.randint(3, 25))))
        if chance.random() < 0.3 or turn == 0:
            chance.choice((home, other)).indexer.words.write()
        terms = {chance.choice(WORDS): 1, " ".join(chance.choices(WORDS, k=2)): 1}
        right = brute_force(home, terms)
        every = home.corpus.documents.passage_ids(Filter())
        allowed = np.array([i for i in every if chance.random() < 0.5], dtype=np.int64)
        for one in (home, other):
            found = one.indexer.words.search(terms, 1000)
            assert found is not None
            assert {i for i, _ in found} == right.keys()
            within = one.indexer.words.search(terms, 1000, allowed)
            assert {i for i, _ in within or []} == right.keys() & set(allowed.tolist())
        counts = home.indexer.words.frequencies([*WORDS, "nowhere", "leap nowhere"])
        texts = [Counter(stems_of(" ".join(told))) for told in fields(home, every).values()]
        assert counts is not None
        assert (counts["nowhere"], counts["leap nowhere"]) == (0, 0)
        for word in WORDS:  # of what is gone the base still counts
            assert counts[word] >= sum(stems_of(word)[0] in text for text in texts)
    other.close()


def test_of_many_allowed_passages_the_best_are_found(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(words, "_FEW", 5)
    monkeypatch.setattr(words, "_SEEN", 20)
    for number in range(80):
        home.put(f"Number {number}", "The valve. " * (1 + number % 7) + "A disk." * (number % 3))
    home.indexer.words.write()
    for number in range(80, 100):  # the tail, of which most are worse
        home.put(f"Number {number}", "The valve. " + "A disk." * number)
    every = home.corpus.documents.passage_ids(Filter())
    of_all = home.indexer.words.search({"valve": 1}, 1000)
    assert of_all is not None
    for share in (2, 5, 9):
        allowed = np.array(every[::share], dtype=np.int64)
        right = [(i, score) for i, score in of_all if i in set(allowed.tolist())]
        for k in (1, 4, 12, 100):
            found = home.indexer.words.search({"valve": 1}, k, allowed)
            assert found is not None
            assert found == right[:k]


def test_a_copy_that_is_being_written_for_the_first_time_is_none_without_a_word(
    home: Home, caplog: pytest.LogCaptureFixture
) -> None:
    home.put("Number 0", "The valve.")
    (home.folder / "words").mkdir()
    words_base.empty(home.folder / "words" / "base")
    assert home.indexer.words.search({"valve": 1}, 5) is None
    assert caplog.records == []
    home.indexer.words.write()
    assert len(home.indexer.words.search({"valve": 1}, 5) or []) == 1


def test_what_another_process_writes_is_gone_on_with(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(words, "MOST_NEW", 3)
    home.put("Number 0", "The valve.")
    home.indexer.words.write()
    with Home(home.folder) as server:
        for number in range(1, 6):
            home.put(f"Number {number}", "The valve.")
            assert len(server.indexer.words.search({"valve": 1}, 50) or []) == number + 1
        state = server.indexer.words._in_step()
        assert state
        assert len(state.tail) == 5
        home.indexer.words.write()
        assert len(server.indexer.words.search({"valve": 1}, 50) or []) == 6
        state = server.indexer.words._in_step()
        assert state
        assert not state.tail


def test_a_passage_of_the_tail_scores_as_it_will_in_the_base(home: Home) -> None:
    for number in range(400):
        home.put(f"Number {number}", f"The {WORDS[number % 12]} and the {WORDS[number % 7]}, again and again.")
    home.indexer.words.write()
    late = home.put("Late", "The leap and the clock of the router, once.")
    (late,) = [passage.id for passage in home.corpus.documents.passages(late)]
    terms = {"leap": 1, "clock": 2, "router once": 1}
    before = dict(home.indexer.words.search(terms, 1000) or [])
    home.indexer.words.write()
    after = dict(home.indexer.words.search(terms, 1000) or [])
    assert before.keys() == after.keys()
    assert before[late] == pytest.approx(after[late], rel=0.02)
    assert sorted(before, key=lambda i: (-before[i], i))[:10] == sorted(after, key=lambda i: (-after[i], i))[:10]


def test_it_is_written_when_it_is_worth_it(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(words, "FROM", 10)
    monkeypatch.setattr(words, "MOST_NEW", 5)
    for number in range(9):
        home.put(f"Number {number}", "The valve.")
    assert not home.indexer.words.compact_if_worth_it()
    assert home.indexer.words.search({"valve": 1}, 5) is None
    home.put("Number 9", "The valve.")
    assert home.indexer.words.compact_if_worth_it()
    assert len(home.indexer.words.search({"valve": 1}, 50) or []) == 10
    for number in range(6):
        home.put(f"More {number}", "The valve.")
        assert home.indexer.words.compact_if_worth_it() == (number == 5)
    assert len(home.indexer.words.search({"valve": 1}, 50) or []) == 16


def test_without_it_fts5_answers_the_same_documents(home: Home) -> None:
    for number in range(30):
        home.put(
            f"Number {number}", f"The {WORDS[number % 12]} and the {WORDS[number % 7]}.", tags=("a", "b")[: number % 3]
        )
    home.indexer.rebuild()

    def found() -> list[set[str]]:
        asked = ("valve", '"disk and"', "clock tag:a", "leap router -crew", "queue NoSuchThing", "x.509 valve/disk")
        results = [home.searcher.search(Query(text=text, mode="keyword", limit=50)) for text in asked]
        return [{hit.document.title for hit in one.hits} for one in results]

    by_copy = found()
    assert home.indexer.by_words({"valve": 1}, 1) is not None
    home.indexer.words.clear()
    assert home.indexer.by_words({"valve": 1}, 1) is None
    assert found() == by_copy
    assert all(by_copy)


def damaged(base: Path) -> Iterator[str]:
    """Ways to spoil a copy, one after the other."""
    (base / "meta.json").write_text("{")
    yield "no meta"
    for path in base.glob("*.store"):
        path.unlink()
    yield "no store"
    for path in list(base.glob("*.*")):  # by another file: whoever has the old one mapped would die of a shorter one
        cut_off = path.with_name("cut-off")
        cut_off.write_bytes(path.read_bytes()[:20])
        cut_off.replace(path)
    yield "all cut off"
    shutil.rmtree(base)
    yield "gone"


def test_a_damaged_copy_is_no_hindrance_and_is_written_anew(home: Home) -> None:
    for number in range(8):
        home.put(f"Number {number}", "The valve.")
    home.indexer.words.write()
    base = home.folder / "words" / "base"
    for _ in damaged(base):
        with Home(home.folder) as later:
            assert later.indexer.words.search({"valve": 1}, 50) is None
            assert len(later.searcher.search(Query(text="valve", mode="keyword")).hits) == 8
            assert later.indexer.words.compact_if_worth_it()
            assert len(later.indexer.words.search({"valve": 1}, 50) or []) == 8


def test_a_copy_of_another_store_counts_nothing(home: Home) -> None:
    home.put("Valve", "The valve.")
    home.indexer.words.write()
    backup = home.folder / "backup.db"
    home.corpus.backup(backup)
    home.put("Later", "The valve, later.")
    home.indexer.words.write()
    restore_backup(backup, home.folder)
    with home.reopened() as later:
        assert later.indexer.words.search({"valve": 1}, 5) is None
        assert [hit.document.title for hit in later.searcher.search(Query(text="valve")).hits] == ["Valve"]
        later.indexer.words.write()
        assert len(later.indexer.words.search({"valve": 1}, 5) or []) == 1
