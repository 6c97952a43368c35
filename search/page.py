"""A page as its sentences: each is encoded once, and what stands together is the sum of its sentences.

So what a part of the page would be without one of them is a subtraction. Only the beginning, which is encoded in one
too, is encoded again to tell that; nothing is searched for again.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from textwrap import wrap
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from corpus.passages import pieces_of, sections, sentences
from search.types import Vectors

Encode = Callable[[list[str]], Vectors]
Piece = TypeVar("Piece")

LONGEST = 400
"""Characters of a sentence; a longer one is cut at blanks."""
_WINDOW = 900
"""Characters that stand together: about what an encoder reads at once."""
_SHORT = 150
"""Characters; what is shorter is less than a paragraph."""
_MOST_WINDOWS = 12
"""Windows that look for neighbours; of a longer page the first ones and an even choice."""
_LEAD = 1_800
"""Characters after which a sentence counts a third in the vector of the page: what a page is about stands first."""
_READ = 1_500
"""Characters of a page that are given to the encoder at once. It reads as many of them as it can: of plain text a
thousand, of a log half of that."""
_FEWEST_WORDS = 4
"""A sentence of fewer words tells little, and is not shown."""
_PAPERS = frozenset(
    "a an change design document draft for my new note notes of page plan project proposal request review the ticket"
    " untitled wip work".split()
)
"""A title of nothing but such words says what kind of paper it is, not what it is about."""
_MARKS = " \t-*•|>`#"
_WORD, _WORDS = re.compile(r"\w"), re.compile(r"\w+")


@dataclass(frozen=True)
class Page:
    """What suggestions are asked for. The first `heads` of its sentences are its title."""

    title: str
    text: str
    sentences: Sequence[str]
    heads: int
    vectors: Vectors
    """[n, d] of unit length; zero for those of a long page that are not encoded."""

    @cached_property
    def _sizes(self) -> NDArray[np.float64]:
        return np.array([len(sentence) for sentence in self.sentences], np.float64)

    @cached_property
    def _encoded(self) -> NDArray[np.intp]:
        """Places of the sentences that have a vector: those of a few windows, however long the page is."""
        return np.flatnonzero(self.vectors.any(axis=1))

    @cached_property
    def telling(self) -> list[int]:
        """Places of the sentences that are worth showing."""
        body = range(self.heads, len(self.sentences)) or range(self.heads)
        encoded = [place for place in body if self.vectors[place].any()]
        return [place for place in encoded if len(self.sentences[place].split()) >= _FEWEST_WORDS] or encoded

    def is_short(self, left_out: int | None = None) -> bool:
        """Is it less than a paragraph?"""
        return float(self._standing(left_out)[0].sum()) < _SHORT

    def vector(self, left_out: int | None = None) -> Vectors:
        """[d]: the page as one text, its beginning more than the rest."""
        sizes, before = self._standing(left_out)
        return _unit((np.sqrt(sizes) * np.exp(-before / _LEAD)) @ self.vectors)

    def reading(self, left_out: int | None = None) -> str:
        """The beginning of the page, which an encoder reads in one."""
        return "\n".join(one for place, one in enumerate(self.sentences) if place != left_out)[:_READ]

    def asked(self, read: Vectors, left_out: int | None = None) -> Vectors:
        """[d]: what is searched for, as much its `reading` as an encoder has `read` it as the sum of its sentences."""
        return _unit(self.vector(left_out) + read)

    def windows(self, left_out: int | None = None) -> Vectors:
        """[k, d]: the parts of the page, as far as their sentences are encoded."""
        sizes, before = self._standing(left_out)
        part = np.floor(before[self._encoded] / _WINDOW)
        together = [self._encoded[part == k] for k in np.unique(part)]
        sums = [np.sqrt(sizes[places]) @ self.vectors[places] for places in together]
        return np.stack([_unit(one) for one in sums if one.any()] or [np.zeros_like(self.vectors[0])])

    def _standing(self, left_out: int | None) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """The size of each sentence, none for the one left out, and how much stands before it."""
        sizes = self._sizes.copy()
        if left_out is not None:
            sizes[left_out] = 0.0
        return sizes, np.cumsum(sizes) - sizes


def read(title: str, text: str, encode: Encode) -> Page | None:
    """The page of a title and headed text; None if there are no words in it."""
    heads = [] if _PAPERS.issuperset(_WORDS.findall(title.lower())) else _cut([title])
    found = heads + _cut(_sentences(title, text))
    if not found:
        return None
    sizes = np.array([len(sentence) for sentence in found], np.float64)
    part = np.floor((np.cumsum(sizes) - sizes) / _WINDOW)
    seen = np.isin(part, evenly(np.unique(part).tolist(), _MOST_WINDOWS))
    wanted = list(dict.fromkeys(one for one, is_seen in zip(found, seen, strict=True) if is_seen))
    known = dict(zip(wanted, encode(wanted), strict=True))
    none = np.zeros_like(known[wanted[0]])
    vectors = [known[one] if is_seen else none for one, is_seen in zip(found, seen, strict=True)]
    return Page(title, text, found, len(heads), np.stack(vectors))


def _sentences(title: str, text: str) -> Iterator[str]:
    """Headings, sentences and lines in their order."""
    path: tuple[str, ...] = ()
    for section in sections(text):
        yield from (heading for heading in section.path if heading not in path and heading != title)
        path = section.path
        for piece, _ in pieces_of(section.body):
            yield from sentences(piece)


def _cut(found: Iterable[str]) -> list[str]:
    """Without the marks of lists and code, none too long, and only what has a word."""
    bare = (sentence.strip(_MARKS) for sentence in found)
    cut = (wrap(one, LONGEST, break_on_hyphens=False) if len(one) > LONGEST else [one] for one in bare)
    return [part for parts in cut for part in parts if _WORD.search(part)]


def evenly(places: Sequence[Piece], most: int) -> list[Piece]:
    """The first ones, and an even choice of the rest."""
    if len(places) <= most:
        return list(places)
    lead = most // 3
    rest, wanted = places[lead:], most - lead
    return [*places[:lead], *(rest[place * len(rest) // wanted] for place in range(wanted))]


def _unit(vector: NDArray[np.floating]) -> Vectors:
    unit: Vectors = (vector / max(float(np.linalg.norm(vector)), 1e-12)).astype(np.float32)
    return unit
