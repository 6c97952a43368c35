"""A Filter as an SQL condition: which documents count, for every list and search."""

from collections.abc import Iterable
from typing import Any

from corpus.types import Filter


def where_filter(wanted: Filter) -> tuple[str, list[Any]]:
    """A filter as an SQL condition on `documents d`, with its values. Upper and lower case of a..z are one."""
    conditions = ["1"]
    values: list[Any] = []
    for column, alternatives in (("d.kind", wanted.kind), ("d.organization", wanted.organization)):
        if alternatives:
            conditions.append(f"lower({column}) IN {_lowered(alternatives)}")
            values += alternatives
    if wanted.tag:
        conditions.append(f"d.id IN (SELECT document_id FROM document_tags WHERE lower(tag) IN {_lowered(wanted.tag)})")
        values += wanted.tag
    if wanted.collection:
        conditions.append("d.id IN (SELECT document_id FROM collection_items WHERE slug = ?)")
        values.append(wanted.collection)
    if wanted.since:  # "~" sorts after "-" and digits: "2020" may be any day of that year
        conditions.append("d.published || '~' >= ?")
        values.append(wanted.since)
    if wanted.until:
        conditions.append("d.published <= ?")
        values.append(wanted.until + "~")
    return " AND ".join(conditions), values


def _lowered(values: Iterable[object]) -> str:
    return "(" + ", ".join("lower(?)" for _ in values) + ")"
