"""The time of day as it is stored: UTC, ISO 8601 to the second, with `Z`."""

from datetime import UTC, datetime, timedelta


def now() -> str:
    """The current time, e.g. 2026-11-22T07:35:00Z."""
    return later(0)


def later(seconds: float) -> str:
    """The time in so many seconds from now."""
    return (datetime.now(UTC) + timedelta(seconds=seconds)).strftime("%Y-%m-%dT%H:%M:%SZ")


def today() -> str:
    """The current day, e.g. 2026-11-22."""
    return now()[:10]
