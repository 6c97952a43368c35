"""FAISS generations on disk: what is damaged is seen and mended, what is old stays for those on their way."""

import json
import multiprocessing
import shutil
from dataclasses import asdict, replace
from pathlib import Path

import faiss
import numpy as np
import pytest

from corpus.errors import IndexDamaged
from search import brute_force, generations
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


LARGE = {
    **{name: DAMAGES[name] for name in DAMAGES if name.split()[0] in ("vectors", "ids", "manifest", "generation")},
    "rows cut off": lambda folder: truncate(folder / "rows.f16"),
    "rows empty": lambda folder: truncate(folder / "rows.f16", 0),
    "rows missing": lambda folder: (folder / "rows.f16").unlink(),
}
UNSEEN_ON_OPENING = {
    "a bit of the rows": lambda folder: flip(folder / "rows.f16", 0.5),
    "a bit of the vectors": lambda folder: flip(folder / "vectors.faiss", 0.9),
    "a bit of where lists are": lambda folder: flip(folder / "placed.faiss", 0.5),
}
del LARGE["manifest of another revision"]  # is told by the checksum


@pytest.fixture
def in_lists(stocked: Home, monkeypatch: pytest.MonkeyPatch) -> Home:
    """As if it were large: only `doctor` reads all of it."""
    monkeypatch.setattr(generations, "FLAT_UP_TO", 0)
    stocked.indexer.rebuild()
    folder = generation(stocked)
    assert (folder / "rows.f16").exists()
    shutil.copytree(folder, folder.with_name("copy"))  # to cut off the files that this process has mapped kills it
    shutil.rmtree(folder)
    folder.with_name("copy").rename(folder)
    return stocked


def test_codes_of_earlier_days_are_read_and_written_anew(in_lists: Home) -> None:
    """Eight bits a component, as generations had before codes of pairs."""
    right, folder = found(in_lists), generation(in_lists)
    manifest = generations.read_manifest(folder)
    rows = np.fromfile(folder / "rows.f16", dtype="<f2").reshape(manifest.count, -1).astype(np.float32)
    coarse = faiss.IndexFlatIP(manifest.dimension)
    eight = faiss.ScalarQuantizer.QT_8bit
    engine = faiss.IndexIVFScalarQuantizer(coarse, manifest.dimension, 2, eight, faiss.METRIC_INNER_PRODUCT)
    engine.train(rows)
    faiss.write_index(engine, str(folder / "placed.faiss"))
    engine.add(rows)
    faiss.write_index(engine, str(folder / "vectors.faiss"))
    told = replace(manifest, checksum=generations._checksum(folder, manifest))
    (folder / "manifest.json").write_text(json.dumps(asdict(told)))
    with in_lists.reopened() as later:
        assert found(later) == right
        assert later.index.problems() == []
        later.index.compact()
        assert found(later) == right
        assert isinstance(faiss.read_index(str(generation(later) / "vectors.faiss")), faiss.IndexIVFPQ)
        assert later.encoder.encoded == 0


@pytest.mark.parametrize("damage", LARGE)
def test_damage_of_a_large_index_is_seen_too(in_lists: Home, damage: str) -> None:
    right = found(in_lists)
    LARGE[damage](generation(in_lists))
    with pytest.raises(IndexDamaged):
        FaissIndex(in_lists.folder / "index", in_lists.encoder.id, in_lists.encoder.dimension).open()
    with in_lists.reopened() as later:
        assert found(later) == right
        assert later.encoder.encoded == 0
        later.indexer.rebuild()
        assert later.index.problems() == []


@pytest.mark.parametrize("damage", UNSEEN_ON_OPENING)
def test_bits_of_a_large_index_are_seen_by_doctor(in_lists: Home, damage: str) -> None:
    assert in_lists.index.problems() == []
    UNSEEN_ON_OPENING[damage](generation(in_lists))
    assert len(in_lists.index.problems()) == 1


def test_a_file_that_is_cut_off_while_it_is_read_leaves_the_words(in_lists: Home) -> None:
    with in_lists.reopened() as later:
        assert found(later)
        truncate(generation(later) / "rows.f16", 0)
        results = later.searcher.search(Query(text="valve"))
        assert [hit.document.title for hit in results.hits] == ["Valve"]
        assert "keywords only" in (results.degraded or "")
        assert "rows.f16" in (results.degraded or "")


@pytest.mark.parametrize("large", [False, True])
def test_what_comes_and_goes_during_a_compaction_is_not_lost(
    home: Home, large: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At the moment before the new generation is taken up, texts come, change and go, and are searched."""
    monkeypatch.setattr(generations, "FLAT_UP_TO", 0 if large else 1000)
    for number in range(12):
        home.put(f"Base {number}", "The valve and the crew.")
    home.indexer.rebuild()
    for number in range(4):
        home.put(f"Tail {number}", "The certificate and the clock.")
    home.indexer.catch_up()
    read, seen = generations.read, []

    def meanwhile(*given: object) -> generations.Generation:
        home.put("Base 3", "The disk.")
        home.corpus.documents.remove(home.put("Base 4", "The valve and the crew."))
        home.put("Tail 1", "The backup.")
        home.corpus.documents.remove(home.put("Tail 2", "The certificate and the clock."))
        home.put("Late", "The router and the queue.")
        seen.append(found(home))
        return read(*given)

    monkeypatch.setattr(generations, "read", meanwhile)
    home.index.compact()
    monkeypatch.setattr(generations, "read", read)
    assert len(seen[0]) == 15
    assert home.index.base_size == 16
    assert 0 < home.index.tail_size < 9
    assert found(home) == seen[0]
    home.index.compact()
    assert (home.index.base_size, home.index.tail_size) == (15, 0)
    assert found(home) == seen[0]
    with home.reopened() as later:
        assert found(later) == seen[0]


def test_lists_are_moved_not_placed_anew_until_they_are_too_few(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(generations, "FLAT_UP_TO", 0)
    lists = []
    for number in range(40):
        home.put(f"Document {number}", f"The {('valve', 'disk', 'clock')[number % 3]}.")
        if number > 5:
            home.indexer.catch_up()
            home.index.compact()
            placed = faiss.read_index(str(generation(home) / "placed.faiss"))
            lists.append(placed.nlist)
            assert (placed.ntotal, home.index.problems()) == (0, [])
    assert lists == [5] * 19 + [10] * 15  # placed for 7, good for four times as many


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


@pytest.mark.parametrize(("flat_up_to", "missed", "wrong"), [(0, 2, 0), (0, 3, 4), (1000, 1, 4), (1000, 0, 0)])
def test_doctor_lets_lists_miss_one_or_two(
    home: Home, flat_up_to: int, missed: int, wrong: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(brute_force, "FLAT_UP_TO", flat_up_to)
    for number in range(20):
        home.put(f"Number {number}", "valve " * (number + 1) + "disk " * (20 - number))
    home.indexer.rebuild()
    search = home.index.search

    def missing(vector: np.ndarray, k: int, allowed: object = None) -> list[tuple[int, float]]:
        found = search(vector, k + missed)
        return found[missed:]

    monkeypatch.setattr(home.index, "search", missing)
    assert brute_force.wrong_answers(home.index, home.corpus.changes, home.cache, 4) == wrong
