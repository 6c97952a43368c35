"""A full disk, a home that can only be read, no more file handles. Each in a process of its own."""

import os
import resource
import signal
import subprocess
from pathlib import Path

import pytest

from api.doctor import examine
from corpus.errors import StoreUnusable
from search.types import Query
from tests.fakes import opened
from tests.faults.doors import TEXTS, command, command_finds, elsewhere, ended, fill, finds, served, whole

pytestmark = pytest.mark.slow

ON_A_SMALL_DISK = [
    "unshare",
    "--map-root-user",
    "--mount",
    "sh",
    "-c",
    'mount -t tmpfs -o size=8m none "$0" && exec "$@"',
]
WITHOUT_POWERS = ["setpriv", "--bounding-set", "-all", "--inh-caps", "-all"]
"""So that the rights of files hold for root too."""
LONG = "The router of the crew was lost. " * 20_000


def fill_up(folder: Path) -> None:
    with (folder / "ballast").open("wb", buffering=0) as file:
        try:
            while file.write(bytes(4096)):
                pass
        except OSError:
            return


def on_a_full_disk(folder: Path) -> None:
    home = folder / "home"
    fill(home)
    with opened(home) as lessonry, served(lessonry) as client:
        finds(client, "valve", "Valve")
        fill_up(folder)
        finds(client, "valve", "Valve")
        finds(client, "backup disk", "Disk")
        near = client.post("/v1/related", json={"text": "Nobody had tried the backup, and the disk was full."}).json()
        assert (near["suggestions"][0]["document"]["title"], near["degraded"]) == ("Disk", None)
        for answer in (
            client.post("/v1/documents", json={"title": "Router", "text": LONG}),
            client.post("/v1/uploads", files={"file": ("router.md", LONG.encode(), "text/plain")}),
        ):
            assert answer.status_code == 503
            assert "the disk is full; make room" in answer.json()["detail"]
        assert not list(home.glob("uploads/*"))

        (folder / "ballast").unlink()
        job = client.post("/v1/documents", json={"title": "Router", "text": "The router."}).json()["job"]
        assert ended(client, job)["status"] == "done"
        finds(client, "router", "Router")
    whole(home, [*TEXTS, "Router"])


def opened_on_a_full_disk(folder: Path) -> None:
    home = folder / "home"
    fill(home)
    fill_up(folder)
    command_finds(home, "valve", "Valve")
    refused = command(home, "collections", "create", "Reader")
    assert (refused.code, "the disk is full; make room" in refused.err) == (2, True)
    assert "the disk is full" in command(home, "backup", folder / "backup.db").err
    assert not list(folder.glob("backup*"))
    (folder / "ballast").unlink()
    whole(home)


def accepted_before_the_disk_was_full(folder: Path) -> None:
    """A job that was accepted waits for room, with the file it is about."""
    home = folder / "home"
    fill(home)
    with opened(home) as lessonry, served(lessonry) as client:
        client.app.state.worker.stop()  # type: ignore[attr-defined]
        job = client.post(
            "/v1/uploads", files={"file": ("router.md", b"# Router\n\nThe router.", "text/plain")}
        ).json()["job"]
    fill_up(folder)
    with opened(home) as lessonry, served(lessonry) as client:
        finds(client, "valve", "Valve")
        assert client.get(f"/v1/jobs/{job['id']}").json()["status"] == "queued"
        (folder / "ballast").unlink()
        assert ended(client, job)["status"] == "done"
    whole(home, [*TEXTS, "Router"])


def where_files_may_not_grow(folder: Path) -> None:
    """The nearest to a full disk where no file system can be mounted."""
    home = folder / "home"
    fill(home)
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    with opened(home) as lessonry, served(lessonry) as client:
        finds(client, "valve", "Valve")
        _, most = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (0, most))
        finds(client, "backup disk", "Disk")
        answer = client.post("/v1/documents", json={"title": "Router", "text": LONG})
        assert (answer.status_code, "the disk" in answer.json()["detail"]) == (503, True)
        resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))
        job = client.post("/v1/documents", json={"title": "Router", "text": "The router."}).json()["job"]
        assert ended(client, job)["status"] == "done"
    whole(home, [*TEXTS, "Router"])


