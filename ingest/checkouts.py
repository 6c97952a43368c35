"""A git repository -> the items in its folder: its history tells when each was written, its host where it is read."""

import hashlib
import os
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from corpus.errors import Gone, IngestError
from corpus.urls import canonical
from ingest.folders import Folders
from ingest.repositories import clone_or_update, file_dates, folder_of, web_address
from ingest.types import Item, Items, Options, Outcome, Page, Unchanged, raises

Dates = Mapping[str, tuple[str, str]]
"""Path in the repository -> days of the first and the last commit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cloning:
    """Where clones are kept, and what one may cost."""

    folder: Path
    bytes: int = 1_000_000_000
    seconds: float = 600.0
    allow_private: bool = False


class Checkouts:
    """Finds the items of repositories, of which it keeps a clone each."""

    def __init__(self, folders: Folders, cloning: Cloning) -> None:
        self._folders = folders
        self._cloning = cloning

    def items(self, source: str, options: Options) -> Items:
        """The files of a clone address; `ADDRESS.git#folder` means those below a folder of it."""
        return Items(lambda counted: self._cloned(source, options, counted), 1)

    def local(self, source: str, path: Path, options: Options) -> Items:
        """The files of a working tree on this machine, as they lie there, with the dates of its history."""
        found = self._folders.items(source, path, options)
        dates: Dates = {}
        with suppress(IngestError):  # without git, or with a history that cannot be read, the files are still there
            dates = file_dates(path, ".")
        root = os.path.realpath(path)
        return Items(lambda counted: self._dated(_counting(found, counted), root, dates), found.total)

    def _cloned(self, source: str, options: Options, counted: Items) -> Iterator[Item | Outcome]:
        address, _, folder = source.partition("#")
        limits = self._cloning
        try:
            clone = clone_or_update(
                address, limits.folder / hashlib.sha256(address.encode()).hexdigest()[:16], seconds=limits.seconds,
                most_bytes=limits.bytes, allow_private=limits.allow_private,
            )  # fmt: skip
            top = folder_of(clone, folder)
            dates = file_dates(clone, folder or ".")
            found = self._folders.items(str(top), top, replace(options, again=()))
        except IngestError as error:
            yield Item(source=source, identity=canonical(source), read=raises(error))
            return
        seen = set()
        for item in self._dated(_counting(found, counted), os.path.realpath(clone), dates):
            named = _named(item, address, os.path.realpath(clone))
            seen.add(named.source)
            yield named
        for name in options.again:
            if name not in seen and name.startswith(f"{address}#"):
                gone = Gone(name, "the file is not in the repository any more")
                yield Item(source=name, identity=_identity(address, name.partition("#")[2]), read=raises(gone))

    def _dated(self, found: Iterator[Item | Outcome], root: str, dates: Dates) -> Iterator[Item | Outcome]:
        for item in found:
            yield item if isinstance(item, Outcome) else _dated(item, dates.get(_inside(item, root).split("#")[0]))


def _counting(found: Items, counted: Items) -> Iterator[Item | Outcome]:
    for item in found:
        counted.total = found.total
        yield item


def _inside(item: Item, root: str) -> str:
    """The path of an item's file in the repository, with what is behind a `#`."""
    return item.identity.removeprefix(f"file://{root}").lstrip("/")


def _named(item: Item | Outcome, address: str, root: str) -> Item | Outcome:
    """The item as one of its repository: where the clone lies is nobody's business."""
    if isinstance(item, Outcome):
        return replace(item, source=item.source.replace(root, address), error=(item.error or "").replace(root, address))
    inside = _inside(item, root)
    web = web_address(address, inside.split("#")[0]) if "#" not in inside else None
    return replace(
        item, source=f"{address}#{inside}", identity=_identity(address, inside), read=lambda: _at(item.read(), web)
    )


def _identity(address: str, inside: str) -> str:
    web = web_address(address, inside) if "#" not in inside else None
    return canonical(web) if web else f"{canonical(address)}#{inside}"


def _at(page: Page | Unchanged, web: str | None) -> Page | Unchanged:
    return replace(page, url=page.url or web) if isinstance(page, Page) else page


def _dated(item: Item, days: tuple[str, str] | None) -> Item:
    """The item with the days of its history, for a page that states none."""
    if days is None:
        return item

    def read() -> Page | Unchanged:
        page = item.read()
        if not isinstance(page, Page):
            return page
        return replace(page, published=page.published or days[0], updated=page.updated or days[1])

    return replace(item, read=read)
