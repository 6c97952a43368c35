"""FAISS generations on disk: what is damaged is seen and mended, what is old stays for those on their way."""

import json
import multiprocessing
from pathlib import Path

import numpy as np
import pytest

from corpus.errors import IndexDamaged
from search import index_faiss
from search.index_faiss import FaissIndex
from search.types import Query
from tests.fakes import Home

TEXTS = {
    "Certificate": "The certificate expired.",
    "Disk": "The disk was full.",
    "Leap": "A leap second and the clock.",
    "Valve": "The valve and the crew.",
}


def found(home: Home, text: str = "certificate disk clock valve valve") -> list[tuple[str, float]]:
    hits = home.searcher.search(Query(text=text, mode="semantic", limit=50)).hits
    return [(hit.document.title, hit.score) for hit in hits]


@pytest.fixture
def stocked(home: Home) -> Home:
    for name, text in TEXTS.items():
        home.put(name, text)
    home.indexer.rebuild()
    home.put("Late", "The backup and the queue.")
    home.indexer.rebuild()
    return home


def generation(home: Home) -> Path:
    return home.folder / "index" / (home.folder / "index" / "current").read_text().strip()


def truncate(path: Path, keep: float = 0.5) -> None:
    path.write_bytes(path.read_bytes()[: int(path.stat().st_size * keep)])


def flip(path: Path, place: float) -> None:
    content = bytearray(path.read_bytes())
    content[int(len(content) * place)] ^= 0x10
    path.write_bytes(content)


DAMAGES = {
    "vectors cut off": lambda folder: truncate(folder / "vectors.faiss"),
    "vectors empty": lambda folder: truncate(folder / "vectors.faiss", 0),
    "vectors missing": lambda folder: (folder / "vectors.faiss").unlink(),
    "a bit of the vectors": lambda folder: flip(folder / "vectors.faiss", 0.7),
    "a bit of the engine's header": lambda folder: flip(folder / "vectors.faiss", 0.01),
    "ids missing": lambda folder: (folder / "ids.npy").unlink(),
    "ids cut off": lambda folder: truncate(folder / "ids.npy", 0.9),
    "ids empty": lambda folder: truncate(folder / "ids.npy", 0),
    "a bit of the ids": lambda folder: flip(folder / "ids.npy", 0.99),
    "manifest missing": lambda folder: (folder / "manifest.json").unlink(),
    "manifest is a list": lambda folder: (folder / "manifest.json").write_text("[]"),
    "manifest cut off": lambda folder: truncate(folder / "manifest.json"),
    "manifest no text": lambda folder: (folder / "manifest.json").write_bytes(b"\xff\xfe"),
    "manifest of other fields": lambda folder: (folder / "manifest.json").write_text('{"a": 1}'),
    "manifest of another count": lambda folder: change_manifest(folder, count=3),
    "manifest of another revision": lambda folder: change_manifest(folder, revision=1_000_000),
    "generation missing": lambda folder: folder.rename(folder.with_name("elsewhere")),
    "garbage in current": lambda folder: (folder.parent / "current").write_text("../../etc"),
    "bytes in current": lambda folder: (folder.parent / "current").write_bytes(b"\xff\x00"),
    "superscript in current": lambda folder: (folder.parent / "current").write_text("²"),
    "endless number in current": lambda folder: (folder.parent / "current").write_text("9" * 5000),
    "nothing in current": lambda folder: (folder.parent / "current").write_text(""),
}


def change_manifest(folder: Path, **fields: object) -> None:
    told = json.loads((folder / "manifest.json").read_text())
    (folder / "manifest.json").write_text(json.dumps({**told, **fields}))


@pytest.mark.parametrize("damage", DAMAGES)
def test_damage_is_seen_and_mended_with_the_right_results(stocked: Home, damage: str) -> None:
    right = found(stocked)
    encoded = stocked.encoder.encoded
    DAMAGES[damage](generation(stocked))
    index = FaissIndex(stocked.folder / "index", stocked.encoder.id, stocked.encoder.dimension)
    with pytest.raises(IndexDamaged):
        index.open()
    assert index.manifest.count == 0
    assert len(index.problems()) == 1

    with stocked.reopened() as later:
        assert found(later) == right  # a query mends it in memory, by vectors that are known
        later.indexer.rebuild()
        assert later.index.problems() == []
        assert later.encoder.encoded == 0
        with later.reopened() as last:
            assert found(last) == right
            assert last.index.tail_size == 0
    assert encoded == stocked.encoder.encoded


