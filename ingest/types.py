"""What the parts of ingest hand to each other."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from corpus.types import Kind


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """What a document says of itself, whatever its format. None means: it does not say.

    `text` is headed text: paragraphs separated by blank lines, headings as lines that start
    with one to six `#`, code fenced. `url` is the address the document states for itself.
    `published` is a partial date. `id` is an identifier that its file gives it. `summary` is a sentence or two
    that somebody else wrote of it (the curator of a list). `people` are the names of those who wrote it.
    """

    text: str
    title: str | None = None
    kind: Kind | None = None
    url: str | None = None
    organization: str | None = None
    published: str | None = None
    tags: tuple[str, ...] = ()
    language: str | None = None
    id: str | None = None
    summary: str | None = None
    people: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One document's worth of a source. `read` gives its page or raises an IngestError.

    `source` is what a person is shown (a path, an address, `file.csv, row 7`); `identity` says
    which document it is when the page does not state an address of its own.
    """

    source: str
    identity: str
    read: Callable[[], Page]


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """How a person wants a source taken in. `columns` maps our fields to a CSV's or JSON's own."""

    kind: Kind | None = None
    tags: tuple[str, ...] = ()
    columns: Mapping[str, str] = field(default_factory=dict)
    dry_run: bool = False


Status = Literal["added", "changed", "unchanged", "duplicate", "skipped", "failed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of one item. `id` and `title` are those of the document, `error` one line."""

    source: str
    status: Status
    id: str | None = None
    title: str | None = None
    error: str | None = None
