"""The script of a step is run statement by statement, within the migration's transaction."""

import pytest
import sqlite_utils

from corpus.steps import run


def test_each_statement_is_run_and_can_be_undone() -> None:
    db = sqlite_utils.Database(memory=True)
    db.execute("BEGIN")
    run(db, "CREATE TABLE a (b TEXT); -- a comment; with a semicolon\nCREATE INDEX c ON a (b);")
    assert {row[0] for row in db.execute("SELECT name FROM sqlite_master")} == {"a", "c"}
    db.execute("ROLLBACK")
    assert db.table_names() == []


def test_what_is_no_whole_statement_is_an_error() -> None:
    with pytest.raises(ValueError, match="DROP TABLE a"):
        run(sqlite_utils.Database(memory=True), "CREATE TABLE a (b TEXT);\nDROP TABLE a")
