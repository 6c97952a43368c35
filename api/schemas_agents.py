"""The shapes of what assistants are told: ids, one-line facts and short quotations."""

import html
import re

from pydantic import Field

from api.quoting import NOTICE, line
from api.schemas import Shape
from corpus.standing import State
from corpus.types import Collection, Document, Kind
from search.types import Hit, Suggestion

SNIPPET = 300
_MARK = re.compile("</?mark>")
_TITLE, _FACT, _TAG, _REASON, _ADDRESS = 200, 100, 40, 200, 300


class Told(Shape):
    """What every answer begins with."""

    notice: str = Field(default=NOTICE, description="How to take what follows.")
    degraded: str | None = Field(default=None, description="What is missing from the answer, if anything is.")
    left_out: int = Field(default=0, description="How many more there are than are told here.")


class LessonLine(Shape):
    """A lesson in a list."""

    id: str = Field(description="For get_lesson and find_related_lessons.")
    title: str
    kind: Kind
    organization: str
    published: str | None
    url: str | None
    state: State | None = Field(description="What people say of it; null if nobody said anything.")
    snippet: str = Field(description="What of it answers best; quoted.")
    why: str = Field(description="Why it is here: words that match, or the pair of sentences.")

    @classmethod
    def of(cls, document: Document, *, snippet: str, why: str) -> "LessonLine":
        """A document with what is said of it here."""
        return cls(
            id=document.id, title=line(document.title, _TITLE), kind=document.kind,
            organization=line(document.organization, _FACT), published=document.published, url=_address(document),
            state=document.standing.state, snippet=line(snippet, SNIPPET), why=why,
        )  # fmt: skip

    @classmethod
    def of_hit(cls, hit: Hit) -> "LessonLine":
        """A hit, and what of the query it has."""
        made = hit.explanation
        parts = [f"words: {line(', '.join(made.terms), _REASON)}"] if made.terms else []
        if made.cosine is not None:
            parts.append(f"meaning: {made.cosine:.2f} alike")
        return cls.of(
            hit.document,
            snippet=html.unescape(_MARK.sub("", hit.snippet)),
            why="; ".join(parts) or "it passes the filters",
        )

    @classmethod
    def of_suggestion(cls, one: Suggestion) -> "LessonLine":
        """A suggestion, and the sentences that tie it."""
        tie = one.because[0] if one.because else None
        why = f"yours: “{line(tie.yours, _REASON)}”" if tie else "near in meaning as a whole"
        return cls.of(one.document, snippet=tie.theirs if tie else one.document.text, why=why)


class LessonList(Told):
    """Lessons, best first."""

    lessons: list[LessonLine]


class Lesson(Told):
    """A lesson to be read; a long one in parts."""

    id: str
    title: str
    kind: Kind
    organization: str
    published: str | None
    url: str | None
    tags: list[str]
    state: State | None = Field(description="What people say of it; null if nobody said anything.")
    gone: str | None = Field(description="When its page was found to be there no more.")
    text: str = Field(description="Quoted, line by line.")
    next_offset: int | None = Field(description="Give it as offset to read on; null at the end.")

    @classmethod
    def of(cls, document: Document, text: str, next_offset: int | None) -> "Lesson":
        """A document and a part of its text, quoted already."""
        return cls(
            id=document.id, title=line(document.title, _TITLE), kind=document.kind,
            organization=line(document.organization, _FACT), published=document.published, url=_address(document),
            tags=[line(tag, _TAG) for tag in document.tags[:8]], state=document.standing.state,
            gone=document.gone, text=text,
            next_offset=next_offset,
        )  # fmt: skip


class CollectionLine(Shape):
    """A curated list of lessons."""

    slug: str = Field(description="For get_collection, and to search inside it.")
    title: str
    description: str
    size: int

    @classmethod
    def of(cls, collection: Collection) -> "CollectionLine":
        """A collection in a list."""
        return cls(
            slug=collection.slug, title=line(collection.title, _TITLE),
            description=line(collection.description, SNIPPET), size=collection.size,
        )  # fmt: skip


class CollectionList(Told):
    """All collections, by title."""

    collections: list[CollectionLine]


class CollectionRead(Told):
    """One collection, and its lessons in the curator's order, each with the curator's note as the reason."""

    collection: CollectionLine
    lessons: list[LessonLine]
    next_offset: int | None = Field(description="Give it as offset to read on; null at the end.")


def _address(document: Document) -> str | None:
    """An address is whole or not there."""
    return document.url if document.url and len(document.url) <= _ADDRESS else None
