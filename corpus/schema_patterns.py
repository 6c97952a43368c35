"""The tables of contributing factors, as a history of small named steps."""

import sqlite_utils

from corpus import factors
from corpus.steps import run


def m050_factors(db: sqlite_utils.Database) -> None:
    """The sentences that tell of a contributing factor; they live and die with their passage."""
    run(
        db,
        f"""
        CREATE TABLE factor_sentences (
            factor TEXT NOT NULL,
            passage_id INTEGER NOT NULL REFERENCES passages ON DELETE CASCADE,
            first INTEGER NOT NULL,     -- characters of the passage's text
            after INTEGER NOT NULL,
            PRIMARY KEY (factor, passage_id, first)
        ) WITHOUT ROWID;
        CREATE INDEX factor_sentences_passage ON factor_sentences (passage_id);
        CREATE TABLE factor_list (one INTEGER PRIMARY KEY CHECK (one = 1), made_with TEXT NOT NULL);
        INSERT INTO factor_list  -- '': not made yet
            SELECT 1, iif(EXISTS (SELECT 1 FROM passages), '', '{factors.digest()}');
        """,
    )


STEPS = (m050_factors,)
