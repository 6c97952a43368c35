"""The nouns that every room speaks. Frozen data, no behaviour beyond what follows from it."""

import base64
import hashlib
import re
from dataclasses import dataclass, field, fields, replace
from datetime import date
from typing import Any, Literal, get_args

from corpus.collection_state import Living, Visibility
from corpus.standing import UNSAID, Standing

Kind = Literal["post-mortem", "lesson", "guidance"]
KINDS: tuple[Kind, ...] = get_args(Kind)

_PARTIAL_DATE = re.compile(r"\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?")


def is_spelled_date(text: str) -> bool:
    """Is it spelled like a partial date, whether or not the calendar has it? Early homes hold 2026-02-30."""
    return _PARTIAL_DATE.fullmatch(text) is not None


def is_partial_date(text: str) -> bool:
    """True for YYYY, YYYY-MM and YYYY-MM-DD, the precisions in which dates of lessons are known."""
    try:
        return is_spelled_date(text) and bool(date.fromisoformat(f"{text}-01-01"[:10]))
    except ValueError:
        return False


def is_day(text: str) -> bool:
    """True for a day of the calendar, spelled YYYY-MM-DD."""
    return len(text) == len("YYYY-MM-DD") and is_partial_date(text)


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A document as its source gives it, before it is stored.

    `identity` says which document it is: adding the same identity again updates, never
    duplicates. It is the canonical URL where there is one, else the file's address.
    `text` is headed text: paragraphs separated by blank lines, headings as lines that
    start with one to six `#`. `published` is a partial date (YYYY, YYYY-MM or YYYY-MM-DD)
    or None where the source does not say; `updated` that of its last revision. `summary` is
    what somebody else says of it, such as the curator of the list it was found in. `gone` is
    the day (YYYY-MM-DD) on which its page was found to be there no more. `visibility` is who may
    see it; where it is None, the home's default holds.
    """

    identity: str
    title: str
    text: str
    kind: Kind = "post-mortem"
    url: str | None = None
    organization: str | None = None
    published: str | None = None
    tags: tuple[str, ...] = ()
    language: str | None = None
    source: str = ""
    updated: str | None = None
    summary: str | None = None
    gone: str | None = None
    visibility: Visibility | None = None

    @property
    def full_text(self) -> str:
        """What is cut into passages: the summary, if there is one, and the text."""
        return with_summary(self.summary, self.text)

    @property
    def id(self) -> str:
        """The document's id: 16 letters and digits, a digest of the identity, so it is stable."""
        digest = hashlib.sha256(self.identity.encode()).digest()[:10]
        return base64.b32encode(digest).decode().lower()


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A stored document. Times are UTC, ISO 8601 with `Z`."""

    id: str
    identity: str
    title: str
    text: str
    kind: Kind
    url: str | None
    organization: str | None
    published: str | None
    tags: tuple[str, ...]
    language: str | None
    source: str
    added: str
    changed: str
    updated: str | None = None
    summary: str | None = None
    gone: str | None = None
    visibility: Visibility | None = None
    standing: Standing = field(default=UNSAID, compare=False)
    """What people say of it, which does not make it another document."""

    @property
    def full_text(self) -> str:
        """What is cut into passages: the summary, if there is one, and the text."""
        return with_summary(self.summary, self.text)


def with_summary(summary: str | None, text: str) -> str:
    """A text with its summary in front, unless it holds it anyway."""
    return f"{summary}\n\n{text}".strip("\n") if summary and summary not in text else text


@dataclass(frozen=True, slots=True)
class PassageText:
    """A passage before it is stored: where it stands and what it says."""

    heading: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """A stored passage. Its id is never given to another text."""

    id: int
    document_id: str
    position: int
    title: str
    heading: str
    text: str
    key: bytes


def encoder_text(title: str, heading: str, text: str) -> str:
    """What an encoder sees of a passage: its text in the context of title and heading path."""
    context = " › ".join(part for part in (title, heading) if part)
    return f"{context}\n{text}" if context else text


def passage_key(title: str, heading: str, text: str) -> bytes:
    """Digest (16 bytes) of what the encoder sees; the vector cache is keyed by it."""
    return hashlib.blake2b(encoder_text(title, heading, text).encode(), digest_size=16).digest()


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """Which documents count. Empty fields do not restrict; several values of one field are alternatives.

    `since` and `until` are partial dates, both inclusive: a document of "2020" is inside
    "since 2020-05", because it may be. Every one of `phrases` has to stand in a passage of the
    document, none of `excluded` (words or phrases) may. `also` is a second filter that must hold too.
    """

    kind: tuple[str, ...] = ()
    organization: tuple[str, ...] = ()
    tag: tuple[str, ...] = ()
    technology: tuple[str, ...] = ()
    collection: str | None = None
    since: str | None = None
    until: str | None = None
    phrases: tuple[str, ...] = ()
    excluded: tuple[str, ...] = ()
    also: "Filter | None" = None

    def __bool__(self) -> bool:
        return any(getattr(self, one.name) for one in fields(self))

    def both(self, other: "Filter") -> "Filter":
        """Only what is inside both."""
        if not (self and other):
            return self or other
        return replace(self, also=self.also.both(other) if self.also else other)

    def parts(self) -> "list[Filter]":
        """The filters that must hold, one by one."""
        return [self, *(self.also.parts() if self.also else [])]


@dataclass(frozen=True, slots=True)
class Changes:
    """What an index that stands at an earlier revision has to do to stand at `revision` of `lineage`."""

    lineage: str
    revision: int
    added: list[tuple[int, bytes]] = field(default_factory=list)
    """(passage id, passage key), by id."""
    removed: list[int] = field(default_factory=list)
    """Passage ids, by id."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Collection:
    """A curated list of documents. Every change raises `version`; a living one looks out for more."""

    slug: str
    title: str
    description: str
    size: int
    visibility: Visibility = "members"
    curators: tuple[str, ...] = ()
    sections: tuple[str, ...] = ()
    living: Living | None = None
    version: int = 1
    updated: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CollectionItem:
    """A document's place in a collection, with the curator's note on why it stands there."""

    document: Document
    position: int
    note: str
    section: str = ""
    added: str = ""


