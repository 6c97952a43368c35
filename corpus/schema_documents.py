"""The tables of documents, passages, sources and jobs, as a history of small named steps.

`revision` on a passage is that of the transaction that wrote it, so "what is new since r" is
one range of an index. `tombstones` remember passages that are gone for the indexes that still
hold them. `lineage` is drawn anew when a backup is restored: an index of another lineage counts
nothing. Full text is kept by triggers, inside the same transaction as the passages.
"""

import sqlite_utils

from corpus import technologies
from corpus.steps import run

TOKENIZER = "porter unicode61"


def m001_documents(db: sqlite_utils.Database) -> None:
    """Documents and their tags; the revision of the whole."""
    run(
        db,
        """
        CREATE TABLE state (one INTEGER PRIMARY KEY CHECK (one = 1), revision INTEGER NOT NULL, lineage TEXT NOT NULL);
        INSERT INTO state VALUES (1, 0, hex(randomblob(8)));
        CREATE TABLE documents (
            id TEXT PRIMARY KEY,
            identity TEXT NOT NULL UNIQUE,
            title TEXT NOT NULL,
            kind TEXT NOT NULL,
            url TEXT,
            organization TEXT,
            published TEXT,
            language TEXT,
            source TEXT NOT NULL,
            text TEXT NOT NULL,
            digest TEXT NOT NULL,   -- of the draft as its source gave it
            edits TEXT NOT NULL,    -- JSON: what people set by hand, which a refresh must not undo
            added TEXT NOT NULL,
            changed TEXT NOT NULL
        );
        CREATE INDEX documents_published ON documents (published);
        CREATE INDEX documents_added ON documents (added, id);
        CREATE TABLE document_tags (
            document_id TEXT NOT NULL REFERENCES documents ON DELETE CASCADE,
            tag TEXT NOT NULL,
            position INTEGER NOT NULL,
            PRIMARY KEY (document_id, tag)
        ) WITHOUT ROWID;
        CREATE INDEX document_tags_tag ON document_tags (tag);
        """,
    )


def m002_passages(db: sqlite_utils.Database) -> None:
    """Passages, and tombstones of those that are gone."""
    run(
        db,
        """
        CREATE TABLE passages (
            id INTEGER PRIMARY KEY AUTOINCREMENT,   -- AUTOINCREMENT: never given to another text
            document_id TEXT NOT NULL REFERENCES documents ON DELETE CASCADE,
            position INTEGER NOT NULL,
            title TEXT NOT NULL,                    -- of the document when the passage was written
            heading TEXT NOT NULL,
            text TEXT NOT NULL,
            key BLOB NOT NULL,
            revision INTEGER NOT NULL
        );
        CREATE INDEX passages_document ON passages (document_id, position);
        CREATE INDEX passages_revision ON passages (revision);
        CREATE TABLE tombstones (passage_id INTEGER PRIMARY KEY, revision INTEGER NOT NULL);
        CREATE INDEX tombstones_revision ON tombstones (revision);
        CREATE TRIGGER passages_gone AFTER DELETE ON passages BEGIN
            INSERT INTO tombstones SELECT old.id, revision FROM state;
        END;
        """,
    )


def m003_fulltext(db: sqlite_utils.Database) -> None:
    """Full text over the passages, kept by triggers."""
    run(
        db,
        f"""
        CREATE VIRTUAL TABLE passages_fts USING fts5(
            title, heading, text, content='passages', content_rowid='id', tokenize='{TOKENIZER}'
        );
        CREATE VIRTUAL TABLE passages_terms USING fts5vocab('passages_fts', 'row');
        CREATE TRIGGER passages_fts_added AFTER INSERT ON passages BEGIN
            INSERT INTO passages_fts (rowid, title, heading, text) VALUES (new.id, new.title, new.heading, new.text);
        END;
        CREATE TRIGGER passages_fts_gone AFTER DELETE ON passages BEGIN
            INSERT INTO passages_fts (passages_fts, rowid, title, heading, text)
            VALUES ('delete', old.id, old.title, old.heading, old.text);
        END;
        """,
    )


def m004_collections(db: sqlite_utils.Database) -> None:
    """Curated lists, with a note for each item."""
    run(
        db,
        """
        CREATE TABLE collections (slug TEXT PRIMARY KEY, title TEXT NOT NULL, description TEXT NOT NULL);
        CREATE TABLE collection_items (
            slug TEXT NOT NULL REFERENCES collections ON DELETE CASCADE ON UPDATE CASCADE,
            document_id TEXT NOT NULL REFERENCES documents ON DELETE CASCADE,
            position INTEGER NOT NULL,
            note TEXT NOT NULL,
            PRIMARY KEY (slug, document_id)
        );
        CREATE INDEX collection_items_document ON collection_items (document_id);
        """,
    )


