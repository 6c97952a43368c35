"""Do two reports of different houses tell of the same event? Told by days and rare names. Pure, and rather silent.

What one house reports on a day are often two matters; what two houses report of a day, with the names of what
broke in common, or naming the other house, is one.
"""

import math
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date

from corpus.types import Document
from corpus.urls import canonical

_MOST_CHARACTERS = 100_000
"""What a text says later is not looked at."""
_MOST_DAYS = 40
"""A text that names more days is a chronicle, and no report of one of them."""
_NEAR_DAYS = 14
_TOLD = 5
"""So many of the rarest names count, and three of them are told."""
_FEWEST, _ENOUGH, _PLENTY = 3, 1.2, 2.4
"""What names weigh: one of two documents 0.63, of seven 0.33, of a thousand 0.1. Without a common day it takes more."""

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = (
    r"(jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?"
    r"|nov(?:ember)?|dec(?:ember)?)\.?"
)
_DAY = r"(\d{1,2})(?:st|nd|rd|th)?"
_YEAR_FIRST = re.compile(r"(?<![\d/-])(\d{4})([-/])(\d\d)\2(\d\d)(?![\d/-])")
_MONTH_FIRST = re.compile(rf"\b{_MONTH}\s{_DAY},?\s(\d{{4}})\b", re.IGNORECASE)
_DAY_FIRST = re.compile(rf"\b{_DAY}\s(?:of\s)?{_MONTH},?\s(\d{{4}})\b", re.IGNORECASE)

_ADDRESS = re.compile(r"https?://[^\s()<>\[\]\"']+")
_SITE = re.compile(r"https?://[^/?#]+")
_HEADING = re.compile(r"^#+ .*$", re.MULTILINE)
_WORD = re.compile(r"[^\W_](?:[\w.:+-]*[^\W_])?")
_TECHNICAL = re.compile(r"[^\W\d_]\d|[a-z][A-Z]|[^\W_][_:+][^\W_]")
"""Inner digits, capitals or marks: db2, MySQL, clock_was_set."""
_CODE = re.compile(r"`([^`\n]{2,60})`")
_SENTENCE_END = '.!?:;|>*•([“"-\n'
_NO_NAMES = frozenset(
    """
    api cest cet cpu cto dns edt est gmt html http https id ip pdt pst ram sla sre ssh tcp tls url utc
    january february march april may june july august september october november december
    jan feb mar apr jun jul aug sep sept oct nov dec
    monday tuesday wednesday thursday friday saturday sunday
    """.split()
)


class Rarity:
    """In how many passages a name that two documents share stands; asked of the store once for all of them."""

    def __init__(
        self, frequencies: Callable[[Sequence[str]], Mapping[str, int]], one: Document, other: Document
    ) -> None:
        self._frequencies = frequencies
        self._pair = one, other
        self._counts: Mapping[str, int] | None = None

    def __call__(self, name: str) -> int:
        if self._counts is None:
            self._counts = self._frequencies(sorted(names(self._pair[0]) & names(self._pair[1])))
        return self._counts.get(name, 0)


def report(title: str, text: str) -> Document:
    """What somebody reads or writes, as a report of a house of its own; it is not stored."""
    return Document(
        id="", identity="", title=title, text=text, kind="post-mortem", url=None, organization=None, published=None,
        tags=(), language=None, source="", added="", changed="",
    )  # fmt: skip


def same_event(one: Document, other: Document, rarity: Callable[[str], int]) -> str | None:
    """Why two reports tell of the same event, as words that name the evidence; None if not enough speaks for it.

    `rarity` tells in how many documents a word (as `names` gives it) stands.
    """
    if one.kind != "post-mortem" or other.kind != "post-mortem" or _house(one) == _house(other):
        return None
    common = days(one) & days(other)
    if not common and not _published_near(one, other):
        return None
    if common and (tie := _points(one, other) or _points(other, one)):
        return f"both tell of {_dates(common)}, and {tie}"
    weights = {name: 1 / math.log2(1 + max(rarity(name), 2)) for name in names(one) & names(other)}
    rarest = sorted(weights, key=lambda name: (-weights[name], name))[:_TOLD]
    if len(rarest) < _FEWEST or sum(weights[name] for name in rarest) < (_ENOUGH if common else _PLENTY):
        return None
    when = f"both tell of {_dates(common)} and of" if common else "published close together, both tell of"
    return f"{when} {', '.join(rarest[:3])}"


def days(document: Document) -> set[date]:
    """The days that a report names in full, and that of its publication; of a chronicle this only."""
    told = _days_in(f"{document.title}\n{document.text[:_MOST_CHARACTERS]}")
    return (told if len(told) <= _MOST_DAYS else set()) | _days_in(document.published or "")


def names(document: Document) -> set[str]:
    """Names and technical terms of a report, in lower case.

    They are what is written large inside of a sentence and nowhere small, or has inner digits, capitals or marks,
    or stands as code.
    """
    text = _ADDRESS.sub(" ", _HEADING.sub(" ", document.text[:_MOST_CHARACTERS]))
    found: set[str] = set()
    small: set[str] = set()
    for match in _WORD.finditer(text):
        word, before = match[0], text[max(0, match.start() - 4) : match.start()].rstrip(" ")
        if _TECHNICAL.search(word) or (word[0].isupper() and before and before[-1] not in _SENTENCE_END):
            found.add(word.lower())
        elif word.islower():
            small.add(word)
    code = {term for code in _CODE.findall(text) for term in _WORD.findall(code.lower())}
    return {name for name in (found - small | code) - _NO_NAMES if len(name) > 1 and not name[0].isdecimal()}


def _days_in(text: str) -> set[date]:
    found = [(year, int(month), day) for year, _, month, day in _YEAR_FIRST.findall(text)]
    found += [(year, _month(month), day) for month, day, year in _MONTH_FIRST.findall(text)]
    found += [(year, _month(month), day) for day, month, year in _DAY_FIRST.findall(text)]
    return {day for parts in found if (day := _day(*map(int, parts))) is not None}


def _month(name: str) -> int:
    return _MONTHS.index(name[:3].lower()) + 1


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _house(document: Document) -> str:
    """Who tells: the organization, else the site, else the folder; what stands alone is a house of its own."""
    site = _SITE.match(document.identity)
    place = site[0] if site else document.identity.rpartition("/")[0] or document.identity
    return (document.organization or place).casefold()


def _published_near(one: Document, other: Document) -> bool:
    mine, yours = _days_in(one.published or ""), _days_in(other.published or "")
    return any(abs((day - other_day).days) <= _NEAR_DAYS for day in mine for other_day in yours)


def _points(one: Document, other: Document) -> str | None:
    """How one report points at the other: by a link, or by naming its house more than in passing."""
    text = f"{one.title}\n{one.text[:_MOST_CHARACTERS]}"
    if any(canonical(address.rstrip(".,;:")) == other.identity for address in _ADDRESS.findall(text)):
        return "one of them links to the other"
    house = other.organization
    if not house or not (found := re.findall(rf"\b{re.escape(house)}\b", text)):
        return None
    return f"one of them tells of {house}, whose report the other is" if len(found) > 1 else None


def _dates(found: set[date]) -> str:
    told = [day.isoformat() for day in sorted(found)]
    return ", ".join(told[:3]) + (" and other days" if len(told) > 3 else "")
