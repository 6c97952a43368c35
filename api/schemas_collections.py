"""The JSON shapes of collections, their histories and their review queues."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Annotated, Literal

from pydantic import ConfigDict, Field

from api.schemas import DocumentBrief, Line, Shape, Whole
from corpus.collection_history import Change
from corpus.collection_state import LONGEST_NOTE, LONGEST_TITLE, Living, Visibility
from corpus.review_queue import Candidate
from corpus.types import Collection, CollectionItem

Name = Annotated[str, Field(min_length=1, max_length=120)]
Title = Annotated[str, Field(min_length=1, max_length=LONGEST_TITLE)]
Note = Annotated[str, Field(max_length=LONGEST_NOTE)]
Id = Annotated[str, Field(max_length=200)]
MOST_ITEMS = 20_000


class LivingShape(Shape):
    """What a living collection looks out for: a saved search, and ids of examples for and against."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    query: Annotated[str, Field(max_length=2000)] = ""
    examples: Annotated[list[Id], Field(alias="for", max_length=100, default_factory=list)]
    against: Annotated[list[Id], Field(max_length=100, default_factory=list)]

    @classmethod
    def of(cls, living: Living) -> "LivingShape":
        """The shape of what a collection looks out for."""
        return cls(query=living.query, examples=list(living.examples), against=list(living.against))

    def living(self) -> Living:
        """As the store keeps it."""
        return Living(self.query.strip(), tuple(self.examples), tuple(self.against))


class CollectionShape(Shape):
    """A curated list. `version` is its ETag: send it as If-Match with a change."""

    slug: str
    title: str
    description: str
    visibility: Visibility
    curators: list[str]
    sections: list[str]
    living: LivingShape | None
    size: int
    version: int
    updated: str

    @classmethod
    def of(cls, one: Collection) -> "CollectionShape":
        """The shape of a collection."""
        return cls(
            slug=one.slug, title=one.title, description=one.description, visibility=one.visibility,
            curators=list(one.curators), sections=list(one.sections),
            living=None if one.living is None else LivingShape.of(one.living),
            size=one.size, version=one.version, updated=one.updated,
        )  # fmt: skip


class ItemShape(Shape):
    """A document in a collection, with the curator's note on why it is there."""

    position: int
    note: str
    section: str
    added: str
    document: DocumentBrief

    @classmethod
    def of(cls, item: CollectionItem) -> "ItemShape":
        """The shape of an item."""
        return cls(
            position=item.position, note=item.note, section=item.section, added=item.added,
            document=DocumentBrief.of(item.document),
        )  # fmt: skip


class ItemPage(Shape):
    """A page of items; `next` is the cursor of the one after it."""

    items: list[ItemShape]
    next: str | None


class CollectionFull(CollectionShape):
    """A collection with its first items; `next` is the cursor with which `…/items` goes on."""

    items: list[ItemShape]
    next: str | None


class CollectionPage(Shape):
    """A page of collections, by title."""

    items: list[CollectionShape]
    next: str | None


class NewCollection(Shape):
    """A collection to be made; its slug comes from the title if none is given."""

    title: Title
    slug: Annotated[str, Field(min_length=1, max_length=60)] | None = None
    description: Note = ""


class CollectionEdit(Shape):
    """What to set; fields that are left out stay. `renamed` maps old names of sections to new ones."""

    title: Title | None = None
    description: Note | None = None
    visibility: Visibility | None = None
    curators: Annotated[list[Name], Field(max_length=100)] | None = None
    sections: Annotated[list[Name], Field(max_length=100)] | None = None
    renamed: Annotated[Mapping[str, Name], Field(max_length=100)] = {}


class NewItem(Shape):
    """A document to put in: at the end of its section, or at a position (from 0) of the whole list."""

    document_id: Id
    note: Note = ""
    section: Annotated[str, Field(max_length=120), Line] = ""
    position: Whole | None = None


class ItemEdit(Shape):
    """What to set of an item; fields that are left out stay."""

    note: Note | None = None
    section: Annotated[str, Field(max_length=120)] | None = None
    position: Whole | None = None


class OrderedItem(Shape):
    """An item of a whole new order; a note or section that is left out stays."""

    document_id: Id
    note: Note | None = None
    section: Annotated[str, Field(max_length=120)] | None = None


class Order(Shape):
    """The whole list, in order; items that it does not name are taken out."""

    items: Annotated[list[OrderedItem], Field(max_length=MOST_ITEMS)]


class ChangeShape(Shape):
    """A change; `number` is the version that it led to."""

    number: int
    at: str
    who: str
    what: str

    @classmethod
    def of(cls, change: Change) -> "ChangeShape":
        """The shape of a change."""
        return cls(number=change.number, at=change.at, who=change.who, what=change.what)


class HistoryPage(Shape):
    """Changes, the latest first."""

    items: list[ChangeShape]
    next: str | None


class ReasonShape(Shape):
    """Why a document may belong into a collection: a search found it, or a sentence of an item (`yours`) is like it."""

    by: Literal["search", "likeness"]
    theirs: str
    query: str
    words: list[str]
    yours: str
    item: str
    passage_id: int


class CandidateShape(Shape):
    """A document that waits for a curator's word; `note` is the note that it gets if none is given."""

    collection: str
    document: DocumentBrief
    reasons: list[ReasonShape]
    found: str
    note: str

    @classmethod
    def of(cls, one: Candidate, note: str) -> "CandidateShape":
        """The shape of a candidate."""
        reasons = [ReasonShape.model_validate(asdict(reason)) for reason in one.reasons]
        return cls(
            collection=one.slug, document=DocumentBrief.of(one.document), reasons=reasons, found=one.found, note=note
        )


class ReviewPage(Shape):
    """What waits, the first found first."""

    items: list[CandidateShape]
    next: str | None


class Looked(Shape):
    """How many documents are new in the queue, and how many wait in all."""

    found: int
    waiting: int


class Decided(Shape):
    """What became of a document that waited."""

    document_id: str
    verdict: Literal["accept", "refuse"]
    waiting: int


class Verdict(Shape):
    """A curator's word on a suggested document; the note is put down as its note, or as the reason of a refusal."""

    verdict: Literal["accept", "refuse"]
    note: Note | None = None
    section: Annotated[str, Field(max_length=120), Line] = ""
