BEGIN TRANSACTION;
CREATE TABLE "_sqlite_migrations" (
   "id" INTEGER PRIMARY KEY,
   "migration_set" TEXT,
   "name" TEXT,
   "applied_at" TEXT
);
INSERT INTO "_sqlite_migrations" VALUES(1,'lessonry','m001_documents','2026-11-26 07:17:21.714671+00:00');
INSERT INTO "_sqlite_migrations" VALUES(2,'lessonry','m002_passages','2026-11-26 07:17:21.715301+00:00');
INSERT INTO "_sqlite_migrations" VALUES(3,'lessonry','m003_fulltext','2026-11-26 07:17:21.716035+00:00');
INSERT INTO "_sqlite_migrations" VALUES(4,'lessonry','m004_collections','2026-11-26 07:17:21.716472+00:00');
INSERT INTO "_sqlite_migrations" VALUES(5,'lessonry','m005_jobs','2026-11-26 07:17:21.716852+00:00');
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
INSERT INTO "documents" VALUES('lyk3xoltczvirn2s','test:Valve','Valve','post-mortem','https://example.org/valve','Acme','2021-05',NULL,'Valve','# Causes

The valve stuck open.

# Actions

We will inspect the valve each month.','a643a8df7ef9f303c02f76c9b2f99a98b54c6fc5e58bc8bdc254ff5516d22ba8','{}','2026-11-26T07:17:21Z','2026-11-26T07:17:21Z');
INSERT INTO "documents" VALUES('bybdd5ptpaikqah3','test:Disk','Disks','lesson',NULL,NULL,NULL,NULL,'Disk','The disk was full and the backup was empty.','9a21e7c24482ed4ada3e318fd42cd21138024c539de68ce4fb0985e3a408112a','{"tags": ["storage"], "title": "Disks"}','2026-11-26T07:17:21Z','2026-11-26T07:17:21Z');
INSERT INTO "documents" VALUES('wlbwt4sz64pvxmua','test:Clock','Clock','guidance',NULL,NULL,NULL,NULL,'Clock','A leap second and the clock of Ångström.','4c31120eef94fb9e2aad462c85cd8fd991d8796cb7ac0139964d797ebe720683','{}','2026-11-26T07:17:21Z','2026-11-26T07:17:21Z');
CREATE TABLE jobs (
            id TEXT PRIMARY KEY,
            status TEXT NOT NULL,
            request TEXT NOT NULL,
            result TEXT,
            error TEXT,
            created TEXT NOT NULL,
            updated TEXT NOT NULL
        );
INSERT INTO "jobs" VALUES('7809b4bcc7e04c47b5147fe150717395','done','{"url": "https://example.org/valve"}','{"added": 1}',NULL,'2026-11-26T07:17:21Z','2026-11-26T07:17:21Z');
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
INSERT INTO "passages" VALUES(1,'lyk3xoltczvirn2s',0,'Valve','','Causes The valve stuck open.

Actions We will inspect the valve each month.',X'676032967F017AB4452DFDDE2C8FA2EE',1);
INSERT INTO "passages" VALUES(3,'wlbwt4sz64pvxmua',0,'Clock','','A leap second and the clock of Ångström.',X'2DA47A18E45B63B02A7135676AB79FCC',3);
INSERT INTO "passages" VALUES(5,'bybdd5ptpaikqah3',0,'Disks','','The disk was full and the backup was empty.',X'EC17270B2D70FB88D23636ACF83F0E3D',6);
CREATE VIRTUAL TABLE passages_fts USING fts5(
            title, heading, text, content='passages', content_rowid='id', tokenize='porter unicode61'
        );
INSERT INTO passages_fts (passages_fts) VALUES ('rebuild');
CREATE VIRTUAL TABLE passages_terms USING fts5vocab('passages_fts', 'row');
CREATE TABLE state (one INTEGER PRIMARY KEY CHECK (one = 1), revision INTEGER NOT NULL, lineage TEXT NOT NULL);
INSERT INTO "state" VALUES(1,11,'54B12B6FAAF7163C');
CREATE TABLE tombstones (passage_id INTEGER PRIMARY KEY, revision INTEGER NOT NULL);
INSERT INTO "tombstones" VALUES(2,6);
INSERT INTO "tombstones" VALUES(4,5);
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
DELETE FROM "sqlite_sequence";
INSERT INTO "sqlite_sequence" VALUES('passages',5);
COMMIT;
