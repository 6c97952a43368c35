"""What a page of documents was asked for in its query string, and the links that change one thing of it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from fastapi import Request
from pydantic import ValidationError

from api.routes import ListParams, SearchParams
from corpus.errors import BadQuery
from corpus.technologies import name_of
from search.query_language import Condition, conditions, words_of

MANY = ("kind", "organization", "tag", "technology")
"""Fields that may have several values."""
ONE = ("collection", "since", "until")
LABELS = {"kind": "Kind", "organization": "Organization", "tag": "Tag", "technology": "Technology", "year": "Year"}

_KNOWN = ("q", "mode", *MANY, *ONE)
_SHOWN = 8
"""Choices of a facet that are shown at once; the others are folded away."""


@dataclass(frozen=True, slots=True)
class Choice:
    """A value that can be asked for, or no longer, by following `href`."""

    label: str
    count: int | None
    href: str
    on: bool


@dataclass(frozen=True, slots=True)
class Facet:
    """A field and its choices: those shown at once, and the rest."""

    name: str
    label: str
    choices: list[Choice]
    rest: list[Choice]


@dataclass(frozen=True, slots=True)
class Asked:
    """The fields of a query string that we know and that are not empty. Not checked yet."""

    path: str
    pairs: tuple[tuple[str, str], ...]
    cursor: str | None = None
    typed: tuple[Condition, ...] = ()
    """The conditions that stand in the query itself."""

    @classmethod
    def of(cls, request: Request) -> "Asked":
        """What a request asks for."""
        given = [(name, value.strip()) for name, value in request.query_params.multi_items() if value.strip()]
        pairs = [pair for known in _KNOWN for pair in given if pair[0] == known and pair != ("mode", "hybrid")]
        typed = [one for name, value in pairs if name == "q" for one in conditions(value)]
        return cls(request.url.path, tuple(dict.fromkeys(pairs)), dict(given).get("cursor"), tuple(typed))

    def first(self, name: str) -> str | None:
        """The value of a field, None if it was not given."""
        return next((value for key, value in self.pairs if key == name), None)

    def all(self, name: str) -> list[str]:
        """Every value of a field."""
        return [value for key, value in self.pairs if key == name]

    def has(self, name: str, value: str) -> bool:
        """Is this value asked for? Case does not count, as in the store."""
        given = [*self.pairs, *((one.name, one.value) for one in self.typed)]
        return any(key == name and _same(name, said, value) for key, said in given)

    @property
    def filters(self) -> list[tuple[str, str]]:
        """The fields that restrict the documents."""
        return [pair for pair in self.pairs if pair[0] in MANY + ONE]

    def url(self, pairs: Iterable[tuple[str, str]], cursor: str | None = None) -> str:
        """The address of this page with other fields."""
        query = urlencode([*pairs, *([("cursor", cursor)] if cursor else [])])
        return f"{self.path}?{query}" if query else self.path

    def at(self, cursor: str | None) -> str:
        """The same question, gone on with at `cursor`."""
        return self.url(self.pairs, cursor)

    def setting(self, **values: str | None) -> str:
        """The same question with these fields set; None leaves a field out."""
        kept = [pair for pair in self.pairs if pair[0] not in values]
        return self.url([*kept, *((name, value) for name, value in values.items() if value)])

    def toggled(self, name: str, value: str) -> str:
        """With the value if it was not asked for, without it if it was."""
        for one in self.typed:
            if one.name == name and _same(name, one.value, value):
                return self.setting(q=one.rest)
        if self.has(name, value):
            return self.url(pair for pair in self.pairs if not (pair[0] == name and _same(name, pair[1], value)))
        return self.url([*self.pairs, (name, value)])

    def cleared(self) -> str:
        """The same words in all documents."""
        words = words_of(self.first("q") or "")
        return self.url(
            [("q", words)] * bool(words) + [pair for pair in self.pairs if pair[0] not in ("q", *MANY, *ONE)]
        )

    def search_params(self) -> SearchParams:
        """As the search understands it; BadQuery says in words what is wrong."""
        try:
            return SearchParams.model_validate(
                {**self._fields(), "q": self.first("q") or "", "mode": self.first("mode") or "hybrid", "explain": True}
            )
        except ValidationError as error:
            raise BadQuery(_in_words(error)) from error

    def list_params(self) -> ListParams:
        """As the list of documents understands it; BadQuery says in words what is wrong."""
        try:
            return ListParams.model_validate(self._fields())
        except ValidationError as error:
            raise BadQuery(_in_words(error)) from error

    def _fields(self) -> dict[str, Any]:
        fields: dict[str, Any] = {name: self.all(name) for name in MANY}
        return {**fields, **{name: self.first(name) for name in ONE}, "cursor": self.cursor}


def modes(asked: Asked) -> list[Choice]:
    """The ways to search, in a reader's words."""
    words = {"hybrid": "Meaning and words", "semantic": "Meaning", "keyword": "Words"}
    current = asked.first("mode") or "hybrid"
    return [
        Choice(label, None, asked.setting(mode=None if mode == "hybrid" else mode), mode == current)
        for mode, label in words.items()
    ]


