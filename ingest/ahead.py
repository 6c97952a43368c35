"""Work on many tasks at once, and their results in the order of the tasks. Knows nothing of what the work is."""

import threading
from collections import deque
from collections.abc import Callable, Generator, Iterable
from concurrent.futures import Future
from dataclasses import dataclass
from itertools import islice
from typing import Generic, Protocol, TypeVar

T = TypeVar("T")
R = TypeVar("R")
Out = TypeVar("Out", covariant=True)


class Result(Protocol[Out]):
    """What a task comes to."""

    def result(self) -> Out:
        """Waits for the work if it is not done; raises what the work raised."""


def read_ahead(
    tasks: Iterable[T], *, key: Callable[[T], str | None], work: Callable[[T], R], workers: int, window: int
) -> Generator[tuple[T, Result[R]], None, None]:
    """Each task with its result, in order, while `workers` threads work on those that come next.

    Tasks of one key are worked on one after the other; a task without a key only when its result is asked for, by
    the caller itself. `tasks` is advanced by the caller too, at most `window` tasks ahead of what it has taken: with
    a window of 1 it may depend on all results before. Closing it drops what has not begun and waits for nothing.
    """
    crew = _Crew(work, workers)
    coming: deque[tuple[T, Result[R]]] = deque()
    source = iter(tasks)
    try:
        while True:
            for task in islice(source, window - len(coming)):
                name = key(task)
                coming.append((task, _Later(work, task) if name is None else crew.hand(name, task)))
            if not coming:
                return
            yield coming.popleft()
    except BaseException:  # closed, or there is something wrong with the tasks themselves
        crew.drop()
        raise
    finally:
        crew.dismiss()


@dataclass(frozen=True, slots=True)
class _Later(Generic[T, R]):
    """Work that is done where its result is asked for."""

    work: Callable[[T], R]
    task: T

    def result(self) -> R:
        return self.work(self.task)


@dataclass(frozen=True, slots=True)
class _Order(Generic[T, R]):
    key: str
    task: T
    future: Future[R]


class _Crew(Generic[T, R]):
    """Threads that each take the first order whose key nobody is busy with; they never keep Python from ending."""

    def __init__(self, work: Callable[[T], R], size: int) -> None:
        self._work = work
        self._size = size
        self._threads = 0
        self._orders: deque[_Order[T, R]] = deque()
        self._busy: set[str] = set()
        self._dismissed = False
        self._changed = threading.Condition()

    def hand(self, key: str, task: T) -> Future[R]:
        """Have this done as soon as a thread and its key are free."""
        order = _Order(key, task, Future[R]())
        with self._changed:
            self._orders.append(order)
            self._changed.notify()
            if self._threads < self._size:
                self._threads += 1
                threading.Thread(target=self._serve, daemon=True, name=f"ahead-{self._threads}").start()
        return order.future

    def drop(self) -> None:
        """Forget what has not begun."""
        with self._changed:
            for order in self._orders:
                order.future.cancel()
            self._orders.clear()

    def dismiss(self) -> None:
        """There will be no more orders: the threads end when they are done."""
        with self._changed:
            self._dismissed = True
            self._changed.notify_all()

    def _serve(self) -> None:
        while order := self._next():
            try:
                order.future.set_result(self._work(order.task))
            except BaseException as error:  # raised again where the result is asked for
                order.future.set_exception(error)
            with self._changed:
                self._busy.discard(order.key)
            del order  # a thread that waits keeps no result alive

    def _next(self) -> _Order[T, R] | None:
        """The next order that can be begun, None when there will be none."""
        with self._changed:
            while True:
                for order in self._orders:
                    if order.key not in self._busy:
                        self._orders.remove(order)
                        self._busy.add(order.key)
                        return order
                if self._dismissed:
                    return None
                self._changed.wait()
