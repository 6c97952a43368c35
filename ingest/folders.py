"""A file or a folder -> its items: which files are documents, which are left out and why."""

import os
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path

from corpus.errors import Gone, IngestError, NothingToRead, SourceError, TooLarge, UnsupportedType
from ingest.contents import Contents
from ingest.tables import TABLES
from ingest.types import Bounds, Extract, Item, Items, Options, Outcome, Page, raises

_HOLDERS = (*TABLES, ".zip", ".xml")
"""Files that hold many documents are opened at once, to see how many."""
_SILENT_FOLDERS = frozenset(("node_modules", "__pycache__", "venv", "bower_components"))
_NOT_DOCUMENTS = {
    "an image": "png jpg jpeg gif svg webp bmp ico tif tiff heic avif psd eps drawio",
    "a recording": "mp3 mp4 m4a mov avi mkv webm wav ogg flac vtt srt",
    "an archive": "gz tgz bz2 xz 7z rar tar zst jar war whl deb rpm dmg iso",
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


class Folders:
    """Opens files, alone or in folders."""

    def __init__(self, contents: Contents, extract: Extract, bounds: Bounds) -> None:
        self._contents = contents
        self._extract = extract
        self._bounds = bounds

    def items(self, source: str, path: Path, options: Options) -> Items:
        """All there is at a path, shown under the name it was given by, and what was there before."""
        if path.is_dir():
            files = list(_files(path, source))
            return Items(lambda counted: self._opened(files, options, counted), len(files))
        if not path.is_file():
            raise SourceError(source, "this is no regular file; to read what a program writes use -")
        return Items.of(self._file(path, source, options))

    def _opened(self, files: Sequence[Path | Outcome], options: Options, counted: Items) -> Iterator[Item | Outcome]:
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
                inside = self._file(path, shown, options)
            except UnsupportedType as error:
                yield Outcome(source=shown, status="skipped", error=str(error))
                continue
            except IngestError as error:
                yield Outcome(source=shown, status="failed", error=str(error))
                continue
            counted.total += len(inside) - 1
            yield from inside
        yield from self._missing(options.again)

    def _missing(self, shown: Sequence[str]) -> Iterator[Item]:
        """The files that were there before and are not any more."""
        for name in shown:
            if name.startswith(os.sep) and not os.path.lexists(name):
                error = Gone(name, "the file is not there any more")
                yield Item(source=name, identity=f"file://{os.path.realpath(name)}", read=raises(error))

    def _file(self, path: Path, shown: str, options: Options) -> Sequence[Item | Outcome]:
        """One item, or those of a file that holds many; IngestError for one of these that cannot be read."""
        identity = f"file://{os.path.realpath(path)}"
        if path.suffix.lower() in _HOLDERS:
            return self._contents.items(self.read(path, shown), name=shown, identity=identity, options=options)
        return [Item(source=shown, identity=identity, read=partial(self._page, path, shown))]

    def _page(self, path: Path, shown: str) -> Page:
        return self._extract(self.read(path, shown), name=shown)

    def read(self, path: Path, shown: str) -> bytes:
        """A file's bytes; TooLarge without reading more than the limit, NothingToRead for none."""
        try:
            with path.open("rb") as file:
                if os.fstat(file.fileno()).st_size > self._bounds.bytes:
                    raise TooLarge(shown, self._bounds.bytes)
                body = file.read(self._bounds.bytes + 1)
        except OSError as error:
            raise SourceError(shown, fault(error)) from error
        if len(body) > self._bounds.bytes:
            raise TooLarge(shown, self._bounds.bytes)
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
        yield Outcome(source=shown, status="failed", error=f"{shown}: {fault(error)}")


def _is_silent(name: str) -> bool:
    return name.startswith(".") or name in _SILENT_FOLDERS


def fault(error: Exception) -> str:
    """Why a path cannot be used, for a person."""
    if isinstance(error, PermissionError):
        return "it may not be read; check its rights"
    if isinstance(error, FileNotFoundError):
        return "there is no such file or folder"
    reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return f"it cannot be read ({reason})"
