"""One address, file, folder, repository or standard input -> the items in it. Each is read when its turn comes."""

import hashlib
import os
import re
from pathlib import Path
from urllib.parse import unquote, urlsplit

from corpus.errors import IngestError, NothingToRead, SourceError, TooLarge
from ingest.addresses import check_url
from ingest.apart import Apart, at_once
from ingest.checkouts import Checkouts, Cloning
from ingest.contents import Contents
from ingest.folders import Folders, fault
from ingest.repositories import is_bare, is_repository
from ingest.tables import table_items
from ingest.types import Bounds, Extract, Item, Items, Options
from ingest.visits import Visits
from ingest.web import Web

_LISTINGS = (".md", ".markdown", ".html", ".htm", ".xml", ".rss", ".atom", ".json", ".gz", ".txt")
"""Files that may be a feed, a sitemap or a list of links."""
_CLONE = re.compile(r"\.git(?:#.*)?$")
_SCHEME = re.compile(r"([a-zA-Z][a-zA-Z0-9+.-]+):")
_BARE_HOST = re.compile(r"(?:[\w-]+\.)+[a-zA-Z]{2,}(?:[/:?#].*)?")


class Sources:
    """Tells what a source is, and finds its items."""

    def __init__(
        self, visits: Visits, *, extract: Extract, cloning: Cloning, bounds: Bounds = Bounds(), apart: Apart = at_once
    ) -> None:
        self._extract = extract
        self._bounds = bounds
        self._contents = Contents(extract, bounds, apart)
        self._web = Web(visits, self._contents, extract, bounds, apart)
        self._folders = Folders(self._contents, extract, bounds)
        self._checkouts = Checkouts(self._folders, cloning)

    def items(self, source: str, options: Options, *, stdin: bytes | None = None) -> Items:
        """The items of an http(s) address, a path, a `file:` address, or (`-`) of the bytes of standard input.

        Raises SourceError for what is none of these, or not there.
        """
        if source == "-":
            return self._of_input(stdin or b"", options)
        if re.match(r"https?:", source, re.IGNORECASE):
            is_clone = options.form == "repository" or _CLONE.search(source)
            return (self._checkouts if is_clone else self._web).items(source, options)
        if self._is_clone(source):
            return self._checkouts.items(source, options)
        path = _path(source)
        if is_repository(path):
            return self._checkouts.local(source, path, options)
        if options.form == "repository":
            raise SourceError(source, "this is no git repository; leave --as repository out to take the folder itself")
        return self._listing(source, path, options) or self._folders.items(source, path, options)

    def check(self, source: str) -> None:
        """Raises Refused or SourceError for what cannot be a source: no web address, no path that is there."""
        if any(ord(letter) < 32 for letter in source) or not source.strip():
            raise SourceError(" ".join(source.split()), "give an address or a path")
        if re.match(r"https?:", source, re.IGNORECASE):
            check_url(source.partition("#")[0])
        elif not self._is_clone(source):
            _path(source)

    def at(self, url: str, options: Options) -> Item:
        """The page at an address as an item, whatever it holds."""
        return self._web.at(url, options)

    def items_of_bytes(self, body: bytes, *, name: str, identity: str, options: Options) -> Items:
        """The items of a file that is not on a disk, such as an upload. Raises IngestError for an unreadable one."""
        return Items.of(self._contents.items(body, name=name, identity=identity, options=options))

    def _is_clone(self, source: str) -> bool:
        """Whether a path is that of a bare repository, or names a folder in a repository behind a `#`."""
        path, _, folder = source.partition("#")
        if os.path.exists(source) and folder:
            return False
        return is_bare(Path(path)) or bool(folder and is_repository(Path(path)))

    def _listing(self, source: str, path: Path, options: Options) -> Items | None:
        """The items that a feed, sitemap or list in a file names; None for any other file."""
        if not path.is_file() or not (options.form or path.suffix.lower() in _LISTINGS):
            return None
        try:
            body = self._folders.read(path, source)
        except IngestError:  # said when the file is opened as a document
            return None
        return self._web.listing(body, source, options)

    def _of_input(self, body: bytes, options: Options) -> Items:
        """Standard input: JSON or JSONL if it looks so, CSV if columns are mapped, else one document."""
        shown = "standard input"
        if len(body) > self._bounds.bytes:
            raise TooLarge(shown, self._bounds.bytes)
        if not body.strip():
            raise NothingToRead(shown, "it is empty")
        suffix = ".json" if body.lstrip()[:1] in (b"{", b"[") else ".csv" if options.columns else ""
        if suffix:
            return Items.of(table_items(body, source=shown, identity="stdin:", suffix=suffix, wanted=options.columns))
        identity = f"stdin:{hashlib.sha256(body).hexdigest()[:16]}"
        return Items.of([Item(source=shown, identity=identity, read=lambda: self._extract(body, name=shown))])


def _path(source: str) -> Path:
    """The path that is meant; SourceError for an address that is none of a file, and for a path that is not there."""
    parts = urlsplit(source) if source.lower().startswith("file:") else None
    if parts is not None and parts.netloc not in ("", "localhost"):
        raise SourceError(source, "a file: address of another machine; give a path of this one")
    path = Path(unquote(parts.path) if parts is not None else source)
    try:
        if source and path.exists():  # an empty name would be the current folder
            return path
    except (OSError, ValueError) as error:  # a name too long, a NUL in it, a folder that may not be looked into
        raise SourceError(source, fault(error)) from error
    scheme = _SCHEME.match(source)
    if parts is None and scheme and not path.is_absolute() and len(scheme[1]) > 1:
        raise SourceError(source, f"{scheme[1]}: addresses are not read, only http:, https: and file:")
    hint = f"; for a web page write https://{source}" if _BARE_HOST.fullmatch(source) and "/" in source else ""
    raise SourceError(source, f"there is no such file or folder{hint}")
