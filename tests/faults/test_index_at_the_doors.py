"""An index that is damaged, missing, or of another version: search is whole all the same, doctor says so and mends it."""

import hashlib
import json
from collections.abc import Callable
from pathlib import Path

import faiss
import numpy as np
import pytest

from tests.fakes import opened
from tests.faults.doors import command, command_finds, elsewhere, fill, finds, served, whole
from tests.search.test_generations import change_manifest, flip, truncate


@pytest.fixture
def home(tmp_path: Path) -> Path:
    fill(tmp_path / "home")
    return tmp_path / "home"


def of_another_kind(generation: Path) -> None:
    """Whole, with the right checksum, but of a kind that a later version might write."""
    engine = faiss.IndexHNSWFlat(19, 4, faiss.METRIC_INNER_PRODUCT)
    engine.add(np.eye(3, 19, dtype=np.float32))  # three vectors, none of them those of the passages
    faiss.write_index(engine, str(generation / "vectors.faiss"))
    told = json.loads((generation / "manifest.json").read_text())
    digest = hashlib.blake2b(json.dumps({**told, "checksum": ""}).encode(), digest_size=16)
    for name in ("vectors.faiss", "ids.npy"):
        digest.update((generation / name).read_bytes())
    change_manifest(generation, checksum=digest.hexdigest())


DAMAGES: dict[str, Callable[[Path], object]] = {
    "cut off": lambda generation: truncate(generation / "vectors.faiss"),
    "a bit": lambda generation: flip(generation / "vectors.faiss", 0.7),
    "missing": lambda generation: (generation / "vectors.faiss").unlink(),
    "of a later version": lambda generation: change_manifest(generation, engine="a later one"),
    "of an earlier version": lambda generation: (generation / "manifest.json").write_text('{"encoder": "fake/1"}'),
    "of another kind": of_another_kind,
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_search_is_whole_and_doctor_mends(home: Path, damage: str) -> None:
    index = home / "index"
    DAMAGES[damage](index / (index / "current").read_text().strip())
    command_finds(home, "valve", "Valve")
    command_finds(home, "backup disk", "Disk")
    told = command(home, "doctor")
    assert (told.code, "vector index" in told.out, "lessonry reindex" in told.out) == (1, True, True)
    mended = command(home, "doctor", "--repair")
    assert (mended.code, "a backup was written" in mended.out, "all is well" in mended.out) == (0, True, True)
    (backup,) = home.glob("before-repair-*.db")
    assert backup.stat().st_size > 0
    whole(home)


def test_an_index_of_wrong_vectors_is_told_by_brute_force(home: Path) -> None:
    """Checksum and count are right: only its answers are not."""
    of_another_kind(home / "index" / (home / "index" / "current").read_text().strip())
    told = command(home, "doctor").out
    assert "3 of 3 sampled queries are not answered as by brute force" in told


def test_a_repair_without_room_for_a_backup_touches_nothing(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    of_another_kind(home / "index" / (home / "index" / "current").read_text().strip())
    monkeypatch.setattr("api.doctor.now", lambda: "no/such/folder")
    before = {path: path.read_bytes() for path in home.rglob("*") if path.is_file() and "-" not in path.name}
    refused = command(home, "doctor", "--repair")
    assert (refused.code, "before-repair" in refused.err) == (2, True)
    assert {path: path.read_bytes() for path in before} == before


def cut_off_under_a_server(folder: Path) -> None:
    home = folder / "home"
    with opened(home) as lessonry, served(lessonry) as client:
        finds(client, "valve", "Valve")
        generation = home / "index" / (home / "index" / "current").read_text().strip()
        for name in ("vectors.faiss", "ids.npy"):
            truncate(generation / name, 0)
        finds(client, "valve", "Valve")
        finds(client, "backup disk", "Disk")


def test_files_that_are_cut_off_under_a_server_do_not_end_it(home: Path) -> None:
    elsewhere(cut_off_under_a_server, home.parent)
    command_finds(home, "valve", "Valve")