def m005_jobs(db: sqlite_utils.Database) -> None:
    """Work that survives a restart."""
    run(
        db,
        """
        CREATE TABLE jobs (
            id TEXT PRIMARY KEY,
            status TEXT NOT NULL,
            request TEXT NOT NULL,
            result TEXT,
            error TEXT,
            created TEXT NOT NULL,
            updated TEXT NOT NULL
        );
        CREATE INDEX jobs_status ON jobs (status, created);
        """,
    )


def m006_freshness(db: sqlite_utils.Database) -> None:
    """When a document was revised, what others say of it, and what its server said last; is its page still there?"""
    run(
        db,
        """
        ALTER TABLE documents ADD COLUMN updated TEXT;  -- when it was last revised, as its source says
        ALTER TABLE documents ADD COLUMN summary TEXT;  -- a sentence of somebody else's, e.g. a list's curator
        ALTER TABLE documents ADD COLUMN gone TEXT;     -- since when its page is not there any more
        CREATE TABLE fetches (
            url TEXT PRIMARY KEY,       -- as it is asked for
            made_with TEXT NOT NULL,    -- digest of what else the document depends on
            final_url TEXT NOT NULL,
            content_type TEXT,
            etag TEXT,
            last_modified TEXT,
            digest BLOB NOT NULL,       -- of the body
            body BLOB,                  -- compressed; only of listings, which are read again
            document_id TEXT REFERENCES documents ON DELETE CASCADE,
            checked TEXT NOT NULL
        );
        CREATE INDEX fetches_document ON fetches (document_id);
        CREATE TABLE mentions (         -- what each listing, and a person who adds it, says of a document
            document_id TEXT NOT NULL REFERENCES documents ON DELETE CASCADE,
            source TEXT NOT NULL,       -- the listing's address; empty for a person
            address TEXT NOT NULL,      -- that the source gives for the document
            said TEXT NOT NULL,         -- JSON
            PRIMARY KEY (document_id, source, address)
        ) WITHOUT ROWID;
        """,
    )


def m007_aliases(db: sqlite_utils.Database) -> None:
    """Other addresses of a document, what tells copies, and what people decided about pairs."""
    run(
        db,
        """
        CREATE TABLE aliases (
            identity TEXT PRIMARY KEY,
            document_id TEXT NOT NULL REFERENCES documents ON DELETE CASCADE,
            address TEXT NOT NULL,      -- as it was found; the identity is its canonical spelling
            reason TEXT NOT NULL,
            former TEXT,                -- id of the document that stood there, so that links to it lead on
            copy TEXT,                  -- JSON: its draft, so that a person can split it off again
            added TEXT NOT NULL
        );
        CREATE INDEX aliases_document ON aliases (document_id);
        CREATE INDEX aliases_former ON aliases (former);
        CREATE TRIGGER documents_no_alias AFTER INSERT ON documents BEGIN  -- an identity is one or the other
            DELETE FROM aliases WHERE identity = new.identity;
        END;
        CREATE TABLE fingerprints (
            document_id TEXT PRIMARY KEY REFERENCES documents ON DELETE CASCADE,
            signature BLOB NOT NULL     -- empty: the text is too short to tell
        ) WITHOUT ROWID;
        CREATE TABLE fingerprint_bands (
            band BLOB NOT NULL,
            document_id TEXT NOT NULL REFERENCES fingerprints ON DELETE CASCADE,
            PRIMARY KEY (band, document_id)
        ) WITHOUT ROWID;
        CREATE INDEX fingerprint_bands_document ON fingerprint_bands (document_id);
        CREATE TRIGGER documents_new_text AFTER UPDATE OF text ON documents WHEN old.text <> new.text BEGIN
            DELETE FROM fingerprints WHERE document_id = old.id;
        END;
        CREATE TABLE pairs (
            one TEXT NOT NULL,          -- identities, the smaller one first: they outlast a document
            other TEXT NOT NULL,
            relation TEXT NOT NULL,     -- 'copy' or 'same event'
            reason TEXT NOT NULL,
            score REAL NOT NULL,
            decision TEXT,              -- 'joined' or 'apart', by a person; NULL: nobody said
            added TEXT NOT NULL,
            PRIMARY KEY (one, other, relation)
        ) WITHOUT ROWID;
        """,
    )


