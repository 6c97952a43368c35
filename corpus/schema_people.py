"""The tables of people, their tokens and the sessions of their browsers. Secrets are kept as digests only."""

import sqlite_utils

from corpus.steps import run


def m020_people(db: sqlite_utils.Database) -> None:
    """Names with roles, tokens with scopes, sessions that die with their token."""
    run(
        db,
        """
        CREATE TABLE people (name TEXT PRIMARY KEY, role TEXT NOT NULL, added TEXT NOT NULL);
        CREATE TABLE tokens (
            id TEXT PRIMARY KEY,
            name TEXT NOT NULL REFERENCES people ON DELETE CASCADE,
            digest BLOB NOT NULL,       -- of the secret, which is long and random
            scopes TEXT NOT NULL,       -- with spaces between them
            created TEXT NOT NULL,
            expires TEXT,
            revoked TEXT,
            last_used TEXT              -- the day: enough to see what is not needed any more
        );
        CREATE INDEX tokens_name ON tokens (name);
        CREATE TABLE sessions (
            digest BLOB PRIMARY KEY,    -- of what the cookie holds
            token_id TEXT NOT NULL REFERENCES tokens ON DELETE CASCADE,
            expires TEXT NOT NULL
        ) WITHOUT ROWID;
        CREATE INDEX sessions_token ON sessions (token_id);
        """,
    )


STEPS = (m020_people,)
