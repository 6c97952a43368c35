"""Reading ahead: the order, who may run with whom, and how it ends; steered by events, never by the clock."""

import threading
from collections.abc import Iterator
from concurrent.futures import CancelledError

import pytest

from ingest.ahead import read_ahead

Task = tuple[str | None, int]
PATIENCE = 20


def key(task: Task) -> str | None:
    return task[0]


def double(task: Task) -> int:
    return task[1] * 2


@pytest.mark.parametrize("window", [1, 2, 7, 100])
@pytest.mark.parametrize("workers", [1, 3, 50])
def test_results_come_in_order(workers: int, window: int) -> None:
    tasks: list[Task] = [(None if number % 5 == 0 else "abc"[number % 3], number) for number in range(60)]
    found = read_ahead(iter(tasks), key=key, work=double, workers=workers, window=window)
    assert [(task, result.result()) for task, result in found] == [(task, task[1] * 2) for task in tasks]


def test_nothing_comes_of_nothing() -> None:
    before = threading.active_count()
    assert list(read_ahead(iter([]), key=key, work=double, workers=4, window=4)) == []
    assert threading.active_count() == before


def test_an_error_is_raised_at_its_turn_and_the_rest_goes_on() -> None:
    found = read_ahead([("a", 2), ("a", 0), ("b", 5)], key=key, work=lambda task: 10 // task[1], workers=2, window=3)
    assert next(found)[1].result() == 5
    failed = next(found)[1]
    with pytest.raises(ZeroDivisionError):
        failed.result()
    assert next(found)[1].result() == 2


def test_tasks_of_one_key_run_one_after_the_other_in_order() -> None:
    lock, running, began, clashes = threading.Lock(), set[str | None](), list[Task](), list[Task]()

    def work(task: Task) -> None:
        with lock:
            began.append(task)
            if task[0] in running:
                clashes.append(task)
            running.add(task[0])
        threading.Event().wait(0.001)
        with lock:
            running.discard(task[0])

    tasks = [("abc"[number % 3], number) for number in range(60)]
    for _, result in read_ahead(tasks, key=key, work=work, workers=8, window=60):
        result.result()
    assert clashes == []
    for name in "abc":
        assert [task for task in began if task[0] == name] == [task for task in tasks if task[0] == name]


def test_different_keys_run_at_once() -> None:
    together = threading.Barrier(3)
    tasks: list[Task] = [("a", 0), ("b", 1), ("c", 2)]
    found = read_ahead(tasks, key=key, work=lambda task: together.wait(PATIENCE), workers=3, window=3)
    assert sorted(result.result() for _, result in found) == [0, 1, 2]


def test_a_slow_key_leaves_the_threads_to_the_others() -> None:
    """Two threads, one held up by "slow", whose further tasks stand first in line: the other does all the rest."""
    release, rest = threading.Event(), threading.Semaphore(0)

    def work(task: Task) -> int:
        if task[0] == "slow":
            assert release.wait(PATIENCE)
        else:
            rest.release()
        return task[1]

    tasks = [("slow", number) for number in range(5)] + [(f"host {number}", number) for number in range(5, 10)]
    found = read_ahead(tasks, key=key, work=work, workers=2, window=10)
    first = next(found)[1]
    assert all(rest.acquire(timeout=PATIENCE) for _ in range(5))
    release.set()
    assert [first.result(), *(result.result() for _, result in found)] == list(range(10))


def test_a_task_without_a_key_is_worked_on_by_the_caller_when_it_asks() -> None:
    done: list[threading.Thread] = []
    found = read_ahead(
        [(None, 1), (None, 2)], key=key, work=lambda task: done.append(threading.current_thread()), workers=4, window=2
    )
    results = [result for _, result in found]
    assert done == []
    results[1].result()
    assert done == [threading.current_thread()]


@pytest.mark.parametrize("window", [1, 3])
def test_tasks_are_taken_by_the_caller_and_not_far_ahead(window: int) -> None:
    taken: list[int] = []

    def tasks() -> Iterator[Task]:
        for number in range(10):
            assert threading.current_thread() is threading.main_thread()
            taken.append(number)
            yield ("a", number)

    found = read_ahead(tasks(), key=key, work=double, workers=4, window=window)
    for number, (_, result) in enumerate(found):
        assert len(taken) == min(number + window, 10)
        result.result()


def test_with_a_window_of_one_tasks_may_come_of_results() -> None:
    """As in a crawl: what is to be read next stands in what was read before."""
    known = [1]

    def tasks() -> Iterator[Task]:
        yield from (("a", number) for number in known)  # `known` grows meanwhile

    for _, result in read_ahead(tasks(), key=key, work=double, workers=4, window=1):
        if result.result() < 100:
            known.append(result.result())
    assert known == [1, 2, 4, 8, 16, 32, 64]


def test_at_most_so_many_threads() -> None:
    names: set[str] = set()
    tasks = [(str(number), number) for number in range(50)]
    found = read_ahead(
        tasks, key=key, work=lambda task: names.add(threading.current_thread().name), workers=3, window=50
    )
    for _, result in found:
        result.result()
    assert len(names) <= 3


def test_closing_drops_what_has_not_begun_and_waits_for_nothing() -> None:
    release, begun, ran = threading.Event(), threading.Event(), list[int]()

    def work(task: Task) -> None:
        ran.append(task[1])
        begun.set()
        assert release.wait(PATIENCE)

    found = read_ahead([("a", 0), ("a", 1), ("a", 2)], key=key, work=work, workers=2, window=3)
    next(found)
    later = next(found)[1]
    assert begun.wait(PATIENCE)
    found.close()
    release.set()
    with pytest.raises(CancelledError):
        later.result()
    assert ran == [0]


def test_results_may_be_asked_for_in_the_end() -> None:
    tasks = [("ab"[number % 2], number) for number in range(40)]
    found = list(read_ahead(tasks, key=key, work=double, workers=3, window=5))
    assert [result.result() for _, result in found] == list(range(0, 80, 2))


def test_the_threads_end_with_the_tasks() -> None:
    workers: set[threading.Thread] = set()
    together = threading.Barrier(2)

    def work(task: Task) -> None:
        workers.add(threading.current_thread())
        together.wait(PATIENCE)

    for _, result in read_ahead([("a", 1), ("b", 2)], key=key, work=work, workers=2, window=2):
        result.result()
    for thread in workers:
        thread.join(PATIENCE)
    assert [thread.is_alive() for thread in workers] == [False, False]


def test_an_error_of_the_tasks_themselves_ends_it() -> None:
    def tasks() -> Iterator[Task]:
        yield ("a", 1)
        raise LookupError("no more")

    found = read_ahead(tasks(), key=key, work=double, workers=2, window=1)
    assert next(found)[1].result() == 2
    with pytest.raises(LookupError):
        next(found)
