"""The files of a bundle, whoever wrote them: a field is what it should be, or a BundleError names the file and it."""

import re
import stat
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any, TypeVar

from corpus import frontmatter
from corpus.errors import BundleError
from corpus.types import is_spelled_date

_LARGEST = 64_000_000
_MOST = 2**53
"""The largest number that JSON and SQLite hold exactly."""
_TIME = re.compile(r"\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d{1,6})?)?(?:Z|[+-]\d\d:\d\d)?)?")
_Word = TypeVar("_Word", bound=str)


def read_text(path: Path) -> str:
    """The text of a file; BundleError if it is none, or a link, a pipe, or too large to be one of ours."""
    try:
        found = path.lstat()
        if not stat.S_ISREG(found.st_mode):
            raise BundleError(path, "it is no plain file, but a folder, a link or the like")
        if found.st_size > _LARGEST:
            raise BundleError(path, f"it is larger than {_LARGEST / 1e6:.0f} MB")
        return path.read_bytes().decode("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise BundleError(path, "it cannot be read as UTF-8 text") from error


class Fields:
    """The fields of a file, or of an entry in it. What is absent, null or empty text is None."""

    def __init__(self, path: Path, told: Mapping[str, Any], where: str = "its") -> None:
        self._path = path
        self._told = told
        self._where = where

    @classmethod
    def of_yaml(cls, path: Path, text: str) -> "Fields":
        """The fields of a YAML file, which may be empty."""
        told = frontmatter.mapping(text)
        if told is None:
            raise BundleError(path, "it is no YAML of fields; aliases, double names and deep nesting are not taken")
        return cls(path, told)

    def wrong(self, name: str, said: str) -> BundleError:
        """The error that says what is wrong with a field."""
        return BundleError(self._path, f"{self._where} {name} {said}")

    def __contains__(self, name: str) -> bool:
        return name in self._told

    def names(self) -> set[str]:
        """The names of the fields that are there."""
        return set(map(str, self._told))

    def text(self, name: str) -> str | None:
        """A text; of a number, a date or a yes and no its spelling."""
        value = self._told.get(name)
        if value is None or value == "":
            return None
        if not isinstance(value, str | int | float | date):
            raise self.wrong(name, "is no text")
        text = str(value)
        if re.search("[\x00\ud800-\udfff]", text):
            raise self.wrong(name, "has a character that is none")
        return text

    def texts(self, name: str) -> tuple[str, ...]:
        """A list of texts."""
        entries = enumerate(self._list(name))
        return tuple(Fields(self._path, {name: one}, f"number {i + 1} of its").text(name) or "" for i, one in entries)

    def entries(self, name: str) -> "Sequence[Fields]":
        """A list of entries that have fields themselves."""
        entries = self._list(name)
        if not all(isinstance(one, dict) for one in entries):
            raise self.wrong(name, "is no list of entries")
        return [Fields(self._path, one, f"number {i} of its {name}:") for i, one in enumerate(entries, 1)]

    def within(self, name: str) -> "Fields | None":
        """A field that has fields itself."""
        value = self._told.get(name)
        if value is None or value == {}:
            return None
        if not isinstance(value, dict):
            raise self.wrong(name, "has no fields")
        return Fields(self._path, value, f"its {name}:")

    def one_of(self, name: str, words: Sequence[_Word]) -> _Word | None:
        """One of some words."""
        value = self._told.get(name)
        if value is not None and value not in words:
            raise self.wrong(name, f"is {value!r:.60}, not one of {', '.join(words)}")
        return None if value is None else words[words.index(value)]

    def partial_date(self, name: str) -> str | None:
        """A date as it is known."""
        text = self.text(name)
        if text is not None and not is_spelled_date(text):
            raise self.wrong(name, f"is {text!r:.60}, not YYYY, YYYY-MM or YYYY-MM-DD")
        return text

    def time(self, name: str) -> str | None:
        """A day, or an instant, in ISO 8601, as it is spelled."""
        text = self.text(name)
        try:
            good = text is None or bool(_TIME.fullmatch(text) and datetime.fromisoformat(text))
        except ValueError:
            good = False
        if not good:
            raise self.wrong(name, f"is {text!r:.60}, not a time like 2026-11-22T07:35:00Z")
        return text

    def number(self, name: str) -> int | None:
        """A whole number from 1 on."""
        value = self._told.get(name)
        if value is not None and (type(value) is not int or not 1 <= value <= _MOST):
            raise self.wrong(name, f"is {value!r:.60}, not a whole number from 1 on")
        return value

    def flag(self, name: str) -> bool | None:
        """Yes or no."""
        value = self._told.get(name)
        if value is not None and type(value) is not bool:
            raise self.wrong(name, f"is {value!r:.60}, not true or false")
        return value

    def _list(self, name: str) -> Sequence[Any]:
        value = self._told.get(name)
        if value is not None and not isinstance(value, list):
            raise self.wrong(name, "is no list")
        return value or []
