"""What the parts of ingest hand to each other."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, NoReturn, Protocol, Self

from corpus.collection_state import Visibility
from corpus.errors import IngestError
from corpus.types import Kind


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """What a document says of itself, whatever its format. None means: it does not say.

    `text` is headed text: paragraphs separated by blank lines, headings as lines that start
    with one to six `#`, code fenced. `url` is the address the document states for itself.
    `published` and `updated` are partial dates. A document may keep itself to members, never open itself to others
    (`visibility`). `id` is an identifier that its file gives it. `summary` is a
    sentence or two that somebody else wrote of it (the curator of a list). `people` are those who wrote it.
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
    updated: str | None = None
    summary: str | None = None
    people: tuple[str, ...] = ()
    visibility: Literal["members"] | None = None


class Extract(Protocol):
    """Bytes -> Page; what `ingest.extract.extract` does. Raises an IngestError where it cannot."""

    def __call__(self, body: bytes, *, name: str, content_type: str | None = None) -> Page: ...


@dataclass(frozen=True, slots=True)
class Unchanged:
    """What reading an item gives if its server says that nothing changed since it became this document.

    `url` is where it was found, which may be a new address.
    """

    document_id: str
    url: str | None = None


def raises(error: IngestError) -> Callable[[], Page]:
    """The `read` of an item that is known to be unreadable."""

    def read() -> NoReturn:
        raise error

    return read


def _nothing(document_id: str) -> None:
    """What most items do when they are stored."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One document's worth of a source. `read` gives its page or raises an IngestError.

    `source` is what a person is shown (a path, an address, `file.csv, row 7`); `identity` says
    which document it is when the page does not state an address of its own. `listed` is what a
    feed or list (`found_in`) says of the page. Items of different hosts may be read at the same
    time. `anew` reads a page even if it did not change; `settle` is told the id of the document
    when it is stored.
    """

    source: str
    identity: str
    read: Callable[[], Page | Unchanged]
    listed: Page | None = None
    found_in: str = ""
    anew: Callable[[], Page | Unchanged] | None = None
    host: str | None = None
    settle: Callable[[str], None] = _nothing


DEPTH = 5
Redacted = Literal["secrets", "emails", "phones", "ips", "people"]
PEOPLE: frozenset[Redacted] = frozenset({"emails", "people"})
"""What `--mask-people` masks."""
Form = Literal["page", "feed", "sitemap", "list", "site", "repository"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """How a person wants a source taken in. `columns` maps our fields to a CSV's or JSON's own.

    `form` says what an address is where its bytes do not; `match` are patterns (`*` for anything) one of which
    the address of an item has to fit; `depth` is how many links away from its first page a site is followed.
    A refresh leaves out what a person removed, and looks at the items of `again` too, which came from the source
    before, whether or not it still lists them.
    """

    kind: Kind | None = None
    tags: tuple[str, ...] = ()
    columns: Mapping[str, str] = field(default_factory=dict)
    form: Form | None = None
    match: tuple[str, ...] = ()
    depth: int = DEPTH
    most: int | None = None
    redact: frozenset[Redacted] = frozenset()
    visibility: Visibility | None = None
    dry_run: bool = False
    refresh: bool = False
    again: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """How large a document may be, and how many items a source may have."""

    bytes: int = 50_000_000
    items: int = 5_000


Status = Literal["added", "changed", "unchanged", "duplicate", "skipped", "failed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of one item. `id` and `title` are those of the document, `error` one line.

    `gone` is set if its page is not there any more; `retry_after` are the seconds that its server asks us to wait;
    `masked` tells how much of each kind was masked in what was stored.
    """

    source: str
    status: Status
    id: str | None = None
    title: str | None = None
    error: str | None = None
    gone: bool = False
    retry_after: float | None = None
    masked: Mapping[Redacted, int] = field(default_factory=dict)


class Items(Iterator[Item | Outcome]):
    """The items of a source, in a steady order, with the outcomes of what is no document.

    `total` is how many there will be, as far as is known: a folder's files at first, more when a table among
    them turns out to hold many rows. Where one item tells which come after it, `one_by_one` is set.
    """

    def __init__(
        self, find: Callable[["Items"], Iterator[Item | Outcome]], total: int, *, one_by_one: bool = False
    ) -> None:
        self.total = total
        self.one_by_one = one_by_one
        self._found = find(self)

    @classmethod
    def of(cls, found: Sequence[Item | Outcome]) -> Self:
        """Items that are all known."""
        return cls(lambda _: iter(found), len(found))

    def __next__(self) -> Item | Outcome:
        return next(self._found)
