"""What became of sources, counted: the shape of `lessonry add --json` and of a job's result."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict
from typing import Any, get_args

from ingest.types import Outcome, Redacted, Status


def counted(outcomes: Iterable[Outcome]) -> dict[str, Any]:
    """Counts by status, each of the six words present; what was masked, by its kind; and the items."""
    items = list(outcomes)
    counts = Counter(outcome.status for outcome in items)
    masked = sum((Counter(outcome.masked) for outcome in items), Counter[Redacted]())
    return {
        **{status: counts[status] for status in get_args(Status)},
        "masked": {kind: masked[kind] for kind in get_args(Redacted) if masked[kind]},
        "items": [asdict(one) for one in items],
    }
