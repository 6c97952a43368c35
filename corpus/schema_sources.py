"""What came to the tables of sources later, as a history of small named steps."""

import sqlite_utils

from corpus.steps import run


def m051_removed_sources(db: sqlite_utils.Database) -> None:
    """A source that a person removed is kept for a while, so that it can be brought back as it was."""
    run(db, "ALTER TABLE subscriptions ADD COLUMN removed TEXT;")


STEPS = (m051_removed_sources,)
