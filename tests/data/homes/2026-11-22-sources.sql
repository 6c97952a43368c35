BEGIN TRANSACTION;
CREATE TABLE "_sqlite_migrations" (
   "id" INTEGER PRIMARY KEY,
   "migration_set" TEXT,
   "name" TEXT,
   "applied_at" TEXT
);
INSERT INTO "_sqlite_migrations" VALUES(1,'lessonry','m001_documents','2026-11-26 07:17:23.444704+00:00');
INSERT INTO "_sqlite_migrations" VALUES(2,'lessonry','m002_passages','2026-11-26 07:17:23.445727+00:00');
INSERT INTO "_sqlite_migrations" VALUES(3,'lessonry','m003_fulltext','2026-11-26 07:17:23.446633+00:00');
INSERT INTO "_sqlite_migrations" VALUES(4,'lessonry','m004_collections','2026-11-26 07:17:23.447044+00:00');
INSERT INTO "_sqlite_migrations" VALUES(5,'lessonry','m005_jobs','2026-11-26 07:17:23.447400+00:00');
INSERT INTO "_sqlite_migrations" VALUES(6,'lessonry','m006_freshness','2026-11-26 07:17:23.448483+00:00');
INSERT INTO "_sqlite_migrations" VALUES(7,'lessonry','m007_aliases','2026-11-26 07:17:23.453576+00:00');
INSERT INTO "_sqlite_migrations" VALUES(8,'lessonry','m008_subscriptions','2026-11-26 07:17:23.454313+00:00');
INSERT INTO "_sqlite_migrations" VALUES(9,'lessonry','m011_vocabulary','2026-11-26 07:17:23.455108+00:00');
CREATE TABLE aliases (
            identity TEXT PRIMARY KEY,
            document_id TEXT NOT NULL REFERENCES documents ON DELETE CASCADE,
            address TEXT NOT NULL,      -- as it was found; the identity is its canonical spelling
            reason TEXT NOT NULL,
            former TEXT,                -- id of the document that stood there, so that links to it lead on
            copy TEXT,                  -- JSON: its draft, so that a person can split it off again
            added TEXT NOT NULL
        );
CREATE TABLE collection_items (
            slug TEXT NOT NULL REFERENCES collections ON DELETE CASCADE ON UPDATE CASCADE,
            document_id TEXT NOT NULL REFERENCES documents ON DELETE CASCADE,
            position INTEGER NOT NULL,
            note TEXT NOT NULL,
            PRIMARY KEY (slug, document_id)
        );
INSERT INTO "collection_items" VALUES('reader','bybdd5ptpaikqah3',0,'Before you need a backup.');
INSERT INTO "collection_items" VALUES('reader','lyk3xoltczvirn2s',1,'');
CREATE TABLE collections (slug TEXT PRIMARY KEY, title TEXT NOT NULL, description TEXT NOT NULL);
INSERT INTO "collections" VALUES('reader','Reader','What to read first.');
CREATE TABLE document_tags (
            document_id TEXT NOT NULL REFERENCES documents ON DELETE CASCADE,
            tag TEXT NOT NULL,
            position INTEGER NOT NULL,
            PRIMARY KEY (document_id, tag)
        ) WITHOUT ROWID;
INSERT INTO "document_tags" VALUES('bybdd5ptpaikqah3','storage',0);
INSERT INTO "document_tags" VALUES('lyk3xoltczvirn2s','plant',0);
INSERT INTO "document_tags" VALUES('lyk3xoltczvirn2s','safety',1);
CREATE TABLE document_technologies (
            document_id TEXT NOT NULL REFERENCES documents ON DELETE CASCADE,
            technology TEXT NOT NULL,
            PRIMARY KEY (document_id, technology)
        ) WITHOUT ROWID;
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
        , updated TEXT, summary TEXT, gone TEXT);
