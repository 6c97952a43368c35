"""Backup while writing, restore while serving, and what restore refuses."""

import sqlite3
import threading
from contextlib import closing
from pathlib import Path

import pytest

from corpus.errors import BundleError, SchemaTooNew, StoreUnusable
from corpus.store import Corpus, restore_backup
from search.types import Query
from tests.fakes import Home

TEXT = "The valve stuck open. " * 8


def titles(home: Home, query: str) -> list[str]:
    return [hit.document.title for hit in home.searcher.search(Query(text=query)).hits]


def test_a_backup_while_another_thread_writes_is_one_whole_state(home: Home, tmp_path: Path) -> None:
    done = threading.Event()
    started = threading.Event()

    def write() -> None:
        number = 0
        while not done.is_set():
            with home.corpus.db.write():  # two by two: a half state would show an odd number
                home.put(f"Left {number}", TEXT)
                home.put(f"Right {number}", TEXT)
            number += 1
            started.set()

    writer = threading.Thread(target=write)
    writer.start()
    started.wait()
    for number in range(3):
        home.corpus.backup(tmp_path / f"backup-{number}.db")
    done.set()
    writer.join()
    counts = []
    for number in range(3):
        restore_backup(tmp_path / f"backup-{number}.db", tmp_path / f"restored-{number}")
        with Corpus(tmp_path / f"restored-{number}") as restored:
            assert restored.problems() == []
            counts.append(restored.documents.count())
    assert counts[0] >= 2
    assert [count % 2 for count in counts] == [0, 0, 0]
    assert counts == sorted(counts)
    assert list(tmp_path.glob("*.partial")) == []


def test_after_a_restore_the_old_texts_are_searched(home: Home, tmp_path: Path) -> None:
    home.put("Old", "The certificate expired.")
    home.corpus.backup(tmp_path / "backup.db")
    lineage, revision = home.corpus.changes.position()
    home.put("Old", "The disk was full.")
    for number in range(5):
        home.put(f"New {number}", "The router and the valve.")
    assert titles(home, "certificate")[0] != "Old"
    home.indexer.rebuild()

    restore_backup(tmp_path / "backup.db", home.folder)  # another connection's: the open home sees it
    after = home.corpus.changes.position()
    assert after[0] != lineage
    assert after[1] > revision + 5
    assert titles(home, "certificate") == ["Old"]
    assert titles(home, "router valve") == ["Old"]  # nothing else is left to be found
    assert home.index.manifest.lineage == after[0]
    assert home.index.manifest.count == 1
    with home.reopened() as later:
        assert titles(later, "certificate") == ["Old"]
        assert later.encoder.encoded == 0
        assert later.corpus.problems() == []


def test_an_index_made_before_a_restore_never_misleads(home: Home, tmp_path: Path) -> None:
    """Passage ids of both histories are the same numbers; the texts are not."""
    home.corpus.backup(tmp_path / "empty.db")
    home.put("One", "The certificate expired.")
    home.indexer.rebuild()
    restore_backup(tmp_path / "empty.db", home.folder)
    home.put("Two", "The crew slept.")
    assert home.corpus.documents.passages(home.corpus.documents.ids()[0])[0].id == 1
    (hit,) = home.searcher.search(Query(text="crew", mode="semantic")).hits
    assert (hit.document.title, hit.explanation.cosine) == ("Two", 1.0)


def test_restore_into_a_new_home(home: Home, tmp_path: Path) -> None:
    home.put("Leap", TEXT)
    home.corpus.backup(tmp_path / "backup.db")
    restore_backup(tmp_path / "backup.db", tmp_path / "a" / "new" / "home")
    with Corpus(tmp_path / "a" / "new" / "home") as restored:
        assert [document.title for document in restored.documents.page(limit=9)] == ["Leap"]
    assert [path.name for path in (tmp_path / "a" / "new" / "home").glob("restore-*")] == []


