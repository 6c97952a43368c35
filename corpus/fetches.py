"""What servers said of the pages that were fetched: enough to ask next time whether anything changed."""

import zlib
from dataclasses import astuple
from typing import Any

from corpus.clock import now
from corpus.database import Database
from corpus.types import Fetch

_COLUMNS = "url, made_with, final_url, content_type, etag, last_modified, digest, document_id, checked"


class Fetches:
    """The fetches of one database, one an address, the latest."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def get(self, url: str) -> Fetch | None:
        """How an address was answered last; None if it was not, or if its document is gone since."""
        with self._db.read() as db:
            row = db.execute(f"SELECT {_COLUMNS} FROM fetches WHERE url = ?", [url]).fetchone()
        return None if row is None else Fetch(*row)

    def kept(self, url: str) -> bytes | None:
        """What was kept of an address to be read again, such as a listing; None for most."""
        with self._db.read() as db:
            row = db.execute("SELECT body FROM fetches WHERE url = ?", [url]).fetchone()
        return None if row is None or row[0] is None else zlib.decompress(row[0])

    def put(self, fetch: Fetch, kept: bytes | None = None) -> None:
        """Remember an answer, in the place of an earlier one."""
        body = None if kept is None else zlib.compress(kept)
        values: list[Any] = [*astuple(fetch), body]
        places = ", ".join("?" for _ in values)
        with self._db.write() as db:
            db.execute(f"INSERT OR REPLACE INTO fetches ({_COLUMNS}, body) VALUES ({places})", values)

    def confirm(self, url: str) -> None:
        """Remember that an address was asked now and had not changed."""
        with self._db.write() as db:
            db.execute("UPDATE fetches SET checked = ? WHERE url = ?", [now(), url])

    def checked(self, document_id: str) -> str | None:
        """When a page of the document was last seen to be as it is stored, None if it never was fetched."""
        with self._db.read() as db:
            row = db.execute("SELECT max(checked) FROM fetches WHERE document_id = ?", [document_id]).fetchone()
        return None if row is None or row[0] is None else str(row[0])
