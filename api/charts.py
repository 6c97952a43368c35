"""Counts by year -> the columns of a small chart. Templates draw them as SVG."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

WIDTH, HEIGHT = 240.0, 64.0
_GAP = 0.28
"""Of a column's width."""
_LEAST = 20
"""Documents that a column stands for at least: shares of fewer jump about."""
_MOST = 12
"""Columns of a chart."""


@dataclass(frozen=True, slots=True)
class Span:
    """A year, or years that have too few documents to stand alone."""

    first: str
    last: str
    of: int

    @property
    def label(self) -> str:
        """2021, or 2009–2012."""
        return self.first if self.first == self.last else f"{self.first}–{self.last}"


@dataclass(frozen=True, slots=True)
class Column:
    """A column: what it counts, and where it is drawn."""

    span: Span
    count: int
    x: float
    y: float
    width: float
    height: float


def spans(base: Mapping[str, int]) -> list[Span]:
    """Years put together, from the latest back, until each span has enough documents; what is left joins the oldest."""
    least = max(_LEAST, -(-sum(base.values()) // _MOST))
    found: list[Span] = []
    last, of = "", 0
    for year in sorted(base, reverse=True):
        last, of = last or year, of + base[year]
        if of >= least:
            found.append(Span(year, last, of))
            last, of = "", 0
    if of and found:
        found[-1] = Span(min(base), found[-1].last, found[-1].of + of)
    elif of:
        found.append(Span(min(base), last, of))
    return found[::-1]


def counted(years: Mapping[str, int], span: Span) -> int:
    """The documents of a span."""
    return sum(count for year, count in years.items() if span.first <= year <= span.last)


def top(all_years: Sequence[Mapping[str, int]], over: Sequence[Span]) -> float:
    """The share at the upper edge of charts that are to be compared: the largest there is, 0 if there is none."""
    return max((counted(years, span) / span.of for years in all_years for span in over), default=0.0)


def columns(years: Mapping[str, int], over: Sequence[Span], highest: float) -> list[Column]:
    """A chart of shares in WIDTH times HEIGHT, `highest` at the upper edge."""
    step = WIDTH / max(len(over), 1)
    found = []
    for place, span in enumerate(over):
        count = counted(years, span)
        height = round(HEIGHT * count / span.of / highest, 1) if highest else 0.0
        x = round(step * (place + _GAP / 2), 1)
        found.append(Column(span, count, x, round(HEIGHT - height, 1), round(step * (1 - _GAP), 1), height))
    return found
