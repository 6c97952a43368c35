"""Opaque cursors: where a list goes on. One belongs to one question and is refused by another."""

import base64
import hashlib
import json
from typing import Any

from corpus.errors import BadQuery

_MOST = 2**53
_NONE_OF_OURS = "cursor: this is no cursor of ours; leave it out to begin at the first page"


def fingerprint(*question: object) -> str:
    """What makes a question this question and no other."""
    return hashlib.sha256(repr(question).encode()).hexdigest()[:12]


def encode(place: Any, question: str) -> str:
    """A cursor that goes on at `place` (any JSON value)."""
    return base64.urlsafe_b64encode(json.dumps([place, question]).encode()).decode().rstrip("=")


def decode(cursor: str, question: str) -> Any:
    """The place a cursor goes on at; BadQuery if it is not one of this question's."""
    try:
        place, asked = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (ValueError, TypeError) as error:
        raise BadQuery(_NONE_OF_OURS) from error
    if asked != question:
        raise BadQuery("cursor: it belongs to another question; leave it out to begin at the first page")
    return place


def offset(cursor: str | None, question: str) -> int:
    """How many items of a list come before; 0 without a cursor."""
    place = 0 if cursor is None else decode(cursor, question)
    if not isinstance(place, int) or not 0 <= place <= _MOST:
        raise BadQuery(_NONE_OF_OURS)
    return place


def pair(cursor: str | None, question: str) -> tuple[str, int] | None:
    """The id and number of the last item that was seen; None without a cursor."""
    if cursor is None:
        return None
    match decode(cursor, question):
        case [str(key), int(number)] if 0 <= number <= _MOST:
            return key, number
    raise BadQuery(_NONE_OF_OURS)


def texts(cursor: str, question: str, count: int) -> list[str]:
    """The place of a cursor that is so many texts."""
    place = decode(cursor, question)
    if not (isinstance(place, list) and len(place) == count and all(isinstance(part, str) for part in place)):
        raise BadQuery(_NONE_OF_OURS)
    return place
