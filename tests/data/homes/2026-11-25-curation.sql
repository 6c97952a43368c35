BEGIN TRANSACTION;
CREATE TABLE "_sqlite_migrations" (
   "id" INTEGER PRIMARY KEY,
   "migration_set" TEXT,
   "name" TEXT,
   "applied_at" TEXT
);
INSERT INTO "_sqlite_migrations" VALUES(1,'lessonry','m001_documents','2026-11-26 07:17:25.702282+00:00');
INSERT INTO "_sqlite_migrations" VALUES(2,'lessonry','m002_passages','2026-11-26 07:17:25.702888+00:00');
INSERT INTO "_sqlite_migrations" VALUES(3,'lessonry','m003_fulltext','2026-11-26 07:17:25.703649+00:00');
INSERT INTO "_sqlite_migrations" VALUES(4,'lessonry','m004_collections','2026-11-26 07:17:25.704096+00:00');
INSERT INTO "_sqlite_migrations" VALUES(5,'lessonry','m005_jobs','2026-11-26 07:17:25.704417+00:00');
INSERT INTO "_sqlite_migrations" VALUES(6,'lessonry','m006_freshness','2026-11-26 07:17:25.705846+00:00');
INSERT INTO "_sqlite_migrations" VALUES(7,'lessonry','m007_aliases','2026-11-26 07:17:25.706645+00:00');
INSERT INTO "_sqlite_migrations" VALUES(8,'lessonry','m008_subscriptions','2026-11-26 07:17:25.707300+00:00');
INSERT INTO "_sqlite_migrations" VALUES(9,'lessonry','m011_vocabulary','2026-11-26 07:17:25.708105+00:00');
INSERT INTO "_sqlite_migrations" VALUES(10,'lessonry','m040_lessons','2026-11-26 07:17:25.708629+00:00');
INSERT INTO "_sqlite_migrations" VALUES(11,'lessonry','m041_actions','2026-11-26 07:17:25.717534+00:00');
INSERT INTO "_sqlite_migrations" VALUES(12,'lessonry','m042_feedback','2026-11-26 07:17:25.718090+00:00');
INSERT INTO "_sqlite_migrations" VALUES(13,'lessonry','m043_gaps','2026-11-26 07:17:25.718558+00:00');
INSERT INTO "_sqlite_migrations" VALUES(14,'lessonry','m030_curation','2026-11-26 07:17:25.723386+00:00');
INSERT INTO "_sqlite_migrations" VALUES(15,'lessonry','m031_documents_leave_collections','2026-11-26 07:17:25.724057+00:00');
INSERT INTO "_sqlite_migrations" VALUES(16,'lessonry','m032_review','2026-11-26 07:17:25.724362+00:00');
INSERT INTO "_sqlite_migrations" VALUES(17,'lessonry','m020_people','2026-11-26 07:17:25.725513+00:00');
INSERT INTO "_sqlite_migrations" VALUES(18,'lessonry','m050_factors','2026-11-26 07:17:25.726182+00:00');
CREATE TABLE action_readings (  -- documents whose text was looked through
            document_id TEXT PRIMARY KEY REFERENCES documents ON DELETE CASCADE
        ) WITHOUT ROWID;
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
CREATE TABLE aliases (
            identity TEXT PRIMARY KEY,
            document_id TEXT NOT NULL REFERENCES documents ON DELETE CASCADE,
            address TEXT NOT NULL,      -- as it was found; the identity is its canonical spelling
            reason TEXT NOT NULL,
            former TEXT,                -- id of the document that stood there, so that links to it lead on
            copy TEXT,                  -- JSON: its draft, so that a person can split it off again
            added TEXT NOT NULL
        );
CREATE TABLE collection_history (
            slug TEXT NOT NULL,  -- of a collection that may be deleted: its history outlives it
            number INTEGER NOT NULL,
            at TEXT NOT NULL,
            who TEXT NOT NULL,
            what TEXT NOT NULL,
            undo TEXT NOT NULL,
            PRIMARY KEY (slug, number)
        );
INSERT INTO "collection_history" VALUES('reader',1,'2026-11-26T07:17:25Z','','made the collection “Reader”','{"fields": {"title": "", "description": ""}, "gone": [], "put": []}');
INSERT INTO "collection_history" VALUES('reader',2,'2026-11-26T07:17:25Z','','added “Disks”','{"fields": {}, "gone": ["bybdd5ptpaikqah3"], "put": []}');
INSERT INTO "collection_history" VALUES('reader',3,'2026-11-26T07:17:26Z','','added “Valve”','{"fields": {}, "gone": ["lyk3xoltczvirn2s"], "put": []}');
CREATE TABLE collection_items (
            slug TEXT NOT NULL REFERENCES collections ON DELETE CASCADE ON UPDATE CASCADE,
            document_id TEXT NOT NULL REFERENCES documents ON DELETE CASCADE,
            position INTEGER NOT NULL,
            note TEXT NOT NULL, section TEXT NOT NULL DEFAULT '', added TEXT NOT NULL DEFAULT '',
            PRIMARY KEY (slug, document_id)
        );
