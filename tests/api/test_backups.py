"""Scheduled backups: when they are due, which are kept, and that they are whole. The clock is ours."""

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest

from api.backups import Backups
from api.locks import alone
from api.settings import SettingsError, load
from api.wiring import Lessonry
from corpus.errors import StoreUnusable
from corpus.opening import PAGE
from corpus.store import Corpus, restore_backup
from tests.fakes import draft, opened, split, stored
from tests.faults.doors import served


class Clock:
    """Noon of a day, and what is added to it."""

    hours = 0.0

    def now(self, zone: object) -> datetime:
        return datetime(2026, 11, 26, 12, tzinfo=UTC) + timedelta(hours=self.hours)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    monkeypatch.setattr("corpus.clock.datetime", SimpleNamespace(now=made.now))
    return made


@pytest.fixture
def lessonry(tmp_path: Path) -> Iterator[Lessonry]:
    with opened(tmp_path / "home", backup_hours=6, backups_kept=3) as made:
        stored(made, "Valve", "The valve stuck open.")
        yield made


def names(lessonry: Lessonry) -> list[str]:
    return sorted(path.name for path in lessonry.settings.backups.iterdir())


def test_one_is_due_at_first_and_after_so_many_hours(lessonry: Lessonry, clock: Clock) -> None:
    backups = Backups(lessonry)
    assert backups.write_if_due() == lessonry.settings.home / "backups" / "lessonry-2026-11-26T120000Z.db"
    for clock.hours in (0, 0.1, 5.9):
        assert backups.write_if_due() is None
    clock.hours = 6
    assert backups.write_if_due() is not None
    assert Backups(lessonry).write_if_due() is None  # a server that starts looks at what is there
    assert names(lessonry) == ["lessonry-2026-11-26T120000Z.db", "lessonry-2026-11-26T180000Z.db"]


def test_the_latest_are_kept_and_other_files_left_alone(lessonry: Lessonry, clock: Clock) -> None:
    lessonry.settings.backups.mkdir()
    (lessonry.settings.backups / "before-the-move.db").write_bytes(b"mine")
    for clock.hours in range(0, 30, 6):
        assert Backups(lessonry).write_if_due()
    assert names(lessonry) == [
        "before-the-move.db",
        "lessonry-2026-11-27T000000Z.db",
        "lessonry-2026-11-27T060000Z.db",
        "lessonry-2026-11-27T120000Z.db",
    ]


def test_a_clock_that_was_ahead_neither_stops_backups_nor_costs_one(lessonry: Lessonry, clock: Clock) -> None:
    for clock.hours in (1e5, 2e5, 3e5, 0, 6):
        assert Backups(lessonry).write_if_due()
    kept = names(lessonry)
    assert kept[:2] == ["lessonry-2026-11-26T120000Z.db", "lessonry-2026-11-26T180000Z.db"]
    assert len(kept) == 3


def test_what_is_written_while_serving_is_one_whole_state(lessonry: Lessonry, clock: Clock, tmp_path: Path) -> None:
    ended = threading.Event()

    def write() -> None:
        number = 0
        while not ended.is_set():
            with lessonry.corpus.db.write():  # two by two: a half state would show an odd number
                for side in ("Left", "Right"):
                    one = draft(f"{side} {number}", "The disk was full.")
                    lessonry.corpus.documents.put(one, split(one.title, one.text))
            number += 1

    writer = threading.Thread(target=write)
    writer.start()
    written = []
    for clock.hours in (0, 6, 12):
        written.append(Backups(lessonry).write_if_due())
    ended.set()
    writer.join()
    for number, path in enumerate(written):
        assert path
        restore_backup(path, tmp_path / str(number))
        with Corpus(tmp_path / str(number)) as restored:
            assert restored.problems() == []
            assert restored.documents.count() % 2 == 1


def test_a_server_writes_them_where_it_is_told(tmp_path: Path, clock: Clock) -> None:
    elsewhere = tmp_path / "another disk"
    with opened(tmp_path / "home", backup_hours=1, backup_folder=elsewhere) as lessonry:
        with served(lessonry) as client:
            wait = threading.Event()
            while not list(elsewhere.glob("lessonry-*Z.db")):
                assert client.get("/healthz").status_code == 200
                wait.wait(0.02)
        assert not (lessonry.settings.home / "backups").exists()
    with opened(tmp_path / "other") as lessonry, served(lessonry):
        pass
    assert not (tmp_path / "other" / "backups").exists()  # none, unless they are wanted


def test_another_server_of_the_home_is_not_disturbed(lessonry: Lessonry, clock: Clock) -> None:
    with alone(lessonry.settings.home, "backup") as mine:
        assert mine
        assert Backups(lessonry).write_if_due() is None
    assert Backups(lessonry).write_if_due()


def test_one_that_cannot_be_written_is_said_and_leaves_nothing(lessonry: Lessonry, clock: Clock) -> None:
    lessonry.settings.backups.write_text("in the way")
    with pytest.raises(StoreUnusable, match="backups"):
        Backups(lessonry).write_if_due()
    lessonry.settings.backups.unlink()
    assert Backups(lessonry).write_if_due()


def test_one_that_is_not_whole_does_not_count(
    lessonry: Lessonry, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    def scribbled(path: Path) -> sqlite3.Connection:
        """A disk that does not keep what was written to it."""
        content = bytearray(path.read_bytes())
        content[PAGE : 2 * PAGE] = b"\xa5" * PAGE
        path.write_bytes(content)
        return connect(path)

    connect = sqlite3.connect
    monkeypatch.setattr("corpus.store.sqlite3.connect", scribbled)
    with pytest.raises(StoreUnusable, match="check the disk"):
        Backups(lessonry).write_if_due()
    monkeypatch.undo()
    assert names(lessonry) == []
    with closing(connect(lessonry.settings.home / "lessonry.db")) as truth:
        assert truth.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_settings_that_cannot_be_are_refused(tmp_path: Path) -> None:
    for wrong in ({"backup_hours": -1}, {"backups_kept": 0}):
        with pytest.raises(SettingsError, match=next(iter(wrong))):
            load(home=tmp_path, **wrong)
