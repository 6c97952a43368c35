"""The tables of the life of a lesson: how it stands, its action items, feedback, and what people looked for in vain."""

import sqlite_utils

from corpus.steps import run


def m040_lessons(db: sqlite_utils.Database) -> None:
    """What people say of a document, and who said so when."""
    run(
        db,
        """
        CREATE TABLE lessons (
            document_id TEXT PRIMARY KEY REFERENCES documents ON DELETE CASCADE,
            state TEXT,
            superseded_by TEXT REFERENCES documents ON DELETE SET NULL,
            owner TEXT,
            review_by TEXT,             -- a day
            reviewed_at TEXT,
            reviewed_by TEXT
        ) WITHOUT ROWID;
        CREATE INDEX lessons_state ON lessons (state);
        CREATE INDEX lessons_superseded_by ON lessons (superseded_by);
        CREATE TABLE lesson_states (    -- one row each time somebody said how a lesson stands
            id INTEGER PRIMARY KEY,
            document_id TEXT NOT NULL REFERENCES documents ON DELETE CASCADE,
            state TEXT,
            superseded_by TEXT,
            at TEXT NOT NULL,
            by TEXT NOT NULL            -- empty on an open server
        );
        CREATE INDEX lesson_states_document ON lesson_states (document_id, id);
        """,
    )


def m041_actions(db: sqlite_utils.Database) -> None:
    """Action items: found in texts, and written by people."""
    run(
        db,
        """
        CREATE TABLE actions (
            document_id TEXT NOT NULL REFERENCES documents ON DELETE CASCADE,
            number INTEGER NOT NULL,
            found TEXT NOT NULL,        -- as its document has it, by which it is known again; empty: a person's
            text TEXT NOT NULL,
            state TEXT NOT NULL,
            owner TEXT,
            due TEXT,
            edited INTEGER NOT NULL,    -- a person's word, which a refresh must not undo
            removed INTEGER NOT NULL,   -- by a person; a refresh does not bring it back
            changed TEXT NOT NULL,
            changed_by TEXT NOT NULL,
            PRIMARY KEY (document_id, number)
        ) WITHOUT ROWID;
        CREATE INDEX actions_state ON actions (state, document_id);
        CREATE TABLE action_readings (  -- documents whose text was looked through
            document_id TEXT PRIMARY KEY REFERENCES documents ON DELETE CASCADE
        ) WITHOUT ROWID;
        CREATE TRIGGER documents_new_actions AFTER UPDATE OF text ON documents WHEN old.text <> new.text BEGIN
            DELETE FROM action_readings WHERE document_id = old.id;
        END;
        """,
    )


def m042_feedback(db: sqlite_utils.Database) -> None:
    """Verdicts, counted by day; nobody's name, no address."""
    run(
        db,
        """
        CREATE TABLE feedback (
            document_id TEXT NOT NULL REFERENCES documents ON DELETE CASCADE,
            context TEXT NOT NULL,
            verdict TEXT NOT NULL,
            day TEXT NOT NULL,
            query TEXT NOT NULL,        -- that the verdict is about; empty: none was given
            page TEXT NOT NULL,         -- id of the stored document that was read; empty: another page
            count INTEGER NOT NULL,
            PRIMARY KEY (document_id, context, verdict, day, query, page)
        ) WITHOUT ROWID;
        CREATE INDEX feedback_query ON feedback (query) WHERE query <> '';
        """,
    )


def m043_gaps(db: sqlite_utils.Database) -> None:
    """Queries that found nothing of use, as far as people said so or asked for it to be noted."""
    run(
        db,
        """
        CREATE TABLE gaps (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            query TEXT NOT NULL UNIQUE, -- small letters, one blank between words
            words TEXT NOT NULL,        -- as they were typed last
            told INTEGER NOT NULL,      -- times that somebody told the curators
            unhelpful INTEGER NOT NULL, -- times that an answer to it was judged not useful
            empty INTEGER NOT NULL,     -- times that it found nothing; only with record_empty_queries
            first TEXT NOT NULL,
            last TEXT NOT NULL,         -- days
            state TEXT NOT NULL,
            answered_by TEXT REFERENCES documents ON DELETE SET NULL,
            closed_by TEXT NOT NULL
        );
        CREATE INDEX gaps_state ON gaps (state, last);
        """,
    )


def m044_edits(db: sqlite_utils.Database) -> None:
    """What stood there before somebody changed or removed a document by hand."""
    run(
        db,
        """
        CREATE TABLE document_edits (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            document_id TEXT NOT NULL REFERENCES documents ON DELETE CASCADE,
            before TEXT NOT NULL,       -- JSON: the fields that were changed
            at TEXT NOT NULL,
            by TEXT NOT NULL
        );
        CREATE INDEX document_edits_document ON document_edits (document_id);
        CREATE TABLE removed_documents (    -- for a day
            document_id TEXT PRIMARY KEY,
            file TEXT NOT NULL,         -- as in a bundle
            said TEXT NOT NULL,         -- by people; likewise
            at TEXT NOT NULL
        ) WITHOUT ROWID;
        """,
    )


def m045_places_of_removed(db: sqlite_utils.Database) -> None:
    """Where a removed document stood, so that it can be brought back there."""
    run(
        db,
        """
        ALTER TABLE removed_documents ADD COLUMN
            places TEXT NOT NULL DEFAULT '[]'; -- JSON: [[slug, position, note, section, added]]
        """,
    )


STEPS = (m040_lessons, m041_actions, m042_feedback, m043_gaps, m044_edits, m045_places_of_removed)
