"""Homes as earlier versions made them (tests/data/homes): opened, everything that was in them is there, and all is well.

A released step of the schema is never edited: a home that grew has the very tables of one that is new.
"""

import hashlib
import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from api.doctor import examine
from corpus.schema import STEPS
from corpus.store import Corpus
from search.types import Query
from tests.fakes import opened
from tests.faults.doors import command

HOMES = sorted((Path(__file__).parents[1] / "data" / "homes").glob("*.sql"))


@pytest.fixture(params=HOMES, ids=lambda path: path.stem)
def earlier(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """The folder of an earlier home."""
    home = tmp_path / "home"
    home.mkdir()
    with closing(sqlite3.connect(home / "lessonry.db")) as db:
        db.executescript(request.param.read_text("utf-8"))
        db.execute("PRAGMA journal_mode = WAL")
    return home


def applied(home: Path) -> set[str]:
    with closing(sqlite3.connect(home / "lessonry.db")) as db:
        return {row[0] for row in db.execute("SELECT name FROM _sqlite_migrations")}


def tables(home: Path) -> dict[str, str]:
    """Every table, index and trigger, without the layout of its declaration."""
    with closing(sqlite3.connect(home / "lessonry.db")) as db:
        rows = db.execute("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL").fetchall()
    return {name: " ".join(sql.split()) for name, sql in rows}


def test_what_was_known_is_known_and_found(earlier: Path) -> None:
    known = applied(earlier)
    assert known < STEPS
    with opened(earlier) as lessonry:
        corpus = lessonry.corpus
        lessonry.prepare()
        lessonry.indexer.catch_up()
        held = {one.title: one for one in corpus.documents.get_many(corpus.documents.ids()).values()}
        assert sorted(held) == ["Clock", "Disks", "Valve"]
        valve, disk, clock = held["Valve"], held["Disks"], held["Clock"]
        assert valve.text == "# Causes\n\nThe valve stuck open.\n\n# Actions\n\nWe will inspect the valve each month."
        assert (valve.url, valve.organization, valve.published) == ("https://example.org/valve", "Acme", "2021-05")
        assert (valve.tags, disk.tags, disk.kind) == (("plant", "safety"), ("storage",), "lesson")
        assert clock.text == "A leap second and the clock of Ångström."
        assert corpus.documents.edits(disk.id) == {"title": "Disks", "tags": ["storage"]}
        assert corpus.collections.get("reader").description == "What to read first."
        assert [(one.document.id, one.note) for one in corpus.collections.items("reader")] == [
            (disk.id, "Before you need a backup."),
            (valve.id, ""),
        ]
        (job,) = corpus.jobs.recent()
        assert (job.status, job.result) == ("done", {"added": 1})
        for words, title in (("valve stuck", "Valve"), ("backup", "Disks"), ("angstrom", "Clock")):
            answer = lessonry.searcher.search(Query(text=words))
            assert (answer.hits[0].document.title, answer.degraded) == (title, None)
        assert examine(lessonry) == []
        if "m008_subscriptions" in known:
            (source,) = corpus.subscriptions.all()
            assert (source.address, source.options) == ("https://example.org/feed", {"tags": ["feed"]})
            assert len(corpus.aliases.pairs("event")) == 1
        if "m040_lessons" in known:
            assert (valve.standing.state, valve.standing.owner, valve.standing.review_by) == (
                "verified", "Ada", "2030-01-31",
            )  # fmt: skip
            assert (clock.standing.state, clock.standing.superseded_by) == ("superseded", valve.id)
            assert corpus.feedback.counts(valve.id)["useful"] == 1
            assert [gap.words for gap in corpus.gaps.page(limit=9)] == ["where is the manual"]
            assert [(one.name, one.role) for one in corpus.accounts.people()] == [("Ada", "curator")]
            assert corpus.accounts.closed()
    assert applied(earlier) == STEPS


def test_it_has_the_tables_of_a_new_home(earlier: Path, tmp_path: Path) -> None:
    for home in (earlier, tmp_path / "new"):
        with Corpus(home):
            pass
    assert tables(earlier) == tables(tmp_path / "new")


def test_it_goes_on_as_any_other(earlier: Path, tmp_path: Path) -> None:
    """Written to, backed up, put into another home, exported and read again."""
    (tmp_path / "crew.md").write_text("# Crew\n\nThe crew slept.\n")
    assert command(earlier, "add", tmp_path / "crew.md").code == 0
    assert command(earlier, "backup", tmp_path / "backup.db").code == 0
    assert command(tmp_path / "restored", "restore", tmp_path / "backup.db").code == 0
    assert command(earlier, "export", tmp_path / "bundle").code == 0
    assert command(tmp_path / "imported", "import", tmp_path / "bundle").code == 0
    for home in (earlier, tmp_path / "restored", tmp_path / "imported"):
        titles = [item["title"] for item in json.loads(command(home, "list", "--json").out)["items"]]
        assert sorted(titles) == ["Clock", "Crew", "Disks", "Valve"]
        assert json.loads(command(home, "doctor", "--json").out)["problems"] == []


def test_a_home_of_a_later_version_is_refused_by_every_door_and_left_untouched(tmp_path: Path) -> None:
    home = tmp_path / "home"
    with Corpus(home) as corpus:
        corpus.backup(tmp_path / "backup.db")
    with closing(sqlite3.connect(home / "lessonry.db")) as db, db:
        db.execute(
            "INSERT INTO _sqlite_migrations (migration_set, name, applied_at) VALUES ('lessonry', 'm999_later', '2099')"
        )

    def bytes_of(folder: Path) -> dict[str, str]:
        return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.iterdir()}

    before = bytes_of(home)
    for words in (
        ("search", "valve"), ("add", tmp_path), ("doctor", "--repair"), ("reindex",), ("serve", "--port", 0),
        ("backup", tmp_path / "other.db"), ("export", tmp_path / "bundle"), ("restore", tmp_path / "backup.db"),
    ):  # fmt: skip
        done = command(home, *words)
        assert (done.code, "a newer Lessonry (it knows m999_later); nothing was changed" in done.err) == (2, True), (
            words
        )
        assert bytes_of(home) == before
