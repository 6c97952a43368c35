"""Refreshes: a subscribed source taken in again, what came of it, and when it is due next."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from api.locks import alone
from api.wiring import Lessonry
from corpus.clock import now
from corpus.errors import Conflict, LessonryError, SourceError
from corpus.types import Refresh, Subscription
from ingest.types import DEPTH, PEOPLE, Options, Outcome

_LONGEST_WAIT = 7 * 86_400
_UNITS = {"m": 60, "h": 3_600, "d": 86_400, "w": 7 * 86_400}
_WORDS = {"hourly": 3_600, "daily": 86_400, "weekly": 7 * 86_400}
_SHORTEST = 300

Stop = Callable[[], bool]
Seen = Callable[[Outcome], None]


class Stopped(Exception):
    """The process is to end: what is left of the refresh is done by the next one."""


def seconds_of(every: str) -> int:
    """A schedule as people write it (`daily`, `6h`, `2w`) in seconds, at least five minutes; SourceError for no such.

    >>> seconds_of("6h")
    21600
    """
    number, unit = every[:-1], every[-1:]
    counted = number.isdecimal() and len(number) < 7 and unit in _UNITS
    seconds = _WORDS.get(every) or (int(number) * _UNITS[unit] if counted else 0)
    if not _SHORTEST <= seconds <= 366 * 86_400:
        raise SourceError(
            f"schedule {every!r}", "give hourly, daily, weekly, or a time from 5m to 366d such as 30m, 6h, 2d"
        )
    return seconds


def subscribe(lessonry: Lessonry, address: str, every: str | None, told: Mapping[str, Any]) -> Subscription:
    """Remember a source, daily unless told otherwise; of a known one what is not told stays as it is.

    Raises Refused or SourceError for an address or a schedule that cannot be.
    """
    lessonry.sources.check(address)
    subscriptions = lessonry.corpus.subscriptions
    known = next((one for one in subscriptions.all() if one.address == address), None)
    options = {**(known.options if known else {}), **{name: value for name, value in told.items() if value}}
    seconds = known.every if known and every is None else seconds_of(every or "daily")
    return subscriptions.add(address, options, every=seconds)


def options_of(subscription: Subscription) -> Options:
    """How a source is taken in, as it was subscribed to."""
    told = subscription.options
    return Options(
        kind=told.get("kind"), tags=tuple(told.get("tags", ())), form=told.get("form"),
        visibility=told.get("visibility"),
        match=tuple(told.get("match", ())), depth=told.get("depth", DEPTH), most=told.get("most"),
        redact=PEOPLE if told.get("mask_people") else frozenset(), columns=told.get("columns", {}), refresh=True,
    )  # fmt: skip


class Refresher:
    """Refreshes the sources of one home, each by one process at a time."""

    def __init__(self, lessonry: Lessonry) -> None:
        self._lessonry = lessonry
        self._subscriptions = lessonry.corpus.subscriptions

    def refresh(
        self, subscription: Subscription, *, stop: Stop = lambda: False, seen: Seen = lambda _: None
    ) -> Refresh:
        """Take a source in again; how it went. Conflict if another process is at it, Stopped if `stop` says so.

        A source that fails is asked again later and later, at most a week later, or when its server says.
        """
        with alone(self._lessonry.settings.home, subscription.id) as mine:
            if not mine:
                raise Conflict(f"{subscription.address} is being refreshed by another process; wait for it to end")
            number, started = self._subscriptions.begin(subscription.id), now()
            counts: Counter[str] = Counter()
            failed: Outcome | None = None
            try:
                failed = self._take_in(subscription, counts, stop, seen)
                error = failed.error if failed else None
            except LessonryError as fault:
                error = str(fault)
            except Stopped:
                raise
            except Exception:  # a bug: told to whoever looks at the log, and raised again; the next try comes later
                self._end(subscription, number, counts, "an unexpected error; see the log of the process", 0.0)
                raise
            self._end(subscription, number, counts, error, (failed and failed.retry_after) or 0.0)
        return Refresh(
            number=number,
            subscription_id=subscription.id,
            started=started,
            ended=now(),
            counts=dict(counts),
            error=error,
        )

    def _end(
        self, subscription: Subscription, number: int, counts: Counter[str], error: str | None, asked: float
    ) -> None:
        """Note how it went; `asked` are the seconds that the server wants us to wait."""
        failures = subscription.failures + 1 if error else 0
        later = min(subscription.every * 2.0 ** min(failures - 1, 20), _LONGEST_WAIT) if error else subscription.every
        self._subscriptions.end(number, dict(counts), error=error, failures=failures, wait=max(asked, later))

    def _take_in(self, subscription: Subscription, counts: Counter[str], stop: Stop, seen: Seen) -> Outcome | None:
        """Count what becomes of the items; the failure if the source could not be read at all."""
        known = self._subscriptions.items(subscription.id)
        options = replace(options_of(subscription), again=tuple(known))
        collection = subscription.options.get("collection")
        failed: Outcome | None = None
        for outcome in self._lessonry.ingestor.add(subscription.address, options):
            counts["seen"] += 1
            counts[outcome.status] += 1
            counts["gone"] += outcome.gone
            failed = failed or (outcome if outcome.status == "failed" else None)
            if outcome.id and known.get(outcome.source, "") != outcome.id:
                self._subscriptions.note_item(subscription.id, outcome.source, outcome.id)
            if outcome.id and outcome.status == "added" and collection:
                self._lessonry.add_to_collection(collection, outcome.id)
            seen(outcome)
            if stop():
                raise Stopped
        return failed if counts["failed"] == counts["seen"] else None


def health(lessonry: Lessonry, subscription: Subscription) -> dict[str, Any]:
    """A source as people see it: what it is, when it was refreshed, how that went, and when it is again."""
    log = lessonry.corpus.subscriptions.log(subscription.id)
    success = lessonry.corpus.subscriptions.last_success(subscription.id)
    failed = next((one for one in log if one.error), None)
    latest = next((one for one in log if one.ended), None)
    counts = latest.counts if latest else {}
    return {
        "id": subscription.id,
        "address": subscription.address,
        "options": subscription.options,
        "every_seconds": subscription.every,
        "paused": subscription.paused,
        "due": subscription.due,
        "last_success": success.ended if success else None,
        "last_error": failed.error if failed else None,
        "last_error_at": failed.ended if failed else None,
        "failures": subscription.failures,
        **{name: counts.get(name, 0) for name in ("seen", "added", "changed", "failed", "skipped")},
        "gone": lessonry.corpus.subscriptions.gone(subscription.id),
    }