@pytest.mark.parametrize("work", [on_a_full_disk, opened_on_a_full_disk, accepted_before_the_disk_was_full])
def test_a_full_disk(work, tmp_path):  # type: ignore[no-untyped-def]
    mounts = subprocess.run([*ON_A_SMALL_DISK[:3], "true"], capture_output=True).returncode == 0
    if mounts:
        elsewhere(work, tmp_path, [*ON_A_SMALL_DISK, str(tmp_path)])
    else:
        elsewhere(where_files_may_not_grow, tmp_path)


def test_files_that_may_not_grow(tmp_path: Path) -> None:
    elsewhere(where_files_may_not_grow, tmp_path)


def in_a_home_that_can_only_be_read(home: Path) -> None:
    with pytest.raises(PermissionError):
        (home / "a file").touch()
    command_finds(home, "valve", "Valve")
    refused = command(home, "collections", "create", "Reader")
    assert (refused.code, "cannot be written; check the rights" in refused.err) == (2, True)
    with opened(home) as lessonry, served(lessonry) as client:
        finds(client, "backup disk", "Disk")
        assert client.get("/?q=valve").status_code == 200
        for answer in (
            client.post("/v1/documents", json={"title": "Router", "text": "The router."}),
            client.post("/v1/uploads", files={"file": ("router.md", b"The router.", "text/plain")}),
        ):
            assert answer.status_code == 503
            assert "cannot be written; check the rights" in answer.json()["detail"]
        assert [str(one) for one in examine(lessonry)] == [
            "full text: the full-text index cannot be checked: "
            f"cannot use {home}/lessonry.db: it cannot be written; check the rights of the folder"
        ]


def test_a_home_that_can_only_be_read(tmp_path: Path) -> None:
    home = tmp_path / "home"
    fill(home)
    paths = [home, *home.rglob("*")]
    before = {path: path.read_bytes() for path in paths if path.is_file()}
    for path in paths:
        path.chmod(0o555 if path.is_dir() else 0o444)
    elsewhere(in_a_home_that_can_only_be_read, home, WITHOUT_POWERS if os.getuid() == 0 else ())
    assert {path: path.read_bytes() for path in home.rglob("*") if path.is_file()} == before
    for path in paths:
        path.chmod(0o755 if path.is_dir() else 0o644)
    whole(home)


def without_a_handle_left(home: Path) -> None:
    fill(home)
    with opened(home) as lessonry, served(lessonry) as client:
        job = client.post("/v1/documents", json={"title": "Crew", "text": "The crew."}).json()["job"]
        assert ended(client, job)["status"] == "done"
        finds(client, "valve", "Valve")
        few, most = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (0, most))
        finds(client, "backup disk", "Disk")
        answer = client.post("/v1/uploads", files={"file": ("router.md", b"# Router\n\nThe router.", "text/plain")})
        assert (answer.status_code, "too many files are open; raise the limit" in answer.text) == (503, True)
        with pytest.raises(StoreUnusable, match="too many files are open; raise the limit"):
            opened(home)
        job = client.post("/v1/documents", json={"title": "Router", "text": "The router."}).json()["job"]
        resource.setrlimit(resource.RLIMIT_NOFILE, (few, most))
        assert ended(client, job)["status"] == "done"
        finds(client, "router", "Router")
    whole(home, [*TEXTS, "Crew", "Router"])


def test_no_more_file_handles(tmp_path: Path) -> None:
    elsewhere(without_a_handle_left, tmp_path / "home")


def an_index_that_cannot_be_opened_for_want_of_handles(home: Path) -> None:
    fill(home)
    with opened(home) as lessonry:
        lessonry.corpus.documents.ids()
        _ = lessonry.searcher
        few, most = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (0, most))
        answer = lessonry.searcher.search(Query(text="valve"))
        resource.setrlimit(resource.RLIMIT_NOFILE, (few, most))
        assert answer.hits[0].document.title == "Valve"
        assert "keywords only" in str(answer.degraded)
        assert "too many files are open; raise the limit" in str(answer.degraded)
        assert lessonry.searcher.search(Query(text="valve")).degraded is None
        assert lessonry.encoder.encoded == 0  # type: ignore[attr-defined]  # the index was not taken for damaged
    whole(home)


def test_no_more_file_handles_when_the_index_is_opened(tmp_path: Path) -> None:
    elsewhere(an_index_that_cannot_be_opened_for_want_of_handles, tmp_path / "home")
