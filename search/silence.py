"""How near must a lesson be to be worth a word? Told by what pages about nothing of the kind reach here.

Ordinary paragraphs (background.md: gardens, trains, choirs) look for their nearest passage of the corpus. How near
they come differs by corpus and by model, and is an extreme value: the best of many. A Gumbel distribution through its
quartiles says how near a page of so many passages comes by chance. For a page of a line or two their sentences tell
it: the shorter a text, the wider its nearness is spread.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

LEAST = 0.35
"""No floor is lower: to a corpus of a few passages nothing is near, and little can be told."""
_COMPANY = 3.0
"""Suggestions that come in one go where a page gets over the floor by chance."""
_UNFAMILIAR = 0.1
"""Of a page of which no more is familiar, little can be told."""
_QUARTILES = (0.25, 0.5, 0.75)


@dataclass(frozen=True, slots=True)
class Silence:
    """The Gumbel distribution of the best cosine of one unrelated text: exp(-exp(-(x - place) / spread))."""

    place: float
    spread: float

    def floor(self, passages: float, pages: int, familiar: float = 1.0) -> float:
        """The cosine that a page of so many passages must reach: one wrong suggestion in so many unrelated pages.

        `familiar`, 0..1, is what nearness was multiplied by before this was fitted, for the page: see `Related.floor`.
        """
        quiet = (1 - 1 / (_COMPANY * pages)) ** (1 / max(1, passages))
        return max(LEAST, self.at(quiet) / max(familiar, _UNFAMILIAR))

    def at(self, share: float) -> float:
        """The nearness that this share of unrelated texts does not reach."""
        return self.place + self.spread * _gumbel(share)


def fit(best: Sequence[float]) -> Silence:
    """The distribution of best cosines of unrelated paragraphs, by quartiles: a few that are related after all
    do not move them."""
    if not best:
        return Silence(0.0, 0.0)
    low, middle, high = (float(value) for value in np.quantile(np.asarray(best), _QUARTILES))
    spread = (high - low) / (_gumbel(0.75) - _gumbel(0.25))
    return Silence(middle - spread * _gumbel(0.5), spread)


def background() -> list[str]:
    """The paragraphs that have to do with no lesson."""
    return _paragraphs("background.md")


def paperwork() -> list[str]:
    """Paragraphs on what plans hold beside their matter: people, money, dates, terms, looks."""
    return _paragraphs("paperwork.md")


def _paragraphs(name: str) -> list[str]:
    text = Path(__file__).with_name(name).read_text(encoding="utf-8")
    return [paragraph.strip() for paragraph in text.split("\n\n") if paragraph.strip()]


def _gumbel(share: float) -> float:
    """The quantile of the standard Gumbel distribution."""
    return -math.log(-math.log(share))
