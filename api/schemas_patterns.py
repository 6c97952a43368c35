"""The JSON shapes of what keeps happening."""

from api.schemas import DocumentBrief, Shape
from corpus.patterns import By, Pattern

LEAST = 10
"""Of fewer documents than this no share is told: one more would change it too much."""


class YearShape(Shape):
    """Documents of a year that tell of something, of all there are; the share only where there are enough."""

    year: str
    documents: int
    of: int
    share: float | None


class PatternShape(Shape):
    """Something that documents tell of; those without a date count in `documents` and in no year."""

    name: str
    documents: int
    of: int
    share: float | None
    years: list[YearShape]

    @classmethod
    def of_pattern(cls, one: Pattern, base: Pattern) -> "PatternShape":
        """The shape of a pattern, with the base that its shares are shares of; every year of the base is there."""
        return cls(
            name=one.name, documents=one.documents, of=base.documents, share=share(one.documents, base.documents),
            years=[
                YearShape(year=year, documents=one.years.get(year, 0), of=of, share=share(one.years.get(year, 0), of))
                for year, of in base.years.items()
            ],
        )  # fmt: skip


class PatternsAnswer(Shape):
    """What documents tell of, the most frequent first."""

    by: By
    documents: int
    undated: int
    items: list[PatternShape]


class SentenceShape(Shape):
    """The first sentence of a document that tells of a factor."""

    document: DocumentBrief
    passage_id: int
    text: str


class SentencePage(Shape):
    """Part of a list."""

    items: list[SentenceShape]
    next: str | None


def share(documents: int, of: int) -> float | None:
    """A share in 0..1, or None of a number that is too small to have one."""
    return round(documents / of, 4) if of >= LEAST else None
