"""Guarded reading of ZIP archives: nothing is unpacked to disk, and what is read is counted as it is unpacked."""

import copy
import io
import re
import stat
import zipfile
import zlib
from collections.abc import Sequence
from pathlib import PurePosixPath

from corpus.errors import TooLarge, Unreadable
from ingest.extract import ENDINGS

_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
"""bzip2 and LZMA unpack a few bytes into hundreds of megabytes in one step, which cannot be counted on the way."""
_CHUNK = 256 * 1024
_BOMB_BYTES, _BOMB_RATIO = 5_000_000, 250
"""Text is packed to a tenth, logs to a fiftieth; what swells more than this says nothing."""
_UTF8_NAMES = 0x800
_LOCKED = 0x1
_END, _ENTRY = b"PK\x05\x06", b"PK\x01\x02"
_DAMAGED = (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, NotImplementedError, RuntimeError)


class Archive:
    """The files of a ZIP archive by name. Of two with one name the last stands, as unpacking would have it."""

    def __init__(
        self, file: zipfile.ZipFile, members: dict[str, zipfile.ZipInfo], source: str, most_bytes: int
    ) -> None:
        self._file = file
        self._members = members
        self._source = source
        self._most_bytes = most_bytes
        self._read: dict[str, int] = {}

    def names(self) -> Sequence[str]:
        """The names of all files, sorted, those that cannot be read among them."""
        return sorted(self._members)

    def read(self, name: str) -> bytes:
        """A member's bytes. Unreadable for one that is locked, a link or damaged, KeyError for one that is not there.

        An error that names the archive itself tells of an attack: TooLarge once all that was read together is too
        large, Unreadable for a bomb.
        """
        member = self._members[name]
        shown = f"{self._source}, {name}"
        _check_member(member, shown)
        left = self._most_bytes - sum(size for other, size in self._read.items() if other != name)
        try:
            body = self._unpacked(member, left)
        except _DAMAGED as error:
            raise Unreadable(shown, "it is damaged or cut off in the archive") from error
        self._read[name] = len(body)
        return body

    def get(self, name: str) -> bytes | None:
        """A member's bytes; None if there is no such member, or if it alone cannot be read."""
        try:
            return self.read(name) if name in self._members else None
        except Unreadable as error:
            if error.source == self._source:
                raise
            return None

    def _unpacked(self, member: zipfile.ZipInfo, left: int) -> bytes:
        honest = copy.copy(member)
        honest.file_size = left + 2 * _CHUNK  # zipfile stops at the size that is stated, which may be a lie
        parts: list[bytes] = []
        size = 0
        with self._file.open(honest) as stream:
            while part := stream.read(_CHUNK):
                parts.append(part)
                size += len(part)
                if size > left:
                    raise TooLarge(self._source, self._most_bytes)
                if size > _BOMB_BYTES and size > _BOMB_RATIO * max(member.compress_size, 1):
                    raise Unreadable(self._source, "the archive is a bomb: a few bytes in it unpack to a great many")
        return b"".join(parts)


def open_zip(body: bytes, *, source: str, most_bytes: int, most_members: int) -> Archive:
    """The archive in `body`, which may unpack to `most_bytes` in all and hold `most_members` files and folders.

    Raises Unreadable for what is no ZIP, damaged, wholly locked with a password, or has a name that leads out of the
    archive; TooLarge if it states that it unpacks to more.
    """
    if _entries(body) > most_members:
        raise Unreadable(source, f"the archive holds more than {most_members} files")
    try:
        file = zipfile.ZipFile(io.BytesIO(body))
        entries = file.infolist()
    except Exception as error:  # zipfile raises struct.error, ValueError, NotImplementedError ... for damaged ones
        raise Unreadable(source, "the ZIP archive is damaged or cut off") from error
    if len(entries) > most_members:
        raise Unreadable(source, f"the archive holds more than {most_members} files")
    for entry in entries:
        _check_name(_name(entry), source)
    if not all(entry.filename for entry in entries):  # which zipfile cannot tell from a folder's
        raise Unreadable(source, "the archive holds a file without a name")
    files = [entry for entry in entries if not entry.is_dir()]
    if sum(entry.file_size for entry in files) > most_bytes:
        raise TooLarge(source, most_bytes)
    if files and all(entry.flag_bits & _LOCKED for entry in files):
        raise Unreadable(source, "the archive is locked with a password; unpack it first")
    return Archive(file, {_name(entry): entry for entry in files}, source, most_bytes)


def documents_of(archive: Archive) -> list[str]:
    """The names of members that look like documents; hidden ones and what a Mac adds are left out."""
    return [name for name in archive.names() if _looks_like_document(PurePosixPath(name))]


def _looks_like_document(path: PurePosixPath) -> bool:
    hidden = any(part.startswith(".") or part == "__MACOSX" for part in path.parts)
    return not hidden and path.suffix.lower() in ENDINGS


def _entries(body: bytes) -> int:
    """How many members the directory at the end lists: zipfile would make an object of each before we can count."""
    end = body.rfind(_END)
    size = int.from_bytes(body[end + 12 : end + 16], "little") if end >= 0 else 0
    return body.count(_ENTRY, max(0, end - size) if size < 0xFFFFFFFF else 0, max(end, 0))


def _name(entry: zipfile.ZipInfo) -> str:
    """The member's name. Without the mark for UTF-8 zipfile takes it for cp437; many tools write UTF-8 all the same."""
    name = entry.orig_filename
    if entry.flag_bits & _UTF8_NAMES or name.isascii():
        return name
    try:
        return name.encode("cp437").decode("utf-8")
    except UnicodeError:
        return name


def _check_name(name: str, source: str) -> None:
    """Nothing is unpacked to disk, but who writes such names means harm."""
    parts = name.split("/")
    escapes = name.startswith("/") or ".." in parts or re.match(r"[A-Za-z]:", name) is not None
    if escapes or "\\" in name or re.search(r"[\x00-\x1f\x7f]", name):
        raise Unreadable(source, f"a name in the archive is not safe, nothing of it was read: {name[:80]!a}")


def _check_member(member: zipfile.ZipInfo, shown: str) -> None:
    if member.flag_bits & _LOCKED:
        raise Unreadable(shown, "it is locked with a password")
    if stat.S_ISLNK(member.external_attr >> 16):
        raise Unreadable(shown, "it is a link and no file")
    if member.compress_type not in _METHODS:
        raise Unreadable(shown, "it is packed in a way that Lessonry does not read; pack it again as plain ZIP")


__all__ = ["Archive", "documents_of", "open_zip"]
