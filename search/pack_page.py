"""A page as a pack reads it: sentences, what each counts, parts, words. extension/packpage.js does it to the letter."""

import re
import unicodedata
from collections.abc import Collection, Container, Iterable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from corpus.fulltext import stemmed
from search.page import evenly
from search.static_model import unit
from search.types import Vectors

BLANKS = re.compile("[ \t\r\f\v\u00a0]+")
_END = re.compile("(?<=[.!?]) ")
_PIECE = re.compile(r"[\s\S]{1,400}(?: |$)|[\s\S]{400}")
"""A sentence; a longer one is cut at blanks, or anywhere if it has none."""
_MARKS = " #>*-•|`"
_LONGEST_PAGE, _LONGEST_WORDS = 400_000, 20_000
"""Characters of a page whose sentences are looked at, and whose words."""
_PART, _MOST_PARTS = 900, 12
"""Characters that stand together, and parts that are looked at: the first ones and an even choice of the rest."""
_NEAREST = 5
"""Lessons to which a page is near together."""
_DAMPED = 0.8
"""The power of the share of familiar words: lessons told in other words than theirs are still near."""
_LEAD = 1_800
"""Characters after which a sentence counts a third: what a page is about stands first."""


@dataclass(frozen=True, slots=True)
class Page:
    """What is looked at of a page. The title, if there is one, is its first sentence."""

    words: str
    whole: str
    """All sentences, in which copies are looked for."""
    sentences: list[str]
    heads: int
    """Sentences of the title."""
    sizes: NDArray[np.float64]
    before: NDArray[np.float64]
    """Characters that stand before each sentence."""

    def vector(self, vectors: Vectors) -> Vectors:
        """[1, d]: the page as one text, its beginning more than the rest, from the vectors of its sentences."""
        return unit((np.sqrt(self.sizes) * np.exp(-self.before / _LEAD))[None, :] @ vectors)

    def parts(self, vectors: Vectors) -> Vectors:
        """[k, d]: the parts of the page, from the vectors of its sentences."""
        part = np.floor(self.before / _PART)
        return unit(np.stack([(np.sqrt(self.sizes) * (part == k)) @ vectors for k in np.unique(part)]))


def read(title: str, text: str) -> Page | None:
    """A page of a title and headed text; None if nothing stands there."""
    heads, body = sentences_of(title), sentences_of(text[:_LONGEST_PAGE])
    every = [*heads, *body]
    if not every:
        return None
    sizes = np.array([_size(sentence) for sentence in every], np.float64)
    before = np.cumsum(sizes) - sizes
    part = np.floor(before / _PART)
    seen = np.isin(part, evenly(np.unique(part).tolist(), _MOST_PARTS))
    return Page(
        f"{title}\n{text}"[:_LONGEST_WORDS],
        f" {' '.join(body)} ",
        [sentence for sentence, is_seen in zip(every, seen, strict=True) if is_seen],
        len(heads),
        sizes[seen],
        before[seen],
    )


def sentences_of(text: str) -> list[str]:
    """The sentences of a text, line by line, without the marks of headings and lists."""
    lines = (BLANKS.sub(" ", line).strip(_MARKS) for line in text.split("\n"))
    return [piece for line in lines for sentence in _END.split(line) for piece in _pieces(sentence)]


def words_of(text: str) -> list[str]:
    """The words of a text in lower case, without accents."""
    plain = "".join(letter if _is_of_word(letter) else " " for letter in text)
    bare = "".join(letter for letter in unicodedata.normalize("NFD", plain) if unicodedata.category(letter)[0] != "M")
    return bare.lower().split()


def telling(words: Iterable[str], ignored: Container[str]) -> dict[str, str]:
    """word -> stem, of all but stop words, whose stems are to be `ignored`."""
    stems = {word: found[0] for word, found in stemmed(list(dict.fromkeys(words))).items() if found}
    return {word: stem for word, stem in stems.items() if stem not in ignored}


def familiar(stems: Collection[str], known: Container[str]) -> float:
    """The share of a page's telling words that lessons have, damped, 0..1. To a page whose words they lack nothing
    is near."""
    return float((sum(stem in known for stem in stems) / len(stems)) ** _DAMPED) if stems else 0.0


def _pieces(sentence: str) -> Iterator[str]:
    yield from (piece for found in _PIECE.findall(sentence) if (piece := found.strip(" ")))


def _size(sentence: str) -> int:
    """Characters as a browser counts them."""
    return len(sentence.encode("utf-16-le", "surrogatepass")) // 2


def _is_of_word(letter: str) -> bool:
    category = unicodedata.category(letter)
    return category[0] in "LNM" or category == "Co"


def greatest(values: NDArray[np.float64], counts: NDArray[np.integer]) -> NDArray[np.float64]:
    """The greatest of each lesson's values, of which it has so many; none is below zero."""
    best = np.zeros(len(counts))
    np.maximum.at(best, np.repeat(np.arange(len(counts)), counts), values)
    return best


def nearest_lessons(near: NDArray[np.float64]) -> NDArray[np.float64]:
    """The nearness of the few lessons that are nearest."""
    few: NDArray[np.float64] = np.sort(near)[::-1][:_NEAREST]
    return few