JobStatus = Literal["queued", "running", "done", "failed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """A piece of work that survives a restart. `request` and `result` are JSON objects."""

    id: str
    status: JobStatus
    request: dict[str, Any]
    result: dict[str, Any] | None
    error: str | None
    created: str
    updated: str


@dataclass(frozen=True, slots=True)
class Fetch:
    """How an address was answered last. `made_with` is a digest of all else that the document was made from."""

    url: str
    made_with: str
    final_url: str
    content_type: str | None
    etag: str | None
    last_modified: str | None
    digest: bytes
    document_id: str | None
    checked: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Mention:
    """What a listing says of a document that it gives the address of; `source` is empty for a person who adds it."""

    source: str
    address: str
    kind: Kind | None = None
    summary: str | None = None
    published: str | None = None
    tags: tuple[str, ...] = ()
    visibility: Visibility | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscription:
    """A source that is refreshed `every` so many seconds, next when it is `due`; `failures` are those in a row."""

    id: str
    address: str
    options: dict[str, Any]
    every: int
    paused: bool
    due: str
    failures: int
    added: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Refresh:
    """How one refresh went. `ended` is None while it goes on, and for one that was cut off."""

    number: int
    subscription_id: str
    started: str
    ended: str | None
    counts: dict[str, int]
    error: str | None


@dataclass(frozen=True, slots=True)
class Alias:
    """Another address of a document: one that holds a copy of it, or leads to it; and why we think so.

    `address` is it as it was found, `identity` its canonical spelling.
    """

    identity: str
    document_id: str
    reason: str
    added: str
    address: str


@dataclass(frozen=True, slots=True)
class Pair:
    """Two documents, by identity, that may be copies or tell of the same event.

    `relation` is "copy" or "same event", `score` tells from 0 to 1 how sure we are, `decision` is what a person
    said: "joined", "apart", or None as long as nobody did.
    """

    one: str
    other: str
    relation: str
    reason: str
    score: float
    decision: str | None
