"""How to be a good guest: one request at a time to a host, a pause in between, and waiting when it asks for that."""

import re
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TypeVar
from urllib.parse import urlsplit

from corpus.errors import Unreachable

BROKEN = 0
"""Stands for the status of an answer that never came, or not to its end."""

_LONGEST_PAUSE = 30.0
_LONGEST_WAIT = 60.0
_LONGEST_AWAY = 86_400.0
_FIRST_WAIT = 3.0
_RETRIES = {429: 2, 503: 2, 500: 1, 502: 1, 504: 1, BROKEN: 1}
_HOSTS = 5000
_PORTS = {"http": 80, "https": 443}

V = TypeVar("V")


def host_of(url: str) -> str:
    """Whose turn an address needs: its host, with the port unless that is the usual one of the scheme.

    >>> host_of("https://Example.com:443/a"), host_of("http://example.com:8080/")
    ('example.com', 'example.com:8080')
    """
    parts = urlsplit(url)
    usual = parts.port in (None, _PORTS.get(parts.scheme))
    return (parts.hostname or "") + ("" if usual else f":{parts.port}")


def origin_of(url: str) -> str:
    """What one connection leads to: scheme and host. http may be closed where https is open."""
    return f"{urlsplit(url).scheme}://{host_of(url)}"


def retry_after(value: str, now: datetime) -> float | None:
    """Seconds that a Retry-After asks for, a date or a number, at most a day of them; None if it makes no sense.

    >>> retry_after("Sun, 22 Nov 2026 08:00:30 GMT", datetime(2026, 11, 22, 8, 0, tzinfo=UTC))
    30.0
    """
    value = value.strip()
    if re.fullmatch("[0-9]+", value):
        return min(float(value), _LONGEST_AWAY)
    try:
        asked = parsedate_to_datetime(value)
    except (ValueError, OverflowError):
        return None
    seconds = (asked.replace(tzinfo=asked.tzinfo or UTC) - now).total_seconds()
    return min(max(seconds, 0.0), _LONGEST_AWAY)


def next_try(status: int, asked: float | None, tries: int) -> float | None:
    """Seconds to wait before asking again after so many tries that ended with `status`; None: not again.

    A busy server (429, 503) says itself when, or gets twice the time with each try; other failures get one more try.
    """
    if tries > _RETRIES.get(status, 0):
        return None
    wait = _FIRST_WAIT * 2 ** (tries - 1) if asked is None else max(asked, 1.0)
    return wait if wait <= _LONGEST_WAIT else None


class Manners:
    """Gives out turns at hosts; safe for many threads.

    `pause` is in seconds, from the end of one request to the start of the next one at the same host. The pause that a
    host asks for itself (Crawl-delay) wins over it, longer or shorter, up to 30 s. `clock` and `sleep` are for tests.
    """

    def __init__(
        self,
        pause: float,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], object] | None = None,
    ) -> None:
        self._pause = pause
        self._clock = clock
        self._closed = threading.Event()
        self._sleep = sleep or self._closed.wait
        self._changed = threading.Condition()
        self._busy: set[str] = set()
        self._ended: dict[str, float] = {}
        self._away: dict[str, tuple[float, Unreachable]] = {}

    @contextmanager
    def turn(self, url: str, pause: float | None = None) -> Iterator[float]:
        """The one turn at the host of an address, after its pause, which is yielded.

        Unreachable at once if the host is to be left alone. Have one turn at a time: two threads that each hold one
        and wait for the other's would wait for ever.
        """
        host = host_of(url)
        wanted = self._pause if pause is None else min(pause, _LONGEST_PAUSE)
        self._take(url, host)
        try:
            self.wait(url, self._ended.get(host, float("-inf")) + wanted - self._clock())
            yield wanted
        finally:
            with self._changed:
                _remember(self._ended, host, self._clock())
                self._busy.discard(host)
                self._changed.notify_all()

    def wait(self, url: str, seconds: float) -> None:
        """Sleep, if there is anything to wait for; Unreachable if `close` ends it."""
        if seconds > 0:
            self._sleep(seconds)
        self._check_open(url)

    def leave_alone(self, host: str, seconds: float, error: Unreachable) -> None:
        """For so long every turn at a host (or an origin) fails at once as this one did, and nothing is asked of it."""
        with self._changed:
            _remember(self._away, host, (self._clock() + seconds, error))

    def close(self) -> None:
        """End all waiting; there are no turns any more."""
        self._closed.set()
        with self._changed:
            self._changed.notify_all()

    def _take(self, url: str, host: str) -> None:
        with self._changed:
            while True:
                self._check_open(url)
                self._check_away(url, host)
                if host not in self._busy:
                    break
                self._changed.wait()
            self._busy.add(host)

    def _check_open(self, url: str) -> None:
        if self._closed.is_set():
            raise Unreachable(url, "the fetching was stopped")

    def _check_away(self, url: str, host: str) -> None:
        for name in (host, origin_of(url)):
            until, error = self._away.get(name, (0.0, None))
            left = until - self._clock()
            if error is not None and left > 0:
                raise Unreachable(url, error.reason, None if error.retry_after is None else left)


def _remember(memory: dict[str, V], key: str, value: V) -> None:
    """Keep what is newest, of a bounded number of hosts."""
    memory.pop(key, None)
    memory[key] = value
    while len(memory) > _HOSTS:
        del memory[next(iter(memory))]
