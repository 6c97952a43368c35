"""How much is taken on at once, and from one asker in a while. What is too much is refused with the time to wait."""

import math
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager

from limits import parse
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter
from starlette.types import Scope

from api.access import NOBODY
from api.identity import is_loopback
from api.problems import Problem
from api.settings import Settings


class Tries(MemoryStorage):
    """What was tried, by the clock of the wall. One that is put back would lock people out until it is there again."""

    _ahead = -math.inf

    def acquire_entry(self, key: str, limit: int, expiry: int, amount: int = 1) -> bool:
        """Count a try, if there is room for it."""
        self._forget_the_future()
        return super().acquire_entry(key, limit, expiry, amount)

    def get_moving_window(self, key: str, limit: int, expiry: int) -> tuple[float, int]:
        """How many tries there were since when."""
        self._forget_the_future()
        return super().get_moving_window(key, limit, expiry)

    def _forget_the_future(self) -> None:
        ahead = time.time() - time.monotonic()
        if ahead < self._ahead - 1:
            self.reset()
        self._ahead = ahead


class Rate:
    """Requests of one asker: of a person with all their tokens, else of an address. This machine's own are free."""

    def __init__(self, settings: Settings) -> None:
        self._rate = parse(settings.rate_limit) if settings.rate_limit else None
        self._limiter = MovingWindowRateLimiter(Tries())

    def refusal(self, scope: Scope) -> Problem | None:
        """Counts a request whose person is known; the answer to one too many."""
        asker = _asker(scope)
        if self._rate is None or asker is None or self._limiter.hit(self._rate, *asker):
            return None
        again = self._limiter.get_window_stats(self._rate, *asker).reset_time
        seconds = max(1, math.ceil(again - time.time()))
        detail = f"more than {self._rate} of requests: ask again in {seconds} s (setting rate_limit)"
        return Problem(429, detail, headers={"Retry-After": str(seconds)})


class InWork:
    """Requests that are being answered: so many, and no more."""

    def __init__(self, settings: Settings) -> None:
        self._most = settings.max_requests
        self._now = 0
        self._refused: deque[float] = deque()

    def refusal(self) -> Problem | None:
        """The answer to a request for which there is no room. The larger the crowd, the later it is to come again."""
        if self._now < self._most:
            return None
        now = time.monotonic()
        while self._refused and self._refused[0] < now - 1:
            self._refused.popleft()
        self._refused.append(now)
        seconds = 1 + len(self._refused) // self._most
        detail = f"{self._most} requests are being answered already: ask again in {seconds} s (setting max_requests)"
        return Problem(503, detail, headers={"Retry-After": str(seconds)})

    @contextmanager
    def one(self) -> Iterator[None]:
        """While a request is being answered."""
        self._now += 1
        try:
            yield
        finally:
            self._now -= 1


def _asker(scope: Scope) -> tuple[str, str] | None:
    name = scope.get("state", {}).get("person", NOBODY).name
    if name:
        return "person", name
    address = scope["client"][0] if scope.get("client") else ""
    return None if is_loopback(address) else ("address", address)