INSERT INTO "collection_items" VALUES('reader','bybdd5ptpaikqah3',0,'Before you need a backup.','','2026-11-26T07:17:25Z');
INSERT INTO "collection_items" VALUES('reader','lyk3xoltczvirn2s',1,'','','2026-11-26T07:17:26Z');
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
CREATE TABLE collections (slug TEXT PRIMARY KEY, title TEXT NOT NULL, description TEXT NOT NULL, visibility TEXT NOT NULL DEFAULT 'members', curators TEXT NOT NULL DEFAULT '[]', sections TEXT NOT NULL DEFAULT '[]', living TEXT, looked INTEGER, version INTEGER NOT NULL DEFAULT 1, updated TEXT NOT NULL DEFAULT '');
INSERT INTO "collections" VALUES('reader','Reader','What to read first.','members','[]','[]',NULL,NULL,3,'2026-11-26T07:17:26Z');
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

We will inspect the valve each month.','59b9f52025a6904be3578e67548aae9dbf5a8e8531213e90e6df653ae42501bd','{}','2026-11-26T07:17:25Z','2026-11-26T07:17:25Z',NULL,NULL,NULL);
INSERT INTO "documents" VALUES('bybdd5ptpaikqah3','test:Disk','Disks','lesson',NULL,NULL,NULL,NULL,'Disk','The disk was full and the backup was empty.','3100c0075b7f0683abd10a72c6c60f9ac0ed4c567625f7f17469e9eab3286b0f','{"tags": ["storage"], "title": "Disks"}','2026-11-26T07:17:25Z','2026-11-26T07:17:25Z',NULL,NULL,NULL);
INSERT INTO "documents" VALUES('wlbwt4sz64pvxmua','test:Clock','Clock','guidance',NULL,NULL,NULL,NULL,'Clock','A leap second and the clock of Ångström.','45b4a52be1c8d75750309601606b68e6f37eb6b8c067a26cced0da653c0f6b5a','{}','2026-11-26T07:17:25Z','2026-11-26T07:17:25Z',NULL,NULL,NULL);
CREATE TABLE factor_list (one INTEGER PRIMARY KEY CHECK (one = 1), made_with TEXT NOT NULL);
INSERT INTO "factor_list" VALUES(1,'d310e372126c1de6');
CREATE TABLE factor_sentences (
            factor TEXT NOT NULL,
            passage_id INTEGER NOT NULL REFERENCES passages ON DELETE CASCADE,
            first INTEGER NOT NULL,     -- characters of the passage's text
            after INTEGER NOT NULL,
            PRIMARY KEY (factor, passage_id, first)
        ) WITHOUT ROWID;
INSERT INTO "factor_sentences" VALUES('capacity exhausted',5,0,43);
INSERT INTO "factor_sentences" VALUES('clock or time',3,0,40);
INSERT INTO "factor_sentences" VALUES('missing or failed backup',5,0,43);
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
INSERT INTO "feedback" VALUES('lyk3xoltczvirn2s','search','useful','2026-11-26','valve','',1);
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
INSERT INTO "gaps" VALUES(1,'where is the manual','where is the manual',1,0,0,'2026-11-26','2026-11-26','open',NULL,'');
CREATE TABLE jobs (
            id TEXT PRIMARY KEY,
            status TEXT NOT NULL,
            request TEXT NOT NULL,
            result TEXT,
            error TEXT,
            created TEXT NOT NULL,
            updated TEXT NOT NULL
        );
INSERT INTO "jobs" VALUES('fe960ddd74eb49259572b6f00fe9d19a','done','{"url": "https://example.org/valve"}','{"added": 1}',NULL,'2026-11-26T07:17:26Z','2026-11-26T07:17:26Z');
CREATE TABLE lesson_states (    -- one row each time somebody said how a lesson stands
            id INTEGER PRIMARY KEY,
            document_id TEXT NOT NULL REFERENCES documents ON DELETE CASCADE,
            state TEXT,
            superseded_by TEXT,
            at TEXT NOT NULL,
            by TEXT NOT NULL            -- empty on an open server
        );
INSERT INTO "lesson_states" VALUES(1,'lyk3xoltczvirn2s','verified',NULL,'2026-11-26T07:17:26Z','Ada');
INSERT INTO "lesson_states" VALUES(2,'wlbwt4sz64pvxmua','superseded','lyk3xoltczvirn2s','2026-11-26T07:17:26Z','Ben');
CREATE TABLE lessons (
            document_id TEXT PRIMARY KEY REFERENCES documents ON DELETE CASCADE,
            state TEXT,
            superseded_by TEXT REFERENCES documents ON DELETE SET NULL,
            owner TEXT,
            review_by TEXT,             -- a day
            reviewed_at TEXT,
            reviewed_by TEXT
        ) WITHOUT ROWID;
