"""Opaque cursors: where a list goes on. One belongs to one question and is refused by another."""

import base64
import hashlib
import json
from typing import Any

from corpus.errors import BadQuery


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
        raise BadQuery("cursor: this is no cursor of ours; leave it out to begin at the first page") from error
    if asked != question:
        raise BadQuery("cursor: it belongs to another question; leave it out to begin at the first page")
    return place
