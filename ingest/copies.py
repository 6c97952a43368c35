"""Is one document a copy of another? Decided on the texts themselves, with title and date as evidence. Pure.

Two reports written over one template are no copies, however much of the template they share: near-copies
must agree in their title and in their numbers too.
"""

import re
from dataclasses import dataclass

from corpus.types import Document, Draft
from ingest.fingerprint import FEWEST_WORDS, sequences, words

_LONG = 150
"""Nobody writes so many words twice by chance; fewer may be a status page's boilerplate."""
_MOST_NUMBERS = 0.9
_NEARLY_ALL, _MOST, _MUCH = 0.9, 0.8, 0.5
_HEAD = 80
"""So many words of a text are its head, where its title may stand."""
_MONTHS = frozenset("january february march april may june july august september october november december".split())
_DATE = r"((?<!\d)\d{4}[-./]?\d\d[-./]?\d\d(?!\d))"
_TITLE_PARTS = re.compile(rf"{_DATE}|\s[-–—|·»]+\s|[:/|]")


@dataclass(frozen=True, slots=True)
class Likeness:
    """How alike two texts are, in shares from 0 to 1.

    `words` is the length of the shorter text. `shared` are the five-word sequences in both among those in either,
    `contained` those of the shorter text that stand in the longer. `numbers` are the words with digits and the
    months of the text that has fewer of them, as far as they stand in the other.
    """

    words: int
    equal: bool
    shared: float
    contained: float
    numbers: float


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a comparison found: a sure copy, or one that a person should look at; why; and `Likeness.shared`."""

    copy: bool
    reason: str
    score: float


def likeness(one: str, other: str) -> Likeness:
    """The exact measure of two texts."""
    first, second = words(one), words(other)
    mine, yours = sequences(first), sequences(second)
    both = len(mine & yours)
    return Likeness(
        words=min(len(first), len(second)),
        equal=first == second,
        shared=both / len(mine | yours),
        contained=both / min(len(mine), len(yours)),
        numbers=_contained(_telling(first), _telling(second)),
    )


def judge(draft: Draft, document: Draft | Document) -> Verdict | None:
    """Whether the draft is a copy of the document; None if it is another text, or too short to tell."""
    found = likeness(draft.text, document.text)
    if found.words < FEWEST_WORDS:
        return None
    titled, dated = _titles_agree(draft, document), _dates_agree(draft.published, document.published)
    copy = _is_copy(found, titled, dated)
    if copy or found.shared >= _MUCH or (titled and found.contained >= _MOST):
        return Verdict(copy, _reason(found), found.shared)
    return None


def copy_reason(draft: Draft, document: Draft | Document) -> str | None:
    """Why the draft is surely a copy of the document, as a sentence; None if it is not."""
    verdict = judge(draft, document)
    return verdict.reason if verdict and verdict.copy else None


def _is_copy(found: Likeness, titled: bool, dated: bool | None) -> bool:
    """`dated`: the dates agree, or do not (False), or are not both known (None)."""
    long = found.words >= _LONG
    if found.equal and long:
        return True
    if not titled:
        return False
    if dated is False:  # republished under another date, if nothing else says that it is another event
        return long and found.shared >= _NEARLY_ALL and found.numbers == 1
    return found.contained >= (_MOST if dated else _NEARLY_ALL) and found.numbers >= _MOST_NUMBERS


def _reason(found: Likeness) -> str:
    if found.equal:
        return "the same text, word for word"
    if found.shared >= _MOST or found.shared >= found.contained - 0.1:
        return f"{_percent(found.shared)} of their five-word sequences are the same"
    return f"{_percent(found.contained)} of the shorter text stands in the longer one"


def _percent(share: float) -> str:
    return f"{min(int(share * 100), 99)} %"


def _titles_agree(one: Draft | Document, other: Draft | Document) -> bool:
    """The same words, but for a site's name or a date beside them; or one's title stands at the other's head.

    Blanks do not count: a file's name has hyphens for them.
    """
    mine, yours = _parts(one.title), _parts(other.title)
    if mine and yours and (mine <= yours or yours <= mine):
        return True
    return _heads(one.title, other.text) or _heads(other.title, one.text)


def _parts(title: str) -> set[str]:
    parts = ("".join(words(part or "")) for part in _TITLE_PARTS.split(title))
    return {part for part in parts if part}


def _heads(title: str, text: str) -> bool:
    named = words(title)
    return len(named) >= 3 and f" {' '.join(named)} " in f" {' '.join(words(text)[:_HEAD])} "


def _dates_agree(one: str | None, other: str | None) -> bool | None:
    """True, False, or None where a date is not known; a year agrees with every day in it."""
    if one is None or other is None:
        return None
    return one.startswith(other) or other.startswith(one)


def _telling(found: list[str]) -> set[str]:
    return {word for word in found if word in _MONTHS or any(map(str.isdecimal, word))}


def _contained(one: set[str], other: set[str]) -> float:
    fewer = min(len(one), len(other))
    return len(one & other) / fewer if fewer else 1.0
