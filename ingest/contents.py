"""The bytes of one file -> its items: an export of a tool, rows of a table, documents of an archive, or itself."""

from collections.abc import Sequence
from functools import partial
from pathlib import Path

from corpus.errors import NothingToRead, UnsupportedType
from ingest.apart import Apart, at_once
from ingest.archives import documents_of, open_zip
from ingest.exports import Export, read_export
from ingest.shapes import Shape, shape_of
from ingest.tables import TABLES, table_items
from ingest.types import Bounds, Extract, Item, Options, Outcome, Page

_HOLDERS: dict[Shape, str] = {"json": ".json", "table": ".csv", "xml": ".xml", "zip": ".zip", "feed": ".xml"}
"""Shapes that may hold many documents, and the name ending of such files."""


class Contents:
    """Opens files whose bytes are at hand."""

    def __init__(self, extract: Extract, bounds: Bounds, apart: Apart = at_once) -> None:
        self._extract = extract
        self._bounds = bounds
        self._apart = apart

    def items(
        self, body: bytes, *, name: str, identity: str, options: Options, content_type: str | None = None
    ) -> Sequence[Item | Outcome]:
        """All that a file holds. Raises an IngestError for one that holds nothing readable.

        `name` is what a person is shown, and its ending may tell the format; items are identified by the file's
        `identity` with their own behind a `#`.
        """
        if not body.strip():
            raise NothingToRead(name, "the file is empty")
        shape = shape_of(body, name=name, content_type=content_type)
        suffix = Path(name).suffix.lower()
        exported = self.of_export(body, shape, name=name, identity=identity, options=options)
        if exported is not None:
            return exported
        if suffix in TABLES or shape in ("json", "table"):
            ending = suffix if suffix in TABLES else _HOLDERS[shape]
            return table_items(body, source=name, identity=identity, suffix=ending, wanted=options.columns)
        if suffix == ".zip" or shape == "zip":
            return self._of_zip(body, name, identity, content_type)
        return [self._one(body, name, identity, content_type)]

    def of_export(
        self, body: bytes, shape: Shape, *, name: str, identity: str, options: Options
    ) -> Sequence[Item | Outcome] | None:
        """What the export file of a tool holds; None for any other file, or where a person mapped its columns."""
        if shape not in _HOLDERS or options.columns:
            return None
        most = options.most or self._bounds.items
        found = self._apart(name, read_export, body, source=name, most_bytes=self._bounds.bytes, most_items=most)
        return None if found is None else _of_export(found, name, identity)

    def _one(self, body: bytes, name: str, identity: str, content_type: str | None = None) -> Item:
        read = partial(self._extract, body, name=name, content_type=content_type)
        return Item(source=name, identity=identity, read=read)

    def _of_zip(self, body: bytes, name: str, identity: str, content_type: str | None) -> Sequence[Item | Outcome]:
        """The documents in an archive; a Word file is an archive too, and is itself the document."""
        archive = open_zip(body, source=name, most_bytes=self._bounds.bytes, most_members=self._bounds.items)
        if "word/document.xml" in archive.names():
            return [self._one(body, name, identity, content_type)]
        members = documents_of(archive)
        if not members:
            raise UnsupportedType(name, "a ZIP archive without documents in it")

        def read(member: str) -> Page:
            return self._extract(archive.read(member), name=f"{name}/{member}")

        inner = [
            member for member in archive.names() if member.lower().endswith((".zip", ".gz", ".tgz", ".7z", ".rar"))
        ]
        said = "an archive within an archive is not opened"
        return [
            *(Item(source=f"{name}/{one}", identity=f"{identity}#{one}", read=partial(read, one)) for one in members),
            *(Outcome(source=f"{name}/{one}", status="skipped", error=said) for one in inner),
        ]


def _of_export(export: Export, name: str, identity: str) -> list[Item | Outcome]:
    return [
        entry
        if isinstance(entry, Outcome)
        else Item(source=f"{name}, {entry.id}", identity=f"{identity}#{entry.id}", read=partial(_as_it_is, entry))
        for entry in export.entries
    ]


def _as_it_is(page: Page) -> Page:
    return page
