"""The history of the tables: steps that are applied in order, each once. A released step is never edited; add another.

The steps stand in one file a subject; a new one goes to the end of its file's STEPS.
"""

from itertools import chain
from pathlib import Path

import sqlite_utils
from sqlite_utils.migrations import Migrations

from corpus import (
    schema_curation,
    schema_documents,
    schema_lessons,
    schema_patterns,
    schema_people,
    schema_sources,
    schema_visibility,
)
from corpus.errors import SchemaTooNew
from corpus.opening import PAGE

migrations = Migrations("lessonry")
HISTORY = tuple(
    chain(
        schema_documents.STEPS,
        schema_lessons.STEPS,
        schema_curation.STEPS,
        schema_people.STEPS,
        schema_patterns.STEPS,
        schema_sources.STEPS,
        schema_visibility.STEPS,
    )
)
for step in HISTORY:
    migrations()(step)
STEPS = {step.__name__ for step in HISTORY}


def migrate(db: sqlite_utils.Database, path: Path) -> None:
    """Bring the file to the newest schema. A file of a newer version is refused untouched."""
    db.execute(f"PRAGMA page_size = {PAGE}")  # of a file that is not there yet
    applied = {step.name for step in migrations.applied(db)}
    if newer := sorted(applied - STEPS):
        raise SchemaTooNew(path, newer)
    if applied != STEPS:
        db.execute("BEGIN IMMEDIATE")  # another process may be doing the same: the second one finds it done
        try:
            migrations.apply(db)
            db.conn.commit()
        except BaseException:
            db.conn.rollback()
            raise
    db.enable_wal()  # nothing happens where it is on; a process that was killed may have left it off
