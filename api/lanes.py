"""The threads of the worker, each with a queue of its own that huey holds."""

import logging
import threading
from collections.abc import Callable, Iterable

from huey import SqliteHuey

from api.wiring import Lessonry
from corpus.errors import LessonryError
from corpus.mending import mendable

_IDLE_SECONDS = 2.0

log = logging.getLogger(__name__)


class Lane:
    """A thread that does the jobs of one queue, one after the other, and something else when there are none."""

    def __init__(
        self, name: str, lessonry: Lessonry, left: Callable[[], Iterable[str]], do: Callable[[str], None],
        idle: Callable[[], bool], stopping: threading.Event,
    ) -> None:  # fmt: skip
        self._lessonry = lessonry
        self._path = lessonry.settings.home / "queue.db"
        self._huey = SqliteHuey(name, filename=str(self._path), results=False, create_tables=False)
        self._run = self._huey.task(name=name)(do)
        self._do = do
        self._left = left
        self._resumed = False
        self._lock = threading.Lock()
        self._idle = idle
        self._stopping = stopping
        self._wake = threading.Event()
        self._thread = threading.Thread(target=self._work, name=f"lessonry-{name}", daemon=True)

    def queue(self, job_id: str) -> None:
        """Put a job that is on record at the end."""
        with self._lock, mendable(self._path):
            if self._resumed:
                self._run(job_id)
        self._wake.set()

    def _resume(self) -> None:
        """Queue what the record of jobs says, whatever an earlier process had queued."""
        with self._lock, mendable(self._path):
            if not self._resumed:
                self._huey.storage.initialize_schema()
                self._huey.flush()
                for job_id in self._left():
                    self._run(job_id)
                self._resumed = True

    def start(self) -> None:
        """Begin to work."""
        self._thread.start()

    def stop(self, seconds: float) -> None:
        """Wait for the end of what is being done, once `stopping` is set."""
        self._wake.set()
        if self._thread.is_alive():
            self._thread.join(seconds)

    def _work(self) -> None:
        said = ""
        while not self._stopping.is_set():
            self._wake.clear()
            try:
                self._resume()
                with mendable(self._path):
                    task = self._huey.dequeue()
                if task is not None:
                    self._huey.execute(task)
                    continue
                for job_id in self._left():  # of a process that ended in the midst of them
                    self._do(job_id)
                if not self._idle():
                    self._wake.wait(_IDLE_SECONDS)
            except LessonryError as error:  # a full disk, a missing model: said, and tried again later
                if str(error) != said:
                    log.warning("%s", error)
                said = str(error)
                self._stopping.wait(_IDLE_SECONDS)
            except Exception:
                log.exception("the worker met an unexpected error and goes on")
                self._stopping.wait(_IDLE_SECONDS)
