"""Contributing factors (factors.txt) and the sentences of a text that tell of them. Pure.

A factor is no cause: it is what writers of post-mortems name when they tell how it could come to that.
"""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from corpus.passages import sentences

_FILE = Path(__file__).with_suffix(".txt")
_NEXT = r"[\s'’-]++"
"""Between two words that follow one another."""
_GAP = r"(?:\W++\w++){0,5}?\W++"


@dataclass(frozen=True, slots=True)
class Told:
    """A factor that a sentence tells of; the sentence is `text[start:end]` of what was read."""

    factor: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class _Pattern:
    """One of `stems` stands wherever `expression` is found: they are looked for first, which is much quicker."""

    stems: tuple[str, ...]
    expression: re.Pattern[str]


def found_in(text: str) -> list[Told]:
    """Every sentence that tells of a factor, in the order of the text."""
    lowered = text.lower()
    possible = {
        name: likely
        for name, patterns in _patterns().items()
        if (likely := [one for one in patterns if any(stem in lowered for stem in one.stems)])
    }
    return [
        Told(name, start, end)
        for start, end in (_sentences(text) if possible else ())
        for name, patterns in possible.items()
        if any(one.expression.search(lowered, start, end) for one in patterns)
    ]


def names() -> list[str]:
    """All factors, in the order of the list."""
    return list(_patterns())


@cache
def digest() -> str:
    """Another one when the list is another."""
    return hashlib.sha256(_FILE.read_bytes()).hexdigest()[:16]


def _sentences(text: str) -> Iterator[tuple[int, int]]:
    """Where the sentences of a passage begin and end; its lines are paragraphs, items of lists, or code."""
    end = 0
    for line in text.splitlines():
        for sentence in sentences(line):
            start = text.find(sentence, end)
            if start >= 0:  # a sentence that was put together from two pieces may stand there with other blanks
                end = start + len(sentence)
                yield start, end


@cache
def _patterns() -> dict[str, list[_Pattern]]:
    lines = [line for line in _FILE.read_text("utf-8").splitlines() if not line.startswith("#")]
    factors = "\n".join(lines).replace("\n ", " ").splitlines()
    return {name: list(_read(listed)) for name, _, listed in (line.partition(": ") for line in factors)}


def _read(listed: str) -> Iterator[_Pattern]:
    """The patterns of a factor.

    >>> [certificate] = _read("certificate* .. expired")
    >>> bool(certificate.expression.search("the certificates of the router had expired"))
    True
    """
    for one in listed.split(","):
        first, either, second = one.partition(" ~ ")
        for way in (f"{first} .. {second}", f"{second} .. {first}") if either else (first,):
            terms = [term.split("/") for term in way.split() if term != ".."]
            rarest = max(terms, key=lambda spellings: min(len(spelling) for spelling in spellings))
            yield _Pattern(tuple(one.rstrip("*") for one in rarest), re.compile(rf"\b{_words(way.split())}\b"))


def _words(terms: list[str]) -> str:
    """The terms of a pattern as an expression, with what may stand between them."""
    expression, gap = "", ""
    for term in terms:
        if term == "..":
            gap = _GAP
        else:
            spellings = "|".join(re.escape(one).replace(r"\*", r"\w*") for one in term.split("/"))
            expression += f"{gap}(?:{spellings})"
            gap = _NEXT
    return expression
