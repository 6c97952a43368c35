"""The time of day as it is stored: UTC, ISO 8601 to the second, with `Z`."""

from datetime import UTC, datetime


def now() -> str:
    """The current time, e.g. 2026-11-22T07:35:00Z."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