INSERT INTO "lessons" VALUES('lyk3xoltczvirn2s','verified',NULL,'Ada','2030-01-31','2026-11-26T07:17:26Z','Ada');
INSERT INTO "lessons" VALUES('wlbwt4sz64pvxmua','superseded','lyk3xoltczvirn2s',NULL,NULL,NULL,NULL);
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
INSERT INTO "pairs" VALUES('test:Clock','test:Valve','event','both tell of a valve',0.5,NULL,'2026-11-26T07:17:26Z');
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
CREATE TABLE people (name TEXT PRIMARY KEY, role TEXT NOT NULL, added TEXT NOT NULL);
INSERT INTO "people" VALUES('Ada','curator','2026-11-26T07:17:26Z');
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
INSERT INTO "removals" VALUES('test:Crew','2026-11-26T07:17:25Z');
CREATE TABLE sessions (
            digest BLOB PRIMARY KEY,    -- of what the cookie holds
            token_id TEXT NOT NULL REFERENCES tokens ON DELETE CASCADE,
            expires TEXT NOT NULL
        ) WITHOUT ROWID;
CREATE TABLE state (one INTEGER PRIMARY KEY CHECK (one = 1), revision INTEGER NOT NULL, lineage TEXT NOT NULL);
INSERT INTO "state" VALUES(1,19,'4FCB4F3380D87EB1');
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
INSERT INTO "subscriptions" VALUES('09157359','https://example.org/feed','{"tags": ["feed"]}',86400,0,'2026-11-26T07:17:26Z',0,'2026-11-26T07:17:26Z');
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
INSERT INTO "tokens" VALUES('ijqplkvv','Ada',X'C6CEC8D212588FB29500BDD1A6F4FC3CC7C60C758EA91E71D6A807C04B6F37CD','read curate','2026-11-26T07:17:26Z',NULL,NULL,NULL);
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
CREATE INDEX lessons_state ON lessons (state);
CREATE INDEX lessons_superseded_by ON lessons (superseded_by);
CREATE INDEX lesson_states_document ON lesson_states (document_id, id);
CREATE INDEX actions_state ON actions (state, document_id);
CREATE TRIGGER documents_new_actions AFTER UPDATE OF text ON documents WHEN old.text <> new.text BEGIN
            DELETE FROM action_readings WHERE document_id = old.id;
        END;
CREATE INDEX feedback_query ON feedback (query) WHERE query <> '';
CREATE INDEX gaps_state ON gaps (state, last);
CREATE INDEX collection_items_position ON collection_items (slug, position);
CREATE TRIGGER documents_leave_collections BEFORE DELETE ON documents BEGIN
            INSERT INTO collection_history
                SELECT c.slug, c.version + 1, strftime('%Y-%m-%dT%H:%M:%SZ', 'now'), '', 'lost “' || old.title || '” with its document',
                    json_object('fields', json('{}'), 'gone', json('[]'), 'put', json_array(json_array((SELECT count(*) FROM collection_items j WHERE j.slug = i.slug AND j.position < i.position), json_array(i.document_id, i.note, i.section, i.added))))
                FROM collection_items i JOIN collections c ON c.slug = i.slug WHERE i.document_id = old.id;
            UPDATE collections SET version = version + 1, updated = strftime('%Y-%m-%dT%H:%M:%SZ', 'now')
                WHERE slug IN (SELECT slug FROM collection_items WHERE document_id = old.id);
        END;
CREATE TRIGGER collection_items_joined BEFORE UPDATE OF document_id ON collection_items
            WHEN old.document_id <> new.document_id
                AND NOT EXISTS (SELECT 1 FROM collection_items
                    WHERE slug = new.slug AND document_id = new.document_id) BEGIN
            INSERT INTO collection_history
                SELECT c.slug, c.version + 1, strftime('%Y-%m-%dT%H:%M:%SZ', 'now'), '',
                    'has “' || (SELECT title FROM documents WHERE id = new.document_id) || '” in the place of a copy',
                    json_object('fields', json('{}'), 'gone', json(json_array(new.document_id)), 'put', json_array(json_array((SELECT count(*) FROM collection_items j WHERE j.slug = old.slug AND j.position < old.position), json_array(old.document_id, old.note, old.section, old.added))))
                FROM collections c WHERE c.slug = old.slug;
            UPDATE collections SET version = version + 1, updated = strftime('%Y-%m-%dT%H:%M:%SZ', 'now') WHERE slug = old.slug;
        END;
CREATE INDEX tokens_name ON tokens (name);
CREATE INDEX sessions_token ON sessions (token_id);
CREATE INDEX factor_sentences_passage ON factor_sentences (passage_id);
DELETE FROM "sqlite_sequence";
INSERT INTO "sqlite_sequence" VALUES('passages',5);
INSERT INTO "sqlite_sequence" VALUES('gaps',1);
COMMIT;
