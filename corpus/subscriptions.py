"""Sources that are refreshed: when, how it went, and which documents they brought."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from corpus.clock import later, now
from corpus.database import Database
from corpus.errors import NotFound
from corpus.types import Refresh, Subscription

_COLUMNS = "id, address, options, every, paused, due, failures, added"
_REFRESH = "id, subscription_id, started, ended, counts, error"
_KEPT_SECONDS = 86_400
"""For so long a removed source can be brought back."""
_LONGEST_SECONDS = 8 * 86_400
"""No source is put off for longer, beyond its own schedule: then the clock was wrong when that was written."""
_REMEMBERED = 200
"""Refreshes of a subscription that its log goes back to."""


class Subscriptions:
    """The subscriptions of one database. Who refreshes them is not this file's business."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def add(self, address: str, options: Mapping[str, Any], *, every: int) -> Subscription:
        """Remember a source, to be refreshed every so many seconds; one that is known gets the new options."""
        key = hashlib.sha256(address.encode()).hexdigest()[:8]
        with self._db.write() as db:
            db.execute(
                f"INSERT INTO subscriptions ({_COLUMNS}) VALUES (?, ?, ?, ?, 0, ?, 0, ?)"
                " ON CONFLICT (id) DO UPDATE SET options = excluded.options, every = excluded.every,"
                " paused = 0, due = excluded.due, removed = NULL",
                [key, address, json.dumps(options, ensure_ascii=False, sort_keys=True), every, now(), now()],
            )
        return self.get(key)

    def get(self, key: str) -> Subscription:
        """By id or address; NotFound if there is none."""
        with self._db.read() as db:
            query = f"SELECT {_COLUMNS} FROM subscriptions WHERE ? IN (id, address) AND removed IS NULL"
            row = db.execute(query, [key]).fetchone()
        if row is None:
            raise NotFound("source", key)
        return _subscription(row)

    def all(self) -> list[Subscription]:
        """All of them, by address."""
        with self._db.read() as db:
            query = f"SELECT {_COLUMNS} FROM subscriptions WHERE removed IS NULL ORDER BY address"
            return [_subscription(row) for row in db.execute(query)]

    def due(self) -> list[Subscription]:
        """Those whose time has come and that are not paused, the longest waiting first."""
        query = (
            f"SELECT {_COLUMNS} FROM subscriptions WHERE NOT paused AND removed IS NULL"
            " AND (due <= :now OR due > strftime('%Y-%m-%dT%H:%M:%SZ', :now, max(every, :longest) || ' seconds'))"
            " ORDER BY due, id"
        )
        with self._db.read() as db:
            return [_subscription(row) for row in db.execute(query, {"now": now(), "longest": _LONGEST_SECONDS})]

    def pause(self, key: str, *, paused: bool) -> Subscription:
        """Stop or take up refreshing; NotFound if there is none."""
        found = self.get(key)
        with self._db.write() as db:
            db.execute("UPDATE subscriptions SET paused = ? WHERE id = ?", [paused, found.id])
        return self.get(found.id)

    def reschedule(self, key: str, *, every: int) -> Subscription:
        """Refresh a source every so many seconds from now on; NotFound if there is none."""
        found = self.get(key)
        with self._db.write() as db:
            db.execute(
                "UPDATE subscriptions SET every = ?, due = min(due, ?) WHERE id = ?", [every, later(every), found.id]
            )
        return self.get(found.id)

    def remove(self, key: str) -> Subscription:
        """Forget a source; its documents stay. NotFound if there is none. For a day it can be brought back."""
        found = self.get(key)
        with self._db.write() as db:
            db.execute("DELETE FROM subscriptions WHERE removed < ?", [later(-_KEPT_SECONDS)])
            db.execute("UPDATE subscriptions SET removed = ? WHERE id = ?", [now(), found.id])
        return found

    def bring_back(self, key: str) -> Subscription:
        """Undo a removal; NotFound if that was too long ago."""
        with self._db.write() as db:
            db.execute("UPDATE subscriptions SET removed = NULL WHERE id = ?", [key])
        return self.get(key)

    def begin(self, key: str) -> int:
        """Note that a refresh begins; its number. One that was cut off before stays in the log as it is."""
        with self._db.write() as db:
            cursor = db.execute(
                "INSERT INTO refreshes (subscription_id, started, counts) VALUES (?, ?, '{}')", [key, now()]
            )
            return int(cursor.lastrowid or 0)

    def end(self, number: int, counts: Mapping[str, int], *, error: str | None, failures: int, wait: float) -> None:
        """Note how a refresh went, and in how many seconds the next one is due."""
        with self._db.write() as db:
            key = db.execute("SELECT subscription_id FROM refreshes WHERE id = ?", [number]).fetchone()
            if key is None:  # the source was removed meanwhile
                return
            db.execute(
                "UPDATE refreshes SET ended = ?, counts = ?, error = ? WHERE id = ?",
                [now(), json.dumps(counts), error, number],
            )
            db.execute("UPDATE subscriptions SET due = ?, failures = ? WHERE id = ?", [later(wait), failures, key[0]])
            db.execute(
                "DELETE FROM refreshes WHERE id IN (SELECT id FROM refreshes WHERE subscription_id = ?"
                " ORDER BY id DESC LIMIT -1 OFFSET ?)",
                [key[0], _REMEMBERED],
            )

    def log(self, key: str, limit: int = 20) -> list[Refresh]:
        """The latest refreshes of a source, the newest first."""
        query = f"SELECT {_REFRESH} FROM refreshes WHERE subscription_id = ? ORDER BY id DESC LIMIT ?"
        with self._db.read() as db:
            return [_refresh(row) for row in db.execute(query, [key, limit])]

    def last_success(self, key: str) -> Refresh | None:
        """The latest refresh that ended without an error."""
        query = (
            f"SELECT {_REFRESH} FROM refreshes WHERE subscription_id = ? AND ended IS NOT NULL AND error IS NULL"
            " ORDER BY id DESC LIMIT 1"
        )
        with self._db.read() as db:
            row = db.execute(query, [key]).fetchone()
        return None if row is None else _refresh(row)

    def note_item(self, key: str, address: str, document_id: str | None) -> None:
        """Remember that a source brought an item, and which document it became; nothing if either is gone meanwhile."""
        with self._db.write() as db:
            db.execute(
                "INSERT INTO subscription_items SELECT ?1, ?2, ?3 WHERE EXISTS"
                " (SELECT 1 FROM subscriptions WHERE id = ?1) AND EXISTS (SELECT 1 FROM documents WHERE id = ?3)"
                " ON CONFLICT DO UPDATE"
                " SET document_id = coalesce(excluded.document_id, document_id)"
                " WHERE document_id IS NOT coalesce(excluded.document_id, document_id)",
                [key, address, document_id],
            )

    def items(self, key: str) -> dict[str, str | None]:
        """address -> document id, of all that a source ever brought."""
        query = "SELECT address, document_id FROM subscription_items WHERE subscription_id = ? ORDER BY address"
        with self._db.read() as db:
            return dict(db.execute(query, [key]).fetchall())

    def gone(self, key: str) -> int:
        """How many documents of a source have a page that is not there any more."""
        query = (
            "SELECT count(DISTINCT d.id) FROM subscription_items i JOIN documents d ON d.id = i.document_id"
            " WHERE i.subscription_id = ? AND d.gone IS NOT NULL"
        )
        with self._db.read() as db:
            return int(db.execute(query, [key]).fetchone()[0])


def _subscription(row: Any) -> Subscription:
    return Subscription(
        id=row[0], address=row[1], options=json.loads(row[2]), every=row[3], paused=bool(row[4]), due=row[5],
        failures=row[6], added=row[7],
    )  # fmt: skip


def _refresh(row: Any) -> Refresh:
    return Refresh(
        number=row[0], subscription_id=row[1], started=row[2], ended=row[3], counts=json.loads(row[4]), error=row[5]
    )
