"""The tables of curation: what collections have beside title and items, their histories, and what waits for review.

`version` of a collection is raised by every change of it; `collection_history` has a row for each,
with what undoes it. What goes with a document, or is joined with another, is recorded by triggers.
"""

import sqlite_utils

from corpus.steps import run

_NOW = "strftime('%Y-%m-%dT%H:%M:%SZ', 'now')"
_INDEX = "(SELECT count(*) FROM collection_items j WHERE j.slug = {0}.slug AND j.position < {0}.position)"


def _undo(row: str, gone: str) -> str:
    """What undoes the loss of a place, as `collection_history.difference` writes it."""
    place = f"json_array({row}.document_id, {row}.note, {row}.section, {row}.added)"
    put = f"json_array(json_array({_INDEX.format(row)}, {place}))"
    return f"json_object('fields', json('{{}}'), 'gone', json({gone}), 'put', {put})"


def m030_curation(db: sqlite_utils.Database) -> None:
    """Visibility, curators, sections, living collections, versions and histories."""
    run(
        db,
        f"""
        ALTER TABLE collections ADD COLUMN visibility TEXT NOT NULL DEFAULT 'members';
        ALTER TABLE collections ADD COLUMN curators TEXT NOT NULL DEFAULT '[]';
        ALTER TABLE collections ADD COLUMN sections TEXT NOT NULL DEFAULT '[]';
        ALTER TABLE collections ADD COLUMN living TEXT;  -- a saved search and examples, as JSON
        ALTER TABLE collections ADD COLUMN looked INTEGER;  -- the newest passages when matches were looked for
        ALTER TABLE collections ADD COLUMN version INTEGER NOT NULL DEFAULT 1;
        ALTER TABLE collections ADD COLUMN updated TEXT NOT NULL DEFAULT '';
        ALTER TABLE collection_items ADD COLUMN section TEXT NOT NULL DEFAULT '';
        ALTER TABLE collection_items ADD COLUMN added TEXT NOT NULL DEFAULT '';
        CREATE INDEX collection_items_position ON collection_items (slug, position);
        CREATE TABLE collection_history (
            slug TEXT NOT NULL,  -- of a collection that may be deleted: its history outlives it
            number INTEGER NOT NULL,
            at TEXT NOT NULL,
            who TEXT NOT NULL,
            what TEXT NOT NULL,
            undo TEXT NOT NULL,
            PRIMARY KEY (slug, number)
        );
        UPDATE collections SET updated = {_NOW};
        UPDATE collection_items SET added = {_NOW};
        INSERT INTO collection_history
            SELECT slug, 1, updated, '', 'as it was when histories began', '{{}}' FROM collections;
        """,
    )


def m031_documents_leave_collections(db: sqlite_utils.Database) -> None:
    """A collection that loses an item with its document, or has it joined with another, says so in its history."""
    run(
        db,
        f"""
        CREATE TRIGGER documents_leave_collections BEFORE DELETE ON documents BEGIN
            INSERT INTO collection_history
                SELECT c.slug, c.version + 1, {_NOW}, '', 'lost “' || old.title || '” with its document',
                    {_undo("i", "'[]'")}
                FROM collection_items i JOIN collections c ON c.slug = i.slug WHERE i.document_id = old.id;
            UPDATE collections SET version = version + 1, updated = {_NOW}
                WHERE slug IN (SELECT slug FROM collection_items WHERE document_id = old.id);
        END;
        CREATE TRIGGER collection_items_joined BEFORE UPDATE OF document_id ON collection_items
            WHEN old.document_id <> new.document_id
                AND NOT EXISTS (SELECT 1 FROM collection_items
                    WHERE slug = new.slug AND document_id = new.document_id) BEGIN
            INSERT INTO collection_history
                SELECT c.slug, c.version + 1, {_NOW}, '',
                    'has “' || (SELECT title FROM documents WHERE id = new.document_id) || '” in the place of a copy',
                    {_undo("old", "json_array(new.document_id)")}
                FROM collections c WHERE c.slug = old.slug;
            UPDATE collections SET version = version + 1, updated = {_NOW} WHERE slug = old.slug;
        END;
        """,
    )


def m032_review(db: sqlite_utils.Database) -> None:
    """Documents that a living collection may want, by identity, so that a refused one is known again."""
    run(
        db,
        """
        CREATE TABLE collection_reviews (
            slug TEXT NOT NULL,
            identity TEXT NOT NULL,
            reasons TEXT NOT NULL,
            found TEXT NOT NULL,
            verdict TEXT,  -- accept, refuse, or NULL: it waits
            decided TEXT,
            who TEXT NOT NULL DEFAULT '',
            note TEXT NOT NULL DEFAULT '',
            PRIMARY KEY (slug, identity)
        );
        """,
    )


STEPS = (m030_curation, m031_documents_leave_collections, m032_review)
