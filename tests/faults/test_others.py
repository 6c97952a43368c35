"""Other programs in the same home: one that holds the database, another server, a command line, somebody who tidies up."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from api.wiring import Lessonry
from tests.fakes import opened
from tests.faults.doors import TEXTS, command, command_finds, ended, fill, finds, served, whole


@pytest.fixture
def home(tmp_path: Path) -> Path:
    fill(tmp_path / "home")
    return tmp_path / "home"


@pytest.mark.parametrize("held", ["BEGIN IMMEDIATE", "BEGIN EXCLUSIVE"])
def test_while_another_program_writes_the_server_answers(
    home: Path, held: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("corpus.opening._BUSY_SECONDS", 0.05)
    with opened(home) as lessonry, served(lessonry) as client:
        _, secret = lessonry.corpus.accounts.create_token("Ada", ["read", "ingest"])
        client.headers["Authorization"] = f"Bearer {secret}"
        with closing(sqlite3.connect(home / "lessonry.db", isolation_level=None)) as other:
            other.execute(held)
            finds(client, "valve", "Valve")  # the first request of a token notes the day
            assert client.get("/?q=valve").status_code == 200
            refused = client.post("/v1/documents", json={"title": "Router", "text": "The router."})
            assert (refused.status_code, "another program holds it; try again" in refused.text) == (503, True)
        job = client.post("/v1/documents", json={"title": "Router", "text": "The router."}).json()["job"]
        assert ended(client, job)["status"] == "done"
        finds(client, "router", "Router")
    whole(home, [*TEXTS, "Router"])


def test_a_program_that_keeps_everybody_out_is_named_and_waited_for(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("corpus.opening._BUSY_SECONDS", 0.05)
    with closing(sqlite3.connect(home / "lessonry.db", isolation_level=None)) as other:
        other.execute("PRAGMA locking_mode = EXCLUSIVE")
        other.execute("UPDATE state SET revision = revision")
        done = command(home, "search", "valve")
        assert (done.code, "another program holds it; try again" in done.err) == (2, True)
    command_finds(home, "valve", "Valve")
    whole(home)


def test_two_servers_and_a_command_line_find_what_each_other_took_in(home: Path, tmp_path: Path) -> None:
    (tmp_path / "crew.md").write_text("# Crew\n\nThe crew slept.\n")
    with opened(home) as one, opened(home) as two, served(one) as first, served(two) as second:
        job = first.post("/v1/documents", json={"title": "Router", "text": "The router."}).json()["job"]
        assert ended(second, job)["status"] == "done"
        assert command(home, "add", tmp_path / "crew.md").code == 0
        job = second.post("/v1/documents", json={"title": "Alarm", "text": "The alarm."}).json()["job"]
        assert ended(first, job)["status"] == "done"
        for title in ("Router", "Crew", "Alarm"):
            finds(first, title.lower(), title)
            finds(second, title.lower(), title)
            command_finds(home, title.lower(), title)
        assert command(home, "remove", first.get("/v1/search?q=crew").json()["hits"][0]["document"]["id"]).code == 0
        for client in (first, second):
            assert all(hit["document"]["title"] != "Crew" for hit in client.get("/v1/search?q=crew").json()["hits"])
    whole(home, [*TEXTS, "Router", "Alarm"])


def taken(lessonry: Lessonry, counted: list[str]) -> None:
    """Count what a server takes in."""
    take = lessonry.ingestor.take

    def counting(*given, **named):  # type: ignore[no-untyped-def]
        counted.append("taken")
        return take(*given, **named)

    lessonry.ingestor.take = counting  # type: ignore[method-assign]


def test_a_job_is_done_once_though_another_server_starts_meanwhile(home: Path) -> None:
    """The second server finds the jobs of the first on record, and queues them too."""
    counted: list[str] = []
    with opened(home) as one, opened(home) as two:
        taken(one, counted)
        taken(two, counted)
        with served(one) as first:
            jobs = [
                first.post("/v1/uploads", files={"file": (f"{n}.md", f"# Crew {n}\n\nThe crew.".encode())}).json()[
                    "job"
                ]
                for n in range(6)
            ]
            with served(two) as second:
                assert {ended(second, job)["status"] for job in jobs} == {"done"}
    assert counted == ["taken"] * 6
    assert not list(home.glob("uploads/*"))
    assert not list(home.glob("locks/job-*"))


def test_a_job_of_a_server_that_was_killed_is_taken_over(home: Path) -> None:
    with opened(home) as lessonry, served(lessonry) as client:
        finds(client, "valve", "Valve")
        job = lessonry.corpus.jobs.create({"title": "Router", "text": "The router."})
        lessonry.corpus.jobs.update(job.id, "running")  # and nobody is at it
        assert ended(client, {"id": job.id})["status"] == "done"
        finds(client, "router", "Router")
    whole(home, [*TEXTS, "Router"])


def test_the_vector_cache_is_deleted_under_a_running_server(home: Path) -> None:
    with opened(home) as lessonry, served(lessonry) as client:
        finds(client, "valve", "Valve")
        for path in home.glob("vectors.db*"):
            path.unlink()
        finds(client, "backup disk", "Disk")
        job = client.post("/v1/documents", json={"title": "Router", "text": "The router."}).json()["job"]
        assert ended(client, job)["status"] == "done"
        finds(client, "router", "Router")
        assert (home / "vectors.db").exists()  # what is new is kept again
        assert lessonry.cache.count("fake/1") > 0
    with opened(home) as later, served(later) as client:
        finds(client, "router", "Router")
    whole(home, [*TEXTS, "Router"])


def test_the_index_is_deleted_under_a_running_server(home: Path) -> None:
    with opened(home) as lessonry, served(lessonry) as client:
        finds(client, "valve", "Valve")
        for path in sorted((home / "index").rglob("*"), reverse=True):
            path.unlink() if path.is_file() else path.rmdir()
        finds(client, "backup disk", "Disk")
    command_finds(home, "valve", "Valve")
    assert command(home, "reindex").code == 0
    whole(home)
