"""What is wrong with a form, in the words of a person: no names of fields, no words of a program."""

from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import ValidationError

_PLACES = (("body",), ("path",))


def in_words(errors: Sequence[Mapping[str, Any]] | ValidationError) -> str:
    """The first mistake of a form: which field, and what it may hold.

    >>> in_words([{"loc": ("body", "review_by"), "type": "missing", "msg": "Field required"}])
    'review by: it is missing'
    """
    first: Mapping[str, Any] = (errors.errors() if isinstance(errors, ValidationError) else errors)[0]
    where = first["loc"][1:] if first["loc"][:1] in _PLACES else first["loc"]
    names = [part for part in where if isinstance(part, str)]
    said = _said(first["type"], first.get("ctx", {})) or first["msg"].removeprefix("Value error, ")
    return f"{names[-1].replace('_', ' ')}: {said}" if names else str(said)


def _said(kind: str, bounds: Mapping[str, Any]) -> str:
    if kind == "missing":
        return "it is missing"
    if kind == "string_too_short":
        return "it is empty"
    if kind == "string_too_long":
        return f"it has more than {bounds['max_length']:,} characters"
    if kind == "too_long":
        return f"there are more than {bounds['max_length']:,}"
    if kind == "literal_error":
        return f"choose {bounds['expected']}"
    if kind.startswith("int_") or kind in ("greater_than_equal", "less_than_equal"):
        return "give a whole number"
    return ""
