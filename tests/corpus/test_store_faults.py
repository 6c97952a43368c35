"""What may go wrong with the file itself: each fault is one clear error, and nothing is lost by it."""

import hashlib
import sqlite3
from pathlib import Path

import pytest

from corpus.errors import LessonryError, SchemaTooNew, StoreUnusable
from corpus.store import Corpus
from tests.fakes import Home, draft, split

TEXT = "The valve stuck open. " * 30


def digests(folder: Path) -> dict[str, str]:
    return {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(folder.iterdir()) if path.is_file()
    }


def test_a_home_of_a_newer_version_is_left_untouched(tmp_path: Path) -> None:
    with Home(tmp_path / "home") as home:
        home.put("Leap", TEXT)
    raw = sqlite3.connect(tmp_path / "home" / "lessonry.db")
    raw.execute("PRAGMA journal_mode = DELETE")
    raw.execute(
        "INSERT INTO _sqlite_migrations (migration_set, name, applied_at) "
        "VALUES ('lessonry', 'm999_teleportation', '2099')"
    )
    raw.commit()
    raw.close()
    before = digests(tmp_path / "home")
    for _ in range(2):
        with pytest.raises(SchemaTooNew, match="m999_teleportation") as raised:
            Corpus(tmp_path / "home")
        assert raised.value.names == ("m999_teleportation",)
        assert digests(tmp_path / "home") == before


def test_a_home_that_was_cut_off_while_it_was_made_is_finished(tmp_path: Path) -> None:
    with Corpus(tmp_path / "home"):
        pass
    raw = sqlite3.connect(tmp_path / "home" / "lessonry.db")
    raw.execute("PRAGMA journal_mode = DELETE")  # as if killed before the write-ahead log was turned on
    raw.close()
    with Corpus(tmp_path / "home") as corpus:
        assert corpus.db._connection().execute("PRAGMA journal_mode").fetchone()[0] == "wal"


def test_what_is_no_database_is_said_so_and_kept(tmp_path: Path) -> None:
    file = tmp_path / "lessonry.db"
    file.write_bytes(b"a letter to my aunt, which I would not like to lose. " * 100)
    before = digests(tmp_path)
    with pytest.raises(StoreUnusable, match="not a database of Lessonry") as raised:
        Corpus(tmp_path)
    assert raised.value.path == file
    assert digests(tmp_path) == before


def test_a_home_below_a_file(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    for home in (tmp_path / "file", tmp_path / "file" / "home"):
        with pytest.raises(StoreUnusable, match="cannot use"):
            Corpus(home)


def test_a_folder_in_the_place_of_the_database(tmp_path: Path) -> None:
    (tmp_path / "lessonry.db").mkdir()
    with pytest.raises(StoreUnusable, match="cannot be opened"):
        Corpus(tmp_path)


def test_a_database_that_may_only_be_read_can_be_read(home: Home) -> None:
    document_id = home.put("Leap", TEXT)
    home.corpus.db._connection().execute("PRAGMA query_only = ON")
    assert home.corpus.documents.get(document_id).title == "Leap"
    with pytest.raises(StoreUnusable, match="cannot be written"):
        home.put("Other", TEXT)


def test_a_full_disk_stops_the_write_and_nothing_else(home: Home) -> None:
    document_id = home.put("Leap", TEXT)
    raw = home.corpus.db._connection()
    pages = raw.execute("PRAGMA page_count").fetchone()[0]
    raw.execute(f"PRAGMA max_page_count = {pages}")
    before = home.corpus.changes.position()
    one = draft("Huge", "An enormous word. " * 8_000)
    with pytest.raises(StoreUnusable, match="disk is full"):
        home.corpus.documents.put(one, split(one.title, one.text))
    assert home.corpus.changes.position() == before
    assert home.corpus.documents.ids() == [document_id]
    assert home.corpus.problems() == []
    raw.execute("PRAGMA max_page_count = 1000000")
    home.corpus.documents.put(one, split(one.title, one.text))
    assert home.corpus.documents.count() == 2


def test_a_database_held_by_another_program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("corpus.opening._BUSY_SECONDS", 0.05)
    with Home(tmp_path / "home") as home:
        other = sqlite3.connect(tmp_path / "home" / "lessonry.db", isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreUnusable, match="another program holds it"):
            home.put("Leap", TEXT)
        assert home.corpus.documents.count() == 0
        other.execute("ROLLBACK")
        other.close()
        home.put("Leap", TEXT)


def read_everything(folder: Path) -> None:
    with Corpus(folder) as corpus:
        corpus.documents.page(limit=99)
        corpus.documents.passages_by_id(range(1, 99))
        corpus.fulltext.match('"valve"', limit=99)


def test_damaged_pages_are_told(tmp_path: Path) -> None:
    with Home(tmp_path / "home") as home:
        for number in range(30):
            home.put(f"Document {number}", TEXT)
    file = tmp_path / "home" / "lessonry.db"
    content = bytearray(file.read_bytes())
    content[8192 : len(content) // 2] = b"\xa5" * (len(content) // 2 - 8192)
    file.write_bytes(content)
    with pytest.raises(StoreUnusable, match="is damaged"):
        read_everything(tmp_path / "home")


def test_a_bug_stays_a_bug(home: Home) -> None:
    with pytest.raises(sqlite3.OperationalError, match="no such table") as raised:
        with home.corpus.db.read() as db:
            db.execute("SELECT * FROM no_such_thing")
    assert not isinstance(raised.value, LessonryError)
