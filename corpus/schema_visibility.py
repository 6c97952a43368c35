"""Who may see a document, as a history of small named steps. Collections have had theirs from m030 on."""

import sqlite_utils

from corpus.steps import run


def m060_visibility(db: sqlite_utils.Database) -> None:
    """`members`, `public`, or NULL where nobody said: then the home's default holds."""
    run(db, "ALTER TABLE documents ADD COLUMN visibility TEXT;")


STEPS = (m060_visibility,)
