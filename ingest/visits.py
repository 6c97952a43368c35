"""Addresses, fetched only where they changed since they were fetched last."""

import hashlib
from dataclasses import dataclass, replace
from typing import Protocol

from corpus.clock import now
from corpus.fetches import Fetches
from corpus.types import Fetch
from ingest.addresses import check_url
from ingest.fetch import Fetched, NotModified, Validators


class Gets(Protocol):
    """What visits need of a Fetcher."""

    def get(self, url: str) -> Fetched: ...

    def get_if_changed(self, url: str, known: Validators) -> Fetched | NotModified: ...


@dataclass(frozen=True, slots=True)
class Visit:
    """An answer. `body` is None where nothing changed since the address became `fetch.document_id`."""

    fetch: Fetch
    body: bytes | None


class Visits:
    """Visits addresses and remembers what their servers said. May be used from several threads."""

    def __init__(self, fetcher: Gets, fetches: Fetches) -> None:
        self._fetcher = fetcher
        self._fetches = fetches

    def visit(self, url: str, made_with: str) -> Visit:
        """What is at an address; FetchError if there is nothing to be had.

        `made_with` is a digest of all else that the document depends on: if that changed, the page is read anew.
        """
        check_url(url)
        known = self._fetches.get(url)
        kept = self._fetches.kept(url)
        if known is None or known.made_with != made_with or (known.document_id is None and kept is None):
            return _visit(url, made_with, self._fetcher.get(url))
        found = self._fetcher.get_if_changed(url, Validators(etag=known.etag, last_modified=known.last_modified))
        if isinstance(found, Fetched) and hashlib.sha256(found.body).digest() != known.digest:
            return _visit(url, made_with, found)
        self._fetches.confirm(url)
        return Visit(replace(known, final_url=found.final_url), None if known.document_id else kept)

    def settle(self, visit: Visit, document_id: str | None, kept: bytes | None = None) -> None:
        """Remember an answer, now that its document is stored; `kept` is what is to be read again next time."""
        self._fetches.put(replace(visit.fetch, document_id=document_id), kept)

    def kept(self, url: str) -> bytes | None:
        """What `settle` was told to keep of an address."""
        return self._fetches.kept(url)


def _visit(url: str, made_with: str, found: Fetched) -> Visit:
    digest = hashlib.sha256(found.body).digest()
    fetch = Fetch(
        url, made_with, found.final_url, found.content_type, found.etag, found.last_modified, digest, None, now()
    )
    return Visit(fetch, found.body)