def m008_subscriptions(db: sqlite_utils.Database) -> None:
    """Sources that are refreshed, what they brought, and how each refresh went."""
    run(
        db,
        """
        CREATE TABLE subscriptions (
            id TEXT PRIMARY KEY,
            address TEXT NOT NULL UNIQUE,
            options TEXT NOT NULL,      -- JSON: how it is taken in
            every INTEGER NOT NULL,     -- seconds
            paused INTEGER NOT NULL,
            due TEXT NOT NULL,
            failures INTEGER NOT NULL,  -- in a row
            added TEXT NOT NULL
        );
        CREATE TABLE subscription_items (
            subscription_id TEXT NOT NULL REFERENCES subscriptions ON DELETE CASCADE,
            address TEXT NOT NULL,      -- of the item, as its listing gives it
            document_id TEXT REFERENCES documents ON DELETE SET NULL,
            PRIMARY KEY (subscription_id, address)
        ) WITHOUT ROWID;
        CREATE INDEX subscription_items_document ON subscription_items (document_id);
        CREATE TABLE refreshes (
            id INTEGER PRIMARY KEY,
            subscription_id TEXT NOT NULL REFERENCES subscriptions ON DELETE CASCADE,
            started TEXT NOT NULL,
            ended TEXT,
            counts TEXT NOT NULL,       -- JSON: items by what became of them
            error TEXT
        );
        CREATE INDEX refreshes_subscription ON refreshes (subscription_id, id);
        CREATE TABLE removals (
            identity TEXT PRIMARY KEY,  -- a refresh does not bring back what a person removed
            removed TEXT NOT NULL
        );
        """,
    )


def m011_vocabulary(db: sqlite_utils.Database) -> None:
    """What can be asked for: technologies that documents tell of, words as they are written, titles."""
    run(
        db,
        f"""
        CREATE TABLE document_technologies (
            document_id TEXT NOT NULL REFERENCES documents ON DELETE CASCADE,
            technology TEXT NOT NULL,
            PRIMARY KEY (document_id, technology)
        ) WITHOUT ROWID;
        CREATE INDEX document_technologies_technology ON document_technologies (technology);
        CREATE TABLE words (    -- of all documents that ever were: whether one is in use tells the full text
            length INTEGER NOT NULL,
            word TEXT NOT NULL,
            PRIMARY KEY (length, word)
        ) WITHOUT ROWID;
        CREATE TABLE vocabulary (one INTEGER PRIMARY KEY CHECK (one = 1), made_with TEXT NOT NULL);
        INSERT INTO vocabulary  -- '': not made yet
            SELECT 1, iif(EXISTS (SELECT 1 FROM documents), '', '{technologies.digest()}');
        CREATE INDEX documents_title ON documents (title, id);
        CREATE INDEX documents_organization ON documents (organization);
        """,
    )


def m014_sample(db: sqlite_utils.Database) -> None:
    """A sample of passages by their keys, without reading all."""
    run(db, "CREATE INDEX passages_key ON passages (key);")


def m015_small_fingerprints(db: sqlite_utils.Database) -> None:
    """Fingerprints in a third of the room: a number for each document, and bands of 6 bytes, 64 at most.

    Those of before are dropped: the next taking in makes them anew, of all documents that have none.
    """
    places = ", ".join(f"({place})" for place in range(64))
    run(
        db,
        f"""
        DROP TABLE fingerprint_bands;
        DROP TABLE fingerprints;
        CREATE TABLE fingerprints (
            number INTEGER PRIMARY KEY,
            document_id TEXT NOT NULL UNIQUE REFERENCES documents ON DELETE CASCADE,
            bands BLOB NOT NULL         -- one after the other; empty: the text is too short to tell
        );
        CREATE TABLE fingerprint_bands (
            band BLOB NOT NULL,
            number INTEGER NOT NULL,    -- of the fingerprint
            PRIMARY KEY (band, number)
        ) WITHOUT ROWID;
        CREATE TRIGGER fingerprints_gone AFTER DELETE ON fingerprints BEGIN
            DELETE FROM fingerprint_bands WHERE number = old.number
            AND band IN (SELECT substr(old.bands, 6 * column1 + 1, 6) FROM (VALUES {places}));
        END;
        """,
    )


def m016_facets(db: sqlite_utils.Database) -> None:
    """What is counted of the documents that a search finds, side by side: their rows are far from each other."""
    run(db, "CREATE INDEX documents_facets ON documents (id, kind, organization, published);")


STEPS = (
    m001_documents,
    m002_passages,
    m003_fulltext,
    m004_collections,
    m005_jobs,
    m006_freshness,
    m007_aliases,
    m008_subscriptions,
    m011_vocabulary,
    m014_sample,
    m015_small_fingerprints,
    m016_facets,
)