@pytest.mark.parametrize("earlier", ["backup", "home"])
def test_a_backup_and_a_home_with_pages_of_different_sizes(home: Home, tmp_path: Path, earlier: str) -> None:
    """Homes of earlier versions have small pages."""
    home.put("Leap", TEXT)
    home.corpus.backup(tmp_path / "backup.db")
    other = tmp_path / "other"
    with Home(other) as stood:
        stood.put("Gone", "The valve.")
        now_in_use = page_size(other / "lessonry.db")
    smaller = tmp_path / "backup.db" if earlier == "backup" else other / "lessonry.db"
    with closing(sqlite3.connect(smaller, isolation_level=None)) as db:
        db.execute("PRAGMA journal_mode = DELETE")
        db.execute("PRAGMA page_size = 4096")
        db.execute("VACUUM")
    assert page_size(smaller) == 4096 != now_in_use
    with Home(other) as stood:  # goes on meanwhile
        restore_backup(tmp_path / "backup.db", other)
        assert titles(stood, "valve") == ["Leap"]
        assert stood.corpus.problems() == []
        assert page_size(other / "lessonry.db") == (now_in_use if earlier == "backup" else 4096)


def page_size(path: Path) -> int:
    with closing(sqlite3.connect(path)) as db:
        return int(db.execute("PRAGMA page_size").fetchone()[0])


def test_restore_in_the_place_of_a_damaged_database(home: Home, tmp_path: Path) -> None:
    home.put("Leap", TEXT)
    home.corpus.backup(tmp_path / "backup.db")
    broken = tmp_path / "broken"
    broken.mkdir()
    (broken / "lessonry.db").write_bytes(b"scribble " * 2000)
    restore_backup(tmp_path / "backup.db", broken)
    with Corpus(broken) as restored:
        assert [document.title for document in restored.documents.page(limit=9)] == ["Leap"]
        assert restored.problems() == []
    (aside,) = broken.glob("damaged-*")
    assert aside.read_bytes() == b"scribble " * 2000


def no_file(path: Path) -> None:
    path.unlink()


def no_database(path: Path) -> None:
    path.write_bytes(b"a letter, and a long one " * 400)


def empty(path: Path) -> None:
    path.write_bytes(b"")


def another_database(path: Path) -> None:
    path.unlink()
    raw = sqlite3.connect(path)
    raw.execute("CREATE TABLE letters (text)")
    raw.commit()
    raw.close()


def cut_off(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:20_000])


@pytest.mark.parametrize("damage", [no_file, no_database, empty, another_database, cut_off])
def test_what_is_no_backup_changes_nothing(home: Home, tmp_path: Path, damage) -> None:  # type: ignore[no-untyped-def]
    home.put("Leap", TEXT)
    backup = tmp_path / "backup.db"
    home.corpus.backup(backup)
    damage(backup)
    before = home.corpus.changes.position()
    with pytest.raises(BundleError) as raised:
        restore_backup(backup, home.folder)
    assert raised.value.path == backup
    assert home.corpus.changes.position() == before
    assert home.corpus.documents.count() == 1


def test_a_backup_of_a_newer_version_changes_nothing(home: Home, tmp_path: Path) -> None:
    home.put("Leap", TEXT)
    home.corpus.backup(tmp_path / "backup.db")
    raw = sqlite3.connect(tmp_path / "backup.db")
    raw.execute("INSERT INTO _sqlite_migrations (migration_set, name, applied_at) VALUES ('lessonry', 'm999', '2099')")
    raw.commit()
    raw.close()
    before = home.corpus.changes.position()
    with pytest.raises(SchemaTooNew, match="m999"):
        restore_backup(tmp_path / "backup.db", home.folder)
    assert home.corpus.changes.position() == before


def test_a_backup_that_cannot_be_written_says_where(home: Home, tmp_path: Path) -> None:
    home.put("Leap", TEXT)
    (tmp_path / "file").write_text("in the way")
    for target in (tmp_path / "missing" / "backup.db", tmp_path / "home", tmp_path / "file" / "backup.db"):
        with pytest.raises(StoreUnusable) as raised:
            home.corpus.backup(target)
        assert raised.value.path == target


def test_restore_into_a_place_that_cannot_be(home: Home, tmp_path: Path) -> None:
    home.corpus.backup(tmp_path / "backup.db")
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(StoreUnusable):
        restore_backup(tmp_path / "backup.db", tmp_path / "file" / "home")


def test_a_backup_replaces_an_older_one(home: Home, tmp_path: Path) -> None:
    home.corpus.backup(tmp_path / "backup.db")
    home.put("Leap", TEXT)
    home.corpus.backup(tmp_path / "backup.db")
    restore_backup(tmp_path / "backup.db", tmp_path / "other")
    with Corpus(tmp_path / "other") as restored:
        assert restored.documents.count() == 1