def test_a_damaged_index_is_mended_by_compaction_too(stocked: Home) -> None:
    right = found(stocked)
    (stocked.folder / "index" / "current").write_text("garbage")
    with stocked.reopened() as later:
        assert found(later) == right
        assert later.indexer.compact_if_worth_it()
        with later.reopened() as last:
            assert found(last) == right
            assert last.index.base_size == 5


LARGE = ["vectors cut off", "vectors empty", "vectors missing", "ids missing", "ids cut off", "ids empty"]


@pytest.mark.parametrize("damage", LARGE)
def test_damage_of_an_index_too_large_for_a_checksum(
    stocked: Home, damage: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(index_faiss, "_READ_ON_OPENING", -1)
    right = found(stocked)
    DAMAGES[damage](generation(stocked))
    with pytest.raises(IndexDamaged):
        FaissIndex(stocked.folder / "index", stocked.encoder.id, stocked.encoder.dimension).open()
    with stocked.reopened() as later:
        assert found(later) == right


def test_an_index_of_another_encoder_counts_as_none(stocked: Home) -> None:
    index = FaissIndex(stocked.folder / "index", "another", stocked.encoder.dimension)
    index.open()
    assert (index.manifest.encoder, index.manifest.count, index.base_size) == ("another", 0, 0)
    index = FaissIndex(stocked.folder / "index", stocked.encoder.id, 5)
    index.open()
    assert index.manifest.count == 0
    assert index.search(np.ones(5, np.float32), 3) == []


def test_the_previous_generation_stays_and_older_ones_go(home: Home) -> None:
    for turn in range(4):
        home.put(f"Document {turn}", "The valve.")
        home.indexer.rebuild()
        names = sorted(path.name for path in (home.folder / "index").iterdir() if path.is_dir())
        assert names == [f"{number:08d}" for number in range(max(1, turn), turn + 2)]
        assert generation(home).name == f"{turn + 1:08d}"


def test_a_reader_on_its_way_goes_on_reading(stocked: Home) -> None:
    with Home(stocked.folder) as reader:
        right = found(reader)
        for turn in range(3):
            stocked.put(f"Document {turn}", "The router.")
            stocked.indexer.rebuild()
        for turn in range(3):
            stocked.corpus.documents.remove(stocked.put(f"Document {turn}", "The router."))
        assert found(reader) == right
        assert reader.encoder.encoded == 0


def test_leftovers_of_a_killed_compaction_are_no_hindrance(stocked: Home) -> None:
    right = found(stocked)
    index = stocked.folder / "index"
    half = index / f"{int(generation(stocked).name) + 1:08d}"
    half.mkdir()
    (half / "vectors.faiss").write_bytes(b"half")
    (index / "current.partial").write_text("9999")
    with stocked.reopened() as later:
        assert found(later) == right
        later.indexer.rebuild()
        assert later.index.problems() == []
        assert found(later) == right


def compact_again_and_again(folder: Path, name: str, start: object) -> None:
    start.wait()  # type: ignore[attr-defined]  # a Barrier
    with Home(folder) as home:
        for turn in range(8):
            home.put(f"{name} {turn}", f"The valve and the {('disk', 'clock')[turn % 2]}.")
            home.indexer.catch_up()
            home.index.compact()


def test_two_processes_compact_at_once(home: Home) -> None:
    context = multiprocessing.get_context("spawn")
    start = context.Barrier(2)
    processes = [
        context.Process(target=compact_again_and_again, args=(home.folder, name, start)) for name in ("a", "b")
    ]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    assert [process.exitcode for process in processes] == [0, 0]
    assert home.index.problems() == []
    assert len([path for path in (home.folder / "index").iterdir() if path.is_dir()]) == 2
    hits = found(home, "valve")
    assert len(hits) == 16
    assert {title for title, _ in hits} == {f"{name} {turn}" for name in "ab" for turn in range(8)}
    assert home.encoder.encoded == 0
