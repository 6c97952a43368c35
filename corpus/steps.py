"""What the steps of the schema are written with."""

import sqlite3

import sqlite_utils


def run(db: sqlite_utils.Database, script: str) -> None:
    """Run statements inside the migration's transaction (`executescript` would commit it)."""
    statement = ""
    for line in script.splitlines():
        statement += line + "\n"
        if sqlite3.complete_statement(statement):
            db.execute(statement)
            statement = ""
    if statement.strip():
        raise ValueError(f"not a whole statement: {statement}")
