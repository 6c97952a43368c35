"""The JSON shapes of the life of a lesson: states, action items, learning moments, feedback, content gaps."""

from typing import Annotated

from pydantic import AfterValidator, Field, model_validator

from api.schemas import DocumentBrief, Filled, Line, PartialDate, Shape, WebAddress
from corpus.actions import Action
from corpus.feedback import Context, Verdict
from corpus.gaps import Gap, GapState
from corpus.lifecycle import Doubt, InDoubt, StateChange
from corpus.standing import ActionState, State
from corpus.types import Document


def _storable(text: str) -> str:
    return text.replace("\x00", " ").encode("utf-8", "replace").decode()


Name = Annotated[str, Field(max_length=200), Line, Filled]
Sentence = Annotated[str, Field(max_length=1000), AfterValidator(_storable), Filled]
Telling = Annotated[str, Field(max_length=20_000), AfterValidator(_storable)]
Typed = Annotated[str, Field(max_length=1000), AfterValidator(_storable)]


class StateShape(Shape):
    """Who said when how a lesson stands; `by` is empty on an open server."""

    state: State | None
    superseded_by: str | None
    at: str
    by: str

    @classmethod
    def of(cls, change: StateChange) -> "StateShape":
        """The shape of a change."""
        return cls(state=change.state, superseded_by=change.superseded_by, at=change.at, by=change.by)


class StateHistory(Shape):
    """Who said when how a lesson stands, the latest first."""

    items: list[StateShape]
    next: str | None = None


class StillTrue(Shape):
    """A lesson to look at again, and why."""

    document: DocumentBrief
    why: Doubt
    since: str | None

    @classmethod
    def of(cls, one: InDoubt) -> "StillTrue":
        """The shape of a doubt."""
        return cls(document=DocumentBrief.of(one.document), why=one.doubt, since=one.since)


class StillTruePage(Shape):
    """Lessons to look at again, those due longest first."""

    items: list[StillTrue]
    next: str | None


class ActionShape(Shape):
    """An action item. `edited`: a person changed it or wrote it, and a refresh leaves it as it is."""

    document_id: str
    number: int
    text: str
    state: ActionState
    owner: str | None
    due: str | None
    edited: bool
    changed: str

    @classmethod
    def of(cls, action: Action) -> "ActionShape":
        """The shape of an action item."""
        return cls(**{name: getattr(action, name) for name in cls.model_fields})


class ActionList(Shape):
    """The action items of a document, in its order."""

    items: list[ActionShape]
    next: str | None = None


class ActionOfDocument(ActionShape):
    """An action item with the document that it stands in."""

    document: DocumentBrief

    @classmethod
    def told(cls, action: Action, document: Document) -> "ActionOfDocument":
        """The shape of both."""
        return cls(**ActionShape.of(action).model_dump(), document=DocumentBrief.of(document))


class ActionPage(Shape):
    """Action items of all documents."""

    items: list[ActionOfDocument]
    next: str | None


class NewAction(Shape):
    """What is to be done."""

    text: Sentence
    state: ActionState = "open"
    owner: Name | None = None
    due: PartialDate | None = None


class ActionEdit(Shape):
    """What to set by hand; fields that are left out stay."""

    text: Sentence | None = None
    state: ActionState | None = None
    owner: Name | None = None
    due: PartialDate | None = None

    @model_validator(mode="after")
    def _real(self) -> "ActionEdit":
        for name in ("text", "state"):
            if name in self.model_fields_set and getattr(self, name) is None:
                raise ValueError(f"{name} cannot be empty")
        return self


class NewMoment(Shape):
    """A lesson in three sentences. Without a title it is called by what was learned."""

    happened: Telling
    learned: Annotated[Telling, Filled]
    audience: Telling = ""
    title: Annotated[str, Field(max_length=300), Line] | None = None
    url: WebAddress | None = None


class NewFeedback(Shape):
    """A verdict on a document. A `query` is kept with it; a `url` only as the id of its document, if it is stored."""

    document_id: Annotated[str, Field(max_length=200)]
    context: Context
    verdict: Verdict
    query: Typed | None = None
    url: Annotated[str, Field(max_length=2000)] | None = None


class FeedbackAnswer(Shape):
    """How many gave each verdict on the document."""

    document_id: str
    counts: dict[Verdict, int]


class NewGap(Shape):
    """A query that nothing helped with."""

    query: Annotated[Typed, Filled]


class GapEdit(Shape):
    """What became of a gap; `answered_by` is the id or the address of a document."""

    state: GapState
    answered_by: Annotated[str, Field(max_length=2000)] | None = None


class GapShape(Shape):
    """What people looked for in vain.

    `told`: somebody told the curators; `unhelpful`: an answer was judged not useful; `empty`: nothing was found.
    """

    id: int
    query: str
    told: int
    unhelpful: int
    empty: int
    first: str
    last: str
    state: GapState
    answered_by: str | None

    @classmethod
    def of(cls, gap: Gap) -> "GapShape":
        """The shape of a gap."""
        counted = {name: getattr(gap, name) for name in cls.model_fields if name != "query"}
        return cls(query=gap.words, **counted)


class GapPage(Shape):
    """Gaps, those met most often first."""

    items: list[GapShape]
    next: str | None
