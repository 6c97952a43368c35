"""Who may see a document, as a history of small named steps. Collections have had theirs from m030 on."""

import sqlite_utils

from corpus.steps import run


def m060_visibility(db: sqlite_utils.Database) -> None:
    """`members`, `public`, or NULL where nobody said: then the home's default holds."""
    run(db, "ALTER TABLE documents ADD COLUMN visibility TEXT;")


def m061_said(db: sqlite_utils.Database) -> None:
    """What was said, without the texts that stand before it in a row; `public` asks this index by its name."""
    run(db, "CREATE INDEX documents_said ON documents (id, visibility) WHERE visibility IS NOT NULL;")


STEPS = (m060_visibility, m061_said)