def chips(asked: Asked) -> list[Choice]:
    """What is asked for beside the words, in the query or in fields of its own; each `href` takes one away."""
    year = asked.first("since")
    of_year = [("since", year), ("until", year)] if year and year == asked.first("until") else []
    typed = [Choice(_said(one.name, one.value), None, asked.setting(q=one.rest), True) for one in asked.typed]
    beside = [
        Choice(_said(name, value), None, asked.url(pair for pair in asked.pairs if pair != (name, value)), True)
        for name, value in asked.filters
        if (name, value) not in of_year
    ]
    return typed + beside + [Choice(f"of {year}", None, asked.setting(since=None, until=None), True)] * bool(of_year)


def _said(name: str, value: str) -> str:
    """A condition in a reader's words."""
    said = {"phrase": f"“{value}”", "without": f"without {value}", "collection": f"in {value}"}
    return said.get(name, f"{name} {value}" if name in ("since", "until") else value)


def facets(asked: Asked, counts: Mapping[str, Iterable[tuple[str, int]]]) -> list[Facet]:
    """The choices of each field with how many documents have them; what is asked for is always among them."""
    found = []
    for name, label in LABELS.items():
        counted = list(counts.get(name, ()))
        choices = _years(asked, counted) if name == "year" else _values(asked, name, counted)
        if choices:
            found.append(Facet(name, label, choices[:_SHOWN], choices[_SHOWN:]))
    return found


def _same(name: str, one: str, other: str) -> bool:
    """Do two spellings ask for the same?"""
    if name == "technology":
        one, other = name_of(one), name_of(other)
    return one.lower() == other.lower()


def _values(asked: Asked, name: str, counted: list[tuple[str, int]]) -> list[Choice]:
    values = {value.lower() for value, _ in counted}
    missing = [(value, 0) for value in asked.all(name) if value.lower() not in values]
    choices = [
        Choice(value, count, asked.toggled(name, value), asked.has(name, value)) for value, count in counted + missing
    ]
    return sorted(choices, key=lambda choice: not choice.on)


def _years(asked: Asked, counted: list[tuple[str, int]]) -> list[Choice]:
    choices = []
    for year, count in sorted(counted, reverse=True):
        on = asked.first("since") == year == asked.first("until")
        bounds = {"since": None, "until": None} if on else {"since": year, "until": year}
        choices.append(Choice(year, count, asked.setting(**bounds), on))
    return choices


def _in_words(error: ValidationError) -> str:
    first = error.errors()[0]
    name, value = str(first["loc"][0]), first["input"]
    if name in ("since", "until"):
        return f"{name}: {str(value)[:40]!r} is no date; give YYYY, YYYY-MM or YYYY-MM-DD"
    return f"{name}: {str(value)[:40]!r} cannot be used here. {first['msg']}"
