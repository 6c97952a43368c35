"""A Filter as an SQL condition: which documents count, for every list and search."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from corpus import technologies
from corpus.types import Filter

_TAGGED = "SELECT document_id FROM document_tags WHERE lower(tag) IN "
_USING = "SELECT document_id FROM document_technologies WHERE lower(technology) IN "
_LISTED = "SELECT document_id FROM collection_items WHERE slug = ?"
_SAYING = (
    "SELECT p.document_id FROM passages_fts JOIN passages p ON p.id = passages_fts.rowid WHERE passages_fts MATCH ?"
)


def where_filter(wanted: Filter) -> tuple[str, list[Any]]:
    """A filter as an SQL condition on `documents d`, with its values. Upper and lower case of a..z are one."""
    conditions = ["1"]
    values: list[Any] = []
    for part in wanted.parts():
        for condition, asked in _conditions(part):
            conditions.append(condition)
            values += asked
    return " AND ".join(conditions), values


def _conditions(wanted: Filter) -> Iterator[tuple[str, Sequence[str]]]:
    if wanted.kind:
        yield f"lower(d.kind) IN {_lowered(wanted.kind)}", wanted.kind
    if wanted.organization:
        yield f"lower(d.organization) IN {_lowered(wanted.organization)}", wanted.organization
    if wanted.tag:
        yield f"d.id IN ({_TAGGED}{_lowered(wanted.tag)})", wanted.tag
    if wanted.technology:
        names = [technologies.name_of(one) for one in wanted.technology]
        yield f"d.id IN ({_USING}{_lowered(names)})", names
    if wanted.collection:
        yield f"d.id IN ({_LISTED})", [wanted.collection]
    if wanted.since:  # "~" sorts after "-" and digits: "2020" may be any day of that year
        yield "d.published || '~' >= ?", [wanted.since]
    if wanted.until:
        yield "d.published <= ?", [wanted.until + "~"]
    for phrase in wanted.phrases:
        yield f"d.id IN ({_SAYING})", [quoted(phrase)]
    for phrase in wanted.excluded:
        yield f"d.id NOT IN ({_SAYING})", [quoted(phrase)]


def quoted(phrase: str) -> str:
    """Words as a full-text expression that finds them one after the other, whatever signs are among them."""
    return '"' + phrase.replace('"', " ").replace("\0", " ") + '"'


def _lowered(values: Iterable[object]) -> str:
    return "(" + ", ".join("lower(?)" for _ in values) + ")"
