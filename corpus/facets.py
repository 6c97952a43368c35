"""Counts of a list of documents by kind, organization, tag, technology and year."""

import json
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from itertools import chain
from typing import Any

from corpus.database import Database
from corpus.filters import where_filter
from corpus.memo import Memo
from corpus.types import Filter

MOST_COUNTED = 100_000
"""A list of more documents than this gets no counts: they would take seconds."""
_MOST = 50
"""Values that a field shows."""
_REMEMBERED = 100_000
"""Documents whose values are remembered, in some 30 MB: queries find the same ones again and again."""
_SHARED = 20_000
"""Values that stand in memory once, however many of those documents have them."""

_FIELDS = ("kind", "organization", "tag", "technology", "year")
_COLUMNS = {"kind": "d.kind", "organization": "d.organization", "year": "substr(d.published, 1, 4)"}
_TABLES = {"tag": "document_tags", "technology": "document_technologies"}
"""What stands in a document's row, and what it has several of, in a table of its own."""
_OWN: dict[str, dict[str, object]] = {
    "kind": {"kind": ()},
    "organization": {"organization": ()},
    "tag": {"tag": ()},
    "technology": {"technology": ()},
    "year": {"since": None, "until": None},
}
"""What of a filter each field's counts go without."""

Counts = dict[str, list[tuple[str, int]]]
"""Of each field its most frequent values, with the number of documents that have them; ties by name."""
_Values = tuple[tuple[str, str], ...]
"""(field, value) of one document."""


class Facets:
    """The counts of one database."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._values = Memo[str, _Values](_REMEMBERED)

    def of(self, ids: Sequence[str]) -> Counts:
        """Over these documents, each named once."""
        with self._db.remembering(self._values) as (db, known):
            if missing := [document_id for document_id in ids if document_id not in known]:
                known.update(_read(db, missing))
            counted = Counter(chain.from_iterable([known[document_id] for document_id in ids if document_id in known]))
        by_field: dict[str, dict[str, int]] = {name: {} for name in _FIELDS}
        for (name, value), count in counted.items():
            by_field[name][value] = count
        return {name: _most(counts) for name, counts in by_field.items()}

    def over(self, wanted: Filter = Filter(), fields: Collection[str] = _FIELDS) -> Counts:
        """Over all documents inside the filter."""
        where, values = where_filter(wanted)
        counts = {name: Counter[str]() for name in fields}
        with self._db.read() as db:
            if own := [name for name in fields if name in _COLUMNS]:
                columns = ", ".join(_COLUMNS[name] for name in own)
                rows = db.execute(f"SELECT {columns} FROM documents d WHERE {where}", values).fetchall()
                for name, said in zip(own, zip(*rows, strict=True), strict=False):  # none if there are no rows
                    counts[name].update(said)
            for name in [name for name in fields if name in _TABLES]:
                inside = f"document_id IN (SELECT d.id FROM documents d WHERE {where})"
                query = f"SELECT {name}, count(*) FROM {_TABLES[name]} WHERE {inside} GROUP BY 1"
                counts[name].update(dict(db.execute(query, values).fetchall()))
        return {name: _most(counted) for name, counted in counts.items()}

    def within(self, wanted: Filter) -> Counts:
        """Over all documents inside the filter, the field's own part of it left out: alternatives stay in sight."""
        counts = self._bounded(wanted, _FIELDS)
        for name, own in _OWN.items():
            wider = _without(wanted, own)
            if counts and wider != wanted:
                counts |= self._bounded(wider, [name])
        return counts

    def _bounded(self, wanted: Filter, fields: Collection[str]) -> Counts:
        """None where there are too many documents."""
        where, values = where_filter(wanted)
        with self._db.read() as db:
            count = db.execute(f"SELECT count(*) FROM documents d WHERE {where}", values).fetchone()[0]
        return self.over(wanted, fields) if count <= MOST_COUNTED else {}


def _read(db: Any, ids: Sequence[str]) -> dict[str, _Values]:
    """The values that these documents have, by document id."""
    asked = json.dumps(list(ids))
    # Of two equal bounds SQLite reads the index that has it all, of an equality the rows, each from another page.
    rows = db.execute(
        f"SELECT d.id, {', '.join(_COLUMNS.values())}"
        " FROM json_each(?) asked CROSS JOIN documents d ON d.id BETWEEN asked.value AND asked.value",
        [asked],
    )
    found = {i: [_pair(*one) for one in zip(_COLUMNS, said, strict=True) if one[1] is not None] for i, *said in rows}
    inside = "document_id IN (SELECT value FROM json_each(?))"
    for name, table in _TABLES.items():
        for i, value in db.execute(f"SELECT document_id, {name} FROM {table} WHERE {inside}", [asked]):
            found[i].append(_pair(name, value))
    return {i: tuple(pairs) for i, pairs in found.items()}


@lru_cache(_SHARED)
def _pair(name: str, value: str) -> tuple[str, str]:
    return (name, value)


def _most(counts: Mapping[Any, int]) -> list[tuple[str, int]]:
    told = [(value, count) for value, count in counts.items() if value is not None]
    return sorted(told, key=lambda pair: (-pair[1], pair[0]))[:_MOST]


def _without(wanted: Filter, own: dict[str, object]) -> Filter:
    also = wanted.also and _without(wanted.also, own)
    return replace(wanted, **own, also=also or None)  # type: ignore[arg-type]
