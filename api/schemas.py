"""The JSON shapes of documents and jobs, and how the nouns of the other rooms become them."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from corpus.collection_state import Visibility
from corpus.feedback import Verdict
from corpus.lines import line_flaw
from corpus.standing import State
from corpus.types import Document, Job, Kind, Passage, is_day, is_partial_date

NO_FEEDBACK: Mapping[Verdict, int] = MappingProxyType({})


def _date(text: str) -> str:
    if not is_partial_date(text):
        raise ValueError(f"{text[:40]!r} is no date; give YYYY, YYYY-MM or YYYY-MM-DD")
    return text


def _web(text: str) -> str:
    try:
        parts = urlsplit(text)
        good = parts.scheme in ("http", "https") and bool(parts.hostname) and " " not in text
    except ValueError:
        good = False
    if not good:
        raise ValueError("this is no web address; it begins with http:// or https:// and names a host")
    if parts.username or parts.password:
        raise ValueError("an address with a password in it is neither fetched nor stored")
    return text


PartialDate = Annotated[str, AfterValidator(_date), Field(examples=["2024", "2024-05", "2024-05-17"])]
WebAddress = Annotated[str, Field(max_length=2000), AfterValidator(_web)]
Whole = Annotated[int, Field(ge=0, le=2**53)]
"""A number that JSON and SQLite hold exactly. No number that is asked for is without a bound."""


class Shape(BaseModel):
    """Base of all shapes: what is unknown is refused, so that a typing error is seen."""

    model_config = ConfigDict(extra="forbid")


def _day(text: str) -> str:
    if not is_day(text):
        raise ValueError(f"{text[:40]!r} is no day; give YYYY-MM-DD")
    return text


def _line(text: str) -> str:
    if flaw := line_flaw(text):
        raise ValueError(flaw)
    return text.strip()


def filled(text: str) -> str:
    """The text without the blanks around it; ValueError if there is nothing else."""
    if not text.strip():
        raise ValueError("it is empty")
    return text.strip()


Day = Annotated[str, AfterValidator(_day), Field(examples=["2027-01-31"])]
Line = AfterValidator(_line)
"""One line: no line breaks, no control characters."""
Filled = AfterValidator(filled)
Tags = Annotated[list[Annotated[str, Field(min_length=1, max_length=60), Line, Filled]], Field(max_length=20)]


class ActionCounts(Shape):
    """How many action items of a document are open, done and dropped."""

    open: int = 0
    done: int = 0
    dropped: int = 0


class DocumentBrief(Shape):
    """A document in a list.

    `state` is what people say of it, None if nobody said anything; `superseded_by` the id of what took its place.
    """

    id: str
    title: str
    url: str | None
    kind: Kind
    organization: str | None
    published: str | None
    tags: list[str]
    gone: str | None = None
    state: State | None = None
    superseded_by: str | None = None
    actions: ActionCounts = ActionCounts()

    @classmethod
    def of(cls, document: Document) -> "DocumentBrief":
        """The shape of a document."""
        return cls(**_brief(document))


class PassageShape(Shape):
    """A passage of a document."""

    id: int
    heading: str
    text: str

    @classmethod
    def of(cls, passage: Passage) -> "PassageShape":
        """The shape of a passage."""
        return cls(id=passage.id, heading=passage.heading, text=passage.text)


class SameEvent(Shape):
    """Another report of the same event, and what tells so."""

    document: DocumentBrief
    reason: str


class DocumentFull(DocumentBrief):
    """A document with its text.

    `gone` is the day on which its page was found to be there no more, `archived` where a copy may be; `checked` is
    when its page was last seen to be as it is here; `aliases` are its other addresses. `review_by` is when somebody
    should look whether it is still true, `feedback` how many found it useful, or not, or knew it already.
    `visibility` is who may see it, null where nobody said: then the home's default holds.
    """

    owner: str | None
    review_by: str | None
    reviewed_at: str | None
    reviewed_by: str | None
    feedback: dict[Verdict, int]

    updated: str | None
    language: str | None
    visibility: Visibility | None
    source: str
    summary: str | None
    archived: str | None
    checked: str | None
    aliases: list[str]
    same_event: list[SameEvent]
    added: str
    changed: str
    text: str
    passages: list[PassageShape]

    @classmethod
    def whole(
        cls,
        document: Document,
        passages: list[Passage],
        *,
        archived: str | None = None,
        checked: str | None = None,
        aliases: Sequence[str] = (),
        same_event: Sequence[tuple[Document, str]] = (),
        feedback: Mapping[Verdict, int] = NO_FEEDBACK,
    ) -> "DocumentFull":
        """The shape of a document with its passages, and of what is known of its page."""
        return cls(
            **_brief(document), updated=document.updated, language=document.language, source=document.source,
            visibility=document.visibility, summary=document.summary, archived=archived, checked=checked,
            aliases=list(aliases),
            same_event=[SameEvent(document=DocumentBrief.of(other), reason=reason) for other, reason in same_event],
            added=document.added, changed=document.changed, text=document.text, feedback=dict(feedback),
            owner=document.standing.owner, review_by=document.standing.review_by,
            reviewed_at=document.standing.reviewed_at, reviewed_by=document.standing.reviewed_by,
            passages=[PassageShape.of(passage) for passage in passages],
        )  # fmt: skip


class DocumentPage(Shape):
    """A page of documents; `next` is the cursor of the one after it."""

    items: list[DocumentBrief]
    next: str | None


class DocumentEdit(Shape):
    """What to set by hand; fields that are left out stay. A refresh from the source keeps them."""

    title: Annotated[str, Field(min_length=1, max_length=300), Line, Filled] | None = None
    kind: Kind | None = None
    url: WebAddress | None = None
    organization: Annotated[str, Field(max_length=200), Line] | None = None
    published: PartialDate | None = None
    language: Annotated[str, Field(max_length=35), Line] | None = None
    tags: Tags | None = None
    summary: Annotated[str, Field(max_length=5000)] | None = None
    visibility: Visibility | None = None
    state: State | None = None
    superseded_by: Annotated[str, Field(max_length=2000)] | None = None
    owner: Annotated[str, Field(max_length=200), Line, Filled] | None = None
    review_by: Day | None = None

    @model_validator(mode="after")
    def _real(self) -> "DocumentEdit":
        for name in ("title", "kind", "tags"):
            if name in self.model_fields_set and getattr(self, name) is None:
                raise ValueError(f"{name} cannot be empty")
        return self


class NewDocument(Shape):
    """What to take in: an address to fetch, or a text."""

    url: WebAddress | None = None
    title: Annotated[str, Field(max_length=300), Line] | None = None
    text: Annotated[str, Field(max_length=20_000_000)] | None = None
    kind: Kind | None = None
    organization: Annotated[str, Field(max_length=200), Line] | None = None
    published: PartialDate | None = None
    tags: Tags = []
    collection: Annotated[str, Field(max_length=60)] | None = None
    visibility: Visibility | None = None

    @model_validator(mode="after")
    def _enough(self) -> "NewDocument":
        if self.text is None and self.url is None:
            raise ValueError("give a url, or a title and a text")
        if self.text is not None and not (self.title and self.title.strip() and self.text.strip()):
            raise ValueError("a text needs a title, and neither may be empty")
        return self


class JobShape(Shape):
    """A piece of work and how it stands. `result` has the counts and items of `lessonry add --json`."""

    id: str
    status: Literal["queued", "running", "done", "failed"]
    created: str
    updated: str
    error: str | None
    result: dict[str, Any] | None

    @classmethod
    def of(cls, job: Job) -> "JobShape":
        """The shape of a job."""
        return cls(
            id=job.id, status=job.status, created=job.created, updated=job.updated, error=job.error, result=job.result
        )


class JobAnswer(Shape):
    """A job that was taken on."""

    job: JobShape


class CheckAnswer(Shape):
    """Whether an address is known, in any of its spellings."""

    url: str
    canonical: str
    known: bool
    document: DocumentBrief | None


def _brief(document: Document) -> dict[str, Any]:
    names = ("id", "title", "url", "kind", "organization", "published", "gone")
    standing = document.standing
    return {
        **{name: getattr(document, name) for name in names},
        "tags": list(document.tags),
        "state": standing.state,
        "superseded_by": standing.superseded_by,
        "actions": ActionCounts(open=standing.open, done=standing.done, dropped=standing.dropped),
    }
