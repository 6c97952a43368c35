"""The JSON shapes of a document that is checked against what was learned."""

from typing import Annotated

from pydantic import Field

from api.checkpoints import Checked, line_of
from api.schemas import Shape
from api.schemas_search import SuggestionShape


class CheckpointsQuestion(Shape):
    """A design, a change or a runbook: Markdown, or plain text."""

    text: Annotated[str, Field(min_length=1, max_length=400_000)]
    title: Annotated[str, Field(max_length=1000)] = ""
    limit: Annotated[int, Field(ge=1, le=20, description="The most lessons of a section.")] = 3


class CheckedLesson(SuggestionShape):
    """A lesson that bears on a section; `line` is where your sentence stands in the text that was given."""

    line: int | None


class CheckedSection(Shape):
    """A section on which lessons bear."""

    heading: str
    lessons: list[CheckedLesson]


class CheckpointsAnswer(Shape):
    """The sections on which lessons bear, in their order; each lesson once, where it is nearest."""

    title: str
    took_ms: float
    degraded: str | None
    sections: list[CheckedSection]

    @classmethod
    def of(cls, checked: Checked, *, title: str, source: str, took_ms: float) -> "CheckpointsAnswer":
        """The shape of what was found; `source` is the text as it was given."""
        return cls(
            title=title,
            took_ms=took_ms,
            degraded=checked.degraded,
            sections=[
                CheckedSection(
                    heading=part.heading,
                    lessons=[
                        CheckedLesson(
                            **SuggestionShape.of(one).model_dump(),
                            line=next((line_of(source, tie.yours) for tie in one.because), None),
                        )
                        for one in part.lessons
                    ],
                )
                for part in checked.parts
            ],
        )
