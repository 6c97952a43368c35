"""One address, file, folder or standard input -> the items in it. Nothing is fetched or read before an item is."""

import hashlib
import os
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, Self
from urllib.parse import unquote, urlsplit

from corpus.errors import IngestError, NothingToRead, SourceError, TooLarge
from corpus.urls import canonical
from ingest.tables import TABLES, table_items
from ingest.types import Item, Options, Outcome, Page

if TYPE_CHECKING:  # httpx is loaded by whoever makes the Fetcher
    from ingest.fetch import Fetched

MAX_BYTES = 50_000_000


class Extract(Protocol):
    """Bytes -> Page; what `ingest.extract.extract` does. Raises an IngestError where it cannot."""

    def __call__(self, body: bytes, *, name: str, content_type: str | None = None) -> Page: ...


class Gets(Protocol):
    """What sources need of a Fetcher."""

    def get(self, url: str) -> "Fetched": ...


_SILENT_FOLDERS = frozenset(("node_modules", "__pycache__", "venv", "bower_components"))
_NOT_DOCUMENTS = {
    "an image": "png jpg jpeg gif svg webp bmp ico tif tiff heic avif psd eps drawio",
    "a recording": "mp3 mp4 m4a mov avi mkv webm wav ogg flac vtt srt",
    "an archive": "zip gz tgz bz2 xz 7z rar tar zst jar war whl deb rpm dmg iso",
    "a program": "exe dll so dylib a o obj bin class pyc pyo wasm msi apk com bat cmd ps1 sh",
    "a font": "woff woff2 ttf otf eot",
    "a style sheet": "css scss sass less",
    "source code": "js mjs cjs ts tsx jsx py rb go rs c h cc cpp hpp java kt swift php pl lua r sql vue map ipynb",
    "a lock file": "lock",
    "a database": "db sqlite sqlite3 parquet arrow npy npz pkl",
    "a setting": "ini cfg conf toml yaml yml env properties editorconfig",
    "a log": "log",
}
_BY_SUFFIX = {f".{suffix}": what for what, suffixes in _NOT_DOCUMENTS.items() for suffix in suffixes.split()}
_BY_NAME = {
    "package-lock.json": "a lock file", "npm-shrinkwrap.json": "a lock file", "composer.lock": "a lock file",
    "go.sum": "a lock file", "go.mod": "a setting", "package.json": "a setting", "composer.json": "a setting",
    "manifest.json": "a setting", "tsconfig.json": "a setting", "makefile": "source code", "dockerfile": "source code",
    "gemfile": "source code", "rakefile": "source code", "procfile": "a setting", "cname": "a setting",
    "robots.txt": "a setting", "requirements.txt": "a setting", "codeowners": "a setting",
}  # fmt: skip
_SCHEME = re.compile(r"([a-zA-Z][a-zA-Z0-9+.-]+):")
_BARE_HOST = re.compile(r"(?:[\w-]+\.)+[a-zA-Z]{2,}(?:[/:?#].*)?")


class Items(Iterator[Item | Outcome]):
    """The items of a source, in a steady order, with the outcomes of what is no document.

    `total` is how many there will be, as far as is known: a folder's files at first, more when a table among
    them turns out to hold many rows.
    """

    def __init__(self, find: Callable[["Items"], Iterator[Item | Outcome]], total: int) -> None:
        self.total = total
        self._found = find(self)

    @classmethod
    def of(cls, found: Sequence[Item | Outcome]) -> Self:
        """Items that are all known."""
        return cls(lambda _: iter(found), len(found))

    def __next__(self) -> Item | Outcome:
        return next(self._found)


def items(
    source: str,
    fetcher: Gets,
    options: Options,
    *,
    extract: Extract,
    stdin: bytes | None = None,
    max_bytes: int = MAX_BYTES,
) -> Items:
    """The items of an http(s) address, a path, a `file:` address, or (`-`) of the bytes of standard input.

    Raises SourceError for what is none of these, or not there.
    """
    if source == "-":
        return _of_input(stdin or b"", options, extract, max_bytes)
    if re.match(r"https?:", source, re.IGNORECASE):
        read = partial(_fetched, source, fetcher, extract)
        return Items.of([Item(source=source, identity=canonical(source), read=read)])
    return _Folders(options, extract, max_bytes).items(source, _path(source))


def items_of_bytes(body: bytes, *, name: str, identity: str, options: Options, extract: Extract) -> Items:
    """The items of a file that is not on a disk, such as an upload. Raises IngestError for an unreadable table."""
    if not body.strip():
        raise NothingToRead(name, "the file is empty")
    suffix = Path(name).suffix.lower()
    if suffix in TABLES:
        return Items.of(table_items(body, source=name, identity=identity, suffix=suffix, wanted=options.columns))
    return Items.of([Item(source=name, identity=identity, read=lambda: extract(body, name=name))])


def _fetched(source: str, fetcher: Gets, extract: Extract) -> Page:
    """The page at an address. Where it was found is its address, whatever it says: a page cannot replace another's."""
    found = fetcher.get(source)
    if not found.body.strip():
        raise NothingToRead(source, "the answer is empty")
    page = extract(found.body, name=found.final_url, content_type=found.content_type)
    return replace(page, url=found.final_url)


