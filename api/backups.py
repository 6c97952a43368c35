"""Scheduled backups: written while serving, checked before they count, the latest few kept."""

import logging
import re
import threading
from datetime import datetime
from pathlib import Path

from api.locks import alone
from api.wiring import Lessonry
from corpus.clock import later, now
from corpus.errors import LessonryError, StoreUnusable
from corpus.mending import writing

_NAME = re.compile(r"lessonry-(\d{4}-\d\d-\d\dT\d{6}Z)\.db")
_LOOK_SECONDS = 60.0

log = logging.getLogger(__name__)


class Backups:
    """The scheduled backups of one home, by a thread of its own; of several servers one writes them."""

    def __init__(self, lessonry: Lessonry) -> None:
        self._lessonry = lessonry
        self._folder = lessonry.settings.backups
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._work, name="lessonry-backups", daemon=True)

    def start(self) -> None:
        """Look from now on whether one is due, if the settings want any."""
        if self._lessonry.settings.backup_hours:
            self._thread.start()

    def stop(self, seconds: float = 10.0) -> None:
        """Wait for the end of one that is being written."""
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join(seconds)

    def write_if_due(self) -> Path | None:
        """A new backup, and the oldest are removed; None if none is due. StoreUnusable if it cannot be written."""
        with alone(self._lessonry.settings.home, "backup") as mine:
            if not mine or not self._due():
                return None
            target = self._folder / f"lessonry-{_compact(now())}.db"
            with writing(self._folder):
                self._folder.mkdir(parents=True, exist_ok=True)
            self._lessonry.corpus.backup(target)
            self._remove_old()
            return target

    def age(self) -> float | None:
        """Seconds since the last one was begun, by its name; None if none is to be seen."""
        present = _compact(now())
        try:
            stamp = max((stamp for stamp, _ in self._written() if stamp <= present), default=None)
        except StoreUnusable:
            return None
        return None if stamp is None else (_moment(present) - _moment(stamp)).total_seconds()

    def _due(self) -> bool:
        """Is there none of the last hours? One of the future was written by a wrong clock."""
        since = _compact(later(-3_600 * self._lessonry.settings.backup_hours))
        return not any(since < stamp <= _compact(now()) for stamp, _ in self._written())

    def _written(self) -> list[tuple[str, Path]]:
        with writing(self._folder):
            files = list(self._folder.iterdir()) if self._folder.exists() else []
        return [(found[1], path) for path in files if (found := _NAME.fullmatch(path.name))]

    def _remove_old(self) -> None:
        """Keep the latest; those of the future are the first to go."""
        present = _compact(now())
        latest = sorted(self._written(), key=lambda one: (one[0] <= present, one[0]), reverse=True)
        for _, path in latest[self._lessonry.settings.backups_kept :]:
            with writing(path):
                path.unlink(missing_ok=True)

    def _work(self) -> None:
        said = ""
        while not self._stopping.is_set():
            try:
                self.write_if_due()
                said = ""
            except LessonryError as error:  # a full disk: said once, and tried again
                if str(error) != said:
                    log.warning("no backup was written: %s", error)
                said = str(error)
            except Exception:
                log.exception("no backup was written, for an unexpected error")
            self._stopping.wait(_LOOK_SECONDS)


def _compact(time: str) -> str:
    """A time as it may stand in the name of a file anywhere."""
    return time.replace(":", "")


def _moment(stamp: str) -> datetime:
    return datetime.strptime(stamp, "%Y-%m-%dT%H%M%SZ")
