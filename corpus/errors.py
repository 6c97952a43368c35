"""All errors of Lessonry that a person can mend. Anything else is a bug and stays a bug.

LessonryError
|- CorpusError
|  |- NotFound(kind, key)
|  |- Conflict(what)
|  |- Outdated(kind, key, version)   somebody else changed it meanwhile; `version` is the present one
|  |- BadEdit(reason)
|  |- QueueFull(most)                as many jobs wait as may; this one was not taken
|  |- SchemaTooNew(path, names)
|  |- StoreUnusable(path, reason)
|  |- BundleError(path, reason)
|  `- BadToken(reason)               not known, expired, revoked
|- IngestError
|  |- FetchError(url)
|  |  |- Refused(url, reason)        robots.txt, a private address, another scheme
|  |  |- TooLarge(url, limit)
|  |  `- Unreachable(url, reason)    no answer, no time left, or an answer that is an error; may know `retry_after`
|  |     `- Gone(url, reason)        404 or 410: the page is not there any more
|  |- ExtractError(source)
|  |  |- UnsupportedType(source, found)
|  |  |- NothingToRead(source, reason)
|  |  `- Unreadable(source, reason)  damaged, locked with a password, cut off
|  `- SourceError(source, reason)    a missing file, a CSV without the mapped column
`- SearchError
   |- BadQuery(reason)
   |- EncoderMissing(name, reason)
   |- IndexDamaged(path, reason)
   `- PackUnusable(reason)          of another version, cut off, or changed on its way
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any


class LessonryError(Exception):
    """Base of every error a person can mend. `str()` gives one clear line."""

    def __reduce__(self) -> tuple[Any, ...]:
        """Its line and its fields travel to another process, whatever its constructor wants."""
        return again, (type(self), self.args, self.__dict__)


class CorpusError(LessonryError):
    """Something about what is kept."""


class NotFound(CorpusError):
    """`kind` ("document", "job", ...) with the given key does not exist."""

    def __init__(self, kind: str, key: str) -> None:
        super().__init__(f"no {kind} {key!r}")
        self.kind = kind
        self.key = key


class Conflict(CorpusError):
    """The change clashes with what is stored."""

    def __init__(self, what: str) -> None:
        super().__init__(what)
        self.what = what


class Outdated(CorpusError):
    """What was to be changed has been changed by somebody else meanwhile; nothing was overwritten."""

    def __init__(self, kind: str, key: str, version: int) -> None:
        super().__init__(f"{kind} {key!r} was changed meanwhile and is at version {version}; look at it and try again")
        self.kind = kind
        self.key = key
        self.version = version


class BadEdit(CorpusError):
    """A change that cannot stand: a title that is empty, a note that is too long."""


class QueueFull(CorpusError):
    """As many jobs wait as may; nothing was taken in or changed."""

    def __init__(self, most: int) -> None:
        super().__init__(f"{most} jobs wait already (setting max_jobs): nothing was taken; try again in a minute")
        self.most = most


class SchemaTooNew(CorpusError):
    """The home was made by a newer version; it is left untouched."""

    def __init__(self, path: Path, names: Sequence[str]) -> None:
        super().__init__(
            f"{path} was made by a newer Lessonry (it knows {', '.join(names)}); "
            "nothing was changed: use that version, or another --home"
        )
        self.path = path
        self.names = tuple(names)


class StoreUnusable(CorpusError):
    """The database cannot be opened, read or written, for a reason outside of Lessonry."""

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(f"cannot use {path}: {reason}")
        self.path = path
        self.reason = reason


class BundleError(CorpusError):
    """An exported bundle or a backup that cannot be read back; nothing was imported."""

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(f"{path}: {reason}")
        self.path = path
        self.reason = reason


class BadToken(CorpusError):
    """A token that lets nobody in."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class IngestError(LessonryError):
    """Something about what was to be taken in."""


class FetchError(IngestError):
    """An address that did not give a usable answer."""

    def __init__(self, url: str, reason: str) -> None:
        super().__init__(f"{url}: {reason}")
        self.url = url
        self.reason = reason


class Refused(FetchError):
    """We will not fetch this address: robots.txt, a private address, another scheme."""


class TooLarge(FetchError):
    """More bytes than the limit allows."""

    def __init__(self, url: str, limit: int) -> None:
        super().__init__(url, f"larger than the limit of {limit / 1e6:.0f} MB (setting max_bytes)")
        self.limit = limit


class Unreachable(FetchError):
    """No answer, no time left, or an answer that is an error.

    `retry_after` is in how many seconds the server asks to be asked again, None if it does not say.
    """

    def __init__(self, url: str, reason: str, retry_after: float | None = None) -> None:
        super().__init__(url, reason)
        self.retry_after = retry_after


class Gone(Unreachable):
    """The server says that there is no such page (404), or that it is gone for good (410)."""


class ExtractError(IngestError):
    """Bytes that did not become text."""

    def __init__(self, source: str, reason: str) -> None:
        super().__init__(f"{source}: {reason}")
        self.source = source
        self.reason = reason


class UnsupportedType(ExtractError):
    """A format that Lessonry does not read."""

    def __init__(self, source: str, found: str) -> None:
        super().__init__(source, f"{found} is not a format that Lessonry reads")
        self.found = found


class NothingToRead(ExtractError):
    """The format is known, but there is no text in it."""


class Unreadable(ExtractError):
    """Damaged, cut off, or locked with a password."""


class SourceError(IngestError):
    """The source itself is unusable: a missing file, a CSV without the mapped column."""

    def __init__(self, source: str, reason: str) -> None:
        super().__init__(f"{source}: {reason}")
        self.source = source
        self.reason = reason


class SearchError(LessonryError):
    """Something about a query or the index."""


class BadQuery(SearchError):
    """The query cannot be answered as it stands."""


class EncoderMissing(SearchError):
    """The configured model cannot be opened."""

    def __init__(self, name: str, reason: str) -> None:
        super().__init__(f"cannot open the model {name!r}: {reason}")
        self.name = name
        self.reason = reason


class IndexDamaged(SearchError):
    """A file of the index is missing, cut off, or not what its manifest says."""

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(f"{path}: {reason}; it is rebuilt from the database (`lessonry reindex`)")
        self.path = path
        self.reason = reason


def again(kind: type[LessonryError], args: tuple[Any, ...], fields: dict[str, Any]) -> LessonryError:
    """An error as it was in another process."""
    error = kind.__new__(kind, *args)
    error.__dict__.update(fields)
    return error


class PackUnusable(SearchError):
    """A pack that cannot be read; another one may be had from the server."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"{reason}: fetch the pack anew")
        self.reason = reason
