"""What became of sources, counted: the shape of `lessonry add --json` and of a job's result."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict
from typing import Any, get_args

from ingest.types import Outcome, Status


def counted(outcomes: Iterable[Outcome]) -> dict[str, Any]:
    """Counts by status, each of the six words present, and the items."""
    items = list(outcomes)
    counts = Counter(outcome.status for outcome in items)
    return {**{status: counts[status] for status in get_args(Status)}, "items": [asdict(one) for one in items]}
