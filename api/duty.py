"""Of several processes that serve one home, one does what is to be done once: jobs, refreshes, upkeep, backups."""

import logging
import threading
from collections.abc import Sequence
from typing import Protocol

from api.locks import alone
from api.wiring import Lessonry
from corpus.errors import LessonryError

_LOOK_SECONDS = 1.0

log = logging.getLogger(__name__)


class Task(Protocol):
    """What goes on in the background."""

    def start(self) -> None:
        """Begin."""

    def stop(self) -> None:
        """Come to an end; what is at hand is finished first."""


class Duty:
    """Does the tasks once no other process of this home does; when that one ends, another takes over."""

    def __init__(self, lessonry: Lessonry, tasks: Sequence[Task]) -> None:
        self._lessonry = lessonry
        self._tasks = tasks
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._work, name="lessonry-duty", daemon=True)

    def start(self) -> None:
        """Open the model, so that the first query need not wait for it, then wait for the duty."""
        self._thread.start()

    def stop(self, seconds: float = 30.0) -> None:
        """Wait for the end of what is being done."""
        self._stopping.set()
        self._thread.join(seconds)

    def _work(self) -> None:
        self._warm_up()
        said = ""
        while not self._stopping.is_set():
            try:
                with alone(self._lessonry.settings.home, "duty") as mine:
                    if mine:
                        self._do()
            except LessonryError as error:  # a home that cannot be written to: said once, and tried again
                if str(error) != said:
                    log.warning("nothing is done in the background: %s", error)
                said = str(error)
            self._stopping.wait(_LOOK_SECONDS)

    def _do(self) -> None:
        for task in self._tasks:
            task.start()
        self._stopping.wait()
        for task in self._tasks:
            task.stop()

    def _warm_up(self) -> None:
        try:
            for question in ("warm", "warm " * 20):  # a model for each length
                self._lessonry.encoder.encode_query(question)
        except LessonryError as error:
            log.warning("%s", error)