def _of_input(body: bytes, options: Options, extract: Extract, max_bytes: int) -> Items:
    """Standard input: JSON or JSONL if it looks so, CSV if columns are mapped, else one document."""
    shown = "standard input"
    if len(body) > max_bytes:
        raise TooLarge(shown, max_bytes)
    if not body.strip():
        raise NothingToRead(shown, "it is empty")
    suffix = ".json" if body.lstrip()[:1] in (b"{", b"[") else ".csv" if options.columns else ""
    if suffix:
        return Items.of(table_items(body, source=shown, identity="stdin:", suffix=suffix, wanted=options.columns))
    identity = f"stdin:{hashlib.sha256(body).hexdigest()[:16]}"
    return Items.of([Item(source=shown, identity=identity, read=lambda: extract(body, name=shown))])


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
        raise SourceError(source, _fault(error)) from error
    scheme = _SCHEME.match(source)
    if parts is None and scheme and not path.is_absolute() and len(scheme[1]) > 1:
        raise SourceError(source, f"{scheme[1]}: addresses are not read, only http:, https: and file:")
    hint = f"; for a web page write https://{source}" if _BARE_HOST.fullmatch(source) and "/" in source else ""
    raise SourceError(source, f"there is no such file or folder{hint}")


class _Folders:
    """Walks folders and opens files, as one call of `items` wants them."""

    def __init__(self, options: Options, extract: Extract, max_bytes: int) -> None:
        self._options = options
        self._extract = extract
        self._max_bytes = max_bytes

    def items(self, source: str, path: Path) -> Items:
        """All there is at a path, shown under the name it was given by."""
        if path.is_dir():
            files = list(_files(path, source))
            return Items(lambda counted: self._opened(files, counted), len(files))
        if not path.is_file():
            raise SourceError(source, "this is no regular file; to read what a program writes use -")
        return Items.of(self._file(path, source))

    def _opened(self, files: Sequence[Path | Outcome], counted: Items) -> Iterator[Item | Outcome]:
        for path in files:
            if isinstance(path, Outcome):
                yield path
                continue
            shown = str(path)
            what = not_a_document(path)
            if what:
                yield Outcome(source=shown, status="skipped", error=f"{what} is not a document")
                continue
            try:
                inside = self._file(path, shown)
            except IngestError as error:
                yield Outcome(source=shown, status="failed", error=str(error))
                continue
            counted.total += len(inside) - 1
            yield from inside

    def _file(self, path: Path, shown: str) -> Sequence[Item | Outcome]:
        """One item, or those of a table; IngestError for a table that cannot be read."""
        identity = f"file://{os.path.realpath(path)}"
        suffix = path.suffix.lower()
        if suffix in TABLES:
            body = self._bytes(path, shown)
            return table_items(body, source=shown, identity=identity, suffix=suffix, wanted=self._options.columns)
        return [Item(source=shown, identity=identity, read=partial(self._page, path, shown))]

    def _page(self, path: Path, shown: str) -> Page:
        return self._extract(self._bytes(path, shown), name=shown)

    def _bytes(self, path: Path, shown: str) -> bytes:
        """The file's bytes; TooLarge without reading more than the limit, NothingToRead for none."""
        try:
            with path.open("rb") as file:
                if os.fstat(file.fileno()).st_size > self._max_bytes:
                    raise TooLarge(shown, self._max_bytes)
                body = file.read(self._max_bytes + 1)
        except OSError as error:
            raise SourceError(shown, _fault(error)) from error
        if len(body) > self._max_bytes:
            raise TooLarge(shown, self._max_bytes)
        if not body.strip():
            raise NothingToRead(shown, "the file is empty")
        return body


def not_a_document(path: Path) -> str | None:
    """What a file in a folder is, going by its name, if it is no document; None if it may be one."""
    return _BY_NAME.get(path.name.lower()) or _BY_SUFFIX.get(path.suffix.lower())


def _files(folder: Path, source: str) -> Iterator[Path | Outcome]:
    """The files below a folder, sorted; hidden ones and those of tools left out, links that lead out of it told."""
    root = os.path.realpath(folder)
    unreadable: list[OSError] = []
    for here, folders, names in os.walk(folder, onerror=unreadable.append):
        links = [name for name in folders if os.path.islink(os.path.join(here, name))]
        folders[:] = sorted(name for name in folders if name not in links and not _is_silent(name))
        for name in sorted([*names, *links]):
            path = Path(here, name)
            if name.startswith("."):
                continue
            if path.is_symlink() and not Path(os.path.realpath(path)).is_relative_to(root):
                yield Outcome(source=str(path), status="skipped", error="a link that leads out of the folder")
            elif path.is_file():
                yield path
    for error in unreadable:
        shown = str(error.filename or source)
        yield Outcome(source=shown, status="failed", error=f"{shown}: {_fault(error)}")


def _is_silent(name: str) -> bool:
    return name.startswith(".") or name in _SILENT_FOLDERS


def _fault(error: Exception) -> str:
    if isinstance(error, PermissionError):
        return "it may not be read; check its rights"
    if isinstance(error, FileNotFoundError):
        return "there is no such file or folder"
    reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return f"it cannot be read ({reason})"
