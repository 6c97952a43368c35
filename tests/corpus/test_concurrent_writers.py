"""Several threads and processes on one home."""

import multiprocessing
import threading
from pathlib import Path

from corpus.store import Corpus
from tests.fakes import draft, split

TEXT = "The valve stuck open. " * 8
PROCESSES, EACH = 4, 25


def write_documents(home: Path, name: str, start: object) -> None:
    start.wait()  # type: ignore[attr-defined]  # a Barrier: all open the new home at once
    with Corpus(home) as corpus:
        for number in range(EACH):
            one = draft(f"{name} {number}", f"{TEXT}{name}{number}.", tags=(name,))
            corpus.documents.put(one, split(one.title, one.text))


def test_four_processes_write_into_one_new_home(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    start = context.Barrier(PROCESSES)
    processes = [
        context.Process(target=write_documents, args=(tmp_path / "home", f"writer{number}", start))
        for number in range(PROCESSES)
    ]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    assert [process.exitcode for process in processes] == [0] * PROCESSES
    with Corpus(tmp_path / "home") as corpus:
        assert corpus.documents.count() == PROCESSES * EACH
        assert dict(corpus.facets.over()["tag"]) == {f"writer{number}": EACH for number in range(PROCESSES)}
        assert corpus.changes.position()[1] == PROCESSES * EACH
        assert {passage for passage, _ in corpus.changes.since(0).added} == set(
            range(1, corpus.changes.passage_count() + 1)
        )
        assert corpus.problems() == []


def test_threads_read_whole_states_while_one_writes(tmp_path: Path) -> None:
    wrong: list[str] = []
    done = threading.Event()
    with Corpus(tmp_path / "home") as corpus:
        one = draft("Leap", "x")

        def read() -> None:
            while not done.is_set():
                texts = {passage.text.split()[0] for passage in corpus.documents.passages(one.id)}
                if len(texts) > 1:
                    wrong.append(f"two states at once: {texts}")

        readers = [threading.Thread(target=read) for _ in range(3)]
        for reader in readers:
            reader.start()
        for turn in range(60):
            text = "\n\n".join(f"# {place}\n\n{f'turn{turn} ' * 40}" for place in "abc")
            corpus.documents.put(draft("Leap", text), split("Leap", text))
        done.set()
        for reader in readers:
            reader.join()
    assert wrong == []