INSERT INTO "documents" VALUES('lyk3xoltczvirn2s','test:Valve','Valve','post-mortem','https://example.org/valve','Acme','2021-05',NULL,'Valve','# Causes

The valve stuck open.

# Actions

We will inspect the valve each month.','59b9f52025a6904be3578e67548aae9dbf5a8e8531213e90e6df653ae42501bd','{}','2026-11-26T07:17:23Z','2026-11-26T07:17:23Z',NULL,NULL,NULL);
INSERT INTO "documents" VALUES('bybdd5ptpaikqah3','test:Disk','Disks','lesson',NULL,NULL,NULL,NULL,'Disk','The disk was full and the backup was empty.','3100c0075b7f0683abd10a72c6c60f9ac0ed4c567625f7f17469e9eab3286b0f','{"tags": ["storage"], "title": "Disks"}','2026-11-26T07:17:23Z','2026-11-26T07:17:23Z',NULL,NULL,NULL);
INSERT INTO "documents" VALUES('wlbwt4sz64pvxmua','test:Clock','Clock','guidance',NULL,NULL,NULL,NULL,'Clock','A leap second and the clock of Ångström.','45b4a52be1c8d75750309601606b68e6f37eb6b8c067a26cced0da653c0f6b5a','{}','2026-11-26T07:17:23Z','2026-11-26T07:17:23Z',NULL,NULL,NULL);
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
CREATE TABLE fingerprint_bands (
            band BLOB NOT NULL,
            document_id TEXT NOT NULL REFERENCES fingerprints ON DELETE CASCADE,
            PRIMARY KEY (band, document_id)
        ) WITHOUT ROWID;
CREATE TABLE fingerprints (
            document_id TEXT PRIMARY KEY REFERENCES documents ON DELETE CASCADE,
            signature BLOB NOT NULL     -- empty: the text is too short to tell
        ) WITHOUT ROWID;
CREATE TABLE jobs (
            id TEXT PRIMARY KEY,
            status TEXT NOT NULL,
            request TEXT NOT NULL,
            result TEXT,
            error TEXT,
            created TEXT NOT NULL,
            updated TEXT NOT NULL
        );
INSERT INTO "jobs" VALUES('27c8fcad24c543b586dff30210667c8c','done','{"url": "https://example.org/valve"}','{"added": 1}',NULL,'2026-11-26T07:17:23Z','2026-11-26T07:17:23Z');
CREATE TABLE mentions (         -- what each listing, and a person who adds it, says of a document
            document_id TEXT NOT NULL REFERENCES documents ON DELETE CASCADE,
            source TEXT NOT NULL,       -- the listing's address; empty for a person
            address TEXT NOT NULL,      -- that the source gives for the document
            said TEXT NOT NULL,         -- JSON
            PRIMARY KEY (document_id, source, address)
        ) WITHOUT ROWID;
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
INSERT INTO "pairs" VALUES('test:Clock','test:Valve','event','both tell of a valve',0.5,NULL,'2026-11-26T07:17:23Z');
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
INSERT INTO "passages" VALUES(1,'lyk3xoltczvirn2s',0,'Valve','','Causes

The valve stuck open.

Actions

We will inspect the valve each month.',X'63A7A219D38C8BE7D3D1A3B02897A17D',1);
INSERT INTO "passages" VALUES(3,'wlbwt4sz64pvxmua',0,'Clock','','A leap second and the clock of Ångström.',X'2DA47A18E45B63B02A7135676AB79FCC',3);
INSERT INTO "passages" VALUES(5,'bybdd5ptpaikqah3',0,'Disks','','The disk was full and the backup was empty.',X'EC17270B2D70FB88D23636ACF83F0E3D',6);
CREATE VIRTUAL TABLE passages_fts USING fts5(
            title, heading, text, content='passages', content_rowid='id', tokenize='porter unicode61'
        );
INSERT INTO passages_fts (passages_fts) VALUES ('rebuild');
CREATE VIRTUAL TABLE passages_terms USING fts5vocab('passages_fts', 'row');
CREATE TABLE refreshes (
            id INTEGER PRIMARY KEY,
            subscription_id TEXT NOT NULL REFERENCES subscriptions ON DELETE CASCADE,
            started TEXT NOT NULL,
            ended TEXT,
            counts TEXT NOT NULL,       -- JSON: items by what became of them
            error TEXT
        );
CREATE TABLE removals (
            identity TEXT PRIMARY KEY,  -- a refresh does not bring back what a person removed
            removed TEXT NOT NULL
        );
INSERT INTO "removals" VALUES('test:Crew','2026-11-26T07:17:23Z');
CREATE TABLE state (one INTEGER PRIMARY KEY CHECK (one = 1), revision INTEGER NOT NULL, lineage TEXT NOT NULL);
INSERT INTO "state" VALUES(1,13,'726668C20119ED3B');
CREATE TABLE subscription_items (
            subscription_id TEXT NOT NULL REFERENCES subscriptions ON DELETE CASCADE,
            address TEXT NOT NULL,      -- of the item, as its listing gives it
            document_id TEXT REFERENCES documents ON DELETE SET NULL,
            PRIMARY KEY (subscription_id, address)
        ) WITHOUT ROWID;
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
INSERT INTO "subscriptions" VALUES('09157359','https://example.org/feed','{"tags": ["feed"]}',86400,0,'2026-11-26T07:17:23Z',0,'2026-11-26T07:17:23Z');
CREATE TABLE tombstones (passage_id INTEGER PRIMARY KEY, revision INTEGER NOT NULL);
INSERT INTO "tombstones" VALUES(2,6);
INSERT INTO "tombstones" VALUES(4,5);
CREATE TABLE vocabulary (one INTEGER PRIMARY KEY CHECK (one = 1), made_with TEXT NOT NULL);
INSERT INTO "vocabulary" VALUES(1,'1fd7aeb737a6c4f0');
CREATE TABLE words (    -- of all documents that ever were: whether one is in use tells the full text
            length INTEGER NOT NULL,
            word TEXT NOT NULL,
            PRIMARY KEY (length, word)
        ) WITHOUT ROWID;
INSERT INTO "words" VALUES(3,'and');
INSERT INTO "words" VALUES(3,'the');
INSERT INTO "words" VALUES(3,'was');
INSERT INTO "words" VALUES(4,'crew');
INSERT INTO "words" VALUES(4,'disk');
INSERT INTO "words" VALUES(4,'each');
INSERT INTO "words" VALUES(4,'full');
INSERT INTO "words" VALUES(4,'leap');
INSERT INTO "words" VALUES(4,'open');
INSERT INTO "words" VALUES(4,'will');
INSERT INTO "words" VALUES(5,'clock');
INSERT INTO "words" VALUES(5,'disks');
INSERT INTO "words" VALUES(5,'empty');
INSERT INTO "words" VALUES(5,'month');
INSERT INTO "words" VALUES(5,'slept');
INSERT INTO "words" VALUES(5,'stuck');
INSERT INTO "words" VALUES(5,'valve');
INSERT INTO "words" VALUES(6,'backup');
INSERT INTO "words" VALUES(6,'causes');
INSERT INTO "words" VALUES(6,'second');
INSERT INTO "words" VALUES(7,'actions');
INSERT INTO "words" VALUES(7,'inspect');
INSERT INTO "words" VALUES(8,'ångström');
CREATE UNIQUE INDEX "idx__sqlite_migrations_migration_set_name"
    ON "_sqlite_migrations" ("migration_set", "name");
CREATE INDEX documents_published ON documents (published);
CREATE INDEX documents_added ON documents (added, id);
CREATE INDEX document_tags_tag ON document_tags (tag);
CREATE INDEX passages_document ON passages (document_id, position);
CREATE INDEX passages_revision ON passages (revision);
CREATE INDEX tombstones_revision ON tombstones (revision);
CREATE TRIGGER passages_gone AFTER DELETE ON passages BEGIN
            INSERT INTO tombstones SELECT old.id, revision FROM state;
        END;
CREATE TRIGGER passages_fts_added AFTER INSERT ON passages BEGIN
            INSERT INTO passages_fts (rowid, title, heading, text) VALUES (new.id, new.title, new.heading, new.text);
        END;
CREATE TRIGGER passages_fts_gone AFTER DELETE ON passages BEGIN
            INSERT INTO passages_fts (passages_fts, rowid, title, heading, text)
            VALUES ('delete', old.id, old.title, old.heading, old.text);
        END;
CREATE INDEX collection_items_document ON collection_items (document_id);
CREATE INDEX jobs_status ON jobs (status, created);
CREATE INDEX fetches_document ON fetches (document_id);
CREATE INDEX aliases_document ON aliases (document_id);
CREATE INDEX aliases_former ON aliases (former);
CREATE TRIGGER documents_no_alias AFTER INSERT ON documents BEGIN  -- an identity is one or the other
            DELETE FROM aliases WHERE identity = new.identity;
        END;
CREATE INDEX fingerprint_bands_document ON fingerprint_bands (document_id);
CREATE TRIGGER documents_new_text AFTER UPDATE OF text ON documents WHEN old.text <> new.text BEGIN
            DELETE FROM fingerprints WHERE document_id = old.id;
        END;
CREATE INDEX subscription_items_document ON subscription_items (document_id);
CREATE INDEX refreshes_subscription ON refreshes (subscription_id, id);
CREATE INDEX document_technologies_technology ON document_technologies (technology);
CREATE INDEX documents_title ON documents (title, id);
CREATE INDEX documents_organization ON documents (organization);
DELETE FROM "sqlite_sequence";
INSERT INTO "sqlite_sequence" VALUES('passages',5);
COMMIT;
